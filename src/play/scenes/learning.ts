import { createReference } from '../../backend/reference.js'
import { simulationOf } from '../../backend/simulation.js'
import { StoppedError } from '../../errors.js'
import { createMixture, type GaussianMixture, mixtureScore, sampleMixture } from '../../learning/data/mixture.js'
import { startParameters } from '../../learning/rules/parameter-scales.js'
import { createTrainingState, train } from '../../learning/training/train.js'
import { gaussianStart } from '../../physics/dynamics/ensemble.js'
import { createNetwork } from '../../physics/network/network.js'
import { createPotential, forceAndEnergy, type Potential } from '../../physics/potential/potential.js'
import { createNoising, type DriveKind, type Noising, noiseWidth, scoreScale, signal } from '../../physics/protocol/noising.js'
import { generationProtocol } from '../../physics/protocol/protocol.js'
import type { LearnedView, LearningFrame, Scene } from './messages.js'
import type { LearningRecord } from './record.js'

/** Points along an axis of a landscape, and of the arrows over it. */
const points = 81
const arrows = 15
/** Noise widths about the outermost centre that the plane is shown to. */
const widths = 3.2

/**
 * Two oscillators that learn a mixture, iteration by iteration: `train` as the scenario's run calls it, stopped and gone on with, to the
 * same bits on the reference backend.
 */
export function learningScene(record: LearningRecord): Scene {
  const { bath, drive, seed, learning, samples } = record
  const potential = createPotential(createNetwork(record.network), record.potential, bath.kT)
  const noising = createNoising(record.noising, bath)
  const mixture = createMixture(record.mixture)
  const data = (own: number) => ({
    train: sampleMixture(mixture, samples, own, 0),
    heldOut: sampleMixture(mixture, Math.ceil(samples / 2), own, 1),
  })
  const extent = extentOf(mixture, noising)
  const anew = (own: number) => ({
    task: { potential, noising, drive, seed: own, data: data(own) },
    state: createTrainingState(startParameters(potential, noising, own)),
  })
  const backend = createReference()
  let course = anew(seed)
  let chosen: number | null = null
  let losses: number[] = []
  const last = noising.knots.length - 1
  const frame = (): LearningFrame => {
    const { finished, theta, step } = course.state
    const knot = Math.min(finished.length, last)
    // Of a knot that nothing was learned at yet there is no landscape: that of the present one is shown.
    const at = Math.min(chosen ?? knot, knot)
    const given = Float64Array.from(losses)
    losses = []
    const view = viewOf({ potential, theta: finished[at] ?? theta, noising, mixture, drive, knot: at, extent })
    return { kind: 'learning', iteration: step, knot, losses: given, view, done: finished.length > last }
  }
  return {
    opened: {
      kind: 'learning',
      knots: Float64Array.from(noising.knots),
      data: Float32Array.from(course.task.data.train.points),
      iterations: iterationsOf(record, noising),
      extent,
    },
    begin(ask) {
      course = anew(ask.seed)
      losses = []
      return frame()
    },
    async advance({ steps }) {
      const { task, state } = course
      const stop = new AbortController()
      const until = state.step + steps
      const hooks = {
        signal: stop.signal,
        onProgress({ loss }: { readonly loss?: number }) {
          losses.push(state.step, loss ?? Number.NaN)
          if (state.step >= until) stop.abort()
        },
        // A knot that is solved has no iterations: one is a step.
        record: ({ kind }: { readonly kind: string }) => {
          if (kind === 'slice' && learning.rule === 'least-squares') stop.abort()
        },
      }
      await train(task, learning, state, backend, hooks).catch((error: unknown) => {
        if (!(error instanceof StoppedError)) throw error
      })
      return frame()
    },
    set({ knot = chosen }) {
      chosen = knot
      return frame()
    },
    async draw({ trajectories, seed: own }) {
      const { finished } = course.state
      const { kT } = bath
      const start = gaussianStart(own, 0, kT / noising.stiffness)
      if (finished.length < 2) {
        const x = new Float64Array(2 * trajectories)
        start(x, 0, trajectories)
        const rows = Float32Array.from(x, (_, n) => x[(n % 2) * trajectories + (n >> 1)]!)
        return { samples: rows, t: noising.knots[0]! }
      }
      const learned = { ...noising, knots: noising.knots.slice(0, finished.length) }
      const protocol = generationProtocol(learned, finished, record.generation)
      const simulation = simulationOf({ potential, protocol, bath, trajectories, batch: trajectories, seed: own, start })
      const { final } = await backend.simulate(simulation)
      return { samples: Float32Array.from(final.points), t: learned.knots.at(-1)! }
    },
  }
}

