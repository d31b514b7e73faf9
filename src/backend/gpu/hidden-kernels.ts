import type { DeviceFunction, Thread } from './workspace.js'

/*
 * Bistable hidden units, which follow at once: u_h = v_h + b_h with v_h = Σ_i V_ih x_i, ⟨s_h⟩ = tanh(u_h/T). Their parameters are
 * `own`, [2, hidden]: b, then T in the first column. The rest is as in kernels.ts.
 */

type Rows = readonly (readonly number[])[]
type Four = [number, number, number, number]

/**
 * tanh(x), to some units in the last place: WGSL's own may overflow where it is ±1 and lose digits near 0. The polynomial is
 * that of kernels/hyperbolic.h.
 */
function tangent(x: number): number {
  const size = Math.abs(x)
  const z = x * x
  if (size < 0.625) {
    return (
      x +
      x *
        z *
        ((((-5.70498872745e-3 * z + 2.06390887954e-2) * z - 5.37397155531e-2) * z + 1.33314422036e-1) * z -
          3.33332819422e-1)
    )
  }
  const e = Math.exp(-2 * size)
  if (x < 0) {
    return (e - 1) / (1 + e)
  }
  return (1 - e) / (1 + e)
}

/** log 2cosh(x) = |x| + log(1 + e) with e = exp(-2|x|): the series of kernels/hidden.h, since WGSL's log is good to 2⁻²¹ here. */
function logTwoCosh(x: number): number {
  const size = Math.abs(x)
  const e = Math.exp(-2 * size)
  const z = e / (2 + e)
  const q = z * z
  return size + 2 * z * (1 + q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q * (1 / 9 + q * (1 / 11 + q * (1 / 13)))))))
}

/**
 * A hidden unit's part of the energy. Those of the units are halved between both ends of a coupling, of -V_ih x_i⟨s_h⟩ too:
 * the other half is here, with -T log 2cosh(u/T) in the place of the whole.
 */
function hiddenEnergy(v: number, b: number, T: number): number {
  const y = (v + b) / T
  return 0.5 * v * tangent(y) - T * logTwoCosh(y)
}

/** What the kernels of this file call, for a GPU's list of functions. */
export const hiddenFunctions: readonly DeviceFunction[] = [
  { source: String(tangent), takes: ['Number'], gives: 'Number' },
  { source: String(logTwoCosh), takes: ['Number'], gives: 'Number' },
  { source: String(hiddenEnergy), takes: ['Number', 'Number', 'Number'], gives: 'Number' },
]

/** ⟨s_h⟩ of four columns. */
export function hiddenMean(this: Thread, v: Rows, own: Rows): Four {
  const b = own[0]![this.thread.y]!
  const T = own[1]![0]!
  return [
    tangent((v[this.thread.y]![4 * this.thread.x]! + b) / T),
    tangent((v[this.thread.y]![4 * this.thread.x + 1]! + b) / T),
    tangent((v[this.thread.y]![4 * this.thread.x + 2]! + b) / T),
    tangent((v[this.thread.y]![4 * this.thread.x + 3]! + b) / T),
  ]
}

/** s_i - Σ_h V_ih ⟨s_h⟩: what hidden units add to the field of a unit. `V`: [hidden, units]. */
export function pulledField(this: Thread<{ hidden: number }>, s: Rows, V: Rows, means: Rows): Four {
  let sum0 = 0
  let sum1 = 0
  let sum2 = 0
  let sum3 = 0
  for (let h = 0; h < this.constants.hidden; h++) {
    const w = V[h]![this.thread.y]!
    sum0 += w * means[h]![4 * this.thread.x]!
    sum1 += w * means[h]![4 * this.thread.x + 1]!
    sum2 += w * means[h]![4 * this.thread.x + 2]!
    sum3 += w * means[h]![4 * this.thread.x + 3]!
  }
  return [
    s[this.thread.y]![4 * this.thread.x]! - sum0,
    s[this.thread.y]![4 * this.thread.x + 1]! - sum1,
    s[this.thread.y]![4 * this.thread.x + 2]! - sum2,
    s[this.thread.y]![4 * this.thread.x + 3]! - sum3,
  ]
}

/** Energies of hidden units before and after a step, for thread (column, block of units). */
export function hiddenExchanged(
  this: Thread<{ units: number; blockUnits: number }>,
  v: Rows,
  vNext: Rows,
  own: Rows,
): [number, number] {
  const T = own[1]![0]!
  let before = 0
  let after = 0
  for (let n = 0; n < this.constants.blockUnits; n++) {
    const h = this.constants.blockUnits * this.thread.y + n
    if (h < this.constants.units) {
      const b = own[0]![h]!
      before += hiddenEnergy(v[h]![this.thread.x]!, b, T)
      after += hiddenEnergy(vNext[h]![this.thread.x]!, b, T)
    }
  }
  return [before, after]
}

/**
 * What a hidden unit answers to states that are nudged to and fro by ½span·r about x + shift·r, for thread (column, unit): the
 * mean of ⟨s_h⟩ over both, and its difference over `span`, at span 0 its derivative along r. By
 * tanh a - tanh b = tanh(a - b)(1 - tanh a tanh b), so that near states cancel no digits.
 *
 * @param along - Σ_i V_ih r_i
 */
export function hiddenResponse(
  this: Thread,
  v: Rows,
  along: Rows,
  own: Rows,
  span: number,
  shift: number,
): [number, number] {
  const T = own[1]![0]!
  const w = along[this.thread.y]![this.thread.x]! / T
  const y = (v[this.thread.y]![this.thread.x]! + own[0]![this.thread.y]!) / T + shift * w
  const s1 = tangent(y + 0.5 * span * w)
  const s2 = tangent(y - 0.5 * span * w)
  let slope = w
  if (span > 0) {
    slope = tangent(span * w) / span
  }
  return [0.5 * (s1 + s2), slope * (1 - s1 * s2)]
}
