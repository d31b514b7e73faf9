import { type FlowStep, type Pushed, pullBack, steepest } from '../../learning/objectives/euler-flow.js'
import { exactSampler } from '../../learning/objectives/exact-states.js'
import type { Safeguard } from '../../learning/objectives/falcon.js'
import { createWalkers, logPartitionRatio, weightedMean } from '../../learning/objectives/walkers.js'
import { type States, sliceStates } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { barCheck, type Check, notApplicable, statisticalCheck } from '../../physics/observe/check.js'
import { effectiveSampleSize } from '../../physics/observe/log-weights.js'
import { forceAndEnergy } from '../../physics/potential/potential.js'
import { chainLaw } from '../../physics/truth/chain-law.js'
import { logPartition, modelDensity } from '../../physics/truth/partition.js'
import type { SettingsOf } from '../scenario/objective.js'
import { drawData, type StudyProblem } from './problem.js'
import { type ArmPlan, collapseWarning, type Found } from './study.js'

type Problem = StudyProblem<SettingsOf<'falcon'>>

/** Error of log Z that a wrong likelihood must exceed. */
const missed = 0.1
/** States of the data whose likelihood is taken by going back. */
const mostReturned = 300

/** A protocol that is judged: how many steps, how it is kept one-to-one, and by what its likelihood is found. */
export interface FalconArm extends ArmPlan {
  readonly kind: 'flow' | 'few'
  readonly steps: number
  readonly safeguard: Safeguard
  readonly volume: 'determinant' | 'trace'
  /** what is asked of it: all, that it is one-to-one, or log Z alone */
  readonly asked: 'all' | 'one-to-one' | 'log Z'
}

/** -U/kT of each state, [batch]. */
export function logFactors({ potential, bath }: Problem, theta: Float64Array, { x, batch }: States): Float64Array {
  const energy = new Float64Array(batch)
  forceAndEnergy(potential, theta, x, batch, null, energy)
  return energy.map((value) => -value / bath.kT)
}

/** The log density of states of the trap, [batch]. */
function logStart({ bath, noising }: Problem, { x, batch }: States): Float64Array {
  const variance = bath.kT / noising.stiffness
  const out = new Float64Array(batch)
  for (let n = 0; n < x.length; n++)
    out[n % batch]! -= x[n]! ** 2 / (2 * variance) + Math.log(2 * Math.PI * variance) / 2
  return out
}

/** The probability that the first unit is above 0, as the target's exact law has it; null where that is not known by place. */
function shareAbove({ potential, bath }: Problem, target: Float64Array): number | null {
  const plane = modelDensity(potential, target, bath)
  const chain = plane === null ? chainLaw(potential, target, bath) : null
  if (plane === null && chain === null) return null
  const { x } = (plane ?? chain)!
  const across = plane?.units === 2 ? x.length : 1
  const masses =
    chain?.first ??
    x.map((_, n) => plane!.density.subarray(n * across, (n + 1) * across).reduce((sum, value) => sum + value, 0))
  // What stands at 0 belongs to both sides.
  const above = masses.reduce((sum, mass, n) => sum + mass * (x[n]! > 1e-9 ? 1 : x[n]! > -1e-9 ? 0.5 : 0), 0)
  return above / masses.reduce((sum, mass) => sum + mass, 0)
}

/** What is found of a protocol: its likelihood weighed for the target, beside the target's exact law. */
export function judgeOf(problem: Problem, target: Float64Array, seed: number) {
  const { potential, bath, settings, teacher } = problem
  const logZ = logPartition(potential, target, bath)!
  const above = shareAbove(problem, target)
  const known = drawData(problem, seed, 1)
  const heldOut = sliceStates(known, 0, Math.min(mostReturned, known.batch))
  return {
    /** ΔF between the two sides in kT, and the effective share of independent draws from the law of the data, weighed for the target */
    known(): Record<string, number> {
      const { x, batch } = exactSampler(
        potential,
        teacher!,
        bath,
      )(settings.walkers, { seed, stream: stream.initial, step: 8 })
      const own = logFactors(problem, teacher!, { x, batch })
      const perfectShare =
        effectiveSampleSize(logFactors(problem, target, { x, batch }).map((value, b) => value - own[b]!)) / batch
      return { perfectShare, ...(above === null ? {} : { freeEnergyDifference: -oddsOf(above) }) }
    },
    weighed(z: States, pushed: Pushed, volume: FalconArm['volume']) {
      const change = volume === 'trace' ? pushed.divergence : pushed.logVolume
      const walkers = createWalkers(pushed.x, pushed.batch)
      const begun = logStart(problem, z)
      walkers.logWeights.set(logFactors(problem, target, pushed).map((value, b) => value - begun[b]! + change[b]!))
      const share = effectiveSampleSize(walkers.logWeights) / walkers.batch
      const isAbove = Float64Array.from({ length: walkers.batch }, (_, b) => Number(walkers.x[b]! > 0))
      return { logZ: logPartitionRatio(walkers), share, above: weightedMean(walkers, isAbove) }
    },
    /** KL(data‖protocol) by going back from held-out data, in nats */
    divergence(steps: readonly FlowStep[]): number {
      const back = pullBack(potential, bath, steps, heldOut)
      const [data, begun] = [logFactors(problem, teacher!, heldOut), logStart(problem, back)]
      const normaliser = logPartition(potential, teacher!, bath)!
      return data.reduce(
        (sum, value, b) => sum + (value - normaliser - begun[b]! + back.logVolume[b]!) / heldOut.batch,
        0,
      )
    },
    logZ,
    above,
  }
}

