import type { Kernels } from './kernels.js'
import type { Views } from './memory.js'
import type { EvaluateJob, NormalsJob, ObjectiveJob, OnStates, SumJob, WalkJob, WeighJob } from './objective-jobs.js'
import { groupsOf, groupsOfShard, lanes } from './shards.js'

/** Arrays of a thread beside the kernels' scratch, each for a shard's groups, and two of hidden units. */
const arraysOfThread = 6
/** Groups whose kernels' scratch a thread has: those that advance together. */
export const kernelScratches = groupsOfShard

/** Bytes of a thread's arrays for these jobs. */
export function objectiveBytes(groupBytes: number, hiddenBytes: number): number {
  return groupsOfShard * (arraysOfThread * groupBytes + 2 * hiddenBytes) + energyBytes
}

/** Bytes of the energies of a group and of what else a trial measures, f64 [2][16]. */
const energyBytes = 16 * lanes

/** Where a thread has its arrays. */
interface Room {
  readonly scratch: number
  /** six of a shard's groups; what follows the first is free where a job goes by single groups, and holds their anchors */
  readonly arrays: readonly number[]
  readonly anchors: number
  /** of a group, f64 [2][16]; then what is left for hidden units */
  readonly energy: number
  readonly hidden: number
}

function roomOf({ scratch, scratchBytes, kernelScratch, groupBytes }: OnStates, thread: number): Room {
  const own = scratch + thread * scratchBytes
  const arrays = Array.from({ length: arraysOfThread }, (_, n) => own + kernelScratch + n * groupsOfShard * groupBytes)
  const energy = own + kernelScratch + arraysOfThread * groupsOfShard * groupBytes
  return { scratch: own, arrays, anchors: arrays[0]! + groupBytes, energy, hidden: energy + energyBytes }
}

/** Runs one shard of a job. What it writes depends on the shard alone, never on the thread. */
export function runObjectiveShard(kernels: Kernels, memory: Views, job: ObjectiveJob, shard: number, thread: number) {
  const first = shard * groupsOfShard
  const groups = Math.min(groupsOfShard, groupsOf(job.batch) - first)
  const room = roomOf(job, thread)
  if (job.program === 'sum') return sum(kernels, memory, job, room, first, groups, shard)
  if (job.program === 'walk' && job.kind === 'plain') return plainWalk(kernels, memory, job, room, first, groups)
  for (let group = first; group < first + groups; group++) {
    if (job.program === 'normals') drawGroup(kernels, job, room, group)
    else if (job.program === 'evaluate') evaluateGroup(kernels, memory, job, room, group)
    else if (job.program === 'weigh') weighGroup(kernels, memory, job, room, group)
    else if (job.kind === 'tethered') tetheredWalk(kernels, memory, job, room, group)
    else metropolisWalk(kernels, memory, job, room, group)
  }
}

/** How many states of a group there are. */
function countOf({ batch }: OnStates, group: number): number {
  return Math.min(lanes, batch - group * lanes)
}

/**
 * Copies the states of a group, or what is laid out like them at `from`, to [rows][16] float32, each times its weight where there are
 * any (f64 [batch], or 0); what is beyond them is zero.
 */
function load(kernels: Kernels, memory: Views, job: OnStates, from: number, group: number, to: number, weights = 0) {
  const { units, batch, groupBytes } = job
  const w = weights === 0 ? 0 : weights + 8 * group * lanes
  kernels.gather(from + 8 * group * lanes, 8 * batch, units, countOf(job, group), w, to)
  memory.f32(to + 64 * units, groupBytes / 4 - lanes * units).fill(0)
}

/** Copies the first `rows` of a group back to [units, batch] at `to`. */
function save(kernels: Kernels, job: OnStates, from: number, rows: number, group: number, to: number): void {
  kernels.scatter(from, rows, countOf(job, group), to + 8 * group * lanes, 8 * job.batch)
}

function drawGroup(kernels: Kernels, job: NormalsJob, { arrays }: Room, group: number): void {
  const { units, step, stream, key, states } = job
  kernels.normals(arrays[0]!, units, group, step, stream, ...key)
  save(kernels, job, arrays[0]!, units, group, states)
}

