import type { DeviceFunction, Thread } from './workspace.js'

/*
 * Kernels, in the subset of JavaScript that gpu.js translates to WGSL. States are [units, columns]. A thread (x, y) has the
 * unit y and four columns from 4x on: they share its parameters, and (in simulations) their normals come from one counter.
 *
 *   k c a f   parameters of a unit            s   field Σ_j J_ij x_j - Σ_h V_ih ⟨s_h⟩, labels among the j
 *   x         a state                         t   field Σ_j G_ij x_j²
 *
 * Variables are float32 but for loop counters, and array indices are written out where they must be exact. A kernel stands
 * beside the functions of ours that it calls: bundlers rename both or neither.
 */

type Rows = readonly (readonly number[])[]
type Four = [number, number, number, number]

/**
 * The four normals of a Philox counter (normals.ts): those of trajectories τ, τ + 4, τ + 8 and τ + 12, where
 * τ = 16⌊counter/4⌋ + counter mod 4.
 */
declare function normals(counter: number, unit: number, step: number, stream: number, key0: number, key1: number): Four

/** F = f - k x - c x² - a x³ - s - 2 x t */
function unitForce(x: number, k: number, c: number, a: number, f: number, s: number, t: number): number {
  return f - s - x * (k + x * (c + a * x) + 2 * t)
}

/** A unit's part of the energy: U = Σ_i k x²/2 + c x³/3 + a x⁴/4 - f x + (x s + x² t)/2, every edge halved between its ends. */
function unitEnergy(x: number, k: number, c: number, a: number, f: number, s: number, t: number): number {
  return x * (0.5 * s - f + x * (0.5 * (k + t) + x * (c * 0.3333333333333333 + 0.25 * a * x)))
}

/** `next`, or `mark` when it has diverged; a coordinate that had stays as it is, and so says for good when it did. */
function kept(x: number, next: number, limit: number, mark: number): number {
  if (Math.abs(x) >= limit) {
    return x
  }
  if (Math.abs(next) < limit) {
    return next
  }
  return mark
}

const numbers = (count: number) => Array.from({ length: count }, () => 'Number' as const)

/** What the kernels of this file call, for a GPU's list of functions. */
export const forceFunctions: readonly DeviceFunction[] = [
  { source: String(unitForce), takes: numbers(7), gives: 'Number' },
  { source: String(unitEnergy), takes: numbers(7), gives: 'Number' },
  { source: String(kept), takes: numbers(4), gives: 'Number' },
]

/** The field Σ_j w_ij u(x_j) of all units, u = x or (squares) x². */
export function denseField(this: Thread<{ units: number; squares: boolean }>, weights: Rows, x: Rows): Four {
  let sum0 = 0
  let sum1 = 0
  let sum2 = 0
  let sum3 = 0
  for (let j = 0; j < this.constants.units; j++) {
    const w = weights[this.thread.y]![j]!
    const x0 = x[j]![4 * this.thread.x]!
    const x1 = x[j]![4 * this.thread.x + 1]!
    const x2 = x[j]![4 * this.thread.x + 2]!
    const x3 = x[j]![4 * this.thread.x + 3]!
    sum0 += w * (this.constants.squares ? x0 * x0 : x0)
    sum1 += w * (this.constants.squares ? x1 * x1 : x1)
    sum2 += w * (this.constants.squares ? x2 * x2 : x2)
    sum3 += w * (this.constants.squares ? x3 * x3 : x3)
  }
  return [sum0, sum1, sum2, sum3]
}

/** The same field over the neighbours of each unit. */
export function listedField(
  this: Thread<{ degree: number; squares: boolean }>,
  weights: Rows,
  x: Rows,
  neighbours: Rows,
): Four {
  let sum0 = 0
  let sum1 = 0
  let sum2 = 0
  let sum3 = 0
  for (let n = 0; n < this.constants.degree; n++) {
    const w = weights[n]![this.thread.y]!
    const j = neighbours[n]![this.thread.y]!
    const x0 = x[j]![4 * this.thread.x]!
    const x1 = x[j]![4 * this.thread.x + 1]!
    const x2 = x[j]![4 * this.thread.x + 2]!
    const x3 = x[j]![4 * this.thread.x + 3]!
    sum0 += w * (this.constants.squares ? x0 * x0 : x0)
    sum1 += w * (this.constants.squares ? x1 * x1 : x1)
    sum2 += w * (this.constants.squares ? x2 * x2 : x2)
    sum3 += w * (this.constants.squares ? x3 * x3 : x3)
  }
  return [sum0, sum1, sum2, sum3]
}

/**
 * A step of Euler–Maruyama: x' = x + μ F dt + sqrt(2 μ kT dt) R, times what the unit's mobility is relative to the bath's, and
 * its root: clamped units stay.
 *
 * @param drift - μ dt; `kick`: sqrt(2 μ kT dt), with the bath's μ
 * @param mark - what stands in the place of a coordinate that diverges in this step
 * @param counter - Philox counter of column 0
 */
