// What objectives measure: Σ_trajectories w φ̄_a(x) for every parameter but the hidden biases, given x and r = w x.
//   on site: Σ r x/2, Σ r x²/3, Σ r x³/4, -Σ r;  J: Σ r_i x_j;  G: Σ (r_i x_i)(x_j²);  L: -Σ r_i s_l;  V: -Σ r_i s_h
import { laneSum, laneSums } from './correlation'
import { respond } from './hidden'
import { labelSums } from './label'
import { absent, dense, System } from './system'

/** out[r][c] = Σ p_r q_c for two rows and four columns; strides in bytes from one group to the next, `width` from row to row of out. */
function tile(p: usize, pStride: usize, q: usize, qStride: usize, groups: i32, out: usize, width: usize): void {
  let a0 = f32x4.splat(0)
  let a1 = f32x4.splat(0)
  let a2 = f32x4.splat(0)
  let a3 = f32x4.splat(0)
  let b0 = f32x4.splat(0)
  let b1 = f32x4.splat(0)
  let b2 = f32x4.splat(0)
  let b3 = f32x4.splat(0)
  for (let group: usize = 0; group < <usize>groups; group++)
    for (let lane: usize = 0; lane < 64; lane += 16) {
      const row = p + group * pStride + lane
      const column = q + group * qStride + lane
      const r0 = v128.load(row)
      const r1 = v128.load(row, 64)
      let c = v128.load(column)
      a0 = f32x4.add(a0, f32x4.mul(r0, c))
      b0 = f32x4.add(b0, f32x4.mul(r1, c))
      c = v128.load(column, 64)
      a1 = f32x4.add(a1, f32x4.mul(r0, c))
      b1 = f32x4.add(b1, f32x4.mul(r1, c))
      c = v128.load(column, 128)
      a2 = f32x4.add(a2, f32x4.mul(r0, c))
      b2 = f32x4.add(b2, f32x4.mul(r1, c))
      c = v128.load(column, 192)
      a3 = f32x4.add(a3, f32x4.mul(r0, c))
      b3 = f32x4.add(b3, f32x4.mul(r1, c))
    }
  v128.store(out, laneSums(a0, a1, a2, a3))
  v128.store(out + width, laneSums(b0, b1, b2, b3))
}

/** Σ p_i q_j over the pairs of a coupling; returns the bytes of these sums. */
function pairSums(system: System, form: i32, p: usize, q: usize, groups: i32, out: usize): usize {
  const stride = (<usize>system.rows) << 6
  const width = (<usize>system.rows) << 2
  if (form === dense) {
    for (let i: usize = 0; i < <usize>system.rows; i += 2)
      for (let j = i & ~3; j < <usize>system.rows; j += 4)
        tile(p + (i << 6), stride, q + (j << 6), stride, groups, out + i * width + (j << 2), width)
    return width * <usize>system.rows
  }
  const end = (<usize>system.edges) << 2
  for (let e: usize = 0; e < end; e += 4) {
    let sum = f32x4.splat(0)
    for (let group: usize = 0; group < <usize>groups; group++)
      for (let lane: usize = 0; lane < 64; lane += 16) {
        const at = group * stride + lane
        const a = v128.load(p + at + <usize>load<i32>(system.a + e))
        sum = f32x4.add(sum, f32x4.mul(a, v128.load(q + at + <usize>load<i32>(system.b + e))))
      }
    store<f32>(out + e, laneSum(sum))
  }
  return end
}

/**
 * The sums of a shard, laid out as those of `directional`. x, r, p, q: [groups][rows][16], p and q room; s: the fields on the hidden
 * units at x, [groups][hiddenRows][16], in whose place their responses are left.
 */
export function statistic(
  system: System,
  x: usize,
  r: usize,
  groups: i32,
  p: usize,
  q: usize,
  s: usize,
  out: usize,
): void {
  const stride = (<usize>system.rows) << 6
  const column = (<usize>system.rows) << 2
  for (let i: usize = 0; i < <usize>system.rows; i++) {
    let k = f32x4.splat(0)
    let c = f32x4.splat(0)
    let a = f32x4.splat(0)
    let f = f32x4.splat(0)
    for (let group: usize = 0; group < <usize>groups; group++)
      for (let lane: usize = 0; lane < 64; lane += 16) {
        const o = group * stride + (i << 6) + lane
        const value = v128.load(x + o)
        let term = v128.load(r + o)
        f = f32x4.sub(f, term)
        term = f32x4.mul(term, value)
        k = f32x4.add(k, term)
        v128.store(p + o, term)
        v128.store(q + o, f32x4.mul(value, value))
        term = f32x4.mul(term, value)
        c = f32x4.add(c, term)
        a = f32x4.add(a, f32x4.mul(term, value))
      }
    const o = out + (i << 2)
    store<f32>(o, laneSum(k) * 0.5)
    store<f32>(o + column, laneSum(c) * <f32>(1.0 / 3.0))
    store<f32>(o + 2 * column, laneSum(a) * 0.25)
    store<f32>(o + 3 * column, laneSum(f))
  }
  let next = out + 4 * column
  if (system.bilinear !== absent) next += pairSums(system, system.bilinear, r, x, groups, next)
  if (system.pairQuartic !== absent) next += pairSums(system, system.pairQuartic, p, q, groups, next)
  labelSums(system, x, r, groups, next)
  next += (<usize>(system.labels * system.rows)) << 2
  if (system.hidden === 0) return
  const hiddenStride = (<usize>system.hiddenRows) << 6
  const width = (<usize>system.hiddenRows) << 2
  respond(s, <usize>groups * hiddenStride, 1 / system.kT)
  for (let i: usize = 0; i < <usize>system.rows; i += 2)
    for (let h: usize = 0; h < <usize>system.hiddenRows; h += 4)
      tile(r + (i << 6), stride, s + (h << 6), hiddenStride, groups, next + i * width + (h << 2), width)
  const end = next + width * <usize>system.rows
  for (let o = next; o < end; o += 16) v128.store(o, f32x4.neg(v128.load(o)))
}
