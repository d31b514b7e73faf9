import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { denseProduct, tile } from '../potential/dense.js'
import type { HarmonicPart } from './drive.js'

/**
 * Moves a batch by a harmonic force for a while, exactly: writes the states after, given standard normals. Where each trajectory has an f
 * of its own, [units, batch], that is in the place of f.
 */
export type HarmonicFlow = (
  x: Float64Array,
  normals: Float64Array,
  batch: number,
  next: Float64Array,
  ownForce?: Float64Array,
) => void

/**
 * The exact solution of dx = μ(f - Kx) dt + sqrt(2μkT) dW over a time dt, an Ornstein–Uhlenbeck process in each mode of K:
 *
 *     y = Vᵀx,   K = V diag(λ) Vᵀ
 *     y' = e^(-μλh) y + (1 - e^(-μλh))/λ · (Vᵀf) + sqrt(kT (1 - e^(-2μλh))/λ) R
 *
 * The modes may be soft (λ = 0: free diffusion) or unstable (λ < 0).
 *
 * Cost: O(units³) to prepare, 2·units²·batch multiply-adds a step.
 */
export function harmonicFlow(
  { stiffness, force }: HarmonicPart,
  mobility: number,
  kT: number,
  dt: number,
): HarmonicFlow {
  const units = force.length
  const { realEigenvalues: rates, eigenvectorMatrix } = new EigenvalueDecomposition(
    Matrix.from1DArray(units, units, stiffness),
    { assumeSymmetric: true },
  )
  const modes = Float64Array.from(eigenvectorMatrix.to1DArray())
  const transposed = Float64Array.from(eigenvectorMatrix.transpose().to1DArray())
  /** ∫₀ʰ e^(-cλs) ds = (1 - e^(-cλh))/(cλ) */
  const integral = (c: number, rate: number) =>
    Math.abs(c * rate * dt) < 1e-12 ? dt : -Math.expm1(-c * rate * dt) / (c * rate)
  const kept = rates.map((rate) => Math.exp(-mobility * rate * dt))
  const width = rates.map((rate) => Math.sqrt(2 * mobility * kT * integral(2 * mobility, rate)))
  const response = rates.map((rate) => mobility * integral(mobility, rate))
  const pull = rates.map((rate, p) => {
    let along = 0
    for (let i = 0; i < units; i++) along += modes[i * units + p]! * force[i]!
    return along * mobility * integral(mobility, rate)
  })
  const packed = new Float64Array(units * tile)
  let y = new Float64Array(0)
  return (x, normals, batch, next, ownForce) => {
    if (y.length !== x.length) y = new Float64Array(x.length)
    denseProduct(transposed, units, units, x, batch, packed, y)
    for (let p = 0; p < units; p++)
      for (let n = p * batch; n < (p + 1) * batch; n++) y[n] = kept[p]! * y[n]! + pull[p]! + width[p]! * normals[n]!
    if (ownForce !== undefined) {
      denseProduct(transposed, units, units, ownForce, batch, packed, next)
      for (let p = 0; p < units; p++)
        for (let n = p * batch; n < (p + 1) * batch; n++) y[n]! += response[p]! * next[n]! - pull[p]!
    }
    denseProduct(modes, units, units, y, batch, packed, next)
  }
}
