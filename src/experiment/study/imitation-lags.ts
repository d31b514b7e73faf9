import { exitCode, OverdampedError } from '../../errors.js'
import { exactStates } from '../../learning/objectives/exact-states.js'
import { imitateLags, type LocalPolicy } from '../../learning/objectives/lag-imitation.js'
import type { Cost, Landscape } from '../../learning/objectives/landscape.js'
import { likeliestMobility } from '../../learning/objectives/path-action.js'
import type { Paths } from '../../learning/objectives/paths.js'
import { stream } from '../../physics/noise/streams.js'
import { barCheck, type Check } from '../../physics/observe/check.js'
import type { SettingsOf } from '../scenario/objective.js'
import {
  autocovariances,
  dataCurves,
  generatedCurves,
  isAtRest,
  measuredProducts,
  sourceOf,
} from './imitated-series.js'
import type { StudyProblem } from './problem.js'
import { type ArmHooks, type ArmPlan, armByArm, exchangeOf, type RunStudy, repetitionOf } from './study.js'

type Settings = SettingsOf<'imitation'>
/** A scenario with series to imitate. */
export type ImitationProblem = StudyProblem<Settings>

/** By how much of itself an autocovariance may be off, and by how much one-step likelihood misses that of the largest lag. */
const bars = { succeeds: 0.05, fails: 0.15 }
/** Share of the iterations, at the end, whose mean counts: single ones scatter with the policy's paths. */
const averaged = 0.25
/** Points of a curve. */
const points = 20

/** What imitation carries from one iteration to the next. */
interface LagState {
  readonly done: number
  readonly policy: LocalPolicy
  readonly chains: Float64Array
  /** over the last policies */
  readonly sum: { readonly theta: Float64Array; mobility: number; count: number }
  readonly cost: Cost
}

/** Imitates products of a path at two times, by a policy of the units that are seen; beside the likeliest single steps. */
export const lagsStudy: RunStudy<Settings> = async (problem, seed, hooks) => {
  const { potential, bath } = problem
  const source = sourceOf(problem)
  const paths = source.paths(seed)
  const whole = source.recorded !== null && source.recorded.potential === potential
  const plans: ArmPlan[] = [
    { name: 'imitation', expected: 'succeeds' },
    // Units that are not seen leave a memory that no single step tells of.
    { name: 'one-step likelihood', expected: whole ? 'succeeds' : 'fails' },
  ]
  const truth = truthOf(problem, paths)
  const data = dataCurves(problem, paths)
  const found = await armByArm(plans, hooks, async ({ name, expected }, armHooks: ArmHooks<LagState>) => {
    const landscape = armHooks.landscape(potential, bath)
    const policy = likeliestMobility(landscape, bath, paths, source.dt)
    if (!rests(problem, policy))
      throw new OverdampedError(
        'E_DATA',
        'the network under which single steps of the series are likeliest has no law at rest: they have no scatter, or run away, or swing from step to step. Expected series that wander about 0.',
        'data',
      )
    if (name === 'imitation') await imitate(problem, policy, { landscape, paths, truth, seed }, armHooks)
    if (!rests(problem, policy))
      throw new OverdampedError(
        'E_DIVERGED',
        'the network that imitates has no law at rest in the end. Lower the step, or have more policies, or fewer lags.',
        'objective.step',
        exitCode.failed,
      )
    const found = figuresOf(problem, policy, truth)
    return {
      locality: name === 'imitation' ? 'three-factor' : 'local',
      figures: { ...found, mobility: policy.mobility, ...exchangeOf(landscape.cost, problem.settings.policies) },
      cost: landscape.cost,
      checks: checksOf(problem, { name, expected }, found, truth),
      curves: [...(name === 'imitation' ? data : []), ...generatedCurves(problem, name, paths, policy, seed)],
    }
  })
  return repetitionOf(found, ['autocovarianceError'])
}

/** Whether a policy's steps have a law at rest, whose autocovariances are known. */
function rests(
  { potential, bath, series }: Pick<ImitationProblem, 'potential' | 'bath' | 'series'>,
  { theta, mobility }: LocalPolicy,
): boolean {
  return isAtRest(potential, theta, { ...bath, mobility }, series!.dt)
}

