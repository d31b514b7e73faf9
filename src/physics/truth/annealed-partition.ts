import { invalidValue } from '../../errors.js'
import { advance } from '../dynamics/advance.js'
import { surfaceOf } from '../dynamics/drive.js'
import { gibbs } from '../dynamics/gibbs.js'
import type { Integrator } from '../dynamics/integrator.js'
import { noiseOfRun } from '../dynamics/noise.js'
import { withOwnStart } from '../dynamics/own-start.js'
import type { States } from '../network/states.js'
import { statesOfRows } from '../network/unit-states.js'
import { type Estimate, meanOf } from '../observe/estimate.js'
import { type JarzynskiEstimate, jarzynski } from '../observe/jarzynski.js'
import { logSumExp } from '../observe/log-weights.js'
import { isHarmonicGivenStates } from '../potential/given-hidden.js'
import { eachTerm, forceAndEnergy, hessian, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'

/** How log Z is annealed to. */
export interface AnnealingOptions {
  /** 1 when absent */
  readonly seed?: number | undefined
  /** independent chains; 1,000 when absent */
  readonly walkers?: number | undefined
  /** landscapes on the way, or points of the integral, from uncoupled units to the network; 100 when absent */
  readonly steps?: number | undefined
  /** moves in each landscape; 1 when absent */
  readonly sweeps?: number | undefined
  /** what moves the walkers; Gibbs sweeps when absent. It must leave e^(-U/kT) as it is */
  readonly integrator?: Integrator | undefined
  /** length of its steps, where it has any; .1 when absent */
  readonly dt?: number | undefined
}

/** What every unit is by itself: the parameters of couplings at 0. */
function uncoupled(potential: Potential, theta: Float64Array): Float64Array {
  const out = theta.slice()
  eachTerm(potential, ({ name, support, linear }, own) => {
    if (support === 'unit' || support === 'unit-states') return
    if (!linear || (support !== 'edge' && support !== 'edge-states'))
      throw invalidValue(`the term "${name}" is no coupling of units that could be turned on slowly.`, 'potential')
    own(out).fill(0)
  })
  return out
}

/**
 * log Z of units that do not act on one another, Gaussian where they are continuous:
 *
 *     Σ_i log Σ_a e^(-U_i(a)/kT) + Σ_j [½ log(2πkT/K_jj) + F_j²/(2kT K_jj)]
 *
 * @returns NaN where one is not confined
 * Cost: an energy of every state of every unit.
 */
export function logPartitionOfSingles(potential: Potential, theta: Float64Array, { kT }: Pick<Bath, 'kT'>): number {
  const { network } = potential
  const { units } = network
  const states = statesOfRows(network)
  const origin = Float64Array.from(states, (own) => own?.[0] ?? 0)
  const [force, energy] = [new Float64Array(units), new Float64Array(1)]
  const energyAt = (x: Float64Array) => {
    forceAndEnergy(potential, theta, x, 1, force, energy)
    return energy[0]!
  }
  const curvature = hessian(potential, theta, origin)
  const base = energyAt(origin)
  const pull = force.slice()
  return states.reduce((sum, own, i) => {
    if (own !== null)
      return sum + logSumExp(Float64Array.from(own, (state) => (base - energyAt(origin.with(i, state))) / kT))
    const stiffness = curvature[i * (units + 1)]!
    if (!(stiffness > 0)) return Number.NaN
    return sum + Math.log((2 * Math.PI * kT) / stiffness) / 2 + pull[i]! ** 2 / (2 * kT * stiffness)
  }, -base / kT)
}

/** Walkers that are taken from uncoupled units to the network, U_λ = U_0 + λ(U - U_0), each landscape's law being left as it is by their moves. */
function annealing(potential: Potential, theta: Float64Array, bath: Bath, options: AnnealingOptions) {
  const { seed = 1, walkers = 1000, sweeps = 1, integrator = gibbs, dt = 0.1 } = options
  if (!isHarmonicGivenStates(potential))
    throw invalidValue(
      'the uncoupled units have no log Z in closed form: continuous ones need stiffness and bias alone.',
      'potential',
    )
  const { units } = potential.network
  const from = uncoupled(potential, theta)
  const states: States = { x: new Float64Array(units * walkers), batch: walkers }
  withOwnStart((x) => x.fill(Number.NaN), seed, potential.network)(states.x, 0, walkers)
  for (let n = 0; n < states.x.length; n++) if (Number.isNaN(states.x[n])) states.x[n] = 0
  let step = 0
  const moved = (at: Float64Array, by: Integrator, times: number) => {
    advance(by, surfaceOf(potential, at), states, {
      ...{ bath, dt, from: step, steps: times, seed },
      ...noiseOfRun(seed, 0, walkers),
    })
    step += times
  }
  const energyIn = (at: Float64Array) => {
    const energy = new Float64Array(walkers)
    forceAndEnergy(potential, at, states.x, walkers, null, energy)
    return energy
  }
  const at = (share: number) => theta.map((value, a) => from[a]! + share * (value - from[a]!))
  // Where no unit acts on another, one sweep of Gibbs draws all of them independently.
  moved(from, gibbs, 1)
  return {
    logStart: logPartitionOfSingles(potential, from, bath),
    /** moves the walkers in the landscape of λ */
    move: (share: number) => moved(at(share), integrator, sweeps),
    /** ∂U/∂λ = U - U_0 of every walker, [walkers] */
    slopes() {
      const before = energyIn(from)
      return energyIn(theta).map((energy, n) => energy - before[n]!)
    },
  }
}

/** log Z with its error, what the weights of the walkers were worth, and a warning where neither can be trusted. */
export interface AnnealedPartition extends Estimate, Pick<JarzynskiEstimate, 'effectiveSampleSize' | 'warning'> {}

/**
 * log Z = log ∫ Σ e^(-U/kT) by annealed importance sampling: couplings are turned on in equal steps, walkers that start as independent
 * units are moved in each landscape, and Jarzynski's average over their works is exact however fast that goes.
 *
 * @throws E_INVALID_VALUE for terms that are no couplings of single units, or units that are not confined by themselves
 *
 * Cost: steps·sweeps moves of all walkers, and an energy of each a step.
 * Source: Neal, Stat. Comput. 11, 125 (2001).
 */
export function annealedPartition(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  options: AnnealingOptions = {},
): AnnealedPartition {
  const { steps = 100, seed = 1 } = options
  const { logStart, move, slopes } = annealing(potential, theta, bath, options)
  let work = slopes().map((slope) => slope / steps)
  for (let n = 1; n < steps; n++) {
    move(n / steps)
    const slope = slopes()
    work = work.map((sum, b) => sum + slope[b]! / steps)
  }
  const { value, standardError, effectiveSampleSize, warning } = jarzynski(work, bath.kT, { seed, resamples: 200 })
  return {
    value: logStart - value / bath.kT,
    standardError: standardError / bath.kT,
    effectiveSampleSize,
    warning,
  }
}

/**
 * The same by thermodynamic integration, log Z = log Z_0 - ∫₀¹ ⟨U - U_0⟩_λ dλ/kT, by Simpson's rule; walkers go from point to point, and
 * their integrals are independent of one another.
 *
 * @returns with `bias`: how much of the rule's error is to be expected, from every other point; the lag of the walkers comes on top, so
 *   give them sweeps
 * @throws as annealedPartition does
 *
 * Cost: as annealedPartition.
 * Source: Kirkwood, J. Chem. Phys. 3, 300 (1935).
 */
export function integratedPartition(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  options: AnnealingOptions = {},
): Estimate & { readonly bias: number } {
  // A multiple of four, so that every other point makes a rule of its own.
  const steps = 4 * Math.ceil((options.steps ?? 100) / 4)
  const { logStart, move, slopes } = annealing(potential, theta, bath, options)
  const walkers = options.walkers ?? 1000
  const [fine, coarse] = [new Float64Array(walkers), new Float64Array(walkers)]
  for (let n = 0; n <= steps; n++) {
    move(n / steps)
    const slope = slopes()
    for (let b = 0; b < walkers; b++) {
      fine[b]! += (simpson(n, steps) * slope[b]!) / bath.kT
      if (n % 2 === 0) coarse[b]! += (simpson(n / 2, steps / 2) * slope[b]!) / bath.kT
    }
  }
  const { value, standardError } = meanOf(fine)
  return { value: logStart - value, standardError, bias: Math.abs(value - meanOf(coarse).value) / 15 }
}

/** The weight of point n of Simpson's rule on [0, 1], of an even number of intervals. */
function simpson(n: number, intervals: number): number {
  const ends = n === 0 || n === intervals
  return (ends ? 1 : n % 2 === 1 ? 4 : 2) / (3 * intervals)
}
