import { invalidValue } from '../../errors.js'
import { descend } from '../../learning/objectives/descend.js'
import { requireLinear } from '../../learning/objectives/feature-rows.js'
import { imitationObjective } from '../../learning/objectives/imitation.js'
import type { Landscape } from '../../learning/objectives/landscape.js'
import { type OneStepLikelihood, oneStepLikelihood } from '../../learning/objectives/path-action.js'
import { cutPaths, type Paths } from '../../learning/objectives/paths.js'
import { barCheck } from '../../physics/observe/check.js'
import { dataCurves, generatedCurves, requireKnownSeries, sourceOf } from './imitated-series.js'
import { type ImitationProblem, lagsStudy } from './imitation-lags.js'
import { type DescentState, keptDescent } from './kept-descent.js'
import { type ArmHooks, type ArmPlan, armByArm, exchangeOf, type Found, type RunStudy, repetitionOf } from './study.js'

type Settings = ImitationProblem['settings']

/** Standard errors by which an arm may be off the likeliest parameters, and these off those that the data were made with. */
const bars = { likelihood: 3, teacher: 4 }
/** Points of a curve. */
const points = 20

/** @throws E_INVALID_VALUE where a path's action, or the law of imitated series, is not known; series or policies too few or short */
export function requireSeries(problem: ImitationProblem): void {
  const { settings, potential, scenario } = problem
  const { lags, windows, policies } = settings
  requireLinear(potential)
  const source = sourceOf(problem)
  const reached = Math.max(...(lags ?? windows))
  // Those that are recorded have a number of steps of their own.
  const steps = source.recorded === null ? source.paths(scenario.seed).frames - 1 : reached
  if (steps < reached)
    throw invalidValue(
      `the series has ${steps} steps; expected at most as many, got ${reached}.`,
      `objective.${lags === undefined ? 'windows' : 'lags'}`,
    )
  if (lags === undefined) return
  requireKnownSeries(problem)
  const products = lags.length * potential.network.units
  if (policies <= products)
    throw invalidValue(
      `expected more than ${products}, one for each lagged product of each unit and one beyond, got ${policies}: fewer have no covariance to go by.`,
      'objective.policies',
    )
}

/** Imitates whole paths by their actions, or products of a path at two times. */
export const imitationStudy: RunStudy<Settings> = (problem, seed, hooks) =>
  (problem.settings.lags === undefined ? windowsStudy : lagsStudy)(problem, seed, hooks)

/** An arm: paths of so many steps, told from those of a policy that is renewed or not; or one-step likelihood. */
interface WindowArm extends ArmPlan {
  readonly window: number
  readonly policy: 'cooperative' | 'static' | null
}

const windowsStudy: RunStudy<Settings> = async (problem, seed, hooks) => {
  const { settings } = problem
  const paths = sourceOf(problem).paths(seed)
  const found = await armByArm(armsOf(settings), hooks, async (arm, armHooks: ArmHooks<DescentState>) => {
    const landscape = armHooks.landscape(problem.potential, problem.bath)
    const data = cutPaths(paths, arm.window)
    const likeliest = oneStepLikelihood(landscape, problem.bath, data, sourceOf(problem).dt)
    if (arm.policy === null) return likelihoodFound(problem, landscape, likeliest, paths)
    return learned(problem, arm, { landscape, data, likeliest, seed }, armHooks)
  })
  return repetitionOf(found, ['likelihoodError'])
}

function armsOf({ windows }: Settings): WindowArm[] {
  const longest = Math.max(...windows)
  return [
    { name: 'one-step likelihood', expected: 'succeeds', reference: true, window: longest, policy: null },
    ...windows.flatMap((window): WindowArm[] => [
      { name: `cooperative, ${window} steps`, expected: 'succeeds', window, policy: 'cooperative' },
      // Of short windows a static policy tells enough: it has no bar there.
      {
        name: `static, ${window} steps`,
        expected: window === longest ? 'fails' : 'succeeds',
        window,
        policy: 'static',
      },
    ]),
  ]
}

interface Material {
  readonly landscape: Landscape
  readonly data: Paths
  readonly likeliest: OneStepLikelihood
  readonly seed: number
}

async function learned(
  problem: ImitationProblem,
  { name, expected, window, policy }: WindowArm,
  { landscape, data, likeliest, seed }: Material,
  hooks: ArmHooks<DescentState>,
): Promise<Found> {
  const { settings, frozen, start, bath } = problem
  const { dt } = sourceOf(problem)
  const refresh = policy === 'cooperative' ? settings.refresh : null
  const objective = imitationObjective({ landscape, data, dt, refresh, rate: settings.optimizer.rate, seed })
  const theta = start.slice()
  const figures = () => ({
    likelihoodError: largestScore(theta, likeliest.theta, likeliest.standardError),
    loss: objective.loss(),
  })
  const { iterations } = settings
  const { record, progress } = hooks
  const { course, state } = keptDescent({ landscape, objective, theta }, hooks, () => ({}))
  for (const done of descend(landscape, objective, theta, frozen, settings, course)) {
    if (done % Math.ceil(iterations / points) === 0 && done < iterations) record(done, figures())
    if (done % 5 === 0) await progress(done / iterations, state)
  }
  record(iterations, figures())
  const isLongest = window === Math.max(...settings.windows)
  const barred = policy === 'cooperative' || isLongest
  const check = barCheck(
    `largest |z| from the likeliest parameters, ${name}`,
    figures().likelihoodError,
    0,
    bars.likelihood,
    expected,
  )
  return {
    locality: objective.locality,
    figures: { ...figures(), offset: objective.offset(), ...exchangeOf(landscape.cost, data.paths) },
    cost: landscape.cost,
    checks: barred ? [check] : [],
    curves:
      policy === 'cooperative' && isLongest
        ? generatedCurves(problem, name, data, { theta, mobility: bath.mobility }, seed)
        : [],
  }
}

function likelihoodFound(
  problem: ImitationProblem,
  { cost }: Landscape,
  { theta, standardError }: OneStepLikelihood,
  paths: Paths,
): Found {
  const teacher = sourceOf(problem).recorded?.parameters
  const curves = dataCurves(problem, paths)
  if (teacher === undefined) return { locality: 'local', figures: { likelihoodError: 0 }, cost, curves }
  const teacherError = largestScore(theta, teacher, standardError)
  const check = barCheck(
    'largest |z| of the likeliest parameters from those of the data',
    teacherError,
    0,
    bars.teacher,
  )
  return { locality: 'local', figures: { likelihoodError: 0, teacherError }, cost, curves, checks: [check] }
}

function largestScore(theta: Float64Array, truth: Float64Array, standardError: Float64Array): number {
  return Math.max(...theta.map((value, a) => Math.abs(value - truth[a]!) / standardError[a]!))
}
