import {
  logPartitionRatio,
  resampleBelow,
  type Transport,
  type Walkers,
  type WeightedMove,
  weightedByWork,
  weightedLangevin,
} from '../objective/jarzynski.js'
import { langevin, metropolisLangevin } from '../objective/kernels.js'
import type { Landscape } from '../objective/landscape.js'
import { effectiveSampleSize, normalised } from '../objective/weights.js'
import { type Check, statisticalCheck } from '../observe/check.js'
import type { SettingsOf } from '../scenario/objective.js'
import { logPartition, meanSquare } from '../truth/partition.js'
import { startWalkers } from './jarzynski.js'
import { freshLandscape, parametersFrom, type StudyProblem } from './problem.js'
import { type Arm, barCheck, collapseWarning, exchangeOf, type Repetition, type StudyHooks } from './study.js'

type Settings = SettingsOf<'jarzynski'>
type MoveOf = (landscape: Landscape, h: number) => WeightedMove

const kernels: Record<Settings['kernels'][number], MoveOf> = {
  langevin: (landscape, h) => weightedLangevin(landscape, h),
  mala: (landscape, h) => weightedByWork(landscape, metropolisLangevin(landscape, h)),
  interpolant: (landscape, h) => weightedLangevin(landscape, h, gaussianInterpolant),
}

/** Biased by O(h). */
const uncorrected: MoveOf = (landscape, h) => weightedByWork(landscape, langevin(landscape, h))
/** Biased at any h. */
const wrongOrder: MoveOf = (landscape, h) => weightedByWork(landscape, metropolisLangevin(landscape, h), true)

/**
 * The velocity of the interpolant x_t = σ_t z between independent Gaussians, over a step: d(x) = x(σ'/σ - 1), σ² = kT/k. Only
 * for the potential [stiffness], whose parameters are k.
 */
const gaussianInterpolant: Transport = (from, to, { x, batch }, out) => {
  for (let n = 0; n < x.length; n++) {
    const unit = Math.floor(n / batch)
    out[n] = x[n]! * (Math.sqrt(from[unit]! / to[unit]!) - 1)
  }
}

/** Relative error of log Z that passes, and that the uncorrected work exceeds at long steps. */
const bar = { exact: 0.01, uncorrected: 0.1 }

/** Weighs walkers along a given protocol of the parameters, linear in the step, for every kernel and step length. */
export async function rampStudy(
  problem: StudyProblem<Settings>,
  ramp: NonNullable<Settings['ramp']>,
  seed: number,
  hooks: StudyHooks,
): Promise<Repetition> {
  const { settings, potential, bath, start } = problem
  const end = parametersFrom(potential, { ...settings.start, ...ramp.to }, 'objective.ramp.to')
  const truth = {
    logZ: logPartition(potential, end, bath)! - logPartition(potential, start, bath)!,
    square: meanSquare(potential, end, bath),
  }
  const arms: Arm[] = []
  const checks: Check[] = []
  const warnings: string[] = []
  const { steps } = ramp
  const longest = Math.max(...settings.step)
  const plan = [
    ...settings.step.flatMap((h) => [
      ...settings.kernels.map((name) => ({ name, h, move: kernels[name], expected: 'succeeds' as const, steps })),
      { name: 'uncorrected', h, move: uncorrected, expected: 'fails' as const, steps },
    ]),
    // What the order is worth falls as 1/steps: it is shown on a ramp of few.
    { name: 'wrong order', h: longest, move: wrongOrder, expected: 'fails' as const, steps: Math.ceil(steps / 8) },
  ]
  for (const [index, { name, h, move, expected, steps }] of plan.entries()) {
    const title = `${name}, h=${h}${steps === ramp.steps ? '' : `, ${steps} steps`}`
    const landscape = freshLandscape(problem)
    const walkers = startWalkers(problem, settings.walkers, seed)
    const step = move(landscape, h)
    const theta = (k: number) => start.map((value, a) => value + ((end[a]! - value) * k) / steps)
    let lowest = 1
    for (let k = 0; k < steps; k++) {
      step(walkers, theta(k), theta(k + 1), seed, k)
      const share = effectiveSampleSize(walkers.logWeights) / walkers.batch
      lowest = Math.min(lowest, share)
      const figures = { effectiveSampleShare: share, logPartitionRatio: logPartitionRatio(walkers) }
      hooks.record({ arm: title, iteration: k + 1, figures })
      resampleBelow(walkers, settings.resampling, seed, k)
    }
    if (expected === 'succeeds')
      warnings.push(...collapseWarning(title, lowest, 'Use more objective.ramp.steps or walkers'))
    const found = ends(walkers)
    const figures = {
      ...found,
      effectiveSampleShare: lowest,
      ...exchangeOf(landscape.cost, walkers.batch),
      exactLogPartitionRatio: truth.logZ,
      logPartitionError: Math.abs(found.logPartitionRatio - truth.logZ),
    }
    arms.push({ name: title, expected, locality: 'sampler', figures, cost: landscape.cost })
    checks.push(...endChecks(title, found, truth, { name, expected, isLong: h >= longest / 2 }))
    await hooks.progress((index + 1) / plan.length)
  }
  return { arms, leading: ['logPartitionError'], checks, densities: [], samples: null, warnings }
}

interface Ends {
  readonly logPartitionRatio: number
  /** Σ w |x|²/units */
  readonly meanSquare: number
  readonly meanSquareError: number
}

/** What the weighted walkers say of the last potential. */
function ends(walkers: Walkers): Ends & Record<string, number> {
  const { x, batch, logWeights } = walkers
  const weights = normalised(logWeights)
  const units = x.length / batch
  const squares = new Float64Array(batch)
  for (let n = 0; n < x.length; n++) squares[n % batch]! += x[n]! ** 2 / units
  const mean = squares.reduce((sum, square, b) => sum + weights[b]! * square, 0)
  const variance = squares.reduce((sum, square, b) => sum + (weights[b]! * (square - mean)) ** 2, 0)
  return { logPartitionRatio: logPartitionRatio(walkers), meanSquare: mean, meanSquareError: Math.sqrt(variance) }
}

/** A weighted arm meets both truths; the uncorrected work misses log Z at long steps, and the wrong order always. */
function endChecks(
  title: string,
  found: Ends,
  truth: { readonly logZ: number; readonly square: number },
  { name, expected, isLong }: { name: string; expected: Arm['expected']; isLong: boolean },
): Check[] {
  const size = Math.abs(truth.logZ)
  if (expected === 'succeeds')
    return [
      barCheck(`log Z ratio, ${title}`, found.logPartitionRatio, truth.logZ, bar.exact * size),
      statisticalCheck(`⟨x²⟩, ${title}`, found.meanSquare, truth.square, found.meanSquareError),
    ]
  if (name === 'uncorrected' && !isLong) return []
  const tolerance = (name === 'uncorrected' ? bar.uncorrected : bar.exact) * size
  return [barCheck(`log Z ratio, ${title}`, found.logPartitionRatio, truth.logZ, tolerance, 'fails')]
}
