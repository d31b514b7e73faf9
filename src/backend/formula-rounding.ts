import { hoisted } from '../physics/formula/hoisted.js'
import { roundedResults } from '../physics/formula/rounding.js'
import { compilePartials } from '../physics/formula/tape.js'
import { columnsOf, type PointSet, type States } from '../physics/network/states.js'
import { ownSize } from '../physics/potential/clocked.js'
import { type Potential, termSlice } from '../physics/potential/potential.js'
import { type Hooks, refuseImprecise } from './hooks.js'

/** How large the numbers are that are rounded where formulas are computed (see roundedResults), in the mean over states. */
export interface FormulaSizes {
  /** of the energies, at the unit or the first of the pair that they are of; of the forces: [units] both */
  readonly energy: Float64Array
  readonly force: Float64Array
  /** the largest number met on the way; finite, or not a number, where the formula is not */
  readonly largest: number
}

/** Sizes of a potential's formulas at some states; 0 where it has none. Cost: that of the energies, some ten times. */
export function formulaSizes(potential: Potential, theta: Float64Array, { x, batch }: States): FormulaSizes {
  const { terms, network } = potential
  const [energy, force] = [new Float64Array(network.units), new Float64Array(network.units)]
  let most = 0
  terms.forEach((term, index) => {
    if (term.formula === undefined) return
    const { formula, inputs } = hoisted(term.formula)
    const tape = compilePartials(formula)
    const own = termSlice(potential, index, theta)
    const timed = inputs.map((input) => input(own.at(-1)!))
    for (let a = 0; a < ownSize(term); a++) {
      const units = formula.slopes.length === 1 ? [a] : [term.ends!.from[a]!, term.ends!.to[a]!]
      const weight = Math.abs(own[a]!) / batch
      for (let b = 0; b < batch && weight > 0; b++) {
        const at = units.map((unit) => x[unit * batch + b]!)
        const { results, largest } = roundedResults(tape, at, timed)
        // The product with the parameter rounds once more.
        const sizes = results.map(({ value, size }) => weight * (size + Math.abs(value)))
        units.forEach((unit, n) => {
          force[unit]! += sizes[n]!
        })
        energy[units[0]!]! += sizes.at(-1)!
        most = Math.max(most, largest)
      }
    }
  })
  return { energy, force, largest: most }
}

/** Largest number of float32. */
const largestFloat32 = (2 - 2 ** -23) * 2 ** 127

/**
 * What an arithmetic loses in the formulas of a potential at some states, as a sentence without its beginning; null where it is of no account.
 *
 * @param allowed - how far off the force on a unit may be: 0 or less where it does not matter
 */
export function formulaFault(
  potential: Potential,
  theta: Float64Array,
  states: States,
  roundoff: number,
  allowed: (unit: number) => number,
): string | null {
  const { force, largest } = formulaSizes(potential, theta, states)
  if (roundoff > 1e-10 && largest > largestFloat32)
    return `a formula meets ${short(largest)}, and there is nothing beyond ${short(largestFloat32)}`
  const unit = force.findIndex((size, n) => allowed(n) > 0 && roundoff * size > allowed(n))
  if (unit < 0) return null
  const [lost, most] = [short(roundoff * force[unit]!), short(allowed(unit))]
  return `rounding in a formula changes the force on unit ${unit} by ${lost}; beside the thermal kicks ${most} would not show`
}

/**
 * Says that a trajectory has left the numbers of float32 in a step that formulas had a part in: they may meet, on the way, what float64 has
 * room for.
 */
export function tellOverflow({ onImprecise = refuseImprecise }: Hooks, step: number, trajectory: number): void {
  onImprecise(
    `float32 is too coarse here: in step ${step}, trajectory ${trajectory}, a formula has no finite force; the largest number there is ${short(largestFloat32)}`,
  )
}

/** States looked at, and where beside them, in noise widths. */
const looked = 4
const beside = [
  [1, 0],
  [0, -1],
  [-1, 0.5],
] as const

/**
 * Why formulas can't be learned from data in an arithmetic, as half a sentence; null when they can: their slopes, a noise width beside
 * the data, are sixteen times what rounding may do to them.
 *
 * @param width - of the least noise
 */
export function refusedBySlopes({ terms }: Potential, roundoff: number, train: PointSet, width: number) {
  const { x, batch } = columnsOf(train, 0, Math.ceil(train.count / looked))
  for (const { name, formula, size, ends } of terms) {
    if (formula === undefined) continue
    const tape = compilePartials(formula)
    let [slopes, lost] = [0, 0]
    for (let a = 0; a < size; a++) {
      const units = formula.slopes.length === 1 ? [a] : [ends!.from[a]!, ends!.to[a]!]
      for (let b = 0; b < batch; b++)
        for (const offset of beside) {
          const at = units.map((unit, n) => x[unit * batch + b]! + width * offset[n]!)
          for (const { value, size } of roundedResults(tape, at).results.slice(0, -1)) {
            slopes += value * value
            lost += (roundoff * size) ** 2
          }
        }
    }
    if (256 * lost > slopes)
      return `its arithmetic does not resolve the slope of the formula "${name}" at the data: rounding is ${short(Math.sqrt(lost / slopes))} of it`
  }
  return null
}

/** A number for a message. */
export function short(value: number): string {
  return String(Number(value.toPrecision(2)))
}
