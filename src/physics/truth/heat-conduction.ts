import { Matrix, solve } from 'ml-matrix'

/** Two units in traps k0, joined by a spring k, each in a bath of its own: U = k0(x₁² + x₂²)/2 + k(x₁ - x₂)²/2. */
export interface PairBetweenBaths {
  readonly trap: number
  readonly spring: number
  readonly mobility: readonly [number, number]
  readonly kT: readonly [number, number]
}

/** What is exactly known of it at rest. */
export interface ConductionLaw {
  /** covariance of the two, [2, 2] row-major */
  readonly covariance: Float64Array
  /** heat from the second bath to the first, per unit of time */
  readonly heat: number
  /** entropy that it produces, in units of k_B per unit of time */
  readonly entropy: number
}

/**
 * Heat conduction at rest, in continuous time (h = 0) or in steps h of Euler–Maruyama. With a = k0 + k, A = μK and
 *
 *     AS + SAᵀ - hASAᵀ = 2μkT
 *
 * for the covariance S, what ½(F₁ + F₁')·dx₁ brings per unit of time, [K(AS - SAᵀ)]₁₁/2, is in the eigenbasis of A the one element of S
 * that is not diagonal, in proportion to 1/(λ₊ + λ₋ - hλ₊λ₋):
 *
 *     J = k² μ₁μ₂(T₂ - T₁)/((μ₁ + μ₂) a - h μ₁μ₂(a² - k²)),
 *
 * which produces the entropy J(1/T₁ - 1/T₂).
 *
 * Source: of free units with equal mobilities in continuous time Parrondo and Español, Am. J. Phys. 64, 1125 (1996).
 */
export function conductionLaw({ trap, spring: k, mobility, kT }: PairBetweenBaths, h = 0): ConductionLaw {
  const a = trap + k
  const [[m1, m2], [T1, T2]] = [mobility, kT]
  const A = new Matrix([
    [m1 * a, -m1 * k],
    [-m2 * k, m2 * a],
  ])
  const At = A.transpose()
  const image = (S: Matrix) => Matrix.add(A.mmul(S), S.mmul(At)).sub(A.mmul(S).mmul(At).mul(h)).to1DArray()
  const unit = [0, 1, 2, 3].map((n) =>
    Matrix.from1DArray(
      2,
      2,
      [0, 1, 2, 3].map((m) => (m === n ? 1 : 0)),
    ),
  )
  const operator = new Matrix(unit.map(image)).transpose()
  const S = solve(operator, Matrix.columnVector([2 * m1 * T1, 0, 0, 2 * m2 * T2]))
  const heat = (k * k * m1 * m2 * (T2 - T1)) / ((m1 + m2) * a - h * m1 * m2 * (a * a - k * k))
  return { covariance: Float64Array.from(S.to1DArray()), heat, entropy: heat * (1 / T1 - 1 / T2) }
}
