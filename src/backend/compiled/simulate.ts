import { divergenceLimit } from '../../physics/dynamics/divergence.js'
import type { Ensemble, InitialStates } from '../../physics/dynamics/ensemble.js'
import { requireExchange } from '../../physics/dynamics/evolve.js'
import { schemeOf } from '../../physics/dynamics/integrators.js'
import type { Frame, Observer } from '../../physics/dynamics/observer.js'
import type { WorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { arrays, keepRows } from '../../physics/network/states.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { Simulation } from '../backend.js'
import { tellOverflow } from '../formula-rounding.js'
import { breathe } from '../hooks.js'
import { type Resumed, restore, resumed, type SimulationHooks, type SimulationState } from '../resume.js'
import { numberIn, runawayError } from '../simulation.js'
import { createGroups, type Groups } from './groups.js'
import type { Arena } from './memory.js'
import { groupsTogether, type Pool } from './programs.js'
import { energyRow, lanes, recordBytes, rowBytes, shardsOf } from './shards.js'
import { createStretches } from './stretches.js'
import { describeSystem, type System } from './system.js'

/** Bytes of states that are in memory at once; larger ensembles run in parts. */
const mostStateBytes = 2 ** 28
/** Multiply-adds between two looks at the event loop: some tens of milliseconds. */
const workOfStretch = 4e8

/**
 * Runs an ensemble with the kernels; see Backend.simulate.
 *
 * @param stateBytes - bytes of states that are in memory at once; never changes a bit of the result
 */
export async function simulateWithKernels(
  arena: Arena,
  pool: Pool,
  simulation: Simulation,
  hooks: SimulationHooks,
  stateBytes = mostStateBytes,
): Promise<Ensemble> {
  const { potential, protocol, bath, trajectories } = simulation
  const { units } = potential.network
  if (simulation.workAndHeat !== null) requireExchange(schemeOf(simulation.integrator))
  const mark = arena.mark()
  try {
    const system = describeSystem(potential, bath.kT, arena)
    const progress = resumed({ ...simulation, units, steps: protocol.dt.length }, hooks)
    const part = Math.max(1, Math.floor(stateBytes / system.groupBytes)) * lanes
    if (progress.first % part !== 0) throw progress.unfit()
    const partMark = arena.mark()
    for (let { first } = progress; first < trajectories; first += part) {
      const size = Math.min(part, trajectories - first)
      await simulatePart(arena, pool, system, simulation, first, size, progress, hooks)
      arena.release(partMark)
    }
    return progress.ensemble
  } finally {
    arena.release(mark)
  }
}

/** Trajectories first … first + size - 1, in memory. */
interface Part {
  readonly first: number
  readonly size: number
  readonly groups: Groups
  readonly units: number
  /** records of work and heat, [groups], `recordBytes` each; 0 when they are not measured */
  readonly record: number
  readonly recordBytes: number
}

/** Runs the trajectories first … first + size - 1, or goes on with them. */
async function simulatePart(
  arena: Arena,
  pool: Pool,
  system: System,
  simulation: Simulation,
  first: number,
  size: number,
  progress: Resumed,
  hooks: SimulationHooks,
): Promise<void> {
  const { potential, protocol, trajectories, workAndHeat } = simulation
  const { units } = potential.network
  const { ensemble } = progress
  const steps = protocol.dt.length
  const goesOn = first === progress.first ? progress.part : null
  const observers = simulation.observers.filter((observer) => first < observer.trajectories)
  const groups = createGroups(arena, units, system.rows, first, size, goesOn === null ? startsOf(simulation) : null)
  const stretches = createStretches(arena, pool, system, simulation, goesOn?.step ?? 0)
  const { recordBytes } = system
  const record = workAndHeat === null ? 0 : arena.take(groups.count * recordBytes)
  const part: Part = { first, size, groups, units, record, recordBytes }
  const diverged = arena.take(4 * groups.count)
  const together = groupsTogether(pool.traits, system)
  arena.i32(diverged, groups.count).fill(-1)
  const shared = sharedBy(arena, pool, system, part, together)
  const energyAtStart = new Float64Array(record === 0 ? 0 : groups.count * lanes)
  const own = () => ownOf(arena, part, energyAtStart)
  if (goesOn === null) {
    keep(part, ensemble.initial)
    if (record !== 0) {
      arena.f64(record, (groups.count * recordBytes) / 8).fill(0)
      await pool.run({ ...shared, program: 'energies', block: stretches.initial }, shardsOf(size))
      energyAtStart.set(energiesOf(arena, part))
    }
    show(arena, part, observers, protocol, -1)
  } else if (!restore(goesOn.own, own())) throw progress.unfit()
  const workOfStep = groups.count * lanes * (potential.size + 10 * units + 4 * system.formulas)
  const budget = Math.max(1, Math.floor(workOfStretch / workOfStep))
  for (let from = goesOn?.step ?? 0; from < steps; ) {
    const to = stretches.write(from, budget, (step) => observers.some((observer) => observer.wants(step)))
    const firstGroup = numberIn(simulation, first) / lanes
    await pool.run(
      { ...shared, program: 'advance', steps: stretches.record, from, to, firstGroup, together, diverged },
      shardsOf(size),
    )
    const runaway = earliest(arena.i32(diverged, groups.count))
    if (runaway !== null) throw ranAway(simulation, system, groups, runaway, hooks)
    show(arena, part, observers, protocol, to - 1)
    from = to
    hooks.onProgress?.({ phase: 'sample', done: first * steps + to * size, total: trajectories * steps })
    await breathe()
    await progress.between(first, to, own)
  }
  keep(part, ensemble.final)
  if (workAndHeat !== null) writeWorkAndHeat(arena, part, energyAtStart, workAndHeat)
}

/** Where trajectories start, by their places in the simulation. */
function startsOf(simulation: Simulation): InitialStates {
  return (x, first, batch) => simulation.start(x, numberIn(simulation, first), batch)
}

/** What a part goes on from between two stretches, as it lies in memory: the states of all its lanes, and the records of work and heat. */
function ownOf(
  arena: Arena,
  { groups, record, recordBytes }: Part,
  energyAtStart: Float64Array,
): SimulationState['own'] {
  return {
    groups: arena.f32(groups.address, groups.words),
    records: arena.f64(record, record === 0 ? 0 : (groups.count * recordBytes) / 8),
    energyAtStart,
  }
}

/** What all jobs of a part are told; scratch memory for each thread. */
function sharedBy(
  arena: Arena,
  pool: Pool,
  system: System,
  { size, groups, record, recordBytes }: Part,
  together: number,
) {
  const scratchBytes = together * system.scratchBytes
  return {
    system: system.address,
    trajectories: size,
    x: groups.address,
    groupBytes: system.groupBytes,
    scratch: arena.take(pool.threads * scratchBytes),
    scratchBytes,
    ...{ record, recordBytes },
  }
}

/** Copies the present states to their rows of a set of points. */
function keep({ groups }: Part, points: Ensemble['initial']): void {
  for (let group = 0; group < groups.count; group++) {
    const { x, batch, first } = groups.read(group, 1)
    keepRows({ x, batch }, points, first)
  }
}

/** Numbers that are shown at a time: they stay in a cache, and what is done once a batch costs little. */
const mostShown = 2 ** 14

/** Shows the states after step `index` to those who want them, several groups at a time. */
function show(arena: Arena, part: Part, observers: readonly Observer[], { clock }: Protocol, index: number): void {
  const { first, size, groups, units } = part
  const looking = observers.filter((observer) => observer.wants(index))
  const seen = looking.reduce((most, { trajectories }) => Math.max(most, Math.min(size, trajectories - first)), 0)
  const together = Math.max(1, Math.floor(mostShown / (units * lanes)))
  for (let group = 0; group * lanes < seen; group += together) {
    const states = groups.read(group, Math.min(together, Math.ceil(seen / lanes) - group))
    const shown = { index, clock: clock[index + 1]!, ...states, ...exchanged(arena, part, group, states.batch) }
    for (const observer of looking) if (states.first < observer.trajectories) observer.see(shown)
  }
}

/** Work and heat so far of a batch that begins with a group; nothing where they are not measured. */
function exchanged(
  arena: Arena,
  { record, recordBytes }: Part,
  group: number,
  batch: number,
): Pick<Frame, 'work' | 'heat'> {
  if (record === 0) return {}
  const [work, heat] = arrays(2, batch)
  const groups = Math.ceil(batch / lanes)
  const rows = arena.f64(record + group * recordBytes, (groups * recordBytes) / 8)
  for (let n = 0; n < batch; n++) {
    const at = (Math.floor(n / lanes) * recordBytes) / 8 + (n % lanes)
    work[n] = rows[at]!
    heat[n] = rows[at + lanes]!
  }
  return { work, heat }
}

/** The energies in the records, [groups·16]. */
function energiesOf(arena: Arena, { groups, record, recordBytes }: Part): Float64Array {
  return Float64Array.from({ length: groups.count * lanes }, (_, n) => {
    const group = Math.floor(n / lanes)
    return arena.f64(record + group * recordBytes + energyRow, lanes)[n % lanes]!
  })
}

/** Copies what the records hold at the end. */
function writeWorkAndHeat(
  arena: Arena,
  part: Part,
  energyAtStart: Float64Array,
  { work, heat, heatIntegral, energyChange, heatOfBath }: WorkAndHeat,
): void {
  const { first, size, record, recordBytes: bytes } = part
  const energyAtEnd = energiesOf(arena, part)
  const rows = [work, heat, heatIntegral].map((values, row) => ({ values, row }))
  // Those of the baths follow the record that all have.
  heatOfBath?.forEach((values, bath) => void rows.push({ values, row: recordBytes / rowBytes + bath }))
  for (let n = 0; n < size; n++) {
    const group = arena.f64(record + Math.floor(n / lanes) * bytes, bytes / 8)
    for (const { values, row } of rows) values[first + n] = group[row * lanes + (n % lanes)]!
    energyChange[first + n] = energyAtEnd[n]! - energyAtStart[n]!
  }
}

interface Runaway {
  readonly group: number
  readonly step: number
}

/** The group that diverged at the earliest step, the first of those that did. */
function earliest(diverged: Int32Array): Runaway | null {
  let found: Runaway | null = null
  for (const [group, step] of diverged.entries())
    if (step >= 0 && (found === null || step < found.step)) found = { group, step }
  return found
}

/** The error for a trajectory that ran away; where a formula overflowed, that is told first. */
function ranAway(
  simulation: Simulation,
  system: System,
  groups: Groups,
  runaway: Runaway,
  hooks: SimulationHooks,
): Error {
  const { trajectory, x } = firstBeyond(groups, runaway, simulation.limit)
  if (system.formulas > 0 && !Number.isFinite(x)) tellOverflow(hooks, runaway.step, numberIn(simulation, trajectory))
  return runawayError(simulation, runaway.step, trajectory)
}

/** Of the groups that advanced together the first with a trajectory beyond the limit is the one that diverged; and where that is. */
function firstBeyond(groups: Groups, runaway: Runaway, limit = divergenceLimit): { trajectory: number; x: number } {
  for (let group = runaway.group; group < groups.count; group++) {
    const { x, batch, first } = groups.read(group, 1)
    const beyond = x.findIndex((value) => !(Math.abs(value) < limit))
    if (beyond >= 0) return { trajectory: first + (beyond % batch), x: x[beyond]! }
  }
  throw new Error('a kernel reported a divergence that is not there')
}
