import type { Backend } from '../../backend/backend.js'
import type { Hooks, Keeper } from '../../backend/hooks.js'
import type { SimulationHooks } from '../../backend/resume.js'
import { simulationOf } from '../../backend/simulation.js'
import { classAt, classProbabilities } from '../../learning/evaluation/free-labels.js'
import { type CompletionClasses, type CompletionHooks, complete } from '../../learning/generation/complete.js'
import { networkScore } from '../../learning/generation/denoised.js'
import { wholeSpan } from '../../physics/dynamics/span.js'
import { createWorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { clampedTo } from '../../physics/network/labels.js'
import { columnsOf, firstUnits, type PointSet } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { fillUniformStates } from '../../physics/noise/uniform.js'
import { clampUnits } from '../../physics/potential/clamped-units.js'
import { betweenKnots, noiseWidth, signal, timeOfWidth } from '../../physics/protocol/noising.js'
import { fromTime } from '../../physics/protocol/protocol.js'
import type { Conditions } from '../system/conditions.js'
import type { LearningData, Problem } from '../system/problem.js'
import type { ObservedEnsemble } from './ensemble.js'
import { type FreeLabels, freeLabels } from './free-labels.js'
import { generationOf } from './generate.js'
import { hasOwnBath, hiddenHeatOf } from './hidden-heat.js'
import { measuresEnergies } from './observers.js'
import { clampedClasses, withClamped } from './trajectories.js'

/** Samples that were drawn given images. */
export interface ConditionedEnsemble extends ObservedEnsemble {
  /** images under noise, and the mean of the clean image given each, by Tweedie's formula; [images, units] */
  readonly noised: { readonly images: PointSet; readonly tweedie: PointSet } | null
}

/**
 * Draws samples given images: their unknown units, or all of them from under noise.
 *
 * @param knots - learned parameters, [K + 1][parameters]
 * @param keeper - of what takes long
 * @throws StoppedError when the signal stopped it; E_DIVERGED as the integrator does
 */
export function drawGiven(
  problem: Problem,
  conditions: Conditions,
  data: LearningData,
  knots: readonly Float64Array[],
  backend: Backend,
  hooks: Hooks,
  keeper: <State>() => Keeper<State>,
): Promise<ConditionedEnsemble> {
  const labels = data.classes === undefined ? null : freeLabels(problem, data, knots, backend)
  return conditions.kind === 'inpaint'
    ? inpainted(problem, conditions, knots, labels, backend, { ...hooks, keeper: keeper() })
    : denoisedFrom(problem, conditions, knots, labels, backend, { ...hooks, keeper: keeper() })
}

/** A row for each sample: that of the image it is drawn given. */
function eachCompleted({ points, count, units }: PointSet, completions: number): PointSet {
  const out = new Float64Array(points.length * completions)
  for (let n = 0; n < count * completions; n++) {
    const image = Math.floor(n / completions)
    out.set(points.subarray(image * units, (image + 1) * units), n * units)
  }
  return { points: out, count: count * completions, units }
}

async function inpainted(
  problem: Problem,
  { images, completions, held, sweeps, steps }: Extract<Conditions, { kind: 'inpaint' }>,
  knots: readonly Float64Array[],
  labels: FreeLabels | null,
  backend: Backend,
  hooks: CompletionHooks,
): Promise<ConditionedEnsemble> {
  const { scenario, bath, noising, generation, data } = problem
  const { sampling, seed } = scenario
  const of = clampedClasses(problem)
  const biases =
    labels === null || sampling.label !== undefined ? null : knots.map((_, knot) => labels.biases(knot, 1).biases)
  const classes: CompletionClasses | null = of && { count: data!.classes!.names.length, of, biases }
  const { initial, final, workAndHeat } = await complete(
    {
      ...sampling,
      ...{ whole: generation.potential, noising, bath, seed, held, sweeps, steps, classes },
      clamped: clampUnits(generation.potential, scenario.potential, bath.kT, held),
      knots: knots.map(generation.parameters),
      known: eachCompleted(images, completions),
      measuresEnergies: measuresEnergies(scenario),
    },
    backend,
    hooks,
  )
  const notes =
    workAndHeat !== null && hasOwnBath(problem)
      ? ["heat to the hidden units' bath is not measured of completed images"]
      : []
  return { ...ensembleOf(problem, backend, initial, final, of), workAndHeat, hiddenHeat: null, notes, noised: null }
}

async function denoisedFrom(
  problem: Problem,
  { images, completions, width, rows }: Extract<Conditions, { kind: 'noised' }>,
  knots: readonly Float64Array[],
  labels: FreeLabels | null,
  backend: Backend,
  hooks: SimulationHooks,
): Promise<ConditionedEnsemble> {
  const { scenario, bath, noising, generation } = problem
  const { sampling, seed } = scenario
  const t = timeOfWidth(noising, width)
  const m = signal(noising, t)
  const noisy = rows === null ? images : underNoise(images, width, seed)
  const starts = { ...noisy, points: noisy.points.map((x) => m * x) }
  const weights = labels === null ? null : classWeights(problem, labels, starts, t)
  const of = weights === null ? null : drawnClasses(weights, completions, seed)
  const each = columnsOf(eachCompleted(starts, completions))
  const { units } = noisy
  const start = withClamped(
    (x, first, batch) => {
      for (let i = 0; i < units; i++)
        x.set(each.x.subarray(i * each.batch + first, i * each.batch + first + batch), i * batch)
    },
    generation.potential.network,
    of,
    problem,
  )
  const workAndHeat = measuresEnergies(scenario) ? createWorkAndHeat(each.batch) : null
  const protocol = fromTime(generationOf(problem, knots), t)
  const { hiddenHeat, notes } =
    workAndHeat === null ? { hiddenHeat: null, notes: [] } : hiddenHeatOf(problem, protocol, wholeSpan(each.batch))
  const simulation = simulationOf({
    ...sampling,
    potential: generation.potential,
    protocol,
    bath,
    start,
    seed,
    workAndHeat,
    observers: hiddenHeat === null ? [] : [hiddenHeat],
  })
  const { initial, final } = await backend.simulate(simulation, hooks)
  const tweedie = posteriorMean(problem, knots, starts, t, weights)
  return {
    ...ensembleOf(problem, backend, initial, final, of),
    workAndHeat,
    hiddenHeat,
    notes,
    noised: { images: noisy, tweedie },
  }
}

function ensembleOf(
  { potential }: Problem,
  { name, roundoff }: Backend,
  initial: PointSet,
  final: PointSet,
  classes: Int32Array | null,
): Omit<ConditionedEnsemble, 'workAndHeat' | 'hiddenHeat' | 'notes' | 'noised'> {
  const { visible } = potential.network
  return {
    ...{ backend: name, roundoff, states: { initial, final }, classes },
    ensemble: { initial: firstUnits(initial, visible), final: firstUnits(final, visible) },
    ...{
      bandVariances: null,
      trajectories: null,
      cloud: null,
      firstPassage: null,
      forces: null,
      entropyProduction: null,
      knotStates: null,
    },
    ...{ observables: [], curves: null },
  }
}

/** y + σε, noise of its own for each image. */
function underNoise({ points, count, units }: PointSet, width: number, seed: number): PointSet {
  const epsilon = new Float64Array(points.length)
  fillNormals(seed, stream.givenNoise, 0, units, 0, count, epsilon)
  return {
    points: points.map((x, n) => x + width * epsilon[(n % units) * count + Math.floor(n / units)]!),
    count,
    units,
  }
}

/** p_c of the free label at time t, between those of two knots, or of the class that is clamped: [images][classes]. */
function classWeights(
  { scenario, noising, data, potential }: Problem,
  labels: FreeLabels,
  states: PointSet,
  t: number,
): Float64Array[] {
  const { names } = data!.classes!
  const { label } = scenario.sampling
  if (label !== undefined)
    return Array.from({ length: states.count }, () => Float64Array.from(names, (name) => (name === label ? 1 : 0)))
  const { slice, weight } = betweenKnots(noising, t)
  const [before, after] = [slice, slice + 1].map((knot) => ({
    evidence: labels.evidenceAt(withRoomForLabels(states, potential.network.labels), knot),
    biases: labels.biases(knot, 1).biases,
  }))
  const mixed = (a: Float64Array, b: Float64Array) => a.map((value, n) => (1 - weight) * value + weight * b[n]!)
  const evidence = before!.evidence.map((of, c) => mixed(of, after!.evidence[c]!))
  const biases = mixed(before!.biases, after!.biases)
  return Array.from({ length: states.count }, (_, n) =>
    classProbabilities(evidence, biases, n, new Float64Array(names.length)),
  )
}

function withRoomForLabels(set: PointSet, labels: number) {
  const { x, batch } = columnsOf(set)
  const wide = new Float64Array((set.units + labels) * batch)
  wide.set(x)
  return { x: wide, batch }
}

/** The class of each sample, drawn from its image's. */
function drawnClasses(weights: readonly Float64Array[], completions: number, seed: number): Int32Array {
  const uniform = new Float64Array(weights.length * completions)
  fillUniformStates({ seed, stream: stream.freeLabels, step: 0 }, 1, 0, uniform.length, uniform)
  return Int32Array.from(uniform, (u, n) => classAt(weights[Math.floor(n / completions)]!, u))
}

/** E[x_0|x_t] = Σ_c p_c (x + s² ∇log p(x|c))/m, with the force at t between those of two knots. */
function posteriorMean(
  { potential, noising, drive, data }: Problem,
  knots: readonly Float64Array[],
  states: PointSet,
  t: number,
  weights: readonly Float64Array[] | null,
): PointSet {
  const { slice, weight } = betweenKnots(noising, t)
  const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
  const { count, units } = states
  const { labels } = potential.network
  const classes = weights === null ? 1 : data!.classes!.names.length
  const out = new Float64Array(states.points.length)
  const { x, batch } = withRoomForLabels(states, labels)
  const [before, after] = [new Float64Array(x.length), new Float64Array(x.length)]
  for (let c = 0; c < classes; c++) {
    if (weights !== null)
      clampedTo(c, classes).forEach((state, l) => {
        x.fill(state, (units + l) * batch, (units + l + 1) * batch)
      })
    networkScore(potential, noising, knots[slice]!, drive)(x, batch, before)
    networkScore(potential, noising, knots[slice + 1]!, drive)(x, batch, after)
    for (let i = 0; i < units; i++)
      for (let b = 0; b < count; b++) {
        const n = i * batch + b
        const score = (1 - weight) * before[n]! + weight * after[n]!
        out[b * units + i]! += ((weights === null ? 1 : weights[b]![c]!) * (x[n]! + s * s * score)) / m
      }
  }
  return { points: out, count, units }
}
