import type { Kernels } from './kernels.js'
import type { Views } from './memory.js'
import { groupsOf, groupsOfShard, lanes } from './shards.js'

/**
 * What objectives ask of states in the caller's own layout, [units, batch] float64: a thread copies the groups of its shard to float32,
 * works on them there and copies back what is asked for. What no kernel does by itself is put together here of forces, energies and normals.
 */
interface OnStates {
  readonly system: number
  /** rows that the caller has, of which the first `moving` move */
  readonly units: number
  readonly moving: number
  /** bytes of a group */
  readonly groupBytes: number
  /** number of states, and their address */
  readonly batch: number
  readonly states: number
  /** parameter block */
  readonly block: number
  /** scratch of thread 0, and from one thread to the next; the kernels' own part of it comes first */
  readonly scratch: number
  readonly scratchBytes: number
  readonly kernelScratch: number
}

/** Forces and energies; addresses of f64 [units, batch] and [batch], or 0. */
interface EvaluateJob extends OnStates {
  readonly program: 'evaluate'
  readonly force: number
  readonly energy: number
}

/** Sums of r·∇φ_a, or (without r) of x·w∇φ_a, which for a φ_a of degree n is n w φ_a. */
export interface SumJob extends OnStates {
  readonly program: 'sum'
  /** f64 [units, batch], or 0 */
  readonly residuals: number
  /** f64 [batch], or 0 for 1 */
  readonly weights: number
  /** a block of zeros: couplings to hidden units that do not answer to r */
  readonly zeros: number
  /** sums of each shard, and bytes from one shard's to the next */
  readonly sums: number
  readonly sumBytes: number
  readonly hidden: number
  readonly hiddenBytes: number
  /** bytes from the start of a shard's sums to those of the hidden biases */
  readonly biasSums: number
}

/** What keys the normals of a step. */
interface NormalsKey {
  readonly stream: number
  readonly key: readonly [number, number]
}

/** Standard normals to f64 [units, batch] at `states`; nothing else is read. */
interface NormalsJob extends OnStates, NormalsKey {
  readonly program: 'normals'
  readonly step: number
}

/** The length of a step: x' = x + drift F + kick R. */
interface StepLength {
  readonly drift: number
  readonly kick: number
  readonly kT: number
}

/** Steps `from` to `to` in one landscape. */
interface WalkJob extends OnStates, NormalsKey, StepLength {
  readonly program: 'walk'
  readonly from: number
  readonly to: number
  /** `plain`: the kernel's own steps; `tethered`: Leimkuhler–Matthews on springs; `metropolis`: Euler–Maruyama, accepted by energies */
  readonly kind: 'plain' | 'tethered' | 'metropolis'
  /** plain: record of the steps (kernels/advance.ts), and groups that advance together */
  readonly steps: number
  readonly together: number
  /** tethered: f64 [units, batch] and stiffness */
  readonly anchors: number
  readonly k: number
  /** metropolis: f64 [to - from, batch] */
  readonly uniforms: number
  /** f64 [batch], what each gives to the bath in kT; or 0 */
  readonly heat: number
}

/** An Euler–Maruyama step in the landscape of `block` and what weighs it in that of `after`; see Arithmetic.weigh. */
interface WeighJob extends OnStates, NormalsKey, StepLength {
  readonly program: 'weigh'
  readonly step: number
  readonly after: number
  /** f64 [4][batch]: energy, moved, jumped, exponent */
  readonly out: number
}

/** What the kernels are asked to do for objectives. */
export type ObjectiveJob = EvaluateJob | SumJob | NormalsJob | WalkJob | WeighJob

/** Arrays of a thread beside the kernels' scratch, each for a shard's groups, and two of hidden units. */
const arraysOfThread = 6
/** Groups whose kernels' scratch a thread has: those that advance together. */
export const kernelScratches = groupsOfShard

/** Bytes of a thread's arrays for these jobs. */
export function objectiveBytes(groupBytes: number, hiddenBytes: number): number {
  return groupsOfShard * (arraysOfThread * groupBytes + 2 * hiddenBytes + energyBytes)
}

/** Bytes of the energies of a group, f64 [16]. */
const energyBytes = 8 * lanes

