import { divergedError, divergenceLimit } from '../../dynamics/divergence.js'
import { driveNetwork } from '../../dynamics/drive.js'
import { createEnsemble, type Ensemble, keepRows } from '../../dynamics/ensemble.js'
import { keyOf } from '../../noise/philox.js'
import { stream } from '../../noise/streams.js'
import type { Simulation } from '../backend.js'
import { breathe, type Hooks } from '../hooks.js'
import type { Arena } from './memory.js'
import type { Pool } from './pool.js'
import { energyRow, groupsOf, lanes, recordBytes, shardsOf } from './programs.js'
import { describeSystem, type System } from './system.js'

/** Bytes of states that are in memory at once; larger ensembles run in parts. */
const mostStateBytes = 2 ** 28
/** Bytes of parameter blocks that are written ahead: they should stay in a cache. */
const mostBlockBytes = 2 ** 22
/** Multiply-adds between two looks at the event loop: some tens of milliseconds. */
const workOfStretch = 4e8
const mostStretch = 4096

/** Runs an ensemble with the kernels; see Backend.simulate. */
export async function simulate(
  arena: Arena,
  pool: Pool,
  simulation: Simulation,
  hooks: Hooks,
): Promise<Ensemble | null> {
  const { potential, bath, trajectories } = simulation
  const mark = arena.mark()
  try {
    const system = describeSystem(potential, bath.kT, arena)
    const ensemble = createEnsemble(trajectories, potential.network.units)
    const part = Math.max(1, Math.floor(mostStateBytes / system.groupBytes)) * lanes
    const partMark = arena.mark()
    for (let first = 0; first < trajectories; first += part) {
      const size = Math.min(part, trajectories - first)
      if (!(await simulatePart(arena, pool, system, simulation, first, size, ensemble, hooks))) return null
      arena.release(partMark)
    }
    return ensemble
  } finally {
    arena.release(mark)
  }
}

