import type { Density } from '../../learning/data/density.js'
import type { NoisePath } from '../../learning/objectives/noised-states.js'
import { knotSlice, type PathEnergy } from '../../learning/objectives/score-and-class.js'
import { columnsOf, copyState } from '../../physics/network/states.js'
import { effectiveSampleSize, logMeanExp } from '../../physics/observe/log-weights.js'
import type { GaussianLaw } from '../../physics/observe/moments.js'
import { forceAndEnergy } from '../../physics/potential/potential.js'
import { harmonicDivergence, harmonicEquilibrium, noisedGaussian } from '../../physics/truth/harmonic-equilibrium.js'
import { eachCell, logPartition, modelDensity } from '../../physics/truth/partition.js'
import { divergence, nearest } from './figures.js'
import type { StudyProblem } from './problem.js'

/** What is known of the data noised to the first knot: a mixture's density, or the Gaussian law of a harmonic network. */
interface PathTruth {
  readonly density: Density | null
  readonly gaussian: GaussianLaw | null
}

/** The law of the data at the least noisy knot. */
export function pathTruth(
  { density, teacher, potential, bath }: StudyProblem,
  { knots, signal, width }: NoisePath,
): PathTruth {
  const [m, s] = [signal(knots[0]!), width(knots[0]!)]
  const law = teacher === null ? null : harmonicEquilibrium(potential, teacher, bath)
  return { density: density?.noised?.(m, s) ?? null, gaussian: law && noisedGaussian(law, m, s) }
}

/** States that a free energy is reweighted from, and the tilt of the potential that it is of. */
const reweighted = { states: 20_000, tilt: 0.5 }

/**
 * What the energies of a path are worth: the divergence of the least noisy one, the weight of its first mode, how far F_k is
 * from -log Z_k up to one constant, and the free energy of a tilt by reweighting.
 */
export function pathFigures(
  problem: StudyProblem,
  energy: PathEnergy,
  theta: Float64Array,
  truth: PathTruth,
  seed: number,
): Record<string, number> {
  const { potential, bath } = problem
  const first = knotSlice(energy, theta, 0).theta
  const figures: Record<string, number> = {}
  if (truth.gaussian !== null) figures.divergence = harmonicDivergence(truth.gaussian, potential, first, bath)
  const model = truth.density === null ? null : modelDensity(potential, first, bath)
  if (truth.density !== null && model !== null) {
    const means = truth.density.components!.map(({ mean }) => mean)
    let [weight, weightOfData, tiltedPartition] = [0, 0, 0]
    const cell = (model.x[1]! - model.x[0]!) ** model.units
    eachCell(model, (state, probability) => {
      const expected = cell * Math.exp(truth.density!.logDensity(state))
      tiltedPartition += expected * Math.exp(-reweighted.tilt * state[0]!)
      if (nearest(state, means) !== 0) return
      weight += probability
      weightOfData += expected
    })
    figures.divergence = divergence(model, truth.density.logDensity)
    figures.firstModeWeight = weight
    figures.firstModeWeightOfData = weightOfData
    figures.exactTiltFreeEnergy = -Math.log(tiltedPartition)
    Object.assign(figures, tilted(problem, first, truth.density, seed))
  }
  if (potential.network.units === 1 || truth.gaussian !== null)
    figures.offsetError = offsetError(problem, energy, theta)
  return figures
}

/** The largest departure of F_k + log Z_k from its mean over the knots; Infinity where a Z_k is. */
function offsetError({ potential, bath }: StudyProblem, energy: PathEnergy, theta: Float64Array): number {
  const sums = energy.path.knots.map((_, k) => {
    const knot = knotSlice(energy, theta, k)
    return knot.offset + (logPartition(potential, knot.theta, bath) ?? Number.POSITIVE_INFINITY)
  })
  const mean = sums.reduce((total, value) => total + value, 0) / sums.length
  return Number.isFinite(mean) ? Math.max(...sums.map((value) => Math.abs(value - mean))) : Number.POSITIVE_INFINITY
}

/**
 * ΔF/kT of the tilt e^(-c x_0) of the true law p, from states x_n ~ p whose density only the model tells:
 *
 *     ΔF/kT = -log Σ_n e^(-c x_n) w_n + log Σ_n w_n,   w_n = p(x_n) e^(U(x_n)/kT)
 *
 * No normaliser of the model enters. For the exact model the weights are equal.
 */
function tilted({ potential, bath }: StudyProblem, theta: Float64Array, density: Density, seed: number) {
  const { states, tilt } = reweighted
  const drawn = columnsOf(density.sample(states, seed, 1))
  const { x, batch } = drawn
  const u = new Float64Array(batch)
  forceAndEnergy(potential, theta, x, batch, null, u)
  const state = new Float64Array(density.units)
  const logWeights = u.map((value, b) => {
    copyState(drawn, b, state)
    return value / bath.kT + density.logDensity(state)
  })
  return {
    tiltFreeEnergy: logMeanExp(logWeights) - logMeanExp(logWeights.map((value, b) => value - tilt * x[b]!)),
    reweightingShare: effectiveSampleSize(logWeights) / batch,
  }
}