function evaluateGroup(kernels: Kernels, memory: Views, job: EvaluateJob, room: Room, group: number): void {
  const { block, force, energy, states, units, moving, batch } = job
  const [x, F] = room.arrays as [number, number]
  load(kernels, memory, job, states, group, x)
  if (force === 0) kernels.energies(job.system, block, x, room.scratch, room.energy)
  else {
    evaluate(kernels, job, room, block, x, F)
    save(kernels, job, F, moving, group, force)
    // Labels are clamped: the kernels have no force for them, and nobody needs it.
    for (let i = moving; i < units; i++)
      memory.f64(force + 8 * (i * batch + group * lanes), countOf(job, group)).fill(0)
  }
  const keep = (address: number) => {
    const count = countOf(job, group)
    memory.f64(address + 8 * group * lanes, count).set(memory.f64(room.energy, count))
  }
  if (energy !== 0) keep(energy)
  if (job.other === 0) return
  kernels.energies(job.system, job.other, x, room.scratch, room.energy)
  keep(job.otherEnergy)
}

/** Force and energy of a group where it stands. */
function evaluate(kernels: Kernels, { system }: OnStates, room: Room, block: number, x: number, force: number): void {
  kernels.trial(system, block, 0, 0, 0, 0, 0, 0, 0, 0, x, force, room.scratch, room.energy)
}

/** The steps of the kernel itself, groups together where their couplings are large. */
function plainWalk(kernels: Kernels, memory: Views, job: WalkJob, room: Room, first: number, groups: number): void {
  const { system, block, groupBytes, states, steps, from, to, together, heat, kT } = job
  const x = room.arrays[0]!
  const energyOf = (n: number) => {
    kernels.energies(system, block, x + n * groupBytes, room.scratch, room.energy)
    return memory.f64(room.energy, countOf(job, first + n))
  }
  const add = (n: number, sign: number) => {
    if (heat === 0) return
    const energy = energyOf(n)
    const out = memory.f64(heat + 8 * (first + n) * lanes, energy.length)
    for (let b = 0; b < energy.length; b++) out[b]! += (sign * energy[b]!) / kT
  }
  for (let n = 0; n < groups; n++) {
    load(kernels, memory, job, states, first + n, x + n * groupBytes)
    add(n, 1)
  }
  for (let n = 0; n < groups; n += together) {
    const several = Math.min(together, groups - n)
    const counted = Math.min(lanes * several, job.batch - (first + n) * lanes)
    kernels.advance(system, steps, from, to, first + n, several, counted, x + n * groupBytes, room.scratch, 0)
  }
  for (let n = 0; n < groups; n++) {
    add(n, -1)
    save(kernels, job, x + n * groupBytes, job.moving, first + n, states)
  }
}

/** Leimkuhler–Matthews with springs to anchors, which differ from state to state. */
function tetheredWalk(kernels: Kernels, memory: Views, job: WalkJob, room: Room, group: number): void {
  const { system, block, states, from, to, moving, stream, key, drift, kick, k, anchors } = job
  let [x, next, F, G] = room.arrays as [number, number, number, number]
  let [R, S] = [room.arrays[4]!, room.arrays[5]!]
  load(kernels, memory, job, states, group, x)
  load(kernels, memory, job, anchors, group, room.anchors)
  copyGroup(memory, job, x, next)
  kernels.forces(system, block, x, room.scratch, F)
  kernels.normals(R, moving, group, from, stream, ...key)
  for (let step = from; step < to; step++) {
    kernels.normals(S, moving, group, step + 1, stream, ...key)
    kernels.trial(system, block, x, F, R, S, room.anchors, drift, kick, k, next, G, room.scratch, 0)
    ;[x, next, F, G, R, S] = [next, x, G, F, S, R]
  }
  save(kernels, job, x, moving, group, states)
}

/** Rows that nothing moves, labels and padding, are the same at both ends of a step. */
function copyGroup(memory: Views, { groupBytes }: OnStates, from: number, to: number): void {
  memory.f32(to, groupBytes / 4).set(memory.f32(from, groupBytes / 4))
}

/** Metropolis-adjusted Langevin steps: force and energy of what is taken are those of the next step. */
function metropolisWalk(kernels: Kernels, memory: Views, job: WalkJob, room: Room, group: number): void {
  const { system, block, states, batch, from, to, moving, stream, key, drift, kick, kT, uniforms, heat } = job
  const [x, F, next, G, R] = room.arrays as [number, number, number, number, number]
  const count = countOf(job, group)
  const given = new Float64Array(count)
  load(kernels, memory, job, states, group, x)
  copyGroup(memory, job, x, next)
  evaluate(kernels, job, room, block, x, F)
  const energy = memory.f64(room.energy, count).slice()
  for (let step = from; step < to; step++) {
    kernels.normals(R, moving, group, step, stream, ...key)
    kernels.trial(system, block, x, F, R, 0, 0, drift, kick, 0, next, G, room.scratch, room.energy)
    const [there, ratio] = [memory.f64(room.energy, count), memory.f64(room.energy + 8 * lanes, count)]
    const uniform = memory.f64(uniforms + 8 * ((step - from) * batch + group * lanes), count)
    for (let b = 0; b < count; b++) {
      const log = (energy[b]! - there[b]!) / kT
      // What is not finite is refused: its exponent is not greater than anything.
      if (!(Math.log(uniform[b]!) < log + ratio[b]!)) continue
      given[b]! += log
      energy[b] = there[b]!
      take(memory, moving, b, next, x)
      take(memory, moving, b, G, F)
    }
  }
  save(kernels, job, x, moving, group, states)
  if (heat !== 0) memory.f64(heat + 8 * group * lanes, count).set(given)
}