export function move(
  this: Thread<{ limit: number }>,
  x: Rows,
  onsite: Rows,
  s: Rows,
  t: Rows,
  drift: number,
  kick: number,
  mark: number,
  counter: number,
  step: number,
  stream: number,
  key0: number,
  key1: number,
): Four {
  const r = normals(counter + this.thread.x, this.thread.y, step, stream, key0, key1)
  const k = onsite[0]![this.thread.y]!
  const c = onsite[1]![this.thread.y]!
  const a = onsite[2]![this.thread.y]!
  const f = onsite[3]![this.thread.y]!
  const far = drift * onsite[4]![this.thread.y]!
  const wide = kick * onsite[5]![this.thread.y]!
  const x0 = x[this.thread.y]![4 * this.thread.x]!
  const x1 = x[this.thread.y]![4 * this.thread.x + 1]!
  const x2 = x[this.thread.y]![4 * this.thread.x + 2]!
  const x3 = x[this.thread.y]![4 * this.thread.x + 3]!
  const s0 = s[this.thread.y]![4 * this.thread.x]!
  const s1 = s[this.thread.y]![4 * this.thread.x + 1]!
  const s2 = s[this.thread.y]![4 * this.thread.x + 2]!
  const s3 = s[this.thread.y]![4 * this.thread.x + 3]!
  const t0 = t[this.thread.y]![4 * this.thread.x]!
  const t1 = t[this.thread.y]![4 * this.thread.x + 1]!
  const t2 = t[this.thread.y]![4 * this.thread.x + 2]!
  const t3 = t[this.thread.y]![4 * this.thread.x + 3]!
  const f0 = unitForce(x0, k, c, a, f, s0, t0)
  const f1 = unitForce(x1, k, c, a, f, s1, t1)
  const f2 = unitForce(x2, k, c, a, f, s2, t2)
  const f3 = unitForce(x3, k, c, a, f, s3, t3)
  return [
    kept(x0, x0 + far * f0 + wide * r[0], this.constants.limit, mark),
    kept(x1, x1 + far * f1 + wide * r[1], this.constants.limit, mark),
    kept(x2, x2 + far * f2 + wide * r[2], this.constants.limit, mark),
    kept(x3, x3 + far * f3 + wide * r[3], this.constants.limit, mark),
  ]
}

/** What `move` takes. */
export const moveTakes = [
  ...(['array', 'array', 'array', 'array'] as const),
  ...(['number', 'number', 'number'] as const),
  ...(['integer', 'integer', 'integer', 'integer', 'integer'] as const),
]

/** Units whose energies the device adds up in float32; the host adds the blocks in float64. */
export const blockUnits = 16

/**
 * What a step exchanged, for thread (column, block of units): U(x), U(x') and Σ ½(F(x) + F(x'))·(x' - x), all with the
 * parameters of the step.
 */
export function exchanged(
  this: Thread<{ units: number; blockUnits: number }>,
  x: Rows,
  s: Rows,
  t: Rows,
  next: Rows,
  sNext: Rows,
  tNext: Rows,
  onsite: Rows,
): [number, number, number] {
  let before = 0
  let after = 0
  let heat = 0
  for (let n = 0; n < this.constants.blockUnits; n++) {
    const i = this.constants.blockUnits * this.thread.y + n
    if (i < this.constants.units) {
      const k = onsite[0]![i]!
      const c = onsite[1]![i]!
      const a = onsite[2]![i]!
      const f = onsite[3]![i]!
      const xi = x[i]![this.thread.x]!
      const si = s[i]![this.thread.x]!
      const ti = t[i]![this.thread.x]!
      const yi = next[i]![this.thread.x]!
      const siNext = sNext[i]![this.thread.x]!
      const tiNext = tNext[i]![this.thread.x]!
      before += unitEnergy(xi, k, c, a, f, si, ti)
      after += unitEnergy(yi, k, c, a, f, siNext, tiNext)
      heat += 0.5 * (unitForce(xi, k, c, a, f, si, ti) + unitForce(yi, k, c, a, f, siNext, tiNext)) * (yi - xi)
    }
  }
  return [before, after, heat]
}

/**
 * r = F - F̂ of noised data, for thread (column, unit); 0 on units that carry no data, and in columns from `count` on, which hold
 * no datum.
 */
export function residual(
  this: Thread<{ visible: number }>,
  x: Rows,
  onsite: Rows,
  s: Rows,
  t: Rows,
  target: Rows,
  count: number,
): number {
  const force = unitForce(
    x[this.thread.y]![this.thread.x]!,
    onsite[0]![this.thread.y]!,
    onsite[1]![this.thread.y]!,
    onsite[2]![this.thread.y]!,
    onsite[3]![this.thread.y]!,
    s[this.thread.y]![this.thread.x]!,
    t[this.thread.y]![this.thread.x]!,
  )
  if (this.thread.x < count && this.thread.y < this.constants.visible) {
    return force - target[this.thread.y]![this.thread.x]!
  }
  return 0
}
