import { activations, type Labelled, type Teacher, trainTeacher } from '../../learning/objectives/digital-teacher.js'
import { type Goal, idealisedAction } from '../../learning/objectives/idealised-paths.js'
import type { Landscape } from '../../learning/objectives/landscape.js'
import { frameOf, recordPaths } from '../../learning/objectives/paths.js'
import { adamStep, createAdam } from '../../learning/rules/adam.js'
import { annealedRate } from '../../learning/rules/descent.js'
import { keepBounds } from '../../learning/rules/parameter-scales.js'
import { stream } from '../../physics/noise/streams.js'
import { uniformIntegers } from '../../physics/noise/uniform.js'
import { barCheck, identityCheck } from '../../physics/observe/check.js'
import { groupSlice } from '../../physics/potential/potential.js'
import type { SettingsOf } from '../scenario/objective.js'
import { digitsOf } from './fixed-time-digits.js'
import type { StudyProblem } from './problem.js'
import { type ArmHooks, type ArmPlan, armByArm, type Found, type RunStudy, repetitionOf } from './study.js'

type Problem = StudyProblem<SettingsOf<'fixed-time'>>

/** How an arm learns, or what it is robbed of. */
interface FixedTimeArm extends ArmPlan {
  readonly change: 'none' | 'uncoupled' | 'shuffled'
}

const arms: readonly FixedTimeArm[] = [
  { name: 'gradient descent', expected: 'succeeds', change: 'none' },
  { name: 'couplings zeroed', expected: 'fails', change: 'uncoupled' },
  { name: "teacher's answers shuffled", expected: 'fails', change: 'shuffled' },
]

/** Accuracy below the teacher's that passes, for one trajectory; and by which controls have to miss it. */
const bar = 0.1
/** Points of the curve of learning. */
const points = 10
/** When answers are read, over t_f. */
const readings = { accuracyAtQuarter: 0.25, accuracyAtHalf: 0.5, accuracyAtTwice: 2 } as const

/** What is learned from and judged on, with its digital teacher. */
interface Lesson {
  readonly train: Labelled
  readonly test: Labelled
  readonly teacher: Teacher
  /** 1 where a unit is held, [units] */
  readonly held: Uint8Array
}

/** A network that answers at a fixed time, taught by a digital one; beside it the same without couplings, and with wrong lessons. */
export const fixedTimeStudy: RunStudy<SettingsOf<'fixed-time'>> = async (problem, seed, hooks) => {
  const lesson = lessonOf(problem, seed)
  let known: Float64Array | null = null
  const found = await armByArm(arms, hooks, async (arm, own: ArmHooks) => {
    const landscape = own.landscape(problem.potential, problem.bath)
    const learn = (isShuffled: boolean, on: Landscape, record = own.record) =>
      learned(problem, on, lesson, isShuffled, seed, { progress: own.progress, record })
    if (arm.change === 'shuffled') return armFound(problem, arm, lesson, landscape, await learn(true, landscape), seed)
    if (arm.change === 'none') known = await learn(false, landscape)
    // Where the repetition was begun anew after the first arm it is learned again, which costs this one nothing.
    known ??= await learn(false, own.landscape(problem.potential, problem.bath), () => {})
    return armFound(problem, arm, lesson, landscape, known, seed)
  })
  return repetitionOf(found, ['accuracy', 'heat'])
}

function lessonOf({ scenario, settings, potential }: Problem, seed: number): Lesson {
  const { train, test } = digitsOf(scenario, settings.tested)
  const [pixels, hidden, outputs] = potential.network.blocks.map(({ units }) => units) as [number, number, number]
  const { batch } = settings
  const teacher = trainTeacher(train, [pixels, hidden, outputs], { ...settings.teacher, batch, seed })
  const held = new Uint8Array(potential.network.units).fill(1, 0, pixels)
  return { train, test, teacher, held }
}

function armFound(
  problem: Problem,
  { name, expected, change }: FixedTimeArm,
  lesson: Lesson,
  landscape: Landscape,
  learnt: Float64Array,
  seed: number,
): Found {
  const { potential, settings } = problem
  const theta = learnt.slice()
  if (change === 'uncoupled')
    for (const group of potential.groups) if (group.support === 'edge') groupSlice(group, theta).fill(0)
  const told = answers(problem, landscape, lesson, theta, seed)
  const chance = 1 / lesson.teacher.outputs
  const figures = {
    ...told,
    teacherAccuracy: teacherAccuracy(lesson),
    chance,
    landauer: Math.log(lesson.teacher.outputs),
  }
  const { accuracy, teacherAccuracy: digital } = figures
  return {
    locality: 'local',
    figures,
    cost: { ...landscape.cost, heat: told.heat * lesson.test.count * settings.answers },
    checks: [
      barCheck(`accuracy of one trajectory beside the teacher, ${name}`, accuracy, digital, bar, expected),
      identityCheck(`answers that are none, ${name}`, told.lost, 0, 0),
    ],
  }
}

