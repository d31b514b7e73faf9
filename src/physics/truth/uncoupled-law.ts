import { invalidValue } from '../../errors.js'
import type { InitialStates } from '../dynamics/ensemble.js'
import { magnitude } from '../formula/interval.js'
import { columnsOf } from '../network/states.js'
import { hasStates } from '../network/unit-states.js'
import { type DrawKey, fillUniformStates } from '../noise/uniform.js'
import type { LogDensity } from '../observe/gaussian-density.js'
import type { GaussianLaw } from '../observe/moments.js'
import { eachTerm, forceAndEnergy, type Potential, termSlice } from '../potential/potential.js'
import type { Term } from '../potential/term.js'
import { quantileOf, type UnitEnergy, type UnitLaw, unitLaw } from './unit-law.js'

/** The Boltzmann law of units that do not act on one another, e^(-Σ_i U_i(x_i)/kT)/Z, each unit's by quadrature. */
export interface UncoupledLaw {
  /** of each unit, [units]; units with the same parameters share one */
  readonly units: readonly UnitLaw[]
  /** log Z, and what it may be off by */
  readonly logPartition: number
  readonly error: number
  readonly logDensity: LogDensity
}

/**
 * The law of a landscape in which no unit acts on another: terms on single units, couplings that are 0, or a single unit.
 *
 * @returns null where units are coupled, have states, or are beside hidden or label units
 * @throws E_INVALID_VALUE naming the unit and the side where the potential does not confine it
 *
 * Cost: some 10⁴ energies for each unit with parameters of its own; of a single unit where its terms know it alone, else of all.
 */
export function uncoupledLaw(potential: Potential, theta: Float64Array, kT: number): UncoupledLaw | null {
  if (!isUncoupled(potential, theta)) return null
  const { units } = potential.network
  const known = new Map<string, UnitLaw>()
  const laws = Array.from({ length: units }, (_, unit) => {
    const key = parametersOf(potential, theta, unit)
    const law = known.get(key) ?? lawOfUnit(potential, theta, kT, unit)
    known.set(key, law)
    return law
  })
  const atRest = constantOf(potential, theta)
  const sum = (of: (law: UnitLaw) => number) => laws.reduce((total, law) => total + of(law), 0)
  // What all units have together at 0 is in each one's energy.
  const logPartition = sum((law) => law.logPartition) + ((units - 1) * atRest) / kT
  return {
    units: laws,
    logPartition,
    error: sum(({ error }) => error),
    logDensity(set) {
      const { x, batch } = columnsOf(set)
      const energy = new Float64Array(batch)
      forceAndEnergy(potential, theta, x, batch, null, energy)
      return energy.map((u) => -u / kT - logPartition)
    },
  }
}

/** Whether no unit acts on another at these parameters, and each is continuous. */
function isUncoupled(potential: Potential, theta: Float64Array): boolean {
  const { network, terms } = potential
  if (hasStates(network) || network.labels > 0 || network.hidden > 0) return false
  return terms.every(({ support, size, linear }, index) => {
    if (size === 0 || support === 'unit') return true
    if (network.units === 1) return support === 'state'
    return support === 'edge' && linear && termSlice(potential, index, theta).every((value) => value === 0)
  })
}

/** What two units with the same law have in common. */
function parametersOf(potential: Potential, theta: Float64Array, unit: number): string {
  const own: number[] = []
  eachTerm(potential, (term, slice) => {
    if (term.support !== 'unit') return
    const values = slice(theta)
    const n = placeOf(term, unit)
    if (n === null) own.push(unit, ...values)
    else if (n >= 0) own.push(values[n]!)
  })
  return own.join(' ')
}

/** Where a unit's parameter stands in a term that knows single units, -1 where it has none there; null in others. */
function placeOf({ alone, size }: Term, unit: number): number | null {
  return alone === undefined || alone.on.length !== size
    ? null
    : alone.on[unit] === unit
      ? unit
      : alone.on.indexOf(unit)
}

