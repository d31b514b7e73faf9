import { wellCumulants, wellCurvature, wellMinimum, wellSlope } from './double-well.js'
import type { Response } from './response.js'

/** Knots of the table stand at y = sinh(n/16): evenly where the wells compete, in ratio beyond. */
const density = 16
/** The table ends where B s⁴ is this large, s the lowest point under the field: Laplace's expansion is then exact to its square. */
const lastDepth = 1e7
/** Coefficients of a piece. */
const order = 8

/**
 * Response of a unit in a double well with its minima at ±1 and a barrier of B times its temperature T, which follows its field at once:
 *
 *     A(u) = -T ln Z(u/T),   Z(y) = ∫ e^(ys - B(s² - 1)²) ds,   ⟨s⟩ = (ln Z)',   d⟨s⟩/du = (ln Z)″/T, …
 *
 * ln Z is tabulated by quadrature with its first three derivatives, and interpolated by polynomials of degree 7 that have
 * both at both ends of a piece. All the rest are derivatives of those polynomials: ⟨s⟩ is -dA/du to rounding, everywhere.
 * Measured against direct quadrature, B from .25 to 64: ⟨s⟩ within 2e-11, T d⟨s⟩/du within 3e-10 and T² d²⟨s⟩/du² within 3e-8. Beyond the table, |y| ~ 10⁶, Laplace's
 * expansion with its first correction.
 *
 * @param barrier - B, in units of T
 *
 * Cost: the table takes some 250 quadratures once; then one asinh and 8 multiply-adds each for A, ⟨s⟩ and the rest.
 */
export function doubleWellResponse(barrier: number): Response {
  const { knots, pieces } = tabulate(barrier)
  const end = knots.at(-1)!
  // Rounding may put a field just below the last knot on it.
  const pieceAt = (y: number) => Math.min(Math.floor(Math.asinh(y) * density), knots.length - 2)
  return {
    name: 'quartic hidden units',
    addFreeEnergy(u, from, length, energy, T) {
      for (let n = 0; n < length; n++) {
        const y = Math.abs(u[from + n]! / T)
        if (y >= end) {
          energy[n]! -= T * laplace(barrier, y)[0]
          continue
        }
        const piece = pieceAt(y)
        const t = (y - knots[piece]!) / (knots[piece + 1]! - knots[piece]!)
        let value = 0
        for (let k = order - 1; k >= 0; k--) value = value * t + pieces[piece * order + k]!
        energy[n]! -= T * value
      }
    },
    respond(u, length, T, mean, susceptibility, bend) {
      for (let n = 0; n < length; n++) {
        const field = u[n]! / T
        const y = Math.abs(field)
        const sign = field < 0 ? -1 : 1
        let [first, second, third] = [0, 0, 0]
        if (y >= end) [, first, second, third] = laplace(barrier, y)
        else {
          const piece = pieceAt(y)
          const step = knots[piece + 1]! - knots[piece]!
          const t = (y - knots[piece]!) / step
          for (let k = order - 1; k >= 1; k--) {
            const c = k * pieces[piece * order + k]!
            first = first * t + c
            if (k >= 2) second = second * t + (k - 1) * c
            if (k >= 3) third = third * t + (k - 1) * (k - 2) * c
          }
          first /= step
          second /= step ** 2
          third /= step ** 3
        }
        mean[n] = sign * first
        if (susceptibility !== null) susceptibility[n] = second / T
        if (bend !== null) bend[n] = (sign * third) / T ** 2
      }
    },
  }
}

/** Knots y, [pieces + 1], and the coefficients of ln Z in t = (y - y_n)/(y_(n+1) - y_n), [pieces, 8]. */
function tabulate(barrier: number): { knots: Float64Array; pieces: Float64Array } {
  const last = wellSlope(barrier, (lastDepth / barrier) ** 0.25)
  const count = Math.ceil(Math.asinh(last) * density)
  const knots = Float64Array.from({ length: count + 1 }, (_, n) => Math.sinh(n / density))
  const cumulants = Array.from(knots, (y) => wellCumulants(barrier, y))
  const pieces = new Float64Array(count * order)
  for (let n = 0; n < count; n++) {
    const step = knots[n + 1]! - knots[n]!
    pieces.set(hermite(taylor(cumulants[n]!, step), taylor(cumulants[n + 1]!, step)), n * order)
  }
  return { knots, pieces }
}

type Four = [number, number, number, number]

/** Value and derivatives in y as Taylor coefficients in t = y/step. */
function taylor([value, first, second, third]: Four, step: number): Four {
  return [value, first * step, (second * step ** 2) / 2, (third * step ** 3) / 6]
}

/**
 * The polynomial of degree 7 with Taylor coefficients a at t = 0 and b at t = 1: Σ_(k<4) a_k t^k + t⁴ q(t - 1), where q takes
 * what the first part leaves at 1, divided by t⁴ = (1 + τ)⁴ with (1 + τ)⁻⁴ = 1 - 4τ + 10τ² - 20τ³ …
 */
function hermite(a: Four, b: Four): number[] {
  const r = [
    b[0] - (a[0] + a[1] + a[2] + a[3]),
    b[1] - (a[1] + 2 * a[2] + 3 * a[3]),
    b[2] - (a[2] + 3 * a[3]),
    b[3] - a[3],
  ] as Four
  const q0 = r[0]
  const q1 = r[1] - 4 * r[0]
  const q2 = r[2] - 4 * r[1] + 10 * r[0]
  const q3 = r[3] - 4 * r[2] + 10 * r[1] - 20 * r[0]
  return [...a, q0 - q1 + q2 - q3, q1 - 2 * q2 + 3 * q3, q2 - 3 * q3, q3]
}

/**
 * ln Z and its first three derivatives for fields far beyond those of the wells: with f = w/kT - ys at its lowest point s,
 * ds/dy = 1/f″, they are -f + ½ ln(2π/f″), s - f‴/2f″², and the derivatives of that.
 */
function laplace(barrier: number, y: number): Four {
  const s = wellMinimum(barrier, y)
  const f2 = wellCurvature(barrier, s)
  const f3 = 24 * barrier * s
  const f4 = 24 * barrier
  const value = y * s - barrier * (s * s - 1) ** 2 + Math.log((2 * Math.PI) / f2) / 2
  // d⟨s⟩/ds and its derivative; f″″ is the last derivative that is not zero.
  const slope = 1 - f4 / (2 * f2 ** 2) + f3 ** 2 / f2 ** 3
  const curve = (3 * f3 * f4) / f2 ** 3 - (3 * f3 ** 3) / f2 ** 4
  return [value, s - f3 / (2 * f2 ** 2), slope / f2, (curve - (slope * f3) / f2) / f2 ** 2]
}
