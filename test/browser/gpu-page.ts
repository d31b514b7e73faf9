// What runs in the page: the gpu backend beside the float64 reference. Everything that comes back is plain data.
import type { Backend, LearningTask, Simulation } from '../../src/backend/backend.js'
import { columnOf } from '../../src/backend/gpu/columns.js'
import { openDevice } from '../../src/backend/gpu/device.js'
import { createGpu } from '../../src/backend/gpu/gpu.js'
import { normalFunctions } from '../../src/backend/gpu/normals.js'
import { createReference } from '../../src/backend/reference.js'
import type { SimulationState } from '../../src/backend/resume.js'
import { StoppedError } from '../../src/errors.js'
import { decodePlainData, encodePlainData } from '../../src/experiment/files/plain-data.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import type { Observer } from '../../src/physics/dynamics/observer.js'
import { createWorkAndHeat, type WorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import type { Network } from '../../src/physics/network/network.js'
import { fillNormals } from '../../src/physics/noise/gaussian.js'
import { keyOf } from '../../src/physics/noise/philox.js'
import { observeTrajectories } from '../../src/physics/observe/trajectories.js'
import { onsiteTerm, stiffness } from '../../src/physics/potential/onsite.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { createNoising } from '../../src/physics/protocol/noising.js'
import { constantProtocol, type Protocol, scheduledProtocol } from '../../src/physics/protocol/protocol.js'
import { type Judged, judge } from '../random-traps.js'
import { type Company, everyTerm, lattice, normals as testNormals } from '../systems.js'

const reference = createReference()
/** of the bath, and of the hidden units in it */
const kT = 0.7
let opened: Promise<Backend> | null = null
/** one backend for all claims that do not close it */
const gpu = () => {
  opened ??= createGpu()
  return opened
}

/** A lattice by its rows, columns and range of couplings, and who is there besides. */
export type Lattice = [rows: number, columns: number, range: 'all' | number, company?: Company]

/** Largest difference, in units of the largest expected value. */
function deviation(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0
  let largest = 0
  for (let n = 0; n < expected.length; n++) {
    const apart = Math.abs(found[n]! - expected[n]!)
    if (!(apart <= difference)) difference = apart
    largest = Math.max(largest, Math.abs(expected[n]!))
  }
  return difference / largest
}

function simulation(network: Network, trajectories: number, given: Partial<Simulation> = {}): Simulation {
  const { potential, theta } = everyTerm(network, kT)
  return {
    potential,
    protocol: constantProtocol(theta, 0.02, 0.002),
    bath: { kT, mobility: 1.3 },
    start: gaussianStart(3, 0.1, 0.4),
    seed: 2 ** 40 + 5,
    integrator: 'euler-maruyama',
    trajectories,
    batch: 64,
    workAndHeat: null,
    observers: [],
    ...given,
  }
}

async function finalStates(backend: Backend, what: Simulation): Promise<Float64Array> {
  return (await backend.simulate(what, {})).final.points
}

/** The learned parameters appear with the first step: its work is the energy of the initial states. */
function suddenly(network: Network, dt: number, steps: number): Protocol {
  const { potential, theta } = everyTerm(network, kT)
  const before = new Float64Array(theta.length)
  for (const { given, offset } of potential.groups) if (given === true) before[offset] = theta[offset]!
  return {
    dt: new Float64Array(steps).fill(dt),
    clock: Float64Array.from({ length: steps + 1 }, (_, n) => n * dt),
    parameters(step, out) {
      out.set(step < 0 ? before : theta)
      return step <= 0
    },
  }
}

const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )

function learningTask(network: Network, data: number, given: Partial<LearningTask> = {}): LearningTask {
  const { potential } = everyTerm(network, kT)
  const points = (count: number, step: number) => ({
    points: testNormals(count * network.units, step),
    count,
    units: network.units,
  })
  const bath = { kT, mobility: 1.3 }
  return {
    potential,
    noising: createNoising({ stiffness: 1, duration: 3, tMin: 0.01, slices: 4, spacing: 'geometric' }, bath),
    drive: 'reverse',
    seed: 7,
    train: points(data, 3),
    heldOut: points(Math.max(1, data - 1), 4),
    rule: 'force-matching',
    nudge: 0.01,
    ...given,
  }
}

declare function normals(...words: number[]): [number, number, number, number]
function normalsKernel(
  this: { thread: { x: number; y: number } },
  counter: number,
  step: number,
  stream: number,
  key0: number,
  key1: number,
): number[] {
  return normals(counter + this.thread.x, this.thread.y, step, stream, key0, key1)
}