/** The plane is shown so far that the data and their noise are within it. */
function extentOf({ means, width }: GaussianMixture, { bath, stiffness }: Noising): number {
  const farthest = Math.max(...means.flat().map(Math.abs))
  return Math.max(farthest + widths * width, widths * Math.sqrt(bath.kT / stiffness))
}

/** Iterations of all knots together: the first has three times as many. */
function iterationsOf({ learning }: LearningRecord, { knots }: Noising): number {
  const { rule, iterations = 300, settle } = learning
  if (rule === 'least-squares') return 0
  return (knots.length + 2) * iterations + knots.length * (settle?.iterations ?? 0)
}

/** What a view is of. */
interface Viewed {
  readonly potential: Potential
  readonly theta: Float64Array
  readonly noising: Noising
  readonly mixture: GaussianMixture
  readonly drive: DriveKind
  readonly knot: number
  readonly extent: number
}

/**
 * The learned landscape beside the exact one: the force is F = trap·x + scale·∇ln p, so that what was learned says
 * -ln p = (U + trap |x|²/2)/scale.
 */
function viewOf({ potential, theta, noising, mixture, drive, knot, extent }: Viewed): LearnedView {
  const t = noising.knots[knot]!
  const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
  const { trap, scale } = scoreScale(noising, drive)
  const plane = gridOf(points, extent)
  const [learned, exact] = [new Float64Array(points ** 2), new Float64Array(points ** 2)]
  forceAndEnergy(potential, theta, plane, points ** 2, null, learned)
  mixtureScore(mixture, m, s, plane, points ** 2, exact, null)
  for (let n = 0; n < exact.length; n++) {
    const square = plane[n]! ** 2 + plane[exact.length + n]! ** 2
    learned[n] = (learned[n]! + (trap * square) / 2) / scale
    exact[n]! *= -1
  }
  const places = gridOf(arrows, extent)
  const [force, score] = [new Float64Array(places.length), new Float64Array(places.length)]
  forceAndEnergy(potential, theta, places, arrows ** 2, force, null)
  mixtureScore(mixture, m, s, places, arrows ** 2, null, score)
  const wanted = places.map((x, n) => trap * x + scale * score[n]!)
  const count = arrows ** 2
  const residual = Float32Array.from(places, (_, n) => {
    const at = (n % 2) * count + (n >> 1)
    return force[at]! - wanted[at]!
  })
  const size = Math.sqrt(wanted.reduce((sum, f) => sum + f * f, 0) / count)
  return { knot, t, points, learned: fromLowest(learned), exact: fromLowest(exact), arrows, residual, scale: size }
}

/** The places of a square grid row by row from the lowest y, [2, n²]. */
function gridOf(n: number, extent: number): Float64Array {
  const at = (k: number) => extent * ((2 * k) / (n - 1) - 1)
  return Float64Array.from({ length: 2 * n * n }, (_, k) => (k < n * n ? at(k % n) : at(Math.floor(k / n) - n)))
}

function fromLowest(values: Float64Array): Float32Array {
  const lowest = values.reduce((a, b) => Math.min(a, b), Infinity)
  return Float32Array.from(values, (value) => value - lowest)
}
