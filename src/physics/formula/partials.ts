import { differentiate } from './derivative.js'
import { type Formula, parseFormula } from './parse.js'

/** φ(x) with its first two derivatives. */
export interface OnsiteFormulas {
  readonly value: Formula
  readonly slope: Formula
  readonly curvature: Formula
}

/** φ(x, y) with its first and second partial derivatives. */
export interface PairFormulas {
  readonly value: Formula
  readonly slopeX: Formula
  readonly slopeY: Formula
  readonly curvatureXX: Formula
  readonly curvatureXY: Formula
  readonly curvatureYY: Formula
}

/**
 * Reads a formula in x and differentiates it twice.
 *
 * @throws FormulaError; FormulasNotLoaded before `loadFormulas`
 */
export function onsiteFormulas(text: string): OnsiteFormulas {
  const value = parseFormula(text, ['x'])
  const slope = differentiate(value, 'x')
  return { value, slope, curvature: differentiate(slope, 'x') }
}

/**
 * Reads a formula in x and y and differentiates it twice.
 *
 * @throws FormulaError; FormulasNotLoaded before `loadFormulas`
 */
export function pairFormulas(text: string): PairFormulas {
  const value = parseFormula(text, ['x', 'y'])
  const slopeX = differentiate(value, 'x')
  const slopeY = differentiate(value, 'y')
  return {
    value,
    slopeX,
    slopeY,
    curvatureXX: differentiate(slopeX, 'x'),
    curvatureXY: differentiate(slopeX, 'y'),
    curvatureYY: differentiate(slopeY, 'y'),
  }
}
