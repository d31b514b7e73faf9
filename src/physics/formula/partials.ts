import { differentiate } from './derivative.js'
import { type Formula, parseFormula } from './parse.js'
import { operation } from './simplify.js'

/** A formula φ with its first and second partial derivatives by the places in it, x or x and y; its last variable may be the time t. */
export interface Partials {
  readonly value: Formula
  /** by each place, [places] */
  readonly slopes: readonly Formula[]
  /** by each two of them, [places, places] row-major; both sides of the diagonal are the same formulas where there is a φ */
  readonly curvatures: readonly Formula[]
}

/** Whether the time stands in a formula. */
export function hasClock({ value, slopes }: Partials): boolean {
  return value.variables.length > slopes.length
}

/** The places, and the time if a text has it: formulas without it are as they would be if there were none. */
function variablesOf(places: readonly string[], ...texts: readonly string[]): string[] {
  return texts.some((text) => /\bt\b/.test(text)) ? [...places, 't'] : [...places]
}

/**
 * Reads a formula in x, and t if it likes, and differentiates it twice by x.
 *
 * @throws FormulaError; FormulasNotLoaded before `loadFormulas`
 */
export function onsiteFormulas(text: string): Partials {
  return partials(text, ['x'])
}

/** The same for a formula in x and y, and t. @throws FormulaError; FormulasNotLoaded before `loadFormulas` */
export function pairFormulas(text: string): Partials {
  return partials(text, ['x', 'y'])
}

function partials(text: string, places: readonly string[]): Partials {
  const value = parseFormula(text, variablesOf(places, text))
  const slopes = places.map((by) => differentiate(value, by))
  const curvatures: Formula[] = []
  for (const [i, slope] of slopes.entries())
    for (const [j, by] of places.entries())
      curvatures.push(j < i ? curvatures[j * slopes.length + i]! : differentiate(slope, by))
  return { value, slopes, curvatures }
}

/**
 * The same of a force that has no potential: -f in the place of the slopes of a φ that is 0, [places], one formula for each. Reads them
 * and differentiates them once.
 *
 * @throws FormulaError; FormulasNotLoaded before `loadFormulas`
 */
export function forceFormulas(texts: readonly string[]): Partials {
  const places = ['x', 'y'].slice(0, texts.length)
  const variables = variablesOf(places, ...texts)
  const slopes = texts.map((text): Formula => {
    const { expression } = parseFormula(text, variables)
    return { text: `-(${text})`, variables, expression: operation('negate', [expression], 1) }
  })
  const curvatures = slopes.flatMap((slope) => places.map((by) => differentiate(slope, by)))
  return { value: parseFormula('0', variables), slopes, curvatures }
}
