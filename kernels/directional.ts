// What force matching measures: Σ_trajectories r·∇φ_a(x) for every parameter.
//   on site: Σ r x, Σ r x², Σ r x³, -Σ r;  J: Σ r_i x_j + r_j x_i;  G: Σ 2x_i r_i x_j² + 2x_j r_j x_i²
//   L: -Σ r_i s_l;  V: -Σ r_i s_h + x_i s'_h (Vᵀr)_h;  b: -Σ s'_h (Vᵀr)_h,  s' = (1 - s²)/kT
import { denseEdgeCorrelation, laneSum, listedEdgeCorrelation, rectangularCorrelation } from './correlation'
import { respond } from './hidden'
import { labelSums } from './label'
import { denseProduct } from './product'
import { absent, dense, System } from './system'

function edgeCorrelation(system: System, form: i32, p: usize, q: usize, groups: i32, out: usize): void {
  const stride = (<usize>system.rows) << 6
  if (form === dense) denseEdgeCorrelation(p, q, groups, stride, system.rows, out)
  else listedEdgeCorrelation(p, q, groups, stride, system.a, system.b, system.edges, out)
}

/**
 * The coupling sums of a shard: J and L from (r, x), G from (p, q), V and b as -Σ r_i s_h + x_i d_h and -Σ d_h. Visible arrays:
 * [groups][rows][16]; `s` and `d`: [groups][hiddenRows][16]. `out`: J and G where they are present ([rows][rows] dense,
 * [edges] listed), then L ([labels][rows]), V ([rows][hiddenRows]) and b ([hiddenRows]).
 */
export function couplingSums(
  system: System,
  x: usize,
  r: usize,
  groups: i32,
  p: usize,
  q: usize,
  s: usize,
  d: usize,
  out: usize,
): void {
  let next = out
  const matrix = (<usize>(system.rows * system.rows)) << 2
  if (system.bilinear !== absent) {
    edgeCorrelation(system, system.bilinear, r, x, groups, next)
    next += system.bilinear === dense ? matrix : (<usize>system.edges) << 2
  }
  if (system.pairQuartic !== absent) {
    edgeCorrelation(system, system.pairQuartic, p, q, groups, next)
    next += system.pairQuartic === dense ? matrix : (<usize>system.edges) << 2
  }
  labelSums(system, x, r, groups, next)
  next += (<usize>(system.labels * system.rows)) << 2
  if (system.hidden === 0) return
  const stride = (<usize>system.rows) << 6
  const hiddenStride = (<usize>system.hiddenRows) << 6
  const words = (<usize>(system.rows * system.hiddenRows)) << 2
  rectangularCorrelation(r, x, stride, system.rows, s, d, hiddenStride, system.hiddenRows, groups, next)
  for (let o: usize = 0; o < words; o += 16) v128.store(next + o, f32x4.neg(v128.load(next + o)))
  next += words
  for (let h: usize = 0; h < <usize>system.hiddenRows; h++) {
    let sum = f32x4.splat(0)
    for (let group: usize = 0; group < <usize>groups; group++)
      for (let lane: usize = 0; lane < 64; lane += 16)
        sum = f32x4.sub(sum, v128.load(d + group * hiddenStride + (h << 6) + lane))
    store<f32>(next + (h << 2), laneSum(sum))
  }
}

/**
 * The sums of a shard; r must be zero where it does not count. `s` holds the fields on the hidden units at x, and is lost; `p`, `q` and `d` are room.
 * `out`: k, c, a, f ([rows] each), then the coupling sums.
 */
export function directional(
  system: System,
  block: usize,
  x: usize,
  r: usize,
  groups: i32,
  p: usize,
  q: usize,
  s: usize,
  d: usize,
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
        v128.store(p + o, f32x4.add(term, term))
        v128.store(q + o, f32x4.mul(value, value))
        term = f32x4.mul(term, value)
        c = f32x4.add(c, term)
        a = f32x4.add(a, f32x4.mul(term, value))
      }
    const o = out + (i << 2)
    store<f32>(o, laneSum(k))
    store<f32>(o + column, laneSum(c))
    store<f32>(o + 2 * column, laneSum(a))
    store<f32>(o + 3 * column, laneSum(f))
  }
  if (system.hidden > 0) {
    const hiddenStride = (<usize>system.hiddenRows) << 6
    const beta = f32x4.splat(1 / system.kT)
    respond(s, <usize>groups * hiddenStride, 1 / system.kT)
    for (let group: usize = 0; group < <usize>groups; group++)
      denseProduct(
        block + system.transposedOffset,
        system.hiddenRows,
        system.rows,
        r + group * stride,
        0,
        d + group * hiddenStride,
        0,
        1,
      )
    for (let o: usize = 0; o < <usize>groups * hiddenStride; o += 16) {
      const response = v128.load(s + o)
      const slope = f32x4.mul(beta, f32x4.sub(f32x4.splat(1), f32x4.mul(response, response)))
      v128.store(d + o, f32x4.mul(slope, v128.load(d + o)))
    }
  }
  couplingSums(system, x, r, groups, p, q, s, d, out + 4 * column)
}