/** Runs trajectories first … first + size - 1; false when the signal stopped it. */
async function simulatePart(
  arena: Arena,
  pool: Pool,
  system: System,
  simulation: Simulation,
  first: number,
  size: number,
  ensemble: Ensemble,
  hooks: Hooks,
): Promise<boolean> {
  const { potential, protocol, bath, integrator, start, seed, trajectories, workAndHeat, observers } = simulation
  const coloured = integrator === 'leimkuhler-matthews'
  const { units } = potential.network
  const { rows, groupBytes, blockBytes } = system
  const groups = groupsOf(size)
  const x = arena.take(groups * groupBytes)
  arena.f32(x, (groups * groupBytes) / 4).fill(0)
  const shared = {
    system: system.address,
    trajectories: size,
    x,
    groupBytes,
    scratch: arena.take(pool.threads * system.scratchBytes),
    scratchBytes: system.scratchBytes,
  }

  const states = new Float64Array(units * lanes)
  /** the states of a group as [units, batch], and how many there are */
  const readGroup = (group: number) => {
    const batch = Math.min(lanes, size - group * lanes)
    const view = arena.f32(x + group * groupBytes, rows * lanes)
    const out = states.subarray(0, units * batch)
    for (let i = 0; i < units; i++) for (let b = 0; b < batch; b++) out[i * batch + b] = view[i * lanes + b]!
    return { x: out, batch, first: first + group * lanes }
  }
  for (let group = 0; group < groups; group++) {
    const batch = Math.min(lanes, size - group * lanes)
    const given = states.subarray(0, units * batch)
    start(given, first + group * lanes, batch)
    const view = arena.f32(x + group * groupBytes, rows * lanes)
    for (let i = 0; i < units; i++) for (let b = 0; b < batch; b++) view[i * lanes + b] = given[i * batch + b]!
    keepRows(readGroup(group).x, batch, ensemble.initial, first + group * lanes)
  }
  const show = (index: number) => {
    for (const observer of observers)
      if (first < observer.trajectories && observer.wants(index))
        for (let group = 0; group < groups && first + group * lanes < observer.trajectories; group++)
          observer.see({ index, clock: protocol.clock[index + 1]!, ...readGroup(group) })
  }
  show(-1)

  // One block for the landscape before the first step, and room to write some steps' ahead.
  const steps = protocol.dt.length
  const ahead = Math.max(2, Math.min(steps, mostStretch, Math.floor(mostBlockBytes / blockBytes)))
  const blocks = arena.take(ahead * blockBytes)
  arena.f32(blocks, (ahead * blockBytes) / 4).fill(0)
  const record = workAndHeat === null ? 0 : arena.take(groups * recordBytes)
  const diverged = arena.take(4 * groups)
  const thetaAddress = arena.take(8 * potential.size)
  const theta = arena.f64(thetaAddress, potential.size)
  const pack = (block: number) => pool.kernels.pack(thetaAddress, system.first, system.second, 0, potential.size, block)
  protocol.parameters(-1, theta)
  pack(blocks)
  const energyAtStart = new Float64Array(groups * lanes)
  if (record !== 0) {
    arena.f64(record, (groups * recordBytes) / 8).fill(0)
    await pool.run({ ...shared, program: 'energies', block: blocks, record }, shardsOf(size))
    for (let group = 0; group < groups; group++)
      energyAtStart.set(arena.f64(record + group * recordBytes + energyRow, lanes), group * lanes)
  }

  const stretch = arena.take(4 * 9)
  const stretchBlocks = arena.take(4 * mostStretch)
  const drift = arena.take(4 * mostStretch)
  const kick = arena.take(4 * mostStretch)
  const [key0, key1] = keyOf(seed)
  const budget = Math.max(
    1,
    Math.min(mostStretch, Math.floor(workOfStretch / (groups * lanes * (potential.size + 10 * units)))),
  )
  /** which block of the ring holds the present landscape */
  let present = 0
  for (let from = 0; from < steps; ) {
    const addresses = arena.i32(stretchBlocks, mostStretch)
    let written = 0
    let to = from
    for (; to < steps && to - from < budget; to++) {
      if (to > from && observers.some((observer) => first < observer.trajectories && observer.wants(to - 1))) break
      // The blocks of this stretch and the present one must not be overwritten.
      if (written === ahead - 1) break
      if (protocol.parameters(to, theta)) {
        present = (present + 1) % ahead
        pack(blocks + present * blockBytes)
        written++
      }
      addresses[to - from] = blocks + present * blockBytes
      arena.f32(drift, mostStretch)[to - from] = bath.mobility * protocol.dt[to]!
      const variance = 2 * bath.mobility * (protocol.kT?.[to] ?? bath.kT) * protocol.dt[to]!
      arena.f32(kick, mostStretch)[to - from] = Math.sqrt(coloured ? variance / 4 : variance)
    }
    arena.i32(stretch, 8).set([from, stretchBlocks, drift, kick, coloured ? 1 : 0, stream.dynamics, key0, key1])
    arena.f32(stretch + 32, 1)[0] = divergenceLimit
    const job = { ...shared, program: 'advance', steps: stretch, from, to, firstGroup: first / lanes } as const
    await pool.run({ ...job, record, diverged }, shardsOf(size))
    const runaway = earliest(arena.i32(diverged, groups))
    if (runaway !== null) {
      const { x: found, batch } = readGroup(runaway.group)
      const column = found.findIndex((value) => !(Math.abs(value) < divergenceLimit)) % batch
      const drive = driveNetwork(potential, protocol)
      drive.jump(runaway.step)
      const began = new Float64Array(units * batch)
      start(began, first + runaway.group * lanes, batch)
      throw divergedError(drive, bath, began, runaway.step, first + runaway.group * lanes, column)
    }
    show(to - 1)
    from = to
    hooks.onProgress?.({ phase: 'sample', done: first * steps + to * size, total: trajectories * steps })
    await breathe()
    if (hooks.signal?.aborted === true) return false
  }

  for (let group = 0; group < groups; group++) {
    const { x: last, batch, first: trajectory } = readGroup(group)
    keepRows(last, batch, ensemble.final, trajectory)
    if (workAndHeat === null) continue
    const [work, heat, integral, energy] = [0, 1, 2, 3].map((row) =>
      arena.f64(record + group * recordBytes + row * 8 * lanes, lanes),
    )
    for (let b = 0; b < batch; b++) {
      workAndHeat.work[trajectory + b] = work![b]!
      workAndHeat.heat[trajectory + b] = heat![b]!
      workAndHeat.heatIntegral[trajectory + b] = integral![b]!
      workAndHeat.energyChange[trajectory + b] = energy![b]! - energyAtStart[group * lanes + b]!
    }
  }
  return true
}

/** The group that diverged at the earliest step, the first of those that did. */
function earliest(diverged: Int32Array): { group: number; step: number } | null {
  let found: { group: number; step: number } | null = null
  diverged.forEach((step, group) => {
    if (step >= 0 && (found === null || step < found.step)) found = { group, step }
  })
  return found
}
