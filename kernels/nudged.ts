// What nudged force matching measures: Σ_trajectories φ̄(x⁺) - φ̄(x⁻) at two displaced states x⁺ = x + δ⁺r, x⁻ = x - δ⁻r.
// Every difference of products is taken as (difference)·(mean) + (mean)·(difference), an identity, so that float32 keeps the
// digits that a difference of two large sums would lose.
import { laneSum } from './correlation'
import { couplingSums } from './directional'
import { respondTwice } from './hidden'
import { denseProduct } from './product'
import { System } from './system'

/** d = a - b and mean = (a + b)/2, in place of them; `bytes` of float32. */
function differenceAndMean(a: usize, b: usize, bytes: usize): void {
  for (let o: usize = 0; o < bytes; o += 16) {
    const first = v128.load(a + o)
    const second = v128.load(b + o)
    v128.store(a + o, f32x4.sub(first, second))
    v128.store(b + o, f32x4.mul(f32x4.splat(0.5), f32x4.add(first, second)))
  }
}

/**
 * The sums of a shard, laid out as those of `directional`; r must be zero where it does not count, and is lost, as is x.
 * `p`, `q`: room like x; `s`: the fields on the hidden units at x, [groups][hiddenRows][16], lost too; `d`: room like it. The
 * fields at the displaced states are u ± δ Vᵀr: one product for both.
 */
export function nudged(
  system: System,
  block: usize,
  plus: f32,
  minus: f32,
  x: usize,
  r: usize,
  groups: i32,
  p: usize,
  q: usize,
  s: usize,
  d: usize,
  out: usize,
): void {
  const bytes = ((<usize>system.rows) << 6) * <usize>groups
  const column = (<usize>system.rows) << 2
  if (system.hidden > 0) {
    const stride = (<usize>system.rows) << 6
    const hiddenStride = (<usize>system.hiddenRows) << 6
    const transposed = block + system.transposedOffset
    for (let group: usize = 0; group < <usize>groups; group++)
      denseProduct(transposed, system.hiddenRows, system.rows, r + group * stride, 0, d + group * hiddenStride, 0, 1)
    respondTwice(s, d, hiddenStride * <usize>groups, plus, minus, 1 / system.kT)
  }
  for (let o: usize = 0; o < bytes; o += 16) {
    const value = v128.load(x + o)
    const residual = v128.load(r + o)
    v128.store(r + o, f32x4.add(value, f32x4.mul(f32x4.splat(plus), residual)))
    v128.store(x + o, f32x4.sub(value, f32x4.mul(f32x4.splat(minus), residual)))
  }
  for (let o: usize = 0; o < bytes; o += 16) {
    const first = v128.load(r + o)
    const second = v128.load(x + o)
    v128.store(p + o, f32x4.mul(first, first))
    v128.store(q + o, f32x4.mul(second, second))
  }
  differenceAndMean(r, x, bytes)
  differenceAndMean(p, q, bytes)
  // With d and m of x, D and M of x²: x²/2 gives D/2, x³/3 gives d(m² + d²/12), x⁴/4 gives DM/2.
  for (let i: usize = 0; i < <usize>system.rows; i++) {
    let k = f32x4.splat(0)
    let c = f32x4.splat(0)
    let a = f32x4.splat(0)
    let f = f32x4.splat(0)
    for (let o = i << 6; o < bytes; o += (<usize>system.rows) << 6)
      for (let lane: usize = 0; lane < 64; lane += 16) {
        const difference = v128.load(r + o + lane)
        const mean = v128.load(x + o + lane)
        const square = v128.load(p + o + lane)
        const bend = f32x4.mul(f32x4.mul(difference, difference), f32x4.splat(<f32>(1.0 / 12.0)))
        f = f32x4.sub(f, difference)
        k = f32x4.add(k, f32x4.mul(f32x4.splat(0.5), square))
        c = f32x4.add(c, f32x4.mul(difference, f32x4.add(f32x4.mul(mean, mean), bend)))
        a = f32x4.add(a, f32x4.mul(f32x4.splat(0.5), f32x4.mul(square, v128.load(q + o + lane))))
      }
    const to = out + (i << 2)
    store<f32>(to, laneSum(k))
    store<f32>(to + column, laneSum(c))
    store<f32>(to + 2 * column, laneSum(a))
    store<f32>(to + 3 * column, laneSum(f))
  }
  couplingSums(system, x, r, groups, p, q, s, d, out + 4 * column)
}
