import { columnsOf, type PointSet, rowsOf } from '../../physics/network/states.js'
import { forceAndEnergy, type Potential } from '../../physics/potential/potential.js'
import { type DriveKind, type Noising, noiseWidth, scoreScale, signal } from '../../physics/protocol/noising.js'

/**
 * The last, noiseless step: the mean of the clean state given the state at t_min (Tweedie's formula),
 *
 *     x_0 = (x + s² ∇log p)/m,   ∇log p = (F(x) - trap·x)/scale
 *
 * Source: Efron, J. Am. Stat. Assoc. 106, 1602 (2011), eq. 1.4.
 *
 * @param samples - final states; their first `visible` units are denoised, and the others are left out
 * @param score - writes ∇log p at t_min for states [units, batch]
 */
export function denoised(
  samples: PointSet,
  noising: Noising,
  score: (x: Float64Array, batch: number, out: Float64Array) => void,
  visible = samples.units,
): PointSet {
  const t = noising.knots.at(-1)!
  const m = signal(noising, t)
  const variance = noiseWidth(noising, t) ** 2
  const { x, batch } = columnsOf(samples)
  const gradient = new Float64Array(x.length)
  score(x, batch, gradient)
  const clean = x.subarray(0, visible * batch).map((value, n) => (value + variance * gradient[n]!) / m)
  return rowsOf({ x: clean, batch })
}

/** ∇log p as a trained network knows it: (F - trap·x)/scale with the parameters of one knot. */
export function networkScore(potential: Potential, noising: Noising, theta: Float64Array, drive: DriveKind) {
  const { trap, scale } = scoreScale(noising, drive)
  return (x: Float64Array, batch: number, out: Float64Array): void => {
    forceAndEnergy(potential, theta, x, batch, out, null)
    for (let n = 0; n < out.length; n++) out[n] = (out[n]! - trap * x[n]!) / scale
  }
}
