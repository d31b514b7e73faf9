import type { WeightedMove } from '../../learning/objectives/jarzynski.js'
import type { Landscape } from '../../learning/objectives/landscape.js'
import {
  logPartitionRatio,
  resampleBelow,
  startWalkers,
  type Walkers,
  weightedMean,
} from '../../learning/objectives/walkers.js'
import { barCheck, type Check, notApplicable, statisticalCheck } from '../../physics/observe/check.js'
import { effectiveSampleSize } from '../../physics/observe/log-weights.js'
import { logPartition, meanSquare } from '../../physics/truth/partition.js'
import type { SettingsOf } from '../scenario/objective.js'
import { parametersFrom } from '../system/named-values.js'
import { moves, uncorrected, wrongOrder } from './jarzynski-moves.js'
import { freshLandscape, type StudyProblem } from './problem.js'
import { type Arm, armByArm, collapseWarning, exchangeOf, type Repetition, type StudyHooks } from './study.js'

type Settings = SettingsOf<'jarzynski'>

/** Relative error of log Z that passes, and that the uncorrected work exceeds at long steps. */
const bar = { exact: 0.01, uncorrected: 0.1 }

/** Weighs walkers along a given protocol of the parameters, linear in the step, for every move and step length. */
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
  return armByArm(waysAlong(settings, ramp.steps), ['logPartitionError'], hooks, async (way, { record, progress }) => {
    const { title, move, steps, expected } = way
    const landscape = freshLandscape(problem)
    const walkers = startWalkers(potential, start, bath, settings.walkers, seed)
    const step = move(landscape)
    const theta = (k: number) => start.map((value, a) => value + ((end[a]! - value) * k) / steps)
    let [lowest, variance] = [1, 0]
    for (let k = 0; k < steps; k++) {
      step(walkers, theta(k), theta(k + 1), seed, k)
      const share = effectiveSampleSize(walkers.logWeights) / walkers.batch
      lowest = Math.min(lowest, share)
      const figures = { effectiveSampleShare: share, logPartitionRatio: logPartitionRatio(walkers) }
      record({ arm: title, iteration: k + 1, figures })
      // Each set of weights adds the variance of its own mean to that of log Z, when it is banked or at the end.
      if (share < settings.resampling || k === steps - 1) variance += (1 / share - 1) / walkers.batch
      resampleBelow(walkers, settings.resampling, seed, k)
    }
    await progress(1)
    const found = ends(walkers)
    const figures = {
      ...found,
      effectiveSampleShare: lowest,
      ...exchangeOf(landscape.cost, walkers.batch),
      exactLogPartitionRatio: truth.logZ,
      logPartitionError: Math.abs(found.logPartitionRatio - truth.logZ),
    }
    return {
      arm: { name: title, expected, locality: 'sampler', figures, cost: landscape.cost },
      checks: endChecks(way, found, truth, Math.sqrt(variance)),
      warnings: collapseWarning({ name: title, expected }, lowest, 'Use more objective.ramp.steps or walkers'),
    }
  })
}

/** A way along the ramp. */
interface Way {
  readonly title: string
  readonly move: (landscape: Landscape) => WeightedMove
  readonly steps: number
  readonly expected: Arm['expected']
  /** relative error of log Z that passes, or that a control exceeds; null where nothing is asked of it */
  readonly bar: number | null
}

/** Every move at every length of step, where it has one, beside the uncorrected work; and the wrong order. */
function waysAlong({ kernels: names, step }: Settings, steps: number): Way[] {
  const longest = Math.max(...step)
  const few = Math.ceil(steps / 8)
  return [
    ...step.flatMap((h): Way[] => [
      ...names
        .filter((name) => name !== 'gibbs')
        .map((name) => weighted(`${name}, h=${h}`, (landscape) => moves[name](landscape, h), steps)),
      {
        title: `uncorrected, h=${h}`,
        move: (landscape) => uncorrected(landscape, h),
        steps,
        expected: 'fails',
        bar: h >= longest / 2 ? bar.uncorrected : null,
      },
    ]),
    ...(names.includes('gibbs') ? [weighted('gibbs', (landscape) => moves.gibbs(landscape, longest), steps)] : []),
    // What the order is worth falls as 1/steps: it is shown on a ramp of few.
    {
      title: `wrong order, h=${longest}, ${few} steps`,
      move: (landscape) => wrongOrder(landscape, longest),
      steps: few,
      expected: 'fails',
      bar: bar.exact,
    },
  ]
}

function weighted(title: string, move: Way['move'], steps: number): Way {
  return { title, move, steps, expected: 'succeeds', bar: bar.exact }
}

/** What the weighted walkers say of the last potential; meanSquare is Σ w |x|²/units. */
function ends(walkers: Walkers) {
  const { x, batch } = walkers
  const squares = new Float64Array(batch)
  for (let n = 0; n < x.length; n++) squares[n % batch]! += x[n]! ** 2 / (x.length / batch)
  const { value, standardError } = weightedMean(walkers, squares)
  return { logPartitionRatio: logPartitionRatio(walkers), meanSquare: value, meanSquareError: standardError }
}

/** A weighted way meets both truths; a control misses log Z. `logZError`: the standard error of log Z. */
function endChecks(
  { title, expected, bar }: Way,
  found: ReturnType<typeof ends>,
  truth: { readonly logZ: number; readonly square: number },
  logZError: number,
): Check[] {
  if (bar === null) return []
  // Of a log Z that is no more than what chance leaves, a share is no bar, and a control shows nothing.
  const chance = 4 * logZError
  const told = Math.abs(truth.logZ) > chance
  const tolerance = told ? bar * Math.abs(truth.logZ) : chance
  const logZ = barCheck(`log Z ratio, ${title}`, found.logPartitionRatio, truth.logZ, tolerance, expected)
  if (expected === 'fails') return [told ? logZ : notApplicable(logZ, 'log Z is 0 to within its standard error')]
  return [logZ, statisticalCheck(`⟨x²⟩, ${title}`, found.meanSquare, truth.square, found.meanSquareError)]
}
