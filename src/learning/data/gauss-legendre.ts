/** Points u in (0, 1), increasing, and weights of ∫_0^1 f(u) du ≈ Σ_k w_k f(u_k). */
export interface GaussLegendre {
  readonly points: Float64Array
  readonly weights: Float64Array
}

/**
 * Gauss and Legendre's rule of n points, exact for polynomials of degree 2n - 1.
 *
 * Cost: O(n²), Newton's steps at each root of P_n.
 * Source: Press et al., Numerical Recipes, section 4.6.
 */
export function gaussLegendre(n: number): GaussLegendre {
  const points = new Float64Array(n)
  const weights = new Float64Array(n)
  for (let k = 0; k < n; k++) {
    let z = -Math.cos((Math.PI * (k + 0.75)) / (n + 0.5))
    let slope = 0
    for (let step = 0; step < 8; step++) {
      let [value, before] = [1, 0]
      for (let m = 1; m <= n; m++) [value, before] = [((2 * m - 1) * z * value - (m - 1) * before) / m, value]
      slope = (n * (z * value - before)) / (z * z - 1)
      z -= value / slope
    }
    points[k] = (1 + z) / 2
    weights[k] = 1 / ((1 - z * z) * slope * slope)
  }
  return { points, weights }
}