/** Where a thread has its arrays. */
interface Room {
  readonly scratch: number
  /** six of a shard's groups */
  readonly arrays: readonly number[]
  /** energies of its groups, then what is left for hidden units */
  readonly energy: number
  readonly hidden: number
}

function roomOf({ scratch, scratchBytes, kernelScratch, groupBytes }: OnStates, thread: number): Room {
  const own = scratch + thread * scratchBytes
  const arrays = Array.from({ length: arraysOfThread }, (_, n) => own + kernelScratch + n * groupsOfShard * groupBytes)
  const energy = own + kernelScratch + arraysOfThread * groupsOfShard * groupBytes
  return { scratch: own, arrays, energy, hidden: energy + groupsOfShard * energyBytes }
}

/** Runs one shard of a job. What it writes depends on the shard alone, never on the thread. */
export function runObjectiveShard(kernels: Kernels, memory: Views, job: ObjectiveJob, shard: number, thread: number) {
  const first = shard * groupsOfShard
  const groups = Math.min(groupsOfShard, groupsOf(job.batch) - first)
  const room = roomOf(job, thread)
  if (job.program === 'sum') return sum(kernels, memory, job, room, first, groups, shard)
  if (job.program === 'walk' && job.kind === 'plain') return plainWalk(kernels, memory, job, room, first, groups)
  for (let group = first; group < first + groups; group++) {
    if (job.program === 'normals') drawGroup(kernels, memory, job, room, group)
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

/** Copies the states of a group, or what is laid out like them at `from`, to [rows][16] float32; the rest is zero. */
function load(memory: Views, { units, batch, groupBytes }: OnStates, from: number, group: number, to: number): void {
  const source = memory.f64(from, units * batch)
  const target = memory.f32(to, groupBytes / 4)
  const first = group * lanes
  const count = Math.min(lanes, batch - first)
  if (count < lanes) target.fill(0)
  else target.fill(0, units * lanes)
  for (let i = 0; i < units; i++) {
    const row = i * batch + first
    const out = i * lanes
    for (let b = 0; b < count; b++) target[out + b] = source[row + b]!
  }
}

/** Copies the first `rows` of a group back to [units, batch] at `to`. */
function save(memory: Views, { units, batch }: OnStates, from: number, rows: number, group: number, to: number): void {
  const source = memory.f32(from, rows * lanes)
  const target = memory.f64(to, units * batch)
  const first = group * lanes
  const count = Math.min(lanes, batch - first)
  for (let i = 0; i < rows; i++) {
    const row = i * batch + first
    const at = i * lanes
    for (let b = 0; b < count; b++) target[row + b] = source[at + b]!
  }
}

function drawGroup(kernels: Kernels, memory: Views, job: NormalsJob, { arrays }: Room, group: number): void {
  const { units, step, stream, key, states } = job
  kernels.normals(arrays[0]!, units, group, step, stream, ...key)
  save(memory, job, arrays[0]!, units, group, states)
}

function evaluateGroup(kernels: Kernels, memory: Views, job: EvaluateJob, room: Room, group: number): void {
  const { system, block, force, energy, states, units, moving, batch } = job
  const [x, F] = room.arrays as [number, number]
  load(memory, job, states, group, x)
  if (force !== 0) {
    kernels.forces(system, block, x, room.scratch, F)
    save(memory, job, F, moving, group, force)
    // Labels are clamped: the kernels have no force for them, and nobody needs it.
    for (let i = moving; i < units; i++)
      memory.f64(force + 8 * (i * batch + group * lanes), countOf(job, group)).fill(0)
  }
  if (energy === 0) return
  kernels.energies(system, block, x, room.scratch, room.energy)
  const count = countOf(job, group)
  memory.f64(energy + 8 * group * lanes, count).set(memory.f64(room.energy, count))
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
    load(memory, job, states, first + n, x + n * groupBytes)
    add(n, 1)
  }
  for (let n = 0; n < groups; n += together) {
    const several = Math.min(together, groups - n)
    const counted = Math.min(lanes * several, job.batch - (first + n) * lanes)
    kernels.advance(system, steps, from, to, first + n, several, counted, x + n * groupBytes, room.scratch, 0)
  }
  for (let n = 0; n < groups; n++) {
    add(n, -1)
    save(memory, job, x + n * groupBytes, job.moving, first + n, states)
  }
}

/** Leimkuhler–Matthews with springs to anchors, which differ from state to state. */
function tetheredWalk(kernels: Kernels, memory: Views, job: WalkJob, room: Room, group: number): void {
  const { system, block, states, from, to, moving, stream, key, drift, kick, k, anchors } = job
  const [at, toAnchor, atForce, atNormals, atFollowing] = room.arrays as [number, number, number, number, number]
  load(memory, job, states, group, at)
  load(memory, job, anchors, group, toAnchor)
  const length = moving * lanes
  const x = memory.f32(at, length)
  const anchor = memory.f32(toAnchor, length)
  const force = memory.f32(atForce, length)
  let [now, following] = [atNormals, atFollowing]
  kernels.normals(now, moving, group, from, stream, ...key)
  for (let step = from; step < to; step++) {
    kernels.forces(system, block, at, room.scratch, atForce)
    kernels.normals(following, moving, group, step + 1, stream, ...key)
    const [R, S] = [memory.f32(now, length), memory.f32(following, length)]
    for (let n = 0; n < length; n++)
      x[n] = x[n]! + drift * (force[n]! + k * (anchor[n]! - x[n]!)) + kick * (R[n]! + S[n]!)
    ;[now, following] = [following, now]
  }
  save(memory, job, at, moving, group, states)
}

/** x' = x + drift F + kick R at `to`. */
function propose(memory: Views, { moving, drift, kick }: WalkJob | WeighJob, at: number, F: number, R: number, to: number) {
  const length = moving * lanes
  const [x, force] = [memory.f32(at, length), memory.f32(F, length)]
  const [normals, next] = [memory.f32(R, length), memory.f32(to, length)]
  for (let n = 0; n < length; n++) next[n] = x[n]! + drift * force[n]! + kick * normals[n]!
}

/** Adds log q(x|x')/q(x'|x) = Σ (|x' - x - drift F|² - |x - x' - drift F'|²)/2 kick² of each state to `out`, [16]. */
function addRatio(
  memory: Views,
  { moving, drift, kick }: WalkJob | WeighJob,
  [at, atForce, to, toForce]: readonly [number, number, number, number],
  out: Float64Array,
): void {
  const length = moving * lanes
  const [x, force] = [memory.f32(at, length), memory.f32(atForce, length)]
  const [next, forceThere] = [memory.f32(to, length), memory.f32(toForce, length)]
  const scale = 1 / (2 * kick * kick)
  for (let row = 0; row < length; row += lanes)
    for (let b = 0; b < lanes; b++) {
      const n = row + b
      const moved = next[n]! - x[n]!
      const forth = moved - drift * force[n]!
      const back = moved + drift * forceThere[n]!
      out[b]! += (forth * forth - back * back) * scale
    }
}

/** Metropolis-adjusted Langevin steps: force and energy of what is taken are those of the next step. */
function metropolisWalk(kernels: Kernels, memory: Views, job: WalkJob, room: Room, group: number): void {
  const { system, block, states, batch, from, to, moving, stream, key, kT, uniforms, heat } = job
  const [x, F, next, G, R] = room.arrays as [number, number, number, number, number]
  const count = countOf(job, group)
  const energy = new Float64Array(lanes)
  const ratio = new Float64Array(lanes)
  const given = new Float64Array(lanes)
  const evaluate = (at: number, force: number) => {
    kernels.forces(system, block, at, room.scratch, force)
    kernels.energies(system, block, at, room.scratch, room.energy)
    return memory.f64(room.energy, lanes)
  }
  load(memory, job, states, group, x)
  // Rows that do not move, labels, are the same in what is proposed.
  memory.f32(next, job.groupBytes / 4).set(memory.f32(x, job.groupBytes / 4))
  energy.set(evaluate(x, F))
  for (let step = from; step < to; step++) {
    kernels.normals(R, moving, group, step, stream, ...key)
    propose(memory, job, x, F, R, next)
    const there = evaluate(next, G)
    ratio.fill(0)
    addRatio(memory, job, [x, F, next, G], ratio)
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
  save(memory, job, x, moving, group, states)
  if (heat !== 0) memory.f64(heat + 8 * group * lanes, count).set(given.subarray(0, count))
}

/** Copies the column of one state from a group to another. */
function take(memory: Views, rows: number, column: number, from: number, to: number): void {
  const [source, target] = [memory.f32(from, rows * lanes), memory.f32(to, rows * lanes)]
  for (let n = column; n < source.length; n += lanes) target[n] = source[n]!
}

function weighGroup(kernels: Kernels, memory: Views, job: WeighJob, room: Room, group: number): void {
  const { system, block, after, states, batch, step, moving, stream, key, kT, out } = job
  const [x, F, next, G, R] = room.arrays as [number, number, number, number, number]
  const count = countOf(job, group)
  const row = (n: number) => memory.f64(out + 8 * (n * batch + group * lanes), count)
  const energies = (landscape: number, at: number) => {
    kernels.energies(system, landscape, at, room.scratch, room.energy)
    return memory.f64(room.energy, count)
  }
  load(memory, job, states, group, x)
  memory.f32(next, job.groupBytes / 4).set(memory.f32(x, job.groupBytes / 4))
  row(0).set(energies(block, x))
  kernels.forces(system, block, x, room.scratch, F)
  kernels.normals(R, moving, group, step, stream, ...key)
  propose(memory, job, x, F, R, next)
  row(1).set(energies(block, next))
  row(2).set(energies(after, next))
  kernels.forces(system, after, next, room.scratch, G)
  const exponent = new Float64Array(lanes)
  for (let b = 0; b < count; b++) exponent[b] = -row(2)[b]! / kT
  addRatio(memory, job, [x, F, next, G], exponent)
  row(3).set(exponent.subarray(0, count))
  save(memory, job, next, moving, group, states)
}

/** Parameter sums of a shard. */
function sum(kernels: Kernels, memory: Views, job: SumJob, room: Room, first: number, groups: number, shard: number) {
  const { system, groupBytes, states, residuals, weights, sums, sumBytes, hidden, hiddenBytes, block, zeros } = job
  const [x, r, p, q] = room.arrays as [number, number, number, number]
  const s = room.hidden
  const d = s + groupsOfShard * hiddenBytes
  const out = sums + shard * sumBytes
  for (let n = 0; n < groups; n++) {
    const [xn, rn] = [x + n * groupBytes, r + n * groupBytes]
    load(memory, job, states, first + n, xn)
    // Of the residuals it makes none is used here: it keeps the fields on the hidden units.
    if (hidden > 0) kernels.residuals(system, block, lanes, xn, q, room.scratch, p, s + n * hiddenBytes)
    if (residuals === 0) {
      weighted(memory, job, xn, first + n, rn)
      continue
    }
    load(memory, job, residuals, first + n, rn)
    // Nobody measures how a clamped label would be pushed.
    memory.f32(rn + 64 * job.moving, groupBytes / 4 - lanes * job.moving).fill(0)
  }
  kernels.directional(system, residuals === 0 ? zeros : block, x, r, groups, p, q, s, d, out)
  if (residuals !== 0 || hidden === 0) return
  // Left behind in s are the responses, whose sum is the statistic of the biases.
  const sumOfBias = memory.f32(out + job.biasSums, hidden)
  const w = weights === 0 ? null : memory.f64(weights, job.batch)
  for (let h = 0; h < hidden; h++) {
    let total = 0
    for (let n = 0; n < groups; n++) {
      const response = memory.f32(s + n * hiddenBytes + 64 * h, countOf(job, first + n))
      for (let b = 0; b < response.length; b++) total -= response[b]! * (w === null ? 1 : w[(first + n) * lanes + b]!)
    }
    sumOfBias[h] = total
  }
}

/** r = w x of a group. */
function weighted(memory: Views, { groupBytes, weights, batch }: SumJob, x: number, group: number, to: number): void {
  const source = memory.f32(x, groupBytes / 4)
  const target = memory.f32(to, groupBytes / 4)
  if (weights === 0) {
    target.set(source)
    return
  }
  const w = memory.f64(weights, batch)
  const count = Math.min(lanes, batch - group * lanes)
  for (let row = 0; row < source.length; row += lanes)
    for (let b = 0; b < count; b++) target[row + b] = source[row + b]! * w[group * lanes + b]!
  if (count < lanes)
    for (let row = 0; row < source.length; row += lanes) target.fill(0, row + count, row + lanes)
}
