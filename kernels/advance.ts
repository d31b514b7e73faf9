// Steps of a group, in place: x' = x + μ F(x) dt + kick·R, with work and heat when asked.
import { couplingFields, groupEnergies, groupForces } from './force'
import { normals } from './gaussian'
import { forceRows, forceRowsAfter, normalRows, System, savedState, scratchBytes } from './system'

/** A stretch of a run's steps, and the key of its noise. The host writes it as 32-bit words in this order. */
@unmanaged
export class Steps {
  /** number of the step that the arrays begin with */
  first: i32
  /** address of each step's parameter block; two steps with one address share a landscape */
  blocks: usize
  /** μ dt and the width of the kick of each step, float32 */
  drift: usize
  kick: usize
  /** 0: a kick is R_n (Euler–Maruyama); 1: it is R_n + R_(n+1) (Leimkuhler–Matthews) */
  coloured: i32
  stream: i32
  key0: i32
  key1: i32
  /** a coordinate beyond this (or not a number) has diverged */
  limit: f32
}

/** A group's record: rows of f64 [16], in bytes. The energies before and after a jump of the landscape stand in the last two. */
const workRow: usize = 0
const heatRow: usize = 128
const integralRow: usize = 256
const energyRow: usize = 384
const jumpedRow: usize = 512
const recordBytes: usize = 640

/**
 * Advances groups together from step `from` to step `to`.
 *
 * @param lanes - trajectories that count: the first of them, sixteen to a group
 * @param x - [groups][rows][16]; scratch memory: one after another
 * @param record - work and heat of each group (the energy now must be there), or 0
 * @returns -1, or the step at which a trajectory that counts diverged (the states are left as they were found there)
 */
export function advance(
  system: System,
  steps: Steps,
  from: i32,
  to: i32,
  group: i32,
  groups: i32,
  lanes: i32,
  x: usize,
  scratch: usize,
  record: usize,
): i32 {
  const rows = (<usize>system.rows) << 6
  const stride = scratchBytes(system)
  const force = forceRows(system, scratch)
  const forceAfter = forceRowsAfter(system, scratch)
  const before = savedState(system, scratch)
  const end = <usize>groups
  let previous: usize = 0
  for (let n = from; n < to; n++) {
    const block = <usize>load<i32>(steps.blocks + ((<usize>(n - steps.first)) << 2))
    // With work and heat, the fields of an unchanged landscape are still there from the end of the step before.
    if (record === 0 || block !== previous) couplingFields(system, block, x, scratch, groups)
    previous = block
    let inside = true
    for (let g: usize = 0; g < end; g++) {
      const states = x + g * rows
      const room = g * stride
      if (record !== 0) {
        const row = record + g * recordBytes
        groupEnergies(system, block, states, scratch + room, row + jumpedRow)
        addDifference(row + workRow, row + jumpedRow, row + energyRow)
        memory.copy(before + room, states, (<usize>system.units) << 6)
      }
      groupForces(system, block, states, scratch + room, force + room)
      if (!move(system, steps, n, group + <i32>g, states, force + room, scratch + room)) inside = false
    }
    if (!inside && beyond(system, steps.limit, lanes, x)) return n
    if (record === 0) continue
    couplingFields(system, block, x, scratch, groups)
    for (let g: usize = 0; g < end; g++) {
      const states = x + g * rows
      const room = g * stride
      const row = record + g * recordBytes
      groupEnergies(system, block, states, scratch + room, row + energyRow)
      addDifference(row + heatRow, row + jumpedRow, row + energyRow)
      groupForces(system, block, states, scratch + room, forceAfter + room)
      const units = (<usize>system.units) << 6
      addForceIntegral(units, states, before + room, force + room, forceAfter + room, row + integralRow)
    }
  }
  return -1
}

/** One update of all units. Returns whether all lanes are within the limit. */
function move(system: System, steps: Steps, n: i32, group: i32, x: usize, force: usize, scratch: usize): bool {
  const at = (<usize>(n - steps.first)) << 2
  const drift = v128.load32_splat(steps.drift + at)
  const kick = v128.load32_splat(steps.kick + at)
  const limit = f32x4.splat(steps.limit)
  const rows = (<usize>system.units) << 6
  const random = normalRows(system, scratch)
  for (let set = 0; set <= steps.coloured; set++)
    normals(
      random + (set === 0 ? 0 : (<usize>system.rows) << 6),
      system.units,
      group,
      n + set,
      steps.stream,
      steps.key0,
      steps.key1,
    )
  if (steps.coloured !== 0)
    for (let o: usize = 0; o < rows; o += 16) {
      const following = v128.load(random + ((<usize>system.rows) << 6) + o)
      v128.store(random + o, f32x4.add(v128.load(random + o), following))
    }
  let inside = i32x4.splat(-1)
  for (let o: usize = 0; o < rows; o += 16) {
    const next = f32x4.add(
      f32x4.add(v128.load(x + o), f32x4.mul(drift, v128.load(force + o))),
      f32x4.mul(kick, v128.load(random + o)),
    )
    inside = v128.and(inside, f32x4.lt(f32x4.abs(next), limit))
    v128.store(x + o, next)
  }
  return i32x4.all_true(inside)
}

/** Whether one of the first `lanes` trajectories is beyond the limit; they fill groups of sixteen. */
function beyond(system: System, limit: f32, lanes: i32, x: usize): bool {
  for (let lane = 0; lane < lanes; lane++) {
    const group = x + ((<usize>((lane >> 4) * system.rows)) << 6)
    for (let i = 0; i < system.units; i++)
      if (!(Mathf.abs(load<f32>(group + ((<usize>((i << 4) + (lane & 15))) << 2))) < limit)) return true
  }
  return false
}

/** sum += a - b, f64 [16] each. */
function addDifference(sum: usize, a: usize, b: usize): void {
  for (let o: usize = 0; o < 128; o += 16)
    v128.store(sum + o, f64x2.add(v128.load(sum + o), f64x2.sub(v128.load(a + o), v128.load(b + o))))
}

/** sum += Σ_i ½(F(x) + F(x'))·(x' - x); `rows`: bytes of the units' rows. */
function addForceIntegral(rows: usize, x: usize, before: usize, force: usize, forceAfter: usize, sum: usize): void {
  for (let lane: usize = 0; lane < 64; lane += 16) {
    let low = v128.load(sum + 2 * lane)
    let high = v128.load(sum + 2 * lane, 16)
    for (let o = lane; o < rows; o += 64) {
      const mean = f32x4.mul(f32x4.splat(0.5), f32x4.add(v128.load(force + o), v128.load(forceAfter + o)))
      const part = f32x4.mul(mean, f32x4.sub(v128.load(x + o), v128.load(before + o)))
      low = f64x2.add(low, f64x2.promote_low_f32x4(part))
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(part, part, 2, 3, 0, 1)))
    }
    v128.store(sum + 2 * lane, low)
    v128.store(sum + 2 * lane, high, 16)
  }
}
