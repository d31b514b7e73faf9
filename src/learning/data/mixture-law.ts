import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import type { Component } from './density.js'

/** Writes ∇log p ([units]) and ∇²log p ([units, units]) at x [units]; where asked, the responsibilities r_k(x), [components]. */
type MixtureDerivatives = (
  x: Float64Array,
  slope: Float64Array,
  curvature: Float64Array,
  responsibility?: Float64Array,
) => void

/**
 * The derivatives of the law of x + σε, x of a mixture: the same mixture with σ² added to every covariance. With g_k = -Σ_k⁻¹(x - μ_k),
 *
 *     ∇log p = Σ_k r_k g_k,   ∇²log p = Σ_k r_k (g_k g_kᵀ - Σ_k⁻¹) - ∇log p ∇log pᵀ
 *
 * @param sigma - σ; 0 for the mixture itself
 */
export function mixtureDerivatives(components: readonly Component[], sigma: number): MixtureDerivatives {
  const units = components[0]!.mean.length
  const total = components.reduce((sum, { weight }) => sum + weight, 0)
  const parts = components.map(({ weight, mean, root }) => {
    const L = new Matrix(root.map((row) => [...row]))
    const factor = new CholeskyDecomposition(L.mmul(L.transpose()).add(Matrix.eye(units).mul(sigma * sigma)))
    const determinant = factor.lowerTriangularMatrix.diagonal().reduce((product, value) => product * value, 1)
    return {
      mean: Float64Array.from(mean),
      precision: Float64Array.from(factor.solve(Matrix.eye(units)).to1DArray()),
      logFactor: Math.log(weight / total) - Math.log(determinant),
      pull: new Float64Array(units),
    }
  })
  const count = parts.length
  const unasked = new Float64Array(count)
  return (x, slope, curvature, responsibility = unasked) => {
    let largest = -Infinity
    for (let k = 0; k < count; k++) {
      const { mean, precision, logFactor, pull } = parts[k]!
      let square = 0
      for (let i = 0; i < units; i++) {
        let force = 0
        for (let j = 0; j < units; j++) force -= precision[i * units + j]! * (x[j]! - mean[j]!)
        pull[i] = force
        square -= force * (x[i]! - mean[i]!)
      }
      responsibility[k] = logFactor - square / 2
      largest = Math.max(largest, responsibility[k]!)
    }
    let sum = 0
    for (let k = 0; k < count; k++) {
      responsibility[k] = Math.exp(responsibility[k]! - largest)
      sum += responsibility[k]!
    }
    slope.fill(0)
    curvature.fill(0)
    for (let k = 0; k < count; k++) {
      const { precision, pull } = parts[k]!
      const r = responsibility[k]! / sum
      responsibility[k] = r
      for (let i = 0; i < units; i++) {
        slope[i]! += r * pull[i]!
        for (let j = 0; j < units; j++)
          curvature[i * units + j]! += r * (pull[i]! * pull[j]! - precision[i * units + j]!)
      }
    }
    for (let i = 0; i < units; i++) for (let j = 0; j < units; j++) curvature[i * units + j]! -= slope[i]! * slope[j]!
  }
}
