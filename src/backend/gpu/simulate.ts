import { divergenceLimit } from '../../physics/dynamics/divergence.js'
import type { Ensemble } from '../../physics/dynamics/ensemble.js'
import { exchangedBy } from '../../physics/dynamics/work-and-heat.js'
import { keepRows } from '../../physics/network/states.js'
import { keyOf } from '../../physics/noise/philox.js'
import { stream } from '../../physics/noise/streams.js'
import type { Simulation } from '../backend.js'
import { type Resumed, restore, resumed, type SimulationHooks } from '../resume.js'
import { numberIn, runawayError } from '../simulation.js'
import { fromColumns, toColumns } from './columns.js'
import type { GpuDevice } from './device.js'
import { createExchangeMeter, type ExchangeMeter, type Part } from './exchange.js'
import { createFields, type Fields } from './fields.js'
import { move, moveTakes } from './kernels.js'
import { createDeviceLandscape, type DeviceLandscape } from './landscape.js'
import type { DeviceArray, DeviceKernel, Workspace } from './workspace.js'

/** Trajectories of a Philox group: a part of the ensemble begins at a multiple of it. */
const group = 16
/** Numbers in an array of states, and columns, at most; larger ensembles run in parts. A row of threads has a limit too. */
const mostNumbers = 2 ** 22
const mostColumns = 2 ** 18
/** Steps between two looks at the states, at most. */
const mostStretch = 4096
/** Milliseconds that a stretch of steps should take, at least and at most; no result depends on it. */
const [shortest, longest] = [50, 200]

/**
 * A coordinate that diverges in step n of a stretch becomes this + n and stays so: the states themselves say when, and
 * nothing grows to an infinity, which WGSL does not promise to keep. Whole numbers are exact up to 2²⁴.
 */
const divergedMark = 2 ** 21

/** What a step runs on. There are two, since no kernel may write what it reads. */
interface Stage {
  readonly fields: (x: DeviceArray) => Promise<Fields>
  readonly move: DeviceKernel
}

/** All that the parts of an ensemble run on, one after the other. */
interface Rig {
  readonly workspace: Workspace
  readonly landscape: DeviceLandscape
  readonly stages: readonly [Stage, Stage]
  /** states that a part begins or goes on with, [units, columns] */
  readonly start: DeviceArray
}

/** Runs an ensemble on the device; see Backend.simulate. */
export async function simulateOnDevice(
  device: GpuDevice,
  simulation: Simulation,
  hooks: SimulationHooks,
): Promise<Ensemble> {
  const { potential, protocol, trajectories } = simulation
  const { units, hidden } = potential.network
  const progress = resumed({ ...simulation, units, steps: protocol.dt.length }, hooks)
  const parts = Math.ceil(trajectories * Math.max(Math.max(units, hidden) / mostNumbers, 1 / mostColumns))
  const columns = Math.ceil(trajectories / parts / group) * group
  if (progress.first % columns !== 0) throw progress.unfit()
  const workspace = device.open()
  try {
    const landscape = createDeviceLandscape(potential, simulation.bath.kT, workspace)
    const stage = (): Stage => ({
      fields: createFields(workspace, landscape, units, columns),
      move: workspace.kernel(move, {
        width: columns / 4,
        height: units,
        components: 4,
        takes: moveTakes,
        constants: { limit: divergenceLimit },
      }),
    })
    const rig: Rig = { workspace, landscape, stages: [stage(), stage()], start: workspace.array(columns, units) }
    for (let { first } = progress; first < trajectories; first += columns)
      await simulatePart(rig, simulation, first, progress, hooks)
    return progress.ensemble
  } finally {
    workspace.release()
  }
}

/** Where a part of an ensemble has come: its states on the device, and its landscape. */
interface Motion {
  x: DeviceArray
  /** of x in the landscape of `theta` */
  fields: Fields
  readonly theta: Float64Array
  readonly exchange: ExchangeMeter | null
}