/** Copies the column of one state from a group to another. */
function take(memory: Views, rows: number, column: number, from: number, to: number): void {
  const [source, target] = [memory.f32(from, rows * lanes), memory.f32(to, rows * lanes)]
  for (let n = column; n < source.length; n += lanes) target[n] = source[n]!
}

function weighGroup(kernels: Kernels, memory: Views, job: WeighJob, room: Room, group: number): void {
  const { system, block, after, states, batch, step, moving, stream, key, drift, kick, kT, out } = job
  const [x, F, next, G, R] = room.arrays as [number, number, number, number, number]
  const count = countOf(job, group)
  const keep = (row: number) => {
    const values = memory.f64(out + 8 * (row * batch + group * lanes), count)
    values.set(memory.f64(room.energy, count))
    return values
  }
  load(kernels, memory, job, states, group, x)
  copyGroup(memory, job, x, next)
  evaluate(kernels, job, room, block, x, F)
  keep(0)
  kernels.normals(R, moving, group, step, stream, ...key)
  kernels.trial(system, after, x, F, R, 0, 0, drift, kick, 0, next, G, room.scratch, room.energy)
  const jumped = keep(2)
  const exponent = memory.f64(out + 8 * (3 * batch + group * lanes), count)
  const ratio = memory.f64(room.energy + 8 * lanes, count)
  for (let b = 0; b < count; b++) exponent[b] = ratio[b]! - jumped[b]! / kT
  kernels.energies(system, block, next, room.scratch, room.energy)
  keep(1)
  save(kernels, job, next, moving, group, states)
}

/** Parameter sums of a shard. */
function sum(kernels: Kernels, memory: Views, job: SumJob, room: Room, first: number, groups: number, shard: number) {
  const { system, groupBytes, states, residuals, weights, sums, sumBytes, hidden, hiddenBytes, block } = job
  const [x, other, p, q] = room.arrays as [number, number, number, number]
  // Without weights r = x.
  const r = residuals === 0 && weights === 0 ? x : other
  const s = room.hidden
  const d = s + groupsOfShard * hiddenBytes
  const out = sums + shard * sumBytes
  for (let n = 0; n < groups; n++) {
    const [xn, rn] = [x + n * groupBytes, r + n * groupBytes]
    load(kernels, memory, job, states, first + n, xn)
    if (residuals !== 0) {
      load(kernels, memory, job, residuals, first + n, rn)
      // Nobody measures how a clamped label would be pushed.
      memory.f32(rn + 64 * job.moving, groupBytes / 4 - lanes * job.moving).fill(0)
    } else if (weights !== 0) load(kernels, memory, job, states, first + n, rn, weights)
  }
  // Of the residuals it makes none is used here: it keeps the fields on the hidden units.
  if (hidden > 0) kernels.residuals(system, block, lanes * groups, x, q, groups, room.scratch, s)
  if (residuals === 0) kernels.statistic(system, block, x, r, groups, p, q, s, out)
  else kernels.directional(system, block, room.scratch, x, r, groups, p, q, s, d, out)
  if (residuals === 0 && hidden > 0) sumResponses(memory, job, s, first, groups, out + job.biasSums)
}

/** -Σ w s_h, the statistics of the hidden biases, from the responses s that the kernel leaves behind. */
function sumResponses(memory: Views, job: SumJob, s: number, first: number, groups: number, out: number): void {
  const { hidden, hiddenBytes, weights, batch } = job
  const sums = memory.f32(out, hidden)
  const w = weights === 0 ? null : memory.f64(weights, batch)
  for (let h = 0; h < hidden; h++) {
    let total = 0
    for (let n = 0; n < groups; n++) {
      const response = memory.f32(s + n * hiddenBytes + 64 * h, countOf(job, first + n))
      for (let b = 0; b < response.length; b++) total -= response[b]! * (w === null ? 1 : w[(first + n) * lanes + b]!)
    }
    sums[h] = total
  }
}
