import { simulationOf } from '../../backend/simulation.js'
import { withLabels } from '../../learning/data/classes.js'
import { type FrechetReference, frechetReference, frechetValue } from '../../learning/evaluation/frechet.js'
import { type Voters, votedDigits } from '../../learning/evaluation/nearest-training.js'
import { denoised, networkScore } from '../../learning/generation/denoised.js'
import { joined, withReplay } from '../../learning/objectives/continual.js'
import { createRule } from '../../learning/rules/rules.js'
import { stagesOf } from '../../learning/training/stages.js'
import { createTrainingState, train } from '../../learning/training/train.js'
import { gaussianStart } from '../../physics/dynamics/ensemble.js'
import { withOwnStart } from '../../physics/dynamics/own-start.js'
import { createWorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { evenRows, firstUnits, type PointSet, pickRows } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import { barCheck, type Check } from '../../physics/observe/check.js'
import { meanOf } from '../../physics/observe/estimate.js'
import { searchSet } from '../../physics/observe/search-set.js'
import { generationOf } from '../sampling/generate.js'
import { withClamped } from '../sampling/trajectories.js'
import type { SettingsOf } from '../scenario/objective.js'
import { createProblem, type LearningData, type Problem } from '../system/problem.js'
import { startOfLearning } from '../system/system.js'
import { trainingTask } from '../training/task.js'
import { refined } from '../training/train-run.js'
import { type ArmHooks, type ArmPlan, armByArm, type RunStudy, repetitionOf, type StudyHooks } from './study.js'

type Settings = SettingsOf<'continual-protocol'>

/** Held-out states that the losses of a slice are measured on, which no figure here uses. */
const measured = 100
/** Iterations between two words of progress. */
const sayEvery = 20
/** Images of each class that the report shows. */
const shown = 8

/** The images of one class. */
interface ClassImages {
  readonly train: PointSet
  readonly heldOut: FrechetReference
}

interface ProtocolArm extends ArmPlan {
  /** what stands for earlier tasks; null where all come at once */
  readonly source: Settings['arms'][number] | null
}

/** What all arms of a repetition share. */
interface Setting {
  readonly problem: Problem & { readonly data: LearningData }
  readonly settings: Settings
  readonly learning: NonNullable<Problem['scenario']['learning']>
  readonly images: readonly ClassImages[]
  readonly voters: Voters
  /** numbers of the classes of each task */
  readonly tasks: readonly (readonly number[])[]
  readonly backend: StudyHooks['backend']
  /** parameters after the first task, which arms have in common; null before any has learned it */
  first: Float64Array[] | null
}

/**
 * The protocol of a network with label units learns classes one task after another, slice by slice, from what each arm has of earlier
 * ones: the network itself draws them, driven by its frozen protocol under their labels.
 */
export const continualProtocolStudy: RunStudy<Settings> = async ({ scenario, settings }, seed, hooks) => {
  const setting = settingOf(createProblem({ ...scenario, seed }), settings, hooks)
  const found = await armByArm(armsOf(settings), hooks, async (arm, own: ArmHooks) => {
    const exchanged = { work: [], heat: [] }
    const model: Model = { knots: null, iterations: 0, draws: 0, share: 0, forces: 0, exchanged }
    const { tasks } = setting
    if (arm.source === null) await learn(model, setting, labelled(setting, tasks.flat()), tasks.length, own)
    else await learnInTurn(model, setting, arm.source, own)
    const { figures, checks, samples } = await judged(model, setting, arm)
    return {
      images: samples,
      locality: localityOf(setting),
      figures: { ...figures, ...billOf(model) },
      cost: { forces: model.forces, energies: 0, work: null, heat: null },
      checks,
    }
  })
  return {
    ...repetitionOf(found, ['oldClassRate', 'oldFrechetDistance']),
    images: found.map(({ name, images }) => ({ name, images })),
  }
}

function settingOf(problem: Problem, settings: Settings, { backend }: StudyHooks): Setting {
  const { data, scenario } = problem
  if (data?.classes === undefined || scenario.learning === undefined)
    throw new Error('a network with label units learns')
  const { names } = data.classes
  const of = (set: PointSet, classes: Int32Array, index: number, most: number) => {
    const rows = [...classes.keys()].filter((row) => classes[row] === index)
    return pickRows(
      set,
      evenRows(rows.length, most).map((n) => rows[n]!),
    )
  }
  const { train, heldOut, classes } = data
  const images = names.map((_, index) => ({
    train: of(train, classes.train, index, settings.each),
    heldOut: frechetReference(of(heldOut, classes.heldOut, index, settings.each)),
  }))
  return {
    ...{ problem: { ...problem, data }, settings, learning: scenario.learning, images, backend, first: null },
    voters: {
      searched: searchSet(joined(images.map((each) => each.train))),
      labels: Int32Array.from(images.flatMap((each, index) => Array<number>(each.train.count).fill(index))),
    },
    tasks: settings.tasks.map((task) => task.map((name) => names.indexOf(name))),
  }
}

function armsOf({ arms }: Settings): ProtocolArm[] {
  return [
    { name: 'all at once', expected: 'succeeds', reference: true, source: null },
    ...arms.map(
      (source): ProtocolArm => ({
        source,
        name: { 'self-replay': 'self-replay', stored: 'stored data', none: 'no replay' }[source],
        expected: source === 'none' ? 'fails' : 'succeeds',
      }),
    ),
  ]
}

/** What the rule needs beside local statistics, of hidden units too. */
function localityOf({ learning, problem }: Setting) {
  if (learning.rule === 'least-squares') return 'local'
  const rule = createRule({ ...learning, rule: learning.rule })
  return problem.potential.network.hidden > 0 && rule.hidden === 'three-factor' ? 'three-factor' : rule.locality
}

/** Training images of some classes as states of the network. */
function labelled({ images }: Setting, classes: readonly number[]): PointSet {
  return joined(classes.map((index) => clampedTo(images[index]!.train, index, images.length)))
}

function clampedTo(set: PointSet, index: number, classes: number): PointSet {
  return withLabels(set, new Int32Array(set.count).fill(index), classes)
}

/** A network that learns tasks in turn, and its bill. */
interface Model {
  /** at the knots, [K + 1][parameters]; null before the first task */
  knots: Float64Array[] | null
  /** iterations so far, which number the minibatches */
  iterations: number
  /** generations so far, which number their seeds */
  draws: number
  /** part of the arm that is done */
  share: number
  /** evaluations of the force, by training and replay */
  forces: number
  /** of each replayed image, in kT */
  readonly exchanged: { readonly work: number[]; readonly heat: number[] }
}

/** Learns from states for so many tasks' iterations, from the parameters it has. */
async function learn(model: Model, setting: Setting, states: PointSet, stretches: number, { progress }: ArmHooks) {
  const { learning, problem, tasks } = setting
  const options = { ...learning, iterations: learning.iterations * stretches }
  const part = stretches / tasks.length
  const isFirst = model.knots === null && stretches === 1
  if (isFirst && setting.first !== null) model.knots = setting.first
  else {
    const controller = new AbortController()
    const say = (done: number) => void progress(model.share + part * done).catch(() => controller.abort())
    model.knots = await trained(model, setting, states, options, { signal: controller.signal, say })
    if (isFirst) setting.first = model.knots
  }
  for (const [slice] of problem.noising.knots.entries())
    for (const { iterations, batch } of stagesOf(options, slice === 0)) {
      model.iterations += iterations
      model.forces += iterations * batch
    }
  model.share += part
  await progress(model.share)
}

/** Parameters at the knots after a task, refined where the scenario refines. */
async function trained(
  { knots, iterations: before }: Model,
  { problem, backend }: Setting,
  states: PointSet,
  options: Setting['learning'],
  { signal, say }: { readonly signal: AbortSignal; readonly say: (done: number) => void },
): Promise<Float64Array[]> {
  const { data } = problem
  const own = { ...data, states: { train: states, heldOut: firstRows(data.states.heldOut, measured) } }
  const state = { ...createTrainingState(startOfLearning(problem)), step: before }
  await train(trainingTask(problem, own), { ...options, ...(knots === null ? {} : { start: knots }) }, state, backend, {
    signal,
    onProgress: ({ done, total }) => {
      if (done % sayEvery === 0) say((done - before) / total)
    },
  })
  return refined(problem, own, state.finished, backend, { signal })
}

/** So many images of a class, drawn by the driven network; `pays`: whether the bill has them. */
async function draw(model: Model, { problem, backend }: Setting, index: number, count: number, pays: boolean) {
  const { potential, noising, scenario, generation, bath } = problem
  const { network } = generation.potential
  const protocol = generationOf(problem, model.knots!)
  const key = { seed: scenario.seed, stream: stream.replay, step: model.draws++ }
  const seed = Math.floor(drawUniform(key, 1)[0]! * 2 ** 52)
  const trapped = gaussianStart(seed, 0, bath.kT / noising.stiffness)
  const clamped = withClamped(trapped, network, new Int32Array(count).fill(index), problem)
  const workAndHeat = pays ? createWorkAndHeat(count) : null
  const simulation = simulationOf({
    ...scenario.sampling,
    ...{ potential: generation.potential, protocol, bath, seed, trajectories: count, workAndHeat },
    start: withOwnStart(clamped, seed, network),
  })
  const { final } = await backend.simulate(simulation, {})
  if (workAndHeat !== null) {
    for (const name of ['work', 'heat'] as const)
      for (const value of workAndHeat[name]) model.exchanged[name].push(value / bath.kT)
    model.forces += count * protocol.dt.length
  }
  const score = networkScore(potential, noising, model.knots!.at(-1)!, problem.drive)
  return denoised(firstUnits(final, potential.network.units), noising, score, potential.network.visible)
}

/** Work and heat of a replayed image, in kT, where there was one. */
function billOf({ exchanged: { work, heat } }: Model): Record<string, number> {
  const mean = (values: number[]) => meanOf(Float64Array.from(values)).value
  return work.length === 0 ? {} : { work: mean(work), heat: mean(heat) }
}

function firstRows({ points, units }: PointSet, count: number): PointSet {
  return { points: points.subarray(0, count * units), count, units }
}

/** Task after task, with replay of the classes before. */
async function learnInTurn(
  model: Model,
  setting: Setting,
  source: Settings['arms'][number],
  hooks: ArmHooks,
): Promise<void> {
  const { tasks, images } = setting
  for (const [task, classes] of tasks.entries()) {
    const before = tasks.slice(0, task).flat()
    const fresh = labelled(setting, classes)
    let old: PointSet | null = null
    if (source === 'stored' && task > 0) old = labelled(setting, before)
    if (source === 'self-replay' && task > 0) {
      const sets: PointSet[] = []
      for (const index of before) {
        const count = Math.round((task * fresh.count) / before.length)
        sets.push(clampedTo(await draw(model, setting, index, count, true), index, images.length))
      }
      old = joined(sets)
    }
    await learn(
      model,
      setting,
      withReplay(fresh, task, () => old),
      1,
      hooks,
    )
  }
}

/** Images of every class beside those that were held out, and what their nearest training image is of. */
async function judged(model: Model, setting: Setting, { name, expected, source }: ProtocolArm) {
  const { settings, tasks, images, voters } = setting
  const newest = new Set(tasks.at(-1))
  const drawn: PointSet[] = []
  const rates = { old: [] as number[], new: [] as number[] }
  const distances = { old: [] as number[], new: [] as number[] }
  for (const index of tasks.flat()) {
    const samples = await draw(model, setting, index, settings.samples, false)
    const voted = votedDigits(samples, voters.searched, voters.labels, { neighbours: 1 })
    const age = newest.has(index) ? 'new' : 'old'
    rates[age].push(voted.filter((label) => label === index).length / samples.count)
    distances[age].push(frechetValue(samples, images[index]!.heldOut))
    drawn.push(firstRows(samples, Math.min(shown, samples.count)))
  }
  // The class that is worst off; of a control, the one that is best off.
  const [low, high] = expected === 'fails' ? [Math.max, Math.min] : [Math.min, Math.max]
  const figures = {
    oldClassRate: low(...rates.old),
    oldFrechetDistance: high(...distances.old),
    newClassRate: low(...rates.new),
    newFrechetDistance: high(...distances.new),
  }
  const { lost, frechet } = settings.bars[expected]
  const checks: Check[] = [
    barCheck(`share of an old class taken for another, ${name}`, 1 - figures.oldClassRate, 0, lost, expected),
    barCheck(`Fréchet distance of an old class, ${name}`, figures.oldFrechetDistance, 0, frechet, expected),
  ]
  return { figures, checks: source === null ? [] : checks, samples: joined(drawn) }
}