function lawOfUnit(potential: Potential, theta: Float64Array, kT: number, unit: number): UnitLaw {
  const law = unitLaw(energyOf(potential, theta, kT, unit))
  if (!('unconfined' in law)) return law
  throw invalidValue(
    `unit ${unit} has no Boltzmann law: its potential in the first landscape ${law.unconfined}. Expected one that grows on both ` +
      'sides, for example with a stiffness or a quartic above 0.',
    'protocol.parameters',
  )
}

/** U/kT of a unit, the others at 0. */
function energyOf(potential: Potential, theta: Float64Array, kT: number, unit: number): UnitEnergy {
  const { units } = potential.network
  const terms = potential.terms.map((term, index) => ({ term, own: termSlice(potential, index, theta) }))
  const acting = terms.filter(({ term: { size }, own }) => size > 0 && own.some((value) => value !== 0))
  const places = acting.map(({ term }) => placeOf(term, unit))
  const bend = (from: number, to: number) =>
    acting.reduce((sum, { term, own }, k) => {
      const bound = term.curvatureBounds === undefined ? 0 : magnitude(term.curvatureBounds(from, to))
      const weight = places[k] === null ? own.reduce((a, b) => Math.max(a, Math.abs(b)), 0) : (own[places[k]!] ?? 0)
      return weight === 0 ? sum : sum + (Math.abs(weight) * bound) / kT
    }, 0)
  const bends = acting.some(({ term }) => term.curvatureBounds !== undefined) ? { bend } : {}
  if (places.includes(null))
    return {
      ...bends,
      at(x) {
        const states = new Float64Array(units * x.length)
        states.set(x, unit * x.length)
        const energy = new Float64Array(x.length)
        forceAndEnergy(potential, theta, states, x.length, null, energy)
        return energy.map((value) => value / kT)
      },
    }
  const atRest = constantOf(potential, theta) - constantOf(potential, theta, unit)
  return {
    ...bends,
    at(x) {
      const energy = new Float64Array(x.length).fill(atRest)
      const values = new Float64Array(x.length)
      acting.forEach(({ term, own }, k) => {
        if (places[k]! < 0) return
        term.alone!.phi.value(x, 0, x.length, values)
        for (let n = 0; n < x.length; n++) energy[n]! += own[places[k]!]! * values[n]!
      })
      return energy.map((value) => value / kT)
    },
  }
}

/** U with all units at 0; of one unit's own terms there, where it is named. */
function constantOf(potential: Potential, theta: Float64Array, unit?: number): number {
  const { units } = potential.network
  if (unit === undefined) {
    const energy = new Float64Array(1)
    forceAndEnergy(potential, theta, new Float64Array(units), 1, null, energy)
    return energy[0]!
  }
  const [origin, value] = [new Float64Array(1), new Float64Array(1)]
  return potential.terms.reduce((sum, term, index) => {
    const n = term.size === 0 ? -1 : (placeOf(term, unit) ?? -1)
    if (n < 0) return sum
    term.alone!.phi.value(origin, 0, 1, value)
    return sum + termSlice(potential, index, theta)[n]! * value[0]!
  }, 0)
}

/** Draws states by the inverse of each unit's distribution function; a number of the key's stream for each unit and trajectory. */
export function uncoupledStates({ units }: UncoupledLaw, key: DrawKey): InitialStates {
  return (x, first, batch) => {
    fillUniformStates(key, units.length, first, batch, x)
    units.forEach((law, unit) => {
      for (let n = unit * batch; n < (unit + 1) * batch; n++) x[n] = quantileOf(law, x[n]!)
    })
  }
}

/** Mean and covariance: [units], [units, units] row-major. */
export function uncoupledMoments({ units }: UncoupledLaw): GaussianLaw {
  const covariance = new Float64Array(units.length ** 2)
  units.forEach(({ variance }, i) => {
    covariance[i * (units.length + 1)] = variance
  })
  return { mean: Float64Array.from(units, ({ mean }) => mean), covariance }
}
