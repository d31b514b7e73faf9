import { invalidValue } from '../../errors.js'
import type { InitialStates } from '../dynamics/ensemble.js'
import { type Interval, magnitude } from '../formula/interval.js'
import type { Coordinates } from '../network/network.js'
import { hasStates } from '../network/unit-states.js'
import { type DrawKey, fillUniformStates } from '../noise/uniform.js'
import type { LogDensity } from '../observe/gaussian-density.js'
import type { GaussianLaw } from '../observe/moments.js'
import { forceAndEnergy, type Potential, termSlice } from '../potential/potential.js'
import type { Term } from '../potential/term.js'
import type { UnitEnergy } from './adaptive-cells.js'
import { line, quantileOf, type Range, type UnitLaw, unitLaw } from './unit-law.js'

/** The Boltzmann law of units that do not act on one another, Π_i e^(-U_i(x_i)/kT_i)/Z_i, each unit's by quadrature. */
export interface UncoupledLaw {
  /** of each visible unit, [units]; units with the same parameters share one */
  readonly units: readonly UnitLaw[]
  /** log Z, and what it may be off by */
  readonly logPartition: number
  readonly error: number
  readonly logDensity: LogDensity
}

/**
 * The law of a landscape in which no unit acts on another: terms on single units, couplings that are 0, or a single unit. It is that of U:
 * forces without a potential play no part. Within walls it is that between them, of an angle that of the period about 0, each unit's at
 * its own temperature.
 *
 * @param kT - of the bath
 * @returns null where units are coupled, have states, or are beside hidden or label units
 * @throws E_INVALID_VALUE naming the unit and the side where the potential does not confine it
 *
 * Cost: some 10⁴ energies for each unit with parameters of its own; of a single unit where its terms know it alone, else of all.
 */
export function uncoupledLaw(potential: Potential, theta: Float64Array, kT: number): UncoupledLaw | null {
  if (!isUncoupled(potential, theta)) return null
  const { visible } = potential.network
  const known = new Map<string, { law: UnitLaw; energy: UnitEnergy }>()
  const units = Array.from({ length: visible }, (_, unit) => {
    const key = parametersOf(potential, theta, unit)
    const found = known.get(key) ?? lawOfUnit(potential, theta, kT, unit)
    known.set(key, found)
    return found
  })
  const sum = (of: (law: UnitLaw) => number) => units.reduce((total, { law }) => total + of(law), 0)
  return {
    units: units.map(({ law }) => law),
    logPartition: sum(({ logPartition }) => logPartition),
    error: sum(({ error }) => error),
    logDensity({ points, count, units: rows }) {
      const out = new Float64Array(count)
      units.slice(0, rows).forEach(({ law, energy }, i) => {
        const u = energy.at(Float64Array.from({ length: count }, (_, n) => points[n * rows + i]!))
        for (let n = 0; n < count; n++) out[n]! -= u[n]! + law.logPartition
      })
      return out
    },
  }
}

/** Whether no unit's energy depends on another at these parameters, and each is continuous. */
function isUncoupled(potential: Potential, theta: Float64Array): boolean {
  const { network, terms } = potential
  if (hasStates(network) || network.labels > 0 || network.hidden > 0) return false
  return terms.every(({ support, size, linear, driving }, index) => {
    if (size === 0 || support === 'unit' || driving !== undefined) return true
    if (network.units === 1) return support === 'state'
    return support === 'edge' && linear && termSlice(potential, index, theta).every((value) => value === 0)
  })
}

/** What two units with the same law have in common. */
function parametersOf(potential: Potential, theta: Float64Array, unit: number): string {
  const { temperature, coordinates } = potential.network
  const { lower, upper } = rangeOf(coordinates, unit)
  const own: number[] = [temperature?.[unit] ?? 1, lower, upper]
  for (const { term, values } of energiesOf(potential, theta)) {
    const n = placeOf(term, unit)
    // One parameter a unit, and perhaps one of all.
    if (n === null && term.support === 'unit') own.push(values[unit]!, ...values.subarray(potential.network.visible))
    else if (n === null) own.push(unit)
    else if (n >= 0) own.push(values[n]!)
  }
  return own.join(' ')
}