/** Runs the trajectories from `first` on that fit in a part, or goes on with them. */
async function simulatePart(
  rig: Rig,
  simulation: Simulation,
  first: number,
  progress: Resumed,
  hooks: SimulationHooks,
): Promise<void> {
  const { protocol, trajectories, observers } = simulation
  const { units } = simulation.potential.network
  const columns = rig.start.width
  const size = Math.min(columns, trajectories - first)
  const steps = protocol.dt.length
  const goesOn = first === progress.first ? progress.part : null
  const states = new Float64Array(units * size)
  simulation.start(states, numberIn(simulation, first), size)
  rig.workspace.write(rig.start, toColumns(states, size, columns))
  for (let n = 0; n < states.length; n++) states[n] = Math.fround(states[n]!)
  keepRows({ x: states, batch: size }, progress.ensemble.initial, first)
  const looks = observers.filter((observer) => first < observer.trajectories)
  // What the exchange meter has collected when states are shown.
  const exchanged = exchangedBy(simulation.workAndHeat, first, size)
  const show = (index: number) => {
    for (const observer of looks)
      if (observer.wants(index))
        observer.see({ index, clock: protocol.clock[index + 1]!, first, batch: size, x: states, ...exchanged })
  }
  if (goesOn === null) show(-1)
  const motion = await beginMotion(rig, simulation, { first, size, columns, units })
  const own = () => ({ states, ...motion.exchange?.memory })
  if (goesOn !== null) {
    if (!restore(goesOn.own, own())) throw progress.unfit()
    rig.workspace.write(rig.start, toColumns(states, size, columns))
    await goOn(rig, simulation, motion, goesOn.step)
  }
  let stretch = 1
  for (let from = goesOn?.step ?? 0; from < steps; ) {
    const began = performance.now()
    const most = Math.min(steps, from + Math.min(stretch, motion.exchange?.mostSteps ?? mostStretch))
    let step = from
    for (; step < most; step++) {
      if (step > from && looks.some((observer) => observer.wants(step - 1))) break
      await advance(rig, simulation, motion, step, first, divergedMark + step - from)
    }
    fromColumns(await rig.workspace.read(motion.x), columns, states, size)
    await motion.exchange?.collect()
    await rig.workspace.settle()
    const runaway = earliestMark(states, size)
    if (runaway !== null) throw runawayError(simulation, from + runaway.mark, first + runaway.trajectory)
    show(step - 1)
    hooks.onProgress?.({ phase: 'sample', done: first * steps + step * size, total: trajectories * steps })
    const took = performance.now() - began
    if (took < shortest) stretch = Math.min(mostStretch, 2 * stretch)
    else if (took > longest) stretch = Math.ceil(stretch / 2)
    from = step
    await progress.between(first, step, own)
  }
  keepRows({ x: states, batch: size }, progress.ensemble.final, first)
}

/** The initial states in the landscape before the first step. */
async function beginMotion(
  { workspace, landscape, stages, start }: Rig,
  { potential, protocol, workAndHeat }: Simulation,
  part: Part,
): Promise<Motion> {
  const theta = new Float64Array(potential.size)
  protocol.parameters(-1, theta)
  landscape.write(theta)
  const fields = await stages[0].fields(start)
  const exchange =
    workAndHeat === null ? null : await createExchangeMeter(workspace, landscape, workAndHeat, part, start, fields)
  return { x: start, fields, theta, exchange }
}

/** The states that were written to `start` after so many steps, in the landscape of the last of them. */
async function goOn({ landscape, stages, start }: Rig, { protocol }: Simulation, motion: Motion, step: number) {
  protocol.parameters(step - 1, motion.theta)
  landscape.write(motion.theta)
  motion.fields = await stages[step & 1]!.fields(start)
}

/** One step. A coordinate that diverges in it becomes `mark`. */
async function advance(
  { landscape, stages }: Rig,
  simulation: Simulation,
  motion: Motion,
  step: number,
  first: number,
  mark: number,
): Promise<void> {
  const { protocol, bath, seed } = simulation
  const { x, theta, exchange } = motion
  const here = stages[step & 1]!
  const there = stages[(step + 1) & 1]!
  const changed = protocol.parameters(step, theta)
  if (changed) landscape.write(theta)
  // With work and heat, the fields of an unchanged landscape are there from the end of the step before.
  if (changed || (exchange === null && step > 0)) motion.fields = await here.fields(x)
  const { fields } = motion
  const drift = bath.mobility * protocol.dt[step]!
  const kick = Math.sqrt(2 * bath.mobility * (protocol.kT?.[step] ?? bath.kT) * protocol.dt[step]!)
  const noise = [numberIn(simulation, first) / 4, step, stream.dynamics, ...keyOf(seed)]
  motion.x = await here.move(x, landscape.onsite, fields.s, fields.t, drift, kick, mark, ...noise)
  if (exchange === null) return
  motion.fields = await there.fields(motion.x)
  await exchange.add(x, fields, motion.x, motion.fields, changed)
}

/** The earliest mark among states [units, size], and its first trajectory; null when none has diverged. */
function earliestMark(states: Float64Array, size: number): { mark: number; trajectory: number } | null {
  let earliest: { mark: number; trajectory: number } | null = null
  states.forEach((value, n) => {
    if (Math.abs(value) < divergenceLimit) return
    // What is no mark was beyond the limit from the start.
    const mark = value >= divergedMark && value < divergedMark + mostStretch ? value - divergedMark : 0
    const trajectory = n % size
    if (earliest === null || mark < earliest.mark || (mark === earliest.mark && trajectory < earliest.trajectory))
      earliest = { mark, trajectory }
  })
  return earliest
}
