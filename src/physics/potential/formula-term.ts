import { compileBounds } from '../formula/bounds.js'
import { isQuadratic } from '../formula/derivative.js'
import { loadFormulas } from '../formula/mathjs.js'
import type { Formula } from '../formula/parse.js'
import { onsiteFormulas, pairFormulas } from '../formula/partials.js'
import { compileRows } from '../formula/rows.js'
import { generalPairTerm, type PairRowFunction } from './general-pair.js'
import { onsiteTerm } from './onsite.js'
import type { RowFunction } from './row-functions.js'
import type { TermOn } from './term.js'

/** How a formula term is described. */
export interface FormulaOptions {
  readonly name: string
  /** φ in x, or in x and y; see `parseFormula` */
  readonly formula: string
  /** lowest allowed parameter; none by default. Give 0 where a negative one would let trajectories run away */
  readonly min?: number | undefined
}

/**
 * An on-site term from a formula in x: U = Σ_i θ_i φ(x_i), for example `{ name: 'sextic', formula: 'x^6/6', min: 0 }`.
 * φ' and φ'' are taken symbolically; it is harmonic when φ'' is a constant.
 *
 * @throws FormulaError with the column of what is wrong in the formula
 *
 * Cost of each method: O(units·batch·length of the formula).
 */
export async function formulaOnsite(options: FormulaOptions): Promise<TermOn> {
  await loadFormulas()
  return onsiteFromFormula(options)
}

/** The same when formulas are loaded. @throws FormulaError; FormulasNotLoaded before `loadFormulas` */
export function onsiteFromFormula({ name, formula, min: lowerBound = -Infinity }: FormulaOptions): TermOn {
  const partials = onsiteFormulas(formula)
  const { value, slopes, curvatures } = partials
  const bounds = compileBounds(curvatures[0]!)
  return onsiteTerm(
    {
      name,
      lowerBound,
      formula: partials,
      harmonic: isQuadratic(curvatures),
      curvatureBounds: (from, to) => bounds(from, to).value,
    },
    { value: onRow(value), slope: onRow(slopes[0]!), curvature: onRow(curvatures[0]!) },
  )
}

/**
 * A pair term from a formula in x and y: U = Σ_(ij) θ_ij φ(x_i, x_j), where x is the unit that an edge comes from and y the
 * one it goes to, for example `{ name: 'spring', formula: '(x-y)^2/2', min: 0 }`.
 *
 * @throws FormulaError with the column of what is wrong in the formula
 *
 * Cost of each method: O(edges·batch·length of the formula).
 */
export async function formulaPair(options: FormulaOptions): Promise<TermOn> {
  await loadFormulas()
  return pairFromFormula(options)
}

/** The same when formulas are loaded. @throws FormulaError; FormulasNotLoaded before `loadFormulas` */
export function pairFromFormula({ name, formula, min: lowerBound = -Infinity }: FormulaOptions): TermOn {
  const partials = pairFormulas(formula)
  const { value, slopes, curvatures } = partials
  return generalPairTerm(
    { name, lowerBound, formula: partials, harmonic: isQuadratic(curvatures) },
    {
      value: onRows(value),
      slopeX: onRows(slopes[0]!),
      slopeY: onRows(slopes[1]!),
      curvatureXX: onRows(curvatures[0]!),
      curvatureXY: onRows(curvatures[1]!),
      curvatureYY: onRows(curvatures[3]!),
    },
  )
}

/** A formula of one variable on rows. */
export function onRow(formula: Formula): RowFunction {
  const rows = compileRows(formula)
  return (x, from, length, out) => rows([x], [from], length, out)
}

/** A formula of two variables on the rows of both ends of an edge. */
export function onRows(formula: Formula): PairRowFunction {
  const rows = compileRows(formula)
  return (x, a, b, length, out) => rows([x, x], [a, b], length, out)
}
