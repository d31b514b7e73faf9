import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix'
import type { GaussianLaw } from '../observe/moments.js'
import type { Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import type { Protocol } from '../protocol/protocol.js'
import { eulerMaruyamaMap, harmonicSteps, inner } from './harmonic-steps.js'

/**
 * ln⟨e^(-λW/kT)⟩ of a harmonic network driven by a protocol in steps of Euler–Maruyama, exactly: what an
 * exponential average of simulated works must give. (At λ = 1 it differs from -ΔF/kT by O(h), as Euler–Maruyama does not
 * keep the Boltzmann distribution.) Weighting by the work of a jump keeps the law Gaussian: with l = λ/kT and
 * g = ΔK m - Δf,
 *
 *     S* = (1 + l S ΔK)⁻¹ S,  m* = m - l S* g,  ln Z += -½ ln det(1 + l S ΔK) + (l²/2) gᵀS* g - l(mᵀΔK m/2 - Δf·m)
 *
 * λ = 2 gives the second moment: the effective sample size of the average tends to e^(2 ln⟨1⟩ - ln⟨2⟩) of the runs.
 *
 * @returns Infinity where the average diverges
 *
 * Cost: O(steps·units³).
 */
export function harmonicExponentialWork(
  potential: Potential,
  protocol: Protocol,
  bath: Bath,
  start: GaussianLaw,
  lambda = 1,
): number {
  const { units } = potential.network
  const l = lambda / bath.kT
  let m = Matrix.columnVector(start.mean)
  let S = Matrix.from1DArray(units, units, start.covariance)
  let logarithm = 0
  const stepOf = eulerMaruyamaMap(bath, potential.network)
  for (const { h, before, after } of harmonicSteps(potential, protocol)) {
    if (after !== before) {
      const dK = Matrix.sub(after.K, before.K)
      const df = Matrix.sub(after.f, before.f)
      const g = dK.mmul(m).sub(df)
      // 1 + l S^½ ΔK S^½ has the determinant of 1 + l S ΔK, is symmetric, and must be positive for the average to exist.
      const root = symmetricRoot(S)
      const middle = Matrix.eye(units).add(root.mmul(dK).mmul(root).mul(l))
      const { realEigenvalues } = new EigenvalueDecomposition(middle, { assumeSymmetric: true })
      if (Math.min(...realEigenvalues) <= 0) return Number.POSITIVE_INFINITY
      logarithm -= l * (inner(m, dK.mmul(m)) / 2 - inner(df, m) + after.constant - before.constant)
      S = root.mmul(inverse(middle)).mmul(root)
      const Sg = S.mmul(g)
      logarithm += (l * l * inner(g, Sg)) / 2 - realEigenvalues.reduce((sum, value) => sum + Math.log(value), 0) / 2
      m = Matrix.sub(m, Sg.mul(l))
    }
    const { A, At, push, noise } = stepOf(after, h)
    m = A.mmul(m).add(push)
    S = A.mmul(S).mmul(At).add(noise)
  }
  return logarithm
}

/** The symmetric square root of a covariance. */
function symmetricRoot(S: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix: V } = new EigenvalueDecomposition(S, { assumeSymmetric: true })
  // Eigenvalues are ≥ 0 but for rounding.
  const roots = Matrix.diag(realEigenvalues.map((value) => Math.sqrt(Math.max(0, value))))
  return V.mmul(roots).mmul(V.transpose())
}