export const claims = {
  hasAdapter: async () => {
    const { gpu } = (globalThis as Record<string, unknown>).navigator as {
      gpu?: { requestAdapter(): Promise<unknown> }
    }
    return gpu !== undefined && (await gpu.requestAdapter()) !== null
  },
  identity: async () => {
    const { name, device, threads } = await gpu()
    return { name, device, threads }
  },
  open: () => messageOf(createGpu()),

  /** the random harmonic schedules of these seeds */
  traps: async (from: number, to: number) => {
    const judged: Judged[] = []
    for (let seed = from; seed <= to; seed++) judged.push(await judge(await gpu(), seed))
    return judged
  },

  /** largest difference of the device's normals from the CPU's, relative to each, and the share that differs at all */
  normals: async (seed: number, step: number, first: number, units: number, count: number) => {
    const device = await openDevice(normalFunctions)
    const workspace = device.open()
    const kernel = workspace.kernel(normalsKernel, {
      width: count / 4,
      height: units,
      components: 4,
      takes: ['integer', 'integer', 'integer', 'integer', 'integer'],
    })
    const found = await workspace.read(await kernel(first / 4, step, 3, ...keyOf(seed)))
    workspace.release()
    await device.close()
    const expected = new Float64Array(units * count)
    fillNormals(seed, 3, step, units, first, count, expected)
    let relative = 0
    let different = 0
    for (let i = 0; i < units; i++)
      for (let b = 0; b < count; b++) {
        const value = expected[i * count + b]!
        const apart = Math.abs(found[i * count + columnOf(b)]! - value)
        if (apart !== 0) different++
        if (!(apart <= relative * Math.abs(value))) relative = apart / Math.abs(value)
      }
    return { relative, different: different / expected.length }
  },

  /** one noiseless step of length 1: x + F(x) */
  force: async (shape: Lattice, trajectories: number) => {
    const network = lattice(...shape)
    const { theta } = everyTerm(network, kT)
    const what = simulation(network, trajectories, {
      protocol: { ...constantProtocol(theta, 1, 1), kT: Float64Array.of(0) },
      bath: { kT, mobility: 1 },
    })
    return deviation(await finalStates(await gpu(), what), await finalStates(reference, what))
  },

  /** the energy of the initial states, by the work of a landscape that appears */
  energy: async (shape: Lattice, trajectories: number) => {
    const network = lattice(...shape)
    const measure = async (backend: Backend) => {
      const workAndHeat = createWorkAndHeat(trajectories)
      const protocol = suddenly(network, 1e-3, 1)
      await finalStates(backend, simulation(network, trajectories, { protocol, workAndHeat }))
      return workAndHeat.work
    }
    return deviation(await measure(await gpu()), await measure(reference))
  },

  gradient: async (shape: Lattice, size: number, rule: Pick<LearningTask, 'rule' | 'nudge' | 'sides'>) => {
    const network = lattice(...shape)
    const task = learningTask(network, 9, rule)
    const { theta } = everyTerm(network, kT)
    const measure = async (backend: Backend) => {
      const learner = backend.learner(task)
      const gradient = new Float64Array(theta.length)
      const loss = await learner.gradient(theta, 0.3, size, 11, gradient)
      return { gradient, losses: [loss, await learner.loss(theta, 0.3, 'heldOut', 2)] }
    }
    const found = await measure(await gpu())
    const expected = await measure(reference)
    return {
      gradient: deviation(found.gradient, expected.gradient),
      loss: Math.max(...found.losses.map((loss, n) => Math.abs(loss / expected.losses[n]! - 1))),
    }
  },

  /** a set in several parts, both ways at once, and descent */
  learning: async (data: number) => {
    const network = lattice(2, 2, 'all', { hidden: { units: 3, temperature: 0.1 }, labels: 1 })
    const task = learningTask(network, data, { drive: 'quasi-static', rule: 'nudged-force-matching' })
    const { theta, potential } = everyTerm(network, kT)
    const measure = async (backend: Backend) => {
      const learner = backend.learner(task)
      const gradient = new Float64Array(theta.length)
      const [loss] = await Promise.all([
        learner.loss(theta, 1, 'train', 2),
        learner.gradient(theta, 0.3, data, 11, gradient),
      ])
      const state = {
        theta: theta.slice(),
        average: new Float64Array(theta.length),
        averaged: 0,
        adam: { mean: new Float64Array(theta.length), square: new Float64Array(theta.length), steps: 0 },
      }
      const descent = learner.descend(state, potential.lowerBound, new Float64Array(theta.length).fill(1))
      const options = { beta1: 0.9, beta2: 0.999, rate: 0.01, average: true }
      for (let step = 0; step < 3; step++) await descent.step(0.3, 20, step, options)
      descent.sync()
      return { loss, gradient, theta: state.theta }
    }
    const found = await measure(await gpu())
    const expected = await measure(reference)
    return {
      loss: Math.abs(found.loss / expected.loss - 1),
      gradient: deviation(found.gradient, expected.gradient),
      theta: deviation(found.theta, expected.theta),
    }
  },

  /** ten steps with noise; work, heat and the first law, with `moving` in a landscape that moves and a bath that warms up */
  motion: async (shape: Lattice, trajectories: number, moving: boolean) => {
    const network = lattice(...shape)
    const { theta } = everyTerm(network, kT)
    const still = constantProtocol(theta, 0.02, 0.002)
    const last = theta.length - 1
    const ramps = [0, last].map((parameter) => ({ parameter, value: (t: number) => theta[parameter]! + 20 * t }))
    const heated = { kT: Float64Array.from({ length: 10 }, (_, n) => 0.1 * n) }
    const protocol = moving ? { ...scheduledProtocol(theta, ramps, 0.02, 0.002), ...heated } : still
    const measure = async (backend: Backend) => {
      const workAndHeat = createWorkAndHeat(trajectories)
      const final = await finalStates(backend, simulation(network, trajectories, { protocol, workAndHeat }))
      return { final, ...workAndHeat }
    }
    const found = await measure(await gpu())
    const expected = await measure(reference)
    const scale = expected.heat.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const apart = (name: Exclude<keyof WorkAndHeat, 'heatOfBath'>) =>
      found[name].reduce((most, value, n) => Math.max(most, Math.abs(value - expected[name][n]!)), 0) / scale
    return {
      final: deviation(found.final, expected.final),
      work: apart('work'),
      heat: apart('heat'),
      heatIntegral: apart('heatIntegral'),
      energyChange: apart('energyChange'),
      firstLaw: found.work.reduce(
        (most, w, n) => Math.max(most, Math.abs(w - found.heat[n]! - found.energyChange[n]!)),
        0,
      ),
      // Without work and heat other kernels run, in another order.
      unmeasured: deviation(
        await finalStates(await gpu(), simulation(network, trajectories, { protocol })),
        found.final,
      ),
    }
  },

  /** how many numbers of a small ensemble differ when it is cut otherwise, or when there are more trajectories */
  cuts: async () => {
    const network = lattice(3, 3, 1)
    const whole = await finalStates(await gpu(), simulation(network, 65))
    const differences = []
    for (const given of [{ batch: 1 }, { batch: 7 }, { trajectories: 200 }, { trajectories: 3 }] as const) {
      const states = await finalStates(await gpu(), simulation(network, 65, given))
      const common = Math.min(whole.length, states.length)
      differences.push(whole.subarray(0, common).filter((value, n) => value !== states[n]).length)
    }
    return differences
  },

  /** an ensemble of more than one part: largest deviation, and what an observer saw of its last trajectory */
  parts: async (trajectories: number) => {
    const network = lattice(1, 1, 'all')
    const protocol = suddenly(network, 0.01, 2)
    const measure = async (backend: Backend) => {
      const seen: [index: number, first: number, batch: number, last: number][] = []
      const observer = {
        trajectories,
        wants: (index: number) => index === 1,
        see({ index, first, batch, x }: { index: number; first: number; batch: number; x: Float64Array }) {
          seen.push([index, first, batch, x[batch - 1]!])
        },
      }
      const workAndHeat = createWorkAndHeat(trajectories)
      const given = { protocol, workAndHeat, observers: [observer], batch: 65536 }
      const final = await finalStates(backend, simulation(network, trajectories, given))
      return { final, seen, work: workAndHeat.work, last: final.at(-1)! }
    }
    const found = await measure(await gpu())
    const expected = await measure(reference)
    return {
      final: deviation(found.final, expected.final),
      work: deviation(found.work, expected.work),
      frames: found.seen.map(([index, first]) => [index, first]),
      covered: found.seen.reduce((sum, [, , batch]) => sum + batch, 0),
      last: found.seen.at(-1)![3] === found.last,
    }
  },

  frames: async () => {
    const measure = async (backend: Backend) => {
      const observer = observeTrajectories(5, 9, 10, 4)
      const heat: number[] = []
      const exchange: Observer = {
        trajectories: 20,
        wants: (index) => index === 5,
        see: (frame) => heat.push(...frame.heat!.subarray(0, 20 - frame.first)),
      }
      const given = { observers: [observer, exchange], workAndHeat: createWorkAndHeat(20) }
      await finalStates(backend, simulation(lattice(3, 3, 'all'), 20, given))
      return { ...observer, heat: Float64Array.from(heat) }
    }
    const found = await measure(await gpu())
    const expected = await measure(reference)
    return {
      x: deviation(found.x, expected.x),
      time: deviation(found.time, expected.time),
      heat: deviation(found.heat, expected.heat),
    }
  },

  /** the messages of both backends for a step that is too long */
  divergence: async (measured: boolean) => {
    const network = lattice(3, 3, 'all')
    const { theta } = everyTerm(network, kT)
    const messages = []
    for (const backend of [reference, await gpu()]) {
      const workAndHeat = measured ? createWorkAndHeat(33) : null
      const protocol = constantProtocol(theta, 0.3 * 40, 0.3)
      // One trajectory is far enough out to run away, after some steps.
      const start: Simulation['start'] = (x, first, batch) => {
        for (let n = 0; n < x.length; n++) x[n] = first + (n % batch) === 21 ? 1.2 : 0.01
      }
      messages.push(await messageOf(backend.simulate(simulation(network, 33, { protocol, start, workAndHeat }), {})))
    }
    return messages
  },

  stopped: async () => {
    const controller = new AbortController()
    const reports: number[] = []
    const { theta } = everyTerm(lattice(2, 2, 'all'))
    const what = simulation(lattice(2, 2, 'all'), 4, { protocol: constantProtocol(theta, 100, 0.001) })
    const stopped = (await gpu()).simulate(what, {
      signal: controller.signal,
      onProgress({ done, total }) {
        reports.push(done / total)
        if (reports.length === 2) controller.abort()
      },
    })
    return { message: await messageOf(stopped), reports }
  },

  /**
   * how many numbers of a run differ that is stopped at a chance, its state as bytes, and goes on afresh, again and again; and how often it was
   * stopped
   */
  resumed: async (
    shape: Lattice,
    trajectories: number,
    steps: number,
    schedule: 'still' | 'hold',
    measured: boolean,
    at: number,
  ) => {
    const network = lattice(...shape)
    const { theta } = everyTerm(network, kT)
    const still = constantProtocol(theta, 0.002 * steps, 0.002)
    const held: Protocol = {
      ...still,
      parameters(step, out) {
        theta.forEach((value, a) => {
          out[a] = value * (1 + 0.1 * Math.max(0, Math.floor(step / 3)))
        })
        return step < 0 || step % 3 === 0
      },
    }
    const run = async (found: Uint8Array | null, end: number) => {
      const observer = observeTrajectories(5, network.units, steps, 6)
      const workAndHeat = measured ? createWorkAndHeat(trajectories) : null
      const controller = new AbortController()
      let [state, chances] = [found, 0]
      const protocol = schedule === 'hold' ? held : still
      const given = { protocol, workAndHeat, observers: [observer] }
      const work = (await gpu()).simulate(simulation(network, trajectories, given), {
        signal: controller.signal,
        onProgress: () => ++chances === end && controller.abort(),
        keeper: {
          found: found === null ? null : (decodePlainData(found, 'page').value() as SimulationState),
          isDue: () => false,
          keep(kept) {
            state = encodePlainData(kept, {})
          },
          unfit: (what) => new Error(what),
        },
      })
      const ensemble = await work.catch((error: unknown) => {
        if (error instanceof StoppedError) return null
        throw error
      })
      if (ensemble === null) return { state, numbers: null }
      const { initial, final } = ensemble
      return { state, numbers: [initial.points, final.points, observer.x, ...Object.values(workAndHeat ?? {})] }
    }
    const whole = (await run(null, 0)).numbers!
    let [outcome, stops] = [await run(null, at), 0]
    for (; outcome.numbers === null; stops++) outcome = await run(outcome.state, at)
    const different = outcome.numbers.map(
      (values: Float64Array, n) => values.filter((value, k) => !Object.is(value, whole[n]![k])).length,
    )
    return { stops, different: different.reduce((sum, count) => sum + count, 0) }
  },

  refusals: async () => {
    const { refusal } = await gpu()
    const network = lattice(2, 2, 'all')
    const oscillators = lattice(2, 2, 'all', { hidden: { units: 2, kind: 'quartic' } })
    const { potential } = everyTerm(network)
    const cosine = onsiteTerm({ name: 'cosine' }, { value: () => {}, slope: () => {}, curvature: () => {} })
    const known = { potential, rule: 'force-matching', integrator: 'euler-maruyama' } as const
    return [
      refusal(known),
      refusal({ ...known, rule: 'implicit-score-matching' }),
      refusal({ ...known, integrator: 'heun' }),
      refusal({ ...known, potential: potentialOf(network, [stiffness, cosine]) }),
      refusal({ ...known, potential: everyTerm(oscillators).potential }),
      refusal({ ...known, potential: potentialOf(network, [stiffness, stiffness]) }),
    ]
  },

  /** what happens after close, with another backend still open and with none */
  closing: async () => {
    const what = simulation(lattice(2, 2, 'all'), 4)
    const first = await createGpu()
    const second = await createGpu()
    await first.close()
    const beside = await messageOf(second.simulate(what, {}))
    await second.close()
    if (opened !== null) await (await opened).close()
    opened = null
    const after = await messageOf(second.simulate(what, {}))
    return { beside, after, again: await messageOf((await gpu()).simulate(what, {})) }
  },
}
