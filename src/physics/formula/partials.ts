import { differentiate } from './derivative.js'
import { type Formula, parseFormula } from './parse.js'

/** A formula φ with its first and second partial derivatives. */
export interface Partials {
  readonly value: Formula
  /** by each variable, [variables] */
  readonly slopes: readonly Formula[]
  /** by each two of them, [variables, variables] row-major; both sides of the diagonal are the same formulas where there is a φ */
  readonly curvatures: readonly Formula[]
}

/**
 * Reads a formula in x and differentiates it twice.
 *
 * @throws FormulaError; FormulasNotLoaded before `loadFormulas`
 */
export function onsiteFormulas(text: string): Partials {
  return partials(text, ['x'])
}

/** The same for a formula in x and y. @throws FormulaError; FormulasNotLoaded before `loadFormulas` */
export function pairFormulas(text: string): Partials {
  return partials(text, ['x', 'y'])
}

function partials(text: string, variables: readonly string[]): Partials {
  const value = parseFormula(text, variables)
  const slopes = variables.map((by) => differentiate(value, by))
  const curvatures: Formula[] = []
  for (const [i, slope] of slopes.entries())
    for (const [j, by] of variables.entries())
      curvatures.push(j < i ? curvatures[j * slopes.length + i]! : differentiate(slope, by))
  return { value, slopes, curvatures }
}

/**
 * The same of a force that has no potential: -f in the place of the slopes of a φ that is 0, [variables], one formula for each. Reads them
 * and differentiates them once.
 *
 * @throws FormulaError; FormulasNotLoaded before `loadFormulas`
 */
export function forceFormulas(texts: readonly string[]): Partials {
  const variables = ['x', 'y'].slice(0, texts.length)
  const slopes = texts.map((text) => {
    // By itself first: what is wrong in it stands at its own column.
    parseFormula(text, variables)
    return parseFormula(`-(${text})`, variables)
  })
  const curvatures = slopes.flatMap((slope) => variables.map((by) => differentiate(slope, by)))
  return { value: parseFormula('0', variables), slopes, curvatures }
}
