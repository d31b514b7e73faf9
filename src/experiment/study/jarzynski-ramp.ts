import {
  type Transport,
  type WeightedMove,
  weightedByWork,
  weightedLangevin,
  weightedMove,
} from '../../learning/objectives/jarzynski.js'
import type { Landscape } from '../../learning/objectives/landscape.js'
import { moveBy, moves } from '../../learning/objectives/moves.js'
import { logPartitionRatio, resampleBelow, startWalkers, weightedMean } from '../../learning/objectives/walkers.js'
import { eulerMaruyama } from '../../physics/dynamics/euler-maruyama.js'
import { gibbs } from '../../physics/dynamics/gibbs.js'
import { mala } from '../../physics/dynamics/mala.js'
import { barCheck, type Check, notApplicable, statisticalCheck } from '../../physics/observe/check.js'
import { effectiveSampleSize } from '../../physics/observe/log-weights.js'
import { logPartition, meanSquare } from '../../physics/truth/partition.js'
import type { SettingsOf } from '../scenario/objective.js'
import { parametersFrom } from '../system/named-values.js'
import type { StudyProblem } from './problem.js'
import { type ArmPlan, armByArm, collapseWarning, exchangeOf, type RunStudy, repetitionOf } from './study.js'

type Settings = SettingsOf<'jarzynski'>

/** A step of weighted walkers; those of Gibbs have no length h. */
type MoveOf = (landscape: Landscape, h: number) => WeightedMove

/** The step that a name in objective.kernels means. */
export function moveOf(name: Settings['kernels'][number]): MoveOf {
  if (name === 'interpolant') return (landscape, h) => weightedLangevin(landscape, h, gaussianInterpolant)
  return (landscape, h) => weightedMove({ ...moves, gibbs }[name], landscape, h)
}

/** Biased by O(h). */
const uncorrected: MoveOf = (landscape, h) => weightedByWork(landscape, moveBy(eulerMaruyama, landscape, h))
/** Biased at any h. */
const wrongOrder: MoveOf = (landscape, h) => weightedByWork(landscape, moveBy(mala, landscape, h), true)

/**
 * The velocity of the interpolant x_t = σ_t z between independent Gaussians, over a step: d(x) = x(σ'/σ - 1), σ² = kT/k. Only
 * for the potential [stiffness], whose parameters are k.
 */
export const gaussianInterpolant: Transport = (from, to, { x, batch }, out) => {
  for (let n = 0; n < x.length; n++) {
    const unit = Math.floor(n / batch)
    out[n] = x[n]! * (Math.sqrt(from[unit]! / to[unit]!) - 1)
  }
}

/** Relative error of log Z that passes, and that the uncorrected work exceeds at long steps. */
const bar = { exact: 0.01, uncorrected: 0.1 }

/** The parameters that a ramp leads to; what it does not name stays as it is at the start. */
export function rampEnd({ potential, settings }: StudyProblem<Settings>): Float64Array {
  return parametersFrom(potential, { ...settings.start, ...settings.ramp?.to }, 'objective.ramp.to')
}

