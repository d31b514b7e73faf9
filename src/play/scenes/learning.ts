import { createReference } from '../../backend/reference.js'
import { simulationOf } from '../../backend/simulation.js'
import { StoppedError } from '../../errors.js'
import { createMixture, sampleMixture } from '../../learning/data/mixture.js'
import { startParameters } from '../../learning/rules/parameter-scales.js'
import { defaultStages } from '../../learning/training/stages.js'
import type { TrainingTask } from '../../learning/training/task.js'
import { createTrainingState, type TrainingState, train } from '../../learning/training/train.js'
import { gaussianStart } from '../../physics/dynamics/ensemble.js'
import { createNetwork } from '../../physics/network/network.js'
import { rowsOf } from '../../physics/network/states.js'
import { createPotential } from '../../physics/potential/potential.js'
import { generationProtocol } from '../../physics/protocol/generation-protocol.js'
import { createNoising, type Noising } from '../../physics/protocol/noising.js'
import { extentOf, type Learned, viewOf } from './learned-view.js'
import type { LearningFrame, Scene, SceneDrawn, SceneQuestions } from './messages.js'
import type { LearningRecord } from './record.js'

/** Training under way, with the losses that no frame has shown yet: iteration and loss in turn. */
interface Course {
  readonly task: TrainingTask
  readonly state: TrainingState
  readonly losses: number[]
}

/**
 * Two oscillators that learn a mixture, iteration by iteration: `train` as the scenario's run calls it, stopped and gone on with, to the
 * same bits on the reference backend.
 */
export function learningScene(record: LearningRecord): Scene {
  const { bath, drive, seed } = record
  const noising = createNoising(record.noising, bath)
  const learned: Learned = {
    potential: createPotential(createNetwork(record.network), record.potential, bath.kT),
    ...{ noising, drive },
    mixture: createMixture(record.mixture),
  }
  let course = begin(record, learned, seed)
  let chosen: number | null = null
  const frame = () => frameOf(learned, course, chosen)
  return {
    opened: {
      kind: 'learning',
      knots: Float64Array.from(noising.knots),
      data: Float32Array.from(course.task.data.train.points),
      iterations: iterationsOf(record, noising),
      extent: extentOf(learned),
    },
    begin(ask) {
      course = begin(record, learned, ask.seed)
      return frame()
    },
    async advance({ steps }) {
      await learn(record, course, steps)
      return frame()
    },
    set({ knot = chosen }) {
      chosen = knot
      return frame()
    },
    draw: (ask) => draw(record, learned, course.state.finished, ask),
  }
}

/** Training that has not begun, on data of a seed. */
function begin({ samples }: LearningRecord, { potential, noising, drive, mixture }: Learned, seed: number): Course {
  const data = {
    train: sampleMixture(mixture, samples, seed, 0),
    heldOut: sampleMixture(mixture, Math.ceil(samples / 2), seed, 1),
  }
  return {
    task: { potential, noising, drive, seed, data },
    state: createTrainingState(startParameters(potential, noising, seed)),
    losses: [],
  }
}

/** Goes on by so many iterations, or to the end; where knots are solved at once, by one of them. */
async function learn({ learning }: LearningRecord, { task, state, losses }: Course, steps: number): Promise<void> {
  const stop = new AbortController()
  const until = state.step + steps
  const hooks = {
    signal: stop.signal,
    onProgress({ loss }: { readonly loss?: number }) {
      if (loss !== undefined) losses.push(state.step, loss)
      if (state.step >= until) stop.abort()
    },
    record({ kind }: { readonly kind: string }) {
      if (kind === 'slice' && learning.rule === 'least-squares') stop.abort()
    },
  }
  await train(task, learning, state, createReference(), hooks).catch((error: unknown) => {
    if (!(error instanceof StoppedError)) throw error
  })
}

function frameOf(learned: Learned, { state, losses }: Course, chosen: number | null): LearningFrame {
  const { finished, theta, step } = state
  const last = learned.noising.knots.length - 1
  const knot = Math.min(finished.length, last)
  // Of a knot at which nothing was learned yet there is no landscape: that of the present one is shown.
  const at = Math.min(chosen ?? knot, knot)
  return {
    kind: 'learning',
    ...{ iteration: step, knot },
    losses: Float64Array.from(losses.splice(0)),
    view: viewOf(learned, finished[at] ?? theta, at),
    done: finished.length > last,
  }
}

/** Iterations of all knots together: the first has three times as many; none where they are solved. */
function iterationsOf({ learning }: LearningRecord, { knots }: Noising): number {
  const { rule, iterations, settle } = learning
  if (rule === 'least-squares') return 0
  return (knots.length + 2) * (iterations ?? defaultStages.iterations) + knots.length * (settle?.iterations ?? 0)
}

/** Generation from the noise down to the last knot that was learned; noise where there is no way to go yet. */
async function draw(
  { bath, generation }: LearningRecord,
  { potential, noising }: Learned,
  finished: readonly Float64Array[],
  { trajectories, seed }: SceneQuestions['draw']['ask'],
): Promise<SceneDrawn> {
  const start = gaussianStart(seed, 0, bath.kT / noising.stiffness)
  if (finished.length < 2) {
    const x = new Float64Array(potential.network.units * trajectories)
    start(x, 0, trajectories)
    return { samples: Float32Array.from(rowsOf({ x, batch: trajectories }).points), t: noising.knots[0]! }
  }
  const learned = { ...noising, knots: noising.knots.slice(0, finished.length) }
  const protocol = generationProtocol(learned, finished, generation)
  const simulation = simulationOf({ potential, protocol, bath, trajectories, seed, start })
  const { final } = await createReference().simulate(simulation)
  return { samples: Float32Array.from(final.points), t: learned.knots.at(-1)! }
}
