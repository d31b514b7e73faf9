import { compileBounds } from '../formula/bounds.js'
import { isQuadratic } from '../formula/derivative.js'
import { loadFormulas } from '../formula/mathjs.js'
import type { Formula } from '../formula/parse.js'
import { onsiteFormulas, type Partials, pairFormulas } from '../formula/partials.js'
import { compileRows } from '../formula/rows.js'
import { type Clock, clocked } from './clocked.js'
import { generalPairTerm, type PairFunction, type PairRowFunction } from './general-pair.js'
import { onsiteTerm } from './onsite.js'
import type { RowFunction, UnitFunction } from './row-functions.js'
import { scratch, type TermOn } from './term.js'

/** How a formula term is described. */
export interface FormulaOptions {
  /** of the term and of its parameters: lower-case letters, digits and -, none of a built-in term */
  readonly name: string
  /** φ in x, or in x and y, and in the time t if it moves by itself; see `parseFormula` */
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
  const bounds = compileBounds(partials.curvatures[0]!)
  const described = {
    name,
    lowerBound,
    formula: partials,
    harmonic: isQuadratic(partials.curvatures),
    curvatureBounds: (from: number, to: number, t: number) => bounds(from, to, t).value,
  }
  return clocked(partials, (clock) => onsiteTerm(described, unitFunction(partials, clock)))
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
  const described = { name, lowerBound, formula: partials, harmonic: isQuadratic(partials.curvatures) }
  return clocked(partials, (clock) => generalPairTerm(described, pairFunction(partials, clock)))
}

/** A formula and its derivatives on the rows of units. */
export function unitFunction({ value, slopes, curvatures }: Partials, clock: Clock): UnitFunction {
  const [of, slope, curvature] = [value, slopes[0]!, curvatures[0]!].map((formula) => onRows(formula, 1, clock))
  const onRow =
    (rows: PairRowFunction): RowFunction =>
    (x, from, length, out) =>
      rows(x, from, from, length, out)
  return { value: onRow(of!), slope: onRow(slope!), curvature: onRow(curvature!) }
}

/** A formula and its derivatives on the rows of both ends of edges. */
export function pairFunction({ value, slopes, curvatures }: Partials, clock: Clock): PairFunction {
  const on = (formula: Formula) => onRows(formula, 2, clock)
  return {
    value: on(value),
    slopeX: on(slopes[0]!),
    slopeY: on(slopes[1]!),
    curvatureXX: on(curvatures[0]!),
    curvatureXY: on(curvatures[1]!),
    curvatureYX: on(curvatures[2]!),
    curvatureYY: on(curvatures[3]!),
  }
}

/** A formula of one or two places, and of the clock's time where it has it, on rows. */
function onRows(formula: Formula, places: 1 | 2, clock: Clock): PairRowFunction {
  const rows = compileRows(formula)
  const hasTime = formula.variables.length > places
  const times = scratch()
  return (x, a, b, length, out) => {
    const inputs = places === 1 ? [x] : [x, x]
    const starts = places === 1 ? [a] : [a, b]
    if (hasTime) {
      inputs.push(times(length).fill(clock.t))
      starts.push(0)
    }
    rows(inputs, starts, length, out)
  }
}
