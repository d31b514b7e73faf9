import { inverse, Matrix } from 'ml-matrix'
import { createNetwork } from '../../src/physics/network/network.js'
import type { PointSet } from '../../src/physics/network/states.js'
import { createPotential, groupSlice, type PotentialOptions } from '../../src/physics/potential/potential.js'
import { createNoising, type DriveKind, noiseWidth, scoreScale, signal } from '../../src/physics/protocol/noising.js'

export const units = 6
export const options: PotentialOptions = { onsite: ['stiffness', 'bias'], pair: ['bilinear'] }
/** Gaussian data: a mean, and a covariance with correlations of either sign, of eigenvalues from .08 to 2.6. */
export const mean = [0.3, -0.5, 0.2, 0.6, -0.1, 0.4]
const factor = new Matrix([
  [0.9, 0, 0, 0, 0, 0],
  [0.5, 0.7, 0, 0, 0, 0],
  [-0.4, 0.5, 0.6, 0, 0, 0],
  [0.7, -0.3, 0.2, 0.5, 0, 0],
  [0.3, 0.6, -0.3, 0.2, 0.5, 0],
  [-0.5, 0.2, 0.5, -0.3, 0.3, 0.4],
])
export const covariance = factor.mmul(factor.transpose())

/** A harmonic network at its exact optimum at every knot: K = scale Σ_t⁻¹ - trap, f = scale Σ_t⁻¹ m μ. */
export function exactNetwork(noise: { duration: number; tMin: number; slices: number }, drive: DriveKind) {
  const noising = createNoising(noise)
  const whole = createPotential(createNetwork({ visible: { units } }), options, 1)
  const { trap, scale } = scoreScale(noising, drive)
  const group = (name: string) => whole.groups.find((each) => each.name === name)!
  const knots = noising.knots.map((t) => {
    const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
    const precision = inverse(Matrix.mul(covariance, m * m).add(Matrix.eye(units, units, s * s)))
    const pull = precision.mmul(Matrix.columnVector(mean)).mul(scale * m)
    const theta = new Float64Array(whole.size)
    const { edges } = whole.network
    for (let i = 0; i < units; i++) {
      groupSlice(group('stiffness'), theta)[i] = scale * precision.get(i, i) - trap
      groupSlice(group('bias'), theta)[i] = pull.get(i, 0)
    }
    for (let e = 0; e < edges.count; e++)
      groupSlice(group('bilinear'), theta)[e] = scale * precision.get(edges.a[e]!, edges.b[e]!)
    return theta
  })
  return { noising, whole, knots }
}

/** Mean and covariance of some units of N(mean, Σ + noise) given others at y: those of the clean ones when noise is 0. */
export function conditional(unknown: readonly number[], known: readonly number[], y: readonly number[], noise = 0) {
  const part = (rows: readonly number[], columns: readonly number[]) =>
    new Matrix(rows.map((i) => columns.map((j) => covariance.get(i, j))))
  const gain = part(unknown, known).mmul(inverse(part(known, known).add(Matrix.eye(known.length, known.length, noise))))
  const apart = Matrix.columnVector(known.map((j, n) => y[n]! - mean[j]!))
  const centre = gain.mmul(apart).add(Matrix.columnVector(unknown.map((i) => mean[i]!)))
  return {
    gain,
    mean: centre.to1DArray(),
    covariance: Matrix.sub(part(unknown, unknown), gain.mmul(part(known, unknown))),
  }
}

/**
 * The largest |z| of all means and covariances of these units against a law: independent states, so the error of a mean is
 * √(v_ii/n), and that of a covariance √((v_ii v_jj + v_ij²)/n), the law's own (Wishart).
 */
export function largestZ(
  set: PointSet,
  chosen: readonly number[],
  law: { mean: readonly number[]; covariance: Matrix },
) {
  const { points, count, units } = set
  const column = (i: number) => Float64Array.from({ length: count }, (_, n) => points[n * units + i]!)
  const columns = chosen.map(column)
  let largest = 0
  columns.forEach((a, i) => {
    const average = a.reduce((sum, x) => sum + x, 0) / count
    largest = Math.max(largest, Math.abs(average - law.mean[i]!) / Math.sqrt(law.covariance.get(i, i) / count))
    columns.forEach((b, j) => {
      // About the law's own mean, known exactly: no degree of freedom is spent.
      let sum = 0
      for (let n = 0; n < count; n++) sum += (a[n]! - law.mean[i]!) * (b[n]! - law.mean[j]!)
      const v = law.covariance
      const error = Math.sqrt((v.get(i, i) * v.get(j, j) + v.get(i, j) ** 2) / count)
      largest = Math.max(largest, Math.abs(sum / count - v.get(i, j)) / error)
    })
  })
  return largest
}
