import { invalidValue, OverdampedError } from '../../errors.js'
import { hasStates } from '../network/unit-states.js'
import { unlikeBoltzmann } from '../potential/equilibrium.js'
import { forceAndEnergy, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import { boltzmannDensity, boltzmannPairDensity } from './boltzmann.js'
import { chainLaw } from './chain-law.js'
import { enumeratedLaw } from './enumerated-law.js'
import { hiddenMixture, isEnumerable, squareOfMixture } from './hidden-mixture.js'
import { uncoupledLaw } from './uncoupled-law.js'

/**
 * An equilibrium law e^(-U/kT)/Z on a grid along one axis or two: density[i] at x[i], or density[i·points + j] at
 * (x[i], x[j]).
 */
export interface ModelDensity {
  readonly units: 1 | 2
  /** grid along each axis, [points] */
  readonly x: Float64Array
  readonly density: Float64Array
  /** log Z, Z = ∫ e^(-U/kT) dx */
  readonly logPartition: number
}

/** Density at the ends of the grid over the largest: e^-40 where the potential confines. */
const escaped = 1e-12

/**
 * The equilibrium law of one unit, or of two, by quadrature.
 *
 * @param points - along either axis of two units, when the default is finer than need be
 * @returns null for more units, units with states, and where nothing settles to it (see unlikeBoltzmann)
 * @throws E_INVALID_VALUE for a potential that does not confine them
 */
export function modelDensity(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  points?: number,
): ModelDensity | null {
  const { units } = potential.network
  if (units > 2 || hasStates(potential.network) || unlikeBoltzmann(potential) !== null) return null
  const { x, density } =
    units === 1 ? boltzmannDensity(potential, theta, bath, 0) : boltzmannPairDensity(potential, theta, bath, points)
  const most = density.reduce((a, b) => Math.max(a, b), 0)
  if (!(Math.max(density[0]!, density.at(-1)!) < escaped * most))
    throw invalidValue(
      'the potential does not confine its unit: it has no normaliser. Expected one that grows on both sides, as with a stiffness or potential.features.base.',
      'potential',
    )
  // ρ = e^(-U/kT)/Z at any point; the most probable one has the least rounding.
  const best = density.reduce((most, value, n) => (value > density[most]! ? n : most), 0)
  const state = units === 1 ? [x[best]!] : [x[Math.floor(best / x.length)]!, x[best % x.length]!]
  const energy = new Float64Array(1)
  forceAndEnergy(potential, theta, Float64Array.from(state), 1, null, energy)
  return { units: units as 1 | 2, x, density, logPartition: -energy[0]! / bath.kT - Math.log(density[best]!) }
}

/** Visits every grid point with its state and probability density·cell. */
export function eachCell(
  { units, x, density }: ModelDensity,
  visit: (state: Float64Array, probability: number, density: number) => void,
): void {
  const cell = (x[1]! - x[0]!) ** units
  const state = new Float64Array(units)
  for (let n = 0; n < density.length; n++) {
    state[0] = x[units === 1 ? n : Math.floor(n / x.length)]!
    if (units === 2) state[1] = x[n % x.length]!
    visit(state, density[n]! * cell, density[n]!)
  }
}

/**
 * log Z = log ∫ e^(-U/kT) dx: in closed form for harmonic potentials,
 * (units/2) log 2πkT - ½ log det K + fᵀK⁻¹f/2kT - U(0)/kT, by enumeration of two-state hidden units over such or of the states of units
 * that have any, by quadrature for one or two units, by transfer matrices for chains.
 *
 * @returns null where none applies
 */
export function logPartition(potential: Potential, theta: Float64Array, bath: Bath): number | null {
  if (hasStates(potential.network)) return enumeratedLaw(potential, theta, bath)?.logPartition ?? null
  if (isEnumerable(potential)) return hiddenMixture(potential, theta, bath)?.logPartition ?? null
  return (modelDensity(potential, theta, bath) ?? chainLaw(potential, theta, bath))?.logPartition ?? null
}

/** Largest chain of anharmonic units whose transfer matrices are worth their time, a few seconds. */
const longestChain = 64

/**
 * log Z of any landscape that has one which is known: of harmonic ones, units with states, units that are not coupled (by quadrature at
 * all scales, in walls and angles too), two that are, a chain.
 *
 * @returns null elsewhere, as where nothing confines the units
 */
export function knownLogPartition(potential: Potential, theta: Float64Array, bath: Bath): number | null {
  const { network, terms } = potential
  const { coordinates, temperature } = network
  const isPlain = coordinates === null && unlikeBoltzmann(potential) === null
  if (isPlain && (hasStates(network) || terms.every(({ harmonic }) => harmonic)))
    return logPartition(potential, theta, bath)
  try {
    const alone = temperature === null ? uncoupledLaw(potential, theta, bath.kT) : null
    if (alone !== null) return alone.logPartition
    return isPlain && network.units <= longestChain ? logPartition(potential, theta, bath) : null
  } catch (error) {
    if (error instanceof OverdampedError) return null
    throw error
  }
}

/**
 * ⟨|x|²⟩/units in equilibrium: (kT tr K⁻¹ + |K⁻¹f|²)/units for harmonic potentials, by enumeration of two-state hidden units
 * over such, by quadrature for one or two units.
 *
 * @returns NaN where none applies
 */
export function meanSquare(potential: Potential, theta: Float64Array, bath: Bath): number {
  const { units } = potential.network
  if (hasStates(potential.network)) {
    const law = enumeratedLaw(potential, theta, bath)
    let square = law === null ? Number.NaN : 0
    law?.average(({ x, batch }, weights) => {
      for (let n = 0; n < x.length; n++) square += (weights[n % batch]! * x[n]! ** 2) / units
    })
    return square
  }
  if (isEnumerable(potential)) {
    const mixture = hiddenMixture(potential, theta, bath)
    return mixture === null ? Number.NaN : squareOfMixture(mixture, bath) / units
  }
  const model = modelDensity(potential, theta, bath)
  if (model === null) return Number.NaN
  let sum = 0
  eachCell(model, (state, probability) => {
    for (const value of state) sum += (probability * value * value) / units
  })
  return sum
}