/** Weighs walkers along a given protocol of the parameters, linear in the step, for every move and step length. */
export const rampStudy: RunStudy<Settings> = async (problem, seed, hooks) => {
  const { settings, potential, bath, start } = problem
  const end = rampEnd(problem)
  const logZ = logPartition(potential, end, bath)! - logPartition(potential, start, bath)!
  const square = meanSquare(potential, end, bath)
  const found = await armByArm(
    waysAlong(settings),
    hooks,
    async (way, { record, progress, landscape: landscapeOf }) => {
      const { name, move, h, steps, expected } = way
      const landscape = landscapeOf(potential, bath)
      const walkers = startWalkers(potential, start, bath, settings.walkers, seed)
      const { x, batch } = walkers
      const step = move(landscape, h)
      const theta = (k: number) => start.map((value, a) => value + ((end[a]! - value) * k) / steps)
      let [lowest, variance] = [1, 0]
      for (let k = 0; k < steps; k++) {
        step(walkers, theta(k), theta(k + 1), seed, k)
        const share = effectiveSampleSize(walkers.logWeights) / batch
        lowest = Math.min(lowest, share)
        record(k + 1, { effectiveSampleShare: share, logPartitionRatio: logPartitionRatio(walkers) })
        // Each set of weights adds the variance of its own mean to that of log Z, when it is banked or at the end.
        if (share < settings.resampling || k === steps - 1) variance += (1 / share - 1) / batch
        resampleBelow(walkers, settings.resampling, seed, k)
      }
      await progress(1)
      // What the weighted walkers say of the last potential: log Z and Σ w |x|²/units.
      const ratio = logPartitionRatio(walkers)
      const squares = new Float64Array(batch)
      for (let n = 0; n < x.length; n++) squares[n % batch]! += x[n]! ** 2 / (x.length / batch)
      const found = weightedMean(walkers, squares)
      return {
        locality: 'sampler',
        figures: {
          logPartitionRatio: ratio,
          meanSquare: found.value,
          meanSquareError: found.standardError,
          effectiveSampleShare: lowest,
          ...exchangeOf(landscape.cost, batch),
          exactLogPartitionRatio: logZ,
          logPartitionError: Math.abs(ratio - logZ),
        },
        cost: landscape.cost,
        // A weighted way meets both truths; a control misses log Z.
        checks: [
          ...logPartitionChecks(way, ratio, logZ, Math.sqrt(variance)),
          ...(expected === 'fails'
            ? []
            : [statisticalCheck(`⟨x²⟩, ${name}`, found.value, square, found.standardError)]),
        ],
        warnings: collapseWarning(
          way,
          lowest,
          'Use more objective.ramp.steps or walkers, or resample sooner (objective.resampling: 0.5)',
        ),
      }
    },
  )
  return repetitionOf(found, ['logPartitionError'])
}

/** A way along the ramp, in steps of length h. */
interface Way extends ArmPlan {
  readonly move: MoveOf
  readonly h: number
  readonly steps: number
  /** relative error of log Z that passes, or that a control exceeds; null where nothing is asked of it */
  readonly bar: number | null
}

/** Every move at every length of step, where it has one, beside the uncorrected work; and the wrong order. */
function waysAlong({ kernels: names, step, ramp }: Settings): Way[] {
  const { steps } = ramp!
  const longest = Math.max(...step)
  const few = Math.ceil(steps / 8)
  const weighted = { expected: 'succeeds', steps, bar: bar.exact } as const
  const control = { expected: 'fails', steps, bar: bar.exact } as const
  return [
    ...step.flatMap((h): Way[] => [
      ...names
        .filter((name) => name !== 'gibbs')
        .map((name) => ({ ...weighted, name: `${name}, h=${h}`, move: moveOf(name), h })),
      { ...control, name: `uncorrected, h=${h}`, move: uncorrected, h, bar: h >= longest / 2 ? bar.uncorrected : null },
    ]),
    ...(names.includes('gibbs') ? [{ ...weighted, name: 'gibbs', move: moveOf('gibbs'), h: longest }] : []),
    // What the order is worth falls as 1/steps: it is shown on a ramp of few.
    { ...control, name: `wrong order, h=${longest}, ${few} steps`, move: wrongOrder, h: longest, steps: few },
  ]
}

/** The bar of a way on log Z, where it has one. `standardError`: of the ratio that was found. */
function logPartitionChecks({ name, expected, bar }: Way, ratio: number, logZ: number, standardError: number): Check[] {
  if (bar === null) return []
  // Of a log Z that is no more than what chance leaves, a share is no bar, and a control shows nothing.
  const chance = 4 * standardError
  const told = Math.abs(logZ) > chance
  const check = barCheck(`log Z ratio, ${name}`, ratio, logZ, told ? bar * Math.abs(logZ) : chance, expected)
  return [told || expected === 'succeeds' ? check : notApplicable(check, 'log Z is 0 to within its standard error')]
}
