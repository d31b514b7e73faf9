import { invalidValue } from '../../errors.js'
import { type Density, isotropicMixture, mixtureDensity } from '../../learning/data/density.js'
import { boundary, boundaryDetector, joined, type Replay, withReplay } from '../../learning/objectives/continual.js'
import { descend } from '../../learning/objectives/descend.js'
import { exactSampler } from '../../learning/objectives/exact-states.js'
import { requireLinear } from '../../learning/objectives/feature-rows.js'
import type { Landscape } from '../../learning/objectives/landscape.js'
import { moveBy, moves } from '../../learning/objectives/moves.js'
import type { Objective } from '../../learning/objectives/objective.js'
import { columnsOf, rowsOf, type States } from '../../physics/network/states.js'
import { drawNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { barCheck, type Check } from '../../physics/observe/check.js'
import { statistic } from '../../physics/potential/potential.js'
import { linearLaws } from '../../physics/truth/mean-statistics.js'
import type { SettingsOf } from '../scenario/objective.js'
import { divergence, modelDensities } from './figures.js'
import { type DescentState, keptDescent } from './kept-descent.js'
import type { StudyProblem } from './problem.js'
import {
  type ArmHooks,
  type ArmPlan,
  armByArm,
  type Found,
  type FoundArm,
  type RunStudy,
  repetitionOf,
} from './study.js'

type Settings = SettingsOf<'continual'>
type Problem = StudyProblem<Settings>

/** Nats above the divergence of learning all at once: what self-replay may lose, and what bad replay must. */
const lost = { most: 0.02, least: 0.03 }
/** Nats between stored data as replay and all data at once: both end at the same maximum of one likelihood. */
const sameData = 0.01
/** Nats that are left at least when earlier tasks are forgotten. */
const forgotten = 1
/** z of batches inside a task, and |z| inside the first, which is the copy's whole law. */
const mostInside = 4
/** Draws of the frozen copy that the detector compares a batch with. */
const ownStates = 10_000
/** Points of a curve in a task, and states that stand for the model in the report. */
const points = { curve: 20, shown: 2000 }

/** The tasks of a mixture: the law of each, and that of the first so many, in equal shares. */
interface Tasks {
  readonly laws: readonly Density[]
  readonly soFar: readonly Density[]
}

interface ContinualArm extends ArmPlan {
  /** what stands for earlier tasks; null where all come at once */
  readonly source: Settings['arms'][number] | null
}

/** @throws E_INVALID_VALUE for a potential that is not linear in its parameters, of more than two units, or that nothing confines without parameters */
export function requireTasks({ potential, bath, settings }: Problem): void {
  requireLinear(potential)
  if (linearLaws(potential, bath, settings.points) !== null) return
  throw invalidValue(
    'the laws of tasks are known by quadrature, of one unit or two. Use units: 1 or 2, or objective.kind continual-protocol for digits.',
    'network.visible',
  )
}

/** Learns all tasks at once, and one after another with what each arm has in place of earlier ones. */
export const continualStudy: RunStudy<Settings> = async (problem, seed, hooks) => {
  const { settings } = problem
  const tasks = tasksOf(problem)
  const run = async (arm: ContinualArm, own: ArmHooks<TaskState>, before: readonly FoundArm[]) => {
    const learner = createLearner(problem, tasks, seed, arm.name, own)
    const seen = arm.source === null ? await learnAtOnce(learner) : await learnInTurn(learner, arm.source)
    const divergence = learner.divergence(tasks.laws.length)
    const joint = before[0]?.figures.divergence ?? divergence
    const { theta } = learner
    const { cost } = learner.landscape
    return {
      theta,
      locality: 'local' as const,
      figures: { divergence, ...seen.figures },
      cost,
      checks: [...checksOf(arm, divergence, joint), ...seen.checks],
      ...(arm.source === 'self-replay' ? { samples: () => learner.draw(points.shown, 0) } : {}),
    }
  }
  const found = await armByArm(armsOf(settings), hooks, run)
  return {
    ...repetitionOf(found, ['divergence']),
    densities: modelDensities({ ...problem, density: tasks.soFar.at(-1)! }, found),
  }
}

function tasksOf({ scenario: { data }, settings }: Problem): Tasks {
  if (data?.source !== 'gaussian-mixture') throw new Error('tasks are components of a mixture')
  const { means, width, weights = means.map(() => 1) } = data
  const laws = settings.tasks.map((task) =>
    isotropicMixture(
      task.map((component) => means[component]!),
      width,
      task.map((component) => weights[component]!),
    ),
  )
  const parts = laws.map(({ components }) => {
    const total = components!.reduce((sum, { weight }) => sum + weight, 0)
    return components!.map((component) => ({ ...component, weight: component.weight / total }))
  })
  return { laws, soFar: laws.map((_, task) => mixtureDensity(parts.slice(0, task + 1).flat())) }
}

function armsOf({ arms }: Settings): ContinualArm[] {
  return [
    { name: 'all at once', expected: 'succeeds', reference: true, source: null },
    ...arms.map(
      (source): ContinualArm => ({
        source,
        name: { 'self-replay': 'self-replay', stored: 'stored data', none: 'no replay', chains: 'chains' }[source],
        expected: source === 'none' || source === 'chains' ? 'fails' : 'succeeds',
      }),
    ),
  ]
}

/** What an arm carries from one iteration to the next. */
interface TaskState extends DescentState {
  readonly task: number
  /** of the data and what is replayed, [size] */
  readonly means: Float64Array
  readonly watch: Watch
}

/** What was seen on the way: z of the first batch of each task and of all those inside one, and the largest divergence. */
interface Watch {
  readonly first: number[]
  readonly inside: number[]
  largest: number
}

/** A model that learns. */
interface Learner {
  readonly problem: Problem
  readonly tasks: Tasks
  readonly seed: number
  readonly landscape: Landscape
  readonly theta: Float64Array
  /** where it goes on; null where it begins */
  readonly found: TaskState | null
  readonly watch: Watch
  /** learns from these states for so many tasks' iterations, in task number `task`; `known`: tasks among them */
  learn(states: () => States, task: number, known: number, stretches?: number): Promise<void>
  /** KL(first `known` tasks‖model), nat */
  divergence(known: number): number
  /** independent states of the model; `number` keys the draw */
  draw(count: number, number: number): States
}

function createLearner(
  problem: Problem,
  tasks: Tasks,
  seed: number,
  name: string,
  hooks: ArmHooks<TaskState>,
): Learner {
  const { potential, bath, frozen, settings } = problem
  const landscape = hooks.landscape(potential, bath)
  const theta = problem.start.slice()
  const total = tasks.laws.length * settings.iterations
  const { found } = hooks
  const watch: Watch = found?.watch ?? { first: [], inside: [], largest: 0 }
  const laws = linearLaws(potential, bath, settings.points)
  if (laws === null) throw new Error('the law of one unit or two is known')
  const distance = (known: number) => divergence(laws.density(theta), tasks.soFar[known - 1]!.logDensity)
  return {
    ...{ problem, tasks, seed, landscape, theta, found, watch },
    divergence: distance,
    async learn(states, task, known, stretches = 1) {
      const iterations = stretches * settings.iterations
      const before = task * settings.iterations
      const going = found?.task === task ? hooks : { ...hooks, found: null }
      const means = going.found?.means ?? meansOf(potential, theta, states())
      const data = { name: 'replay and data', scale: 1, means }
      const objective: Objective = {
        ...{ name, locality: 'local', memory: {} },
        phases: (at) => [data, { name: 'model', scale: -1, means: laws.means(at) }],
      }
      const { course, state } = keptDescent({ landscape, objective, theta }, going, () => ({ task, means, watch }))
      for (const done of descend(landscape, objective, theta, frozen, { ...settings, iterations }, course)) {
        if (done % Math.ceil(settings.iterations / points.curve) === 0 || done === iterations)
          hooks.record(before + done, { divergence: distance(known) })
        if (done % 5 === 0) await hooks.progress((before + done) / total, state)
      }
    },
    draw: (count, number) =>
      exactSampler(potential, theta, bath)(count, { seed, stream: stream.contrastNoise, step: 2 * number }),
  }
}

/** ⟨φ_a⟩ of states, [size]: U is linear in θ, so that they are the same at any. */
function meansOf(potential: Problem['potential'], theta: Float64Array, { x, batch }: States): Float64Array {
  const sums = new Float64Array(potential.size)
  statistic(potential, theta, x, batch, sums)
  return sums.map((sum) => sum / batch)
}

/** Data number `draw` of a task: 0 is learned from, others are shown to the detector. */
function dataOf({ problem, tasks: { laws }, seed }: Learner, task: number, draw = 0) {
  const { data } = problem.scenario
  const count = draw > 0 || data === undefined || !('samples' in data) ? problem.settings.watched : data.samples
  return laws[task]!.sample(count, seed, draw * laws.length + task)
}

/** What an arm has seen beside its divergence. */
interface Seen {
  readonly figures: Readonly<Record<string, number>>
  readonly checks: Found['checks'] & object
}

async function learnAtOnce(learner: Learner): Promise<Seen> {
  const known = learner.tasks.laws.length
  const all = () => columnsOf(joined(learner.tasks.laws.map((_, task) => dataOf(learner, task))))
  await learner.learn(all, 0, known, known)
  return { figures: {}, checks: [] }
}

/** Task after task; the detector looks at the first batch of each, and at others once it is learned. */
async function learnInTurn(learner: Learner, source: NonNullable<ContinualArm['source']>): Promise<Seen> {
  const { tasks, landscape, theta, found, watch: z } = learner
  const { batches } = learner.problem.settings
  const replay = replayOf(learner, source)
  let detector: ReturnType<typeof boundaryDetector> | null = null
  for (let task = found?.task ?? 0; task < tasks.laws.length; task++) {
    const batch = (draw: number) => columnsOf(dataOf(learner, task, draw))
    if (detector !== null) z.first.push(detector(batch(1)))
    await learner.learn(() => columnsOf(withReplay(dataOf(learner, task), task, replay)), task, task + 1)
    z.largest = Math.max(z.largest, learner.divergence(task + 1))
    if (source !== 'self-replay') continue
    detector = boundaryDetector(landscape, theta, learner.draw(ownStates, 2 * task + 1))
    for (let n = 0; n < batches; n++) z.inside.push(detector(batch(2 + n)))
  }
  const worst = { largestDivergence: z.largest }
  if (source !== 'self-replay') return { figures: { ...worst, ...heatOf(learner, source) }, checks: [] }
  const inside = { insideZ: Math.max(...z.inside), leastInsideZ: Math.min(...z.inside) }
  const known = Math.max(...z.inside.slice(0, batches).map(Math.abs))
  return {
    figures: { ...worst, boundaryZ: Math.min(...z.first), ...inside },
    checks: [
      barCheck('boundaries that the first batch missed', z.first.filter((value) => value <= boundary).length, 0, 0),
      barCheck('largest |z| inside the first task', known, 0, mostInside),
      barCheck('largest z above 0 inside a task', Math.max(0, inside.insideZ), 0, mostInside),
    ],
  }
}

/** Heat that a replayed state gives to the bath, in kT, where its chain ran. */
function heatOf({ landscape: { cost }, tasks, problem }: Learner, source: ContinualArm['source']) {
  const { data } = problem.scenario
  if (source !== 'chains' || cost.heat === null || data === undefined || !('samples' in data)) return {}
  const tasksReplayed = (tasks.laws.length * (tasks.laws.length - 1)) / 2
  return { heat: cost.heat / (tasksReplayed * data.samples) }
}

/** What stands for earlier tasks when the next begins; θ is then that of the copy. */
function replayOf(learner: Learner, source: NonNullable<ContinualArm['source']>): Replay {
  const { problem, landscape, theta, seed } = learner
  const { steps, step, spread } = problem.settings.chains
  switch (source) {
    case 'self-replay':
      return (count, task) => rowsOf(learner.draw(count, 2 * task))
    case 'stored':
      return (_count, task) => joined(Array.from({ length: task }, (_, before) => dataOf(learner, before)))
    case 'none':
      return () => null
    case 'chains':
      return (count, task) => {
        const normals = drawNormals({ seed, stream: stream.initial, step: task }, landscape.units, count)
        const states = { x: normals.map((value) => spread * value), batch: count }
        moveBy(moves.mala, landscape, step)(theta, states, seed, task * steps, steps)
        return rowsOf(states)
      }
  }
}

function checksOf({ name, source }: ContinualArm, divergence: number, joint: number): Check[] {
  const check = `KL(all tasks‖model), ${name}`
  switch (source) {
    case 'self-replay':
      return [barCheck(check, divergence, 0, joint + lost.most)]
    case 'stored':
      return [barCheck(check, divergence, joint, sameData)]
    case 'none':
      return [barCheck(check, divergence, 0, forgotten, 'fails')]
    case 'chains':
      return [barCheck(check, divergence, 0, joint + lost.least, 'fails')]
    case null:
      return []
  }
}
