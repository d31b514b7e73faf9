// Noised data and the residual force of learning: x = m x_0 + s ε, F̂ = trap·x - scale·ε/s, r = F - F̂.
import { forces } from './force'
import { normals } from './gaussian'
import { hiddenField, normalRows, System } from './system'

/** How data are noised at one time, and the key of the noise. The host writes it as 32-bit words in this order. */
@unmanaged
export class Noise {
  /** clean data, [count][rows] float32 */
  data: usize
  /** which datum each trajectory starts from, int32 [16·groups] */
  picks: usize
  /** m, s, the trap's stiffness, scale/s */
  signal: f32
  width: f32
  trap: f32
  pull: f32
  stream: i32
  step: i32
  key0: i32
  key1: i32
}

/** Noised states and target forces of a group, [rows][16] each. */
export function noise(system: System, given: Noise, group: i32, x: usize, target: usize, scratch: usize): void {
  const rows = <usize>system.rows
  for (let lane: usize = 0; lane < 16; lane++) {
    let from = given.data + ((<usize>load<i32>(given.picks + ((<usize>group * 16 + lane) << 2)) * rows) << 2)
    let to = x + (lane << 2)
    for (let i: usize = 0; i < rows; i++) {
      store<f32>(to, load<f32>(from))
      from += 4
      to += 64
    }
  }
  const m = f32x4.splat(given.signal)
  const s = f32x4.splat(given.width)
  const trap = f32x4.splat(given.trap)
  const pull = f32x4.splat(given.pull)
  const random = normalRows(system, scratch)
  normals(random, system.units, group, given.step, given.stream, given.key0, given.key1)
  for (let o: usize = 0; o < (<usize>system.units) << 6; o += 16) {
    const epsilon = v128.load(random + o)
    const value = f32x4.add(f32x4.mul(m, v128.load(x + o)), f32x4.mul(s, epsilon))
    v128.store(x + o, value)
    v128.store(target + o, f32x4.sub(f32x4.mul(trap, value), f32x4.mul(pull, epsilon)))
  }
}

/**
 * Turns the targets of a group into residuals r = F - F̂, zero beyond the first `lanes` trajectories and in padded rows, and
 * keeps the fields on the hidden units in `field`.
 *
 * @returns Σ r² over units and trajectories
 */
export function residuals(
  system: System,
  block: usize,
  lanes: i32,
  x: usize,
  target: usize,
  scratch: usize,
  force: usize,
  field: usize,
): f64 {
  forces(system, block, x, scratch, force)
  memory.copy(field, hiddenField(system, scratch), (<usize>system.hiddenRows) << 6)
  memory.fill(target + ((<usize>system.units) << 6), 0, (<usize>(system.rows - system.units)) << 6)
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (let lane: usize = 0; lane < 64; lane += 16) {
    const first = <i32>lane >> 2
    const counts = i32x4.lt_s(i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3)), i32x4.splat(lanes))
    for (let i: usize = 0; i < <usize>system.units; i++) {
      const o = (i << 6) + lane
      const r = v128.and(f32x4.sub(v128.load(force + o), v128.load(target + o)), counts)
      v128.store(target + o, r)
      const square = f32x4.mul(r, r)
      low = f64x2.add(low, f64x2.promote_low_f32x4(square))
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(square, square, 2, 3, 0, 1)))
    }
  }
  const both = f64x2.add(low, high)
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1)
}