/** Figures and checks of one arm. @param reference - the effective share of the fine flow's walkers; null for that flow */
export function judged(
  problem: Problem,
  judge: ReturnType<typeof judgeOf>,
  arm: FalconArm,
  weighed: ReturnType<ReturnType<typeof judgeOf>['weighed']>,
  steps: readonly FlowStep[],
  reference: number | null,
): Omit<Found, 'cost'> {
  const { name, expected, asked } = arm
  const { logZ, share, above } = weighed
  const batch = reference === null ? problem.settings.pairs : problem.settings.walkers
  const bend =
    reference === null || arm.volume === 'trace' ? undefined : steepest(problem.potential, problem.bath, steps)
  const checks: Check[] = []
  if (bend !== undefined) {
    const check = barCheck(`largest μhλ, ${name}`, Math.max(0, bend ?? Number.NaN), 0, 1, expected)
    checks.push(bend === null ? notApplicable(check, unproved) : check)
  }
  if (asked === 'log Z') checks.push(barCheck(`log Z, ${name}`, logZ, judge.logZ, missed, expected))
  if (asked === 'all') {
    // The weight of a single walker scatters, but with what it does not say.
    const standardError = batch > 1 ? Math.sqrt((1 / share - 1) / batch) : Number.NaN
    checks.push(statisticalCheck(`log Z, ${name}`, logZ, judge.logZ, standardError))
    if (judge.above !== null)
      checks.push(statisticalCheck(`probability above 0, ${name}`, above.value, judge.above, above.standardError))
    if (reference !== null && arm.steps === problem.settings.steps[0])
      checks.push(
        barCheck(
          `effective share over the flow’s, ${name}`,
          Math.min(1, share / reference),
          1,
          1 - problem.settings.share,
        ),
      )
  }
  return {
    locality: 'local',
    figures: {
      effectiveSampleShare: share,
      logPartitionError: Math.abs(logZ - judge.logZ),
      ...(typeof bend === 'number' ? { steepest: bend } : {}),
      ...(judge.above === null ? {} : { freeEnergyError: Math.abs(oddsOf(above.value) - oddsOf(judge.above)) }),
      ...(asked === 'all' && reference !== null ? { divergence: judge.divergence(steps) } : {}),
    },
    checks,
    warnings: warningsOf(arm, bend, share),
  }
}

/** What can't be trusted of an arm that should succeed, and what mends it. */
function warningsOf(arm: FalconArm, bend: number | null | undefined, share: number): string[] {
  const { name, expected } = arm
  if (bend === null)
    return [
      `${name}: ${unproved}, so its likelihood is that of one branch if it folds. Use onsite and pair terms, with bilinear couplings.`,
    ]
  if (expected === 'fails') return []
  if (bend !== undefined && bend >= 1)
    return [
      `${name}: a step folds, or no barrier holds it open (μhλ up to ${bend.toPrecision(2)}), so its likelihood is that of one branch. Freeze terms that bend without bound, such as quartic (objective.frozen), or take more steps (objective.steps).`,
    ]
  return collapseWarning(arm, share, 'Bring data and target nearer to each other, or take more steps (objective.steps)')
}

const unproved = 'that no step folds could not be proved for the terms of this potential'

/** The logarithm of p : 1 - p, a difference of free energies over kT. */
function oddsOf(p: number): number {
  return Math.log(p / (1 - p))
}
