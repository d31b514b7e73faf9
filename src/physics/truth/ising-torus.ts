import { invalidValue } from '../../errors.js'

/** What is exactly known of Ising spins on a square lattice joined to a torus. */
export interface IsingTorus {
  /** log Σ e^(K Σ ss') */
  readonly logPartition: number
  /** ⟨Σ ss'⟩ over all 2·rows·columns bonds = ∂ log Z/∂K */
  readonly bonds: number
  /** its variance, ∂² log Z/∂K² */
  readonly variance: number
}

/** Step of the central differences of log Z: it is analytic in K on a finite lattice, truncation h² and rounding 1e-16·log Z/h² balance. */
const h = 1e-4

/**
 * Kaufman's partition function of rows × columns spins ±1 on a torus, U = -J Σ ss' over nearest neighbours, K = J/kT:
 *
 *     Z = ½ (2 sinh 2K)^(rows·columns/2) [Π 2cosh(mγ_(2r+1)/2) + Π 2sinh(mγ_(2r+1)/2) + Π 2cosh(mγ_2r/2) + Π 2sinh(mγ_2r/2)]
 *     cosh γ_l = cosh 2K coth 2K - cos(πl/n),   γ_0 = 2K + log tanh K
 *
 * with m rows, n columns, r = 0 … n-1; γ_0 is negative above the critical temperature.
 *
 * @param coupling - K > 0; `rows` and `columns` of at least 3, so that no two spins are neighbours twice
 * Source: Kaufman, Phys. Rev. 76, 1232 (1949); Ferdinand and Fisher, Phys. Rev. 185, 832 (1969).
 *
 * Cost: O(columns).
 */
export function isingTorus(rows: number, columns: number, coupling: number): IsingTorus {
  if (!(coupling > h) || Math.min(rows, columns) < 3)
    throw invalidValue(
      `${rows} × ${columns} spins and J/kT = ${coupling}; expected at least 3 × 3 and a ferromagnet, J/kT > ${h}.`,
      'ising',
    )
  const at = (K: number) => logKaufman(rows, columns, K)
  const [below, here, above] = [at(coupling - h), at(coupling), at(coupling + h)]
  return { logPartition: here, bonds: (above - below) / (2 * h), variance: (above - 2 * here + below) / h ** 2 }
}

function logKaufman(rows: number, columns: number, K: number): number {
  const gamma = (l: number) => {
    if (l === 0) return 2 * K + Math.log(Math.tanh(K))
    return Math.acosh(Math.cosh(2 * K) / Math.tanh(2 * K) - Math.cos((Math.PI * l) / columns))
  }
  /** log |Π 2cosh| or log |Π 2sinh| of mγ/2, and its sign, without overflow */
  const product = (parity: number, sign: number) => {
    let [log, negative] = [0, false]
    for (let r = 0; r < columns; r++) {
      const half = (rows * gamma(2 * r + parity)) / 2
      log += Math.abs(half) + Math.log(1 + sign * Math.exp(-2 * Math.abs(half)))
      if (sign < 0 && half < 0) negative = !negative
    }
    return { log, value: negative ? -1 : 1 }
  }
  const parts = [product(1, 1), product(1, -1), product(0, 1), product(0, -1)]
  const largest = Math.max(...parts.map(({ log }) => log))
  const sum = parts.reduce((all, { log, value }) => all + value * Math.exp(log - largest), 0)
  return Math.log(sum / 2) + largest + ((rows * columns) / 2) * Math.log(2 * Math.sinh(2 * K))
}

/**
 * Onsager's energy per spin of the infinite lattice over J, U = -J Σ ss':
 *
 *     -coth 2K [1 + (2/π)(2tanh² 2K - 1) K₁(k)],   k = 2 sinh 2K/cosh² 2K
 *
 * K₁ the complete elliptic integral of the first kind.
 * Source: Onsager, Phys. Rev. 65, 117 (1944).
 */
export function onsagerEnergy(coupling: number): number {
  const k = (2 * Math.sinh(2 * coupling)) / Math.cosh(2 * coupling) ** 2
  const weight = 2 * Math.tanh(2 * coupling) ** 2 - 1
  // At the critical point the integral diverges, but its factor vanishes faster.
  const integral = weight === 0 || k === 1 ? 0 : (2 / Math.PI) * weight * ellipticIntegral(k)
  return -(1 + integral) / Math.tanh(2 * coupling)
}

/** ∫₀^(π/2) dφ/√(1 - k² sin² φ) = π/(2 agm(1, √(1-k²))). */
function ellipticIntegral(k: number): number {
  let [a, b] = [1, Math.sqrt((1 - k) * (1 + k))]
  while (Math.abs(a - b) > 1e-15 * a) [a, b] = [(a + b) / 2, Math.sqrt(a * b)]
  return Math.PI / (2 * a)
}