/** Terms that have an energy, with their parameters. */
function energiesOf(potential: Potential, theta: Float64Array) {
  return potential.terms.flatMap((term, index) =>
    term.size === 0 || term.driving !== undefined ? [] : [{ term, values: termSlice(potential, index, theta) }],
  )
}

/** Where a unit's parameter stands in a term that knows single units, -1 where it has none there; null in others. */
function placeOf({ alone, size, support }: Term, unit: number): number | null {
  if (support === 'edge') return -1
  if (alone === undefined || alone.on.length !== size) return null
  return alone.on[unit] === unit ? unit : alone.on.indexOf(unit)
}

/** Where a unit can be: an angle, in the period about 0. */
function rangeOf(coordinates: Coordinates | null, unit: number): Range {
  if (coordinates === null) return line
  const period = coordinates.period[unit]!
  return period > 0
    ? { lower: -period / 2, upper: period / 2 }
    : { lower: coordinates.lower[unit]!, upper: coordinates.upper[unit]! }
}

function lawOfUnit(potential: Potential, theta: Float64Array, kT: number, unit: number) {
  const { temperature, coordinates } = potential.network
  const energy = energyOf(potential, theta, kT * (temperature?.[unit] ?? 1), unit)
  const law = unitLaw(energy, rangeOf(coordinates, unit))
  if (!('unconfined' in law)) return { law, energy }
  throw invalidValue(
    `unit ${unit} has no Boltzmann law: its potential in the first landscape ${law.unconfined}. Expected one that grows on both ` +
      'sides, for example with a stiffness or a quartic above 0.',
    'protocol.parameters',
  )
}

/** U/kT of a unit, without what all units have together at 0 where its own is known. */
function energyOf(potential: Potential, theta: Float64Array, kT: number, unit: number): UnitEnergy {
  const acting = energiesOf(potential, theta).flatMap(({ term, values }) => {
    const n = placeOf(term, unit)
    const weight = n === null ? values.reduce((a, b) => Math.max(a, Math.abs(b)), 0) : (values[n] ?? 0)
    return weight === 0 ? [] : [{ ...term, isKnown: n !== null, weight, last: values.at(-1)! }]
  })
  const at = acting.every(({ isKnown }) => isKnown) ? sumOf(acting, kT) : amongOthers(potential, theta, kT, unit)
  const bends = acting.flatMap(({ curvatureBounds, weight, last }) => {
    // Where a formula holds the time, that is the last of its parameters.
    const bounds: ((from: number, to: number, t: number) => Interval) | undefined = curvatureBounds
    return bounds === undefined
      ? []
      : [(from: number, to: number) => (Math.abs(weight) * magnitude(bounds(from, to, last))) / kT]
  })
  if (bends.length === 0) return { at }
  return { at, bend: (from, to) => bends.reduce((sum, bend) => sum + bend(from, to), 0) }
}

/** From terms that know a unit alone. */
function sumOf(terms: readonly (Pick<Term, 'alone'> & { weight: number })[], kT: number): UnitEnergy['at'] {
  return (x) => {
    const [energy, values] = [new Float64Array(x.length), new Float64Array(x.length)]
    for (const { alone, weight } of terms) {
      alone!.phi.value(x, 0, x.length, values)
      for (let n = 0; n < x.length; n++) energy[n]! += (weight / kT) * values[n]!
    }
    return energy
  }
}

/** From the energy of all, the others at 0; what these have there is taken off. */
function amongOthers(potential: Potential, theta: Float64Array, kT: number, unit: number): UnitEnergy['at'] {
  const { units, visible } = potential.network
  const atRest = new Float64Array(1)
  forceAndEnergy(potential, theta, new Float64Array(units), 1, null, atRest)
  return (x) => {
    const states = new Float64Array(units * x.length)
    states.set(x, unit * x.length)
    const energy = new Float64Array(x.length)
    forceAndEnergy(potential, theta, states, x.length, null, energy)
    return energy.map((value) => (value - (atRest[0]! * (visible - 1)) / visible) / kT)
  }
}

/** Draws states by the inverse of each unit's distribution function; a number of the key's stream for each unit and trajectory. */
export function uncoupledStates({ units }: UncoupledLaw, key: DrawKey): InitialStates {
  return (x, first, batch) => {
    fillUniformStates(key, units.length, first, batch, x.subarray(0, units.length * batch))
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