/** Parameters by descent on the action of idealised trajectories, image by image. */
async function learned(
  { settings, start, frozen, potential }: Problem,
  landscape: Landscape,
  lesson: Lesson,
  isShuffled: boolean,
  seed: number,
  { progress, record }: Pick<ArmHooks, 'progress' | 'record'>,
): Promise<Float64Array> {
  const { iterations, optimizer, finalRate, batch, time, frames } = settings
  const theta = start.slice()
  const adam = createAdam(theta.length)
  const chosen = new Int32Array(batch)
  const taught = new Int32Array(batch)
  for (let step = 0; step < iterations; step++) {
    uniformIntegers({ seed, stream: stream.lessons, step }, lesson.train.count, chosen)
    taught.set(chosen)
    if (isShuffled) uniformIntegers({ seed, stream: stream.wrongLessons, step }, lesson.train.count, taught)
    const goal = goalOf(lesson, settings.amplitude, chosen, taught)
    const { action, gradient } = idealisedAction(landscape, theta, goal, time / frames, frames)
    const rate = annealedRate({ rate: optimizer.rate, finalRate }, step / iterations)
    const before = theta.slice()
    if (optimizer.kind === 'adam') adamStep(adam, theta, gradient, rate, optimizer)
    else for (let a = 0; a < theta.length; a++) theta[a]! -= rate * gradient[a]!
    for (let a = 0; a < theta.length; a++) if (frozen[a] === 1) theta[a] = before[a]!
    keepBounds(theta, potential.lowerBound)
    if ((step + 1) % Math.ceil(iterations / points) === 0) record(step + 1, { action })
    await progress((step + 1) / iterations)
  }
  return theta
}

/** Pixels of some images, held, and where hidden units and outputs are to be when they are read. */
function goalOf({ train, teacher, held }: Lesson, amplitude: number, chosen: Int32Array, taught: Int32Array): Goal {
  const paths = chosen.length
  const { inputs } = teacher
  const x = new Float64Array(held.length * paths)
  const active = new Float64Array(teacher.hidden + teacher.outputs)
  for (let n = 0; n < paths; n++) {
    for (let i = 0; i < inputs; i++) x[i * paths + n] = train.rows[chosen[n]! * inputs + i]!
    activations(teacher, train.rows, taught[n]!, active)
    active.forEach((value, j) => {
      x[(inputs + j) * paths + n] = amplitude * value
    })
  }
  return { x, paths, held }
}

/**
 * What the network answers to held-out images: shares that are right of single trajectories at t_f and at other times, and of the mean
 * of several; and the heat of an answer until t_f, in kT. The image is held and nothing else is moved, so that the heat is the energy
 * that the network loses.
 */
function answers({ settings, bath }: Problem, landscape: Landscape, lesson: Lesson, theta: Float64Array, seed: number) {
  const { time, steps, answers: times } = settings
  const { test, held, teacher } = lesson
  const { inputs, outputs, hidden } = teacher
  const { count } = test
  const dt = time / steps
  const latest = Math.max(1, ...Object.values(readings)) * steps
  const mean = new Float64Array(outputs * count)
  const right: Record<string, number> = Object.fromEntries(
    ['accuracy', ...Object.keys(readings)].map((key) => [key, 0]),
  )
  const [before, after] = [new Float64Array(count), new Float64Array(count)]
  let [heat, lost] = [0, 0]
  for (let repeat = 0; repeat < times; repeat++) {
    const x = new Float64Array(held.length * count)
    for (let n = 0; n < count; n++) for (let i = 0; i < inputs; i++) x[i * count + n] = test.rows[n * inputs + i]!
    const recording = { dt, steps: latest, seed, stream: stream.answers, from: repeat * latest }
    const paths = recordPaths(landscape, theta, bath, { x, batch: count }, recording)
    const outputsAt = (frame: number) => frameOf(paths, frame).x.subarray((inputs + hidden) * count)
    landscape.arithmetic.forceAndEnergy(theta, frameOf(paths, 0).x, count, null, before)
    const answer = frameOf(paths, steps).x
    landscape.arithmetic.forceAndEnergy(theta, answer, count, null, after)
    for (let n = 0; n < count; n++) heat += (before[n]! - after[n]!) / bath.kT
    const read = outputsAt(steps)
    lost += read.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0)
    right.accuracy! += rightOf(read, test)
    for (const [key, share] of Object.entries(readings))
      right[key]! += rightOf(outputsAt(Math.round(share * steps)), test)
    for (let n = 0; n < mean.length; n++) mean[n]! += read[n]!
  }
  const shares = Object.fromEntries(Object.entries(right).map(([key, sum]) => [key, sum / times]))
  return {
    accuracy: shares.accuracy!,
    accuracyOfMean: rightOf(mean, test),
    ...shares,
    heat: heat / (count * times),
    lost,
  }
}

/** Share of images whose largest output, of [outputs, count], is that of their class. */
function rightOf(outputs: Float64Array, { classes, count }: Labelled): number {
  let right = 0
  for (let n = 0; n < count; n++) {
    let best = 0
    for (let o = 1; o < outputs.length / count; o++) if (outputs[o * count + n]! > outputs[best * count + n]!) best = o
    if (best === classes[n]) right++
  }
  return right / count
}

function teacherAccuracy({ teacher, test }: Lesson): number {
  const { hidden, outputs } = teacher
  const active = new Float64Array(hidden + outputs)
  const all = new Float64Array(outputs * test.count)
  for (let n = 0; n < test.count; n++) {
    activations(teacher, test.rows, n, active)
    for (let o = 0; o < outputs; o++) all[o * test.count + n] = active[hidden + o]!
  }
  return rightOf(all, test)
}
