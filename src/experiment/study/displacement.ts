import { invalidValue } from '../../errors.js'
import {
  type DisplacementTask,
  displacementParameters,
  followDisplacement,
  relaxed,
} from '../../learning/objectives/displacement.js'
import { createLandscape, type Landscape } from '../../learning/objectives/landscape.js'
import type { States } from '../../physics/network/states.js'
import { barCheck } from '../../physics/observe/check.js'
import { normalised } from '../../physics/observe/log-weights.js'
import type { SettingsOf } from '../scenario/objective.js'
import { parametersFrom } from '../system/named-values.js'
import { type DenoisingTruth, denoisingTruth } from './denoising-truth.js'
import { drawData, type StudyProblem } from './problem.js'
import {
  type ArmPlan,
  armByArm,
  type DrawnDensity,
  type Found,
  type RunStudy,
  repetitionOf,
  type StudyHooks,
} from './study.js'

type Settings = SettingsOf<'displacement'>
type Problem = StudyProblem<Settings>

/** Error of one step over the smallest there is, and error of the force over its size, that pass. */
const bar = { error: 0.01, force: 0.05 }
/** How near a known optimum must be to the best guess. */
const exactly = 1e-6

/** Learns the force of corrupted states and compares one step of it with the best guess there is, and with other ways to go back. */
export const displacementStudy: RunStudy<Settings> = async (problem, seed, hooks) => {
  const { settings, potential, bath } = problem
  const moving = movingUnits(problem)
  const truth = denoisingTruth(problem, settings.noise, moving, seed)
  const landscape = hooks.landscape(potential, bath)
  const task = { landscape, data: drawData(problem, seed), sigma: settings.noise, moving, seed }
  const theta = await learned(problem, task, hooks)
  const cost = { ...landscape.cost }
  const exact = settings.exact === undefined ? null : parametersFrom(potential, settings.exact, 'objective.exact')
  const known = { theta, exact, truth, task: { ...task, landscape: createLandscape(potential, bath) } }
  const found = await armByArm(armsOf(settings), hooks, async (arm) => ({
    ...judged(arm, known),
    cost: arm.kind === 'learned' ? cost : createLandscape(potential, bath).cost,
  }))
  return {
    ...repetitionOf(found, ['errorRatio', 'forceError']),
    densities: lawsOf(truth, known.task.landscape, theta),
  }
}

/** @throws E_INVALID_VALUE where nothing is noised, or the best guess is not known; parameters that the potential does not have */
export function requireDisplacement(problem: Problem): void {
  const { settings, potential, scenario } = problem
  if (movingUnits(problem).length === 0)
    throw invalidValue(
      'all units are clamped, and none is noised. Leave clamped away in one block.',
      'network.visible.blocks',
    )
  if (settings.exact !== undefined) parametersFrom(potential, settings.exact, 'objective.exact')
  denoisingTruth(problem, settings.noise, movingUnits(problem), scenario.seed)
}

/** Units that are noised: all but those of clamped blocks. */
function movingUnits({ potential }: Problem): number[] {
  const { blocks } = potential.network
  return blocks
    .filter(({ role }) => role !== 'hidden')
    .flatMap(({ units, change }) => Array.from({ length: units }, () => change.kind !== 'clamped'))
    .flatMap((moves, i) => (moves ? [i] : []))
}

/** A way from noised states back to what they were. */
interface DisplacementArm extends ArmPlan {
  readonly kind: 'learned' | 'exact' | 'clean'
  readonly steps: number
  /** least error over the smallest there is that it is shown to have; of those that should succeed the largest */
  readonly ratio: number
}

function armsOf({ exact, more, clean }: Settings): DisplacementArm[] {
  const wrong = { expected: 'fails', steps: 1 } as const
  return [
    { kind: 'learned', expected: 'succeeds', name: 'one step', steps: 1, ratio: 1 + bar.error },
    ...(exact === undefined
      ? []
      : [
          {
            kind: 'exact',
            expected: 'succeeds',
            name: 'one step at the optimum',
            steps: 1,
            ratio: 1 + exactly,
          } as const,
        ]),
    ...more.map(
      ({ steps, above }) => ({ ...wrong, kind: 'learned', name: `${steps} steps`, steps, ratio: above }) as const,
    ),
    ...(clean === undefined
      ? []
      : [{ ...wrong, kind: 'clean', name: 'clean score, its best step', ratio: clean } as const]),
  ]
}