/** Follows the energy of lagged products from one-step likelihood on; leaves the mean of the last policies. */
async function imitate(
  { settings, potential, bath, series }: ImitationProblem,
  policy: LocalPolicy,
  { landscape, paths, truth, seed }: { landscape: Landscape; paths: Paths; truth: Truth; seed: number },
  { record, progress, found }: ArmHooks<LagState>,
): Promise<void> {
  const { iterations, policies, steps, step, finalRate } = settings
  const lags = settings.lags!
  const key = { seed, stream: stream.policyPaths, step: 2 ** 32 - 2 }
  const chains = exactStates(potential, policy.theta, bath, policies, key)
  const target = measuredProducts(paths, lags)
  const sum = found?.sum ?? { theta: new Float64Array(policy.theta.length), mobility: 0, count: 0 }
  if (found !== null) {
    chains.x.set(found.chains)
    policy.theta.set(found.policy.theta)
    policy.mobility = found.policy.mobility
    Object.assign(landscape.cost, found.cost)
  }
  const taken = { dt: series!.dt, lags, steps, iterations, done: found?.done ?? 0, rate: step, finalRate }
  const following = { ...taken, landscape, target, chains, seed }
  for (const done of imitateLags(policy, following)) {
    if (done > (1 - averaged) * iterations) {
      for (let a = 0; a < sum.theta.length; a++) sum.theta[a]! += policy.theta[a]!
      sum.mobility += policy.mobility
      sum.count++
    }
    if (done % Math.ceil(iterations / points) === 0 && rests({ potential, bath, series }, policy))
      record(done, followed(figuresOf({ settings, potential, bath, series }, policy, truth)))
    if (done % 5 === 0)
      await progress(done / iterations, () => ({ done, policy, chains: chains.x, sum, cost: landscape.cost }))
  }
  policy.theta.set(sum.theta.map((value) => value / sum.count))
  policy.mobility = sum.mobility / sum.count
}

/** ⟨x_i(t) x_i(t + lag)⟩ that a policy is to have, [lags][units]. */
type Truth = readonly (readonly number[])[]

/** Those of the network that was recorded, in closed form; of a series from a file what it has itself. */
function truthOf({ settings, series, potential, bath }: ImitationProblem, paths: Paths): Truth {
  const lags = settings.lags!
  const { units } = potential.network
  const recorded = series!.recorded
  if (recorded !== null)
    return lags.map((lag) =>
      autocovariances(recorded.potential, recorded.parameters, bath, series!.dt, lag).slice(0, units),
    )
  const measured = measuredProducts(paths, lags)
  return lags.map((_, n) => Array.from(measured.subarray(n * units, (n + 1) * units)))
}

/** What changes on the way. */
function followed(figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).filter(([name]) => !name.endsWith('OfData')))
}

/** Autocovariances of the first unit at each lag beside the truth's, and the largest error of any relative to its truth. */
function figuresOf(
  { settings, potential, bath, series }: Pick<ImitationProblem, 'settings' | 'potential' | 'bath' | 'series'>,
  { theta, mobility }: LocalPolicy,
  truth: Truth,
): Record<string, number> {
  const figures: Record<string, number> = {}
  let worst = 0
  settings.lags!.forEach((lag, n) => {
    const own = autocovariances(potential, theta, { ...bath, mobility }, series!.dt, lag)
    figures[`autocovariance${lag}`] = own[0]!
    figures[`autocovariance${lag}OfData`] = truth[n]![0]!
    own.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value / truth[n]![i]! - 1))
    })
  })
  return { ...figures, autocovarianceError: worst }
}

function checksOf(
  { settings }: ImitationProblem,
  { name, expected }: ArmPlan,
  found: Record<string, number>,
  truth: Truth,
): Check[] {
  const lags = settings.lags!
  const longest = Math.max(...lags)
  return lags.flatMap((lag, n) => {
    if (expected === 'fails' && lag !== longest) return []
    const share = found[`autocovariance${lag}`]! / truth[n]![0]!
    return [barCheck(`autocovariance at lag ${lag} over its truth, ${name}`, share, 1, bars[expected], expected)]
  })
}
