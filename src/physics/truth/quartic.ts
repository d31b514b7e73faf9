/**
 * Equilibrium moments of the pure quartic oscillator U = a x⁴/4:
 *
 *     ⟨|x|ⁿ⟩ = (4kT/a)^(n/4) Γ((n+1)/4)/Γ(1/4)
 *
 * so ⟨x²⟩ = √(4kT/a)·Γ(3/4)/Γ(1/4) and ⟨x⁴⟩ = kT/a. (Substitute u = a x⁴/4kT in ∫ xⁿ e^(-U/kT) dx.)
 *
 * @param a > 0
 * @param n power ≥ 0
 */
export function quarticMoment(a: number, kT: number, n: number): number {
  return ((4 * kT) / a) ** (n / 4) * Math.exp(logGamma((n + 1) / 4) - logGamma(1 / 4))
}

/** Lanczos coefficients for g = 7. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** ln Γ(x) for x > 0, to 1e-14. Source: Lanczos, SIAM J. Numer. Anal. 1, 86 (1964), with g = 7 and nine terms. */
function logGamma(x: number): number {
  // Γ(x) = Γ(x + 1)/x: the series is for arguments above 1/2.
  if (x < 0.5) return logGamma(x + 1) - Math.log(x)
  const z = x - 1
  const t = z + 7.5
  const series = lanczos.reduce((sum, c, n) => sum + (n === 0 ? c : c / (z + n)))
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(series)
}