/** The parameters, by least squares where the force is linear in them, else by their gradient. */
async function learned(problem: Problem, task: DisplacementTask, { record, progress }: StudyHooks) {
  const { settings, potential, start } = problem
  if (potential.terms.every(({ linear }) => linear)) return displacementParameters(task, settings.draws)
  const theta = start.slice()
  let mean = 0
  for (const { done, loss } of followDisplacement(task, settings, theta)) {
    mean += loss
    const every = Math.ceil(settings.steps / 50)
    if (done % every !== 0) continue
    record({ arm: 'one step', iteration: done, figures: { loss: mean / every } })
    mean = 0
    await progress((0.9 * done) / settings.steps)
  }
  return theta
}

interface Known {
  readonly theta: Float64Array
  readonly exact: Float64Array | null
  readonly truth: DenoisingTruth
  readonly task: DisplacementTask
}

function judged(arm: DisplacementArm, { theta, exact, truth, task }: Known): Omit<Found, 'cost'> {
  const { name, kind, expected, steps, ratio } = arm
  const { noised, mean, leastError } = truth
  const at = kind === 'exact' ? exact! : theta
  const back = kind === 'clean' ? alongClean(truth, task.moving) : relaxed(task, at, noised, steps)
  const errorRatio = 1 + average(truth, (n) => (back.x[n]! - mean[n]!) ** 2) / leastError
  const ratioCheck = barCheck(`error over the least there is, ${name}`, errorRatio, 1, ratio - 1, expected)
  if (kind !== 'learned' || steps > 1) return { locality: 'local', figures: { errorRatio }, checks: [ratioCheck] }
  // One step is as far off as the force: F* = (⟨x⟩ - y)/(μη).
  const forceError = Math.sqrt(
    average(truth, (n) => (back.x[n]! - mean[n]!) ** 2) / average(truth, (n) => (noised.x[n]! - mean[n]!) ** 2),
  )
  const away = (from: Float64Array) => Math.hypot(...theta.map((value, a) => value - from[a]!)) / Math.hypot(...from)
  return {
    locality: 'local',
    figures: {
      errorRatio,
      forceError,
      leastError,
      errorBefore: 1 + average(truth, (n) => (noised.x[n]! - mean[n]!) ** 2) / leastError,
      ...(exact === null ? {} : { parameterError: away(exact) }),
      heat: heatOf(task.landscape, theta, noised, back, truth),
    },
    checks: [ratioCheck, barCheck(`error of the force over its size, ${name}`, forceError, 0, bar.force)],
    samples: () => back,
  }
}

/** The average over the law of noised data of a sum over units; `f` is told the place in [units, batch]. */
function average({ noised: { x, batch }, weights }: DenoisingTruth, f: (n: number) => number): number {
  let sum = 0
  for (let n = 0; n < x.length; n++) sum += weights[n % batch]! * f(n)
  return sum
}

/** y + βF_clean with the β that brings it nearest to the best guess; units that are held stay. */
function alongClean(truth: DenoisingTruth, moving: readonly number[]): States {
  const { noised, mean, cleanForce } = truth
  const { batch } = noised
  const F = cleanForce.map((force, n) => (moving.includes(Math.floor(n / batch)) ? force : 0))
  const beta = average(truth, (n) => (mean[n]! - noised.x[n]!) * F[n]!) / average(truth, (n) => F[n]! ** 2)
  return { x: noised.x.map((y, n) => y + beta * F[n]!), batch }
}

/** What one step gives to the bath, U(y) - U(x'), in kT. */
function heatOf(
  landscape: Landscape,
  theta: Float64Array,
  from: States,
  to: States,
  { weights }: DenoisingTruth,
): number {
  const [before, after] = [from, to].map(({ x, batch }) => {
    const energy = new Float64Array(batch)
    landscape.evaluate(theta, x, batch, null, energy)
    return energy
  })
  return weights.reduce((sum, w, b) => sum + (w * (before![b]! - after![b]!)) / landscape.bath.kT, 0)
}

/** The law of noised data along the axis of one unit, and the equilibrium of the learned force beside it. */
function lawsOf({ noised: { x, batch }, weights }: DenoisingTruth, landscape: Landscape, theta: Float64Array) {
  if (landscape.units > 1) return []
  const cell = x[1]! - x[0]!
  const energy = new Float64Array(batch)
  landscape.evaluate(theta, x, batch, null, energy)
  const model = normalised(energy.map((value) => -value / landscape.bath.kT))
  const shown = [...x.keys()].filter((n) => weights[n]! > 1e-4 * Math.max(...weights) && n % 4 === 0)
  const drawn = (name: string, masses: Float64Array): DrawnDensity => ({
    name,
    units: 1,
    x: Float64Array.from(shown, (n) => x[n]!),
    density: Float64Array.from(shown, (n) => masses[n]! / cell),
  })
  return [drawn('corrupted data', weights), drawn('equilibrium of the learned force', model)]
}
