import { describe, expect, it } from 'vitest'
import { frechetDistance, frechetReference, frechetValue } from '../../src/learning/evaluation/frechet.js'
import { covariance, meanPoint } from '../../src/physics/observe/moments.js'
import { errorRatio, normals, ratioLimit, replicates, set, shifted, without } from './point-sets.js'

describe('Fréchet distance', () => {
  it('is |Δm|² + Σ(σ_a - σ_b)² for sets with these moments and a common frame', () => {
    // The corners (±p, ±q) have the covariance diag(4p²/3, 4q²/3).
    const corners = (p: number, q: number) => set([p, q], [p, -q], [-p, q], [-p, -q])
    const { value } = frechetDistance(shifted(corners(3, 1), [0.5, -2]), corners(1.5, 2))
    expect(value).toBeCloseTo(0.25 + 4 + (4 / 3) * (1.5 ** 2 + 1), 12)
  })

  it('agrees in two dimensions with tr(Σ_aΣ_b)^½ = √(tr Σ_aΣ_b + 2√(det Σ_a det Σ_b))', () => {
    for (let draw = 0; draw < 20; draw++) {
      const a = normals(9, 2, 2 * draw)
      const b = shifted(normals(7, 2, 2 * draw + 1), [1, 2])
      const [a00, a01, , a11] = covariance(a) as unknown as [number, number, number, number]
      const [b00, b01, , b11] = covariance(b) as unknown as [number, number, number, number]
      const traceOfProduct = a00 * b00 + 2 * a01 * b01 + a11 * b11
      const root = Math.sqrt(traceOfProduct + 2 * Math.sqrt((a00 * a11 - a01 ** 2) * (b00 * b11 - b01 ** 2)))
      const [m, n] = [meanPoint(a), meanPoint(b)]
      const truth = (m[0]! - n[0]!) ** 2 + (m[1]! - n[1]!) ** 2 + a00 + a11 + b00 + b11 - 2 * root
      expect(frechetDistance(a, b).value).toBeCloseTo(truth, 10)
    }
  })

  it('is 0 from a set to itself, also where the covariance is singular', () => {
    // Directions with an eigenvalue near 0 are known to √(2⁻⁵²): 1.5e-8 each.
    const flat = normals(30, 20, 1)
    const embedded = { points: new Float64Array(30 * 40), count: 30, units: 40 }
    for (let n = 0; n < 600; n++) embedded.points[40 * Math.floor(n / 20) + (n % 20)] = flat.points[n]!
    for (const points of [normals(100, 10, 2), embedded, normals(10, 30, 3)]) {
      expect(frechetValue(points, frechetReference(points))).toBeLessThan(1e-6)
    }
  })

  it('is |Δm|² + tr Σ_a when the other set is a single point, repeated', () => {
    const a = normals(50, 3, 4)
    const sigma = covariance(a)
    const between = meanPoint(a).reduce((sum, m) => sum + (m - 2) ** 2, 0)
    const truth = between + sigma[0]! + sigma[4]! + sigma[8]!
    expect(frechetDistance(a, set([2, 2, 2], [2, 2, 2])).value).toBeCloseTo(truth, 12)
  })

  it('comes close to the truth for large draws from Gaussians with known moments', () => {
    const a = shifted(normals(20_000, 3, 5), [1, 0, -1])
    const b = normals(20_000, 3, 6)
    const doubled = { ...b, points: b.points.map((x) => 2 * x) }
    const { value, standardError } = frechetDistance(a, doubled)
    // 2 + 3·(1-2)²; b's own error is √(2²+1) of a's at most (its deviations are twice as large).
    expect(Math.abs(value - 5)).toBeLessThan(4 * Math.sqrt(5) * standardError)
    expect(standardError).toBeLessThan(0.05)
  })

  it('has the jackknife error of the distances without each block, worked out one by one', () => {
    const a = normals(57, 5, 7)
    const reference = frechetReference(shifted(normals(40, 5, 8), [1, 0, 0, 0, 2]))
    const deleted = Array.from({ length: 10 }, (_, k) =>
      frechetValue(
        without(a, (row) => row % 10 === k),
        reference,
      ),
    )
    const mean = deleted.reduce((sum, d) => sum + d, 0) / 10
    const truth = Math.sqrt(0.9 * deleted.reduce((sum, d) => sum + (d - mean) ** 2, 0))
    expect(frechetDistance(a, reference).standardError).toBeCloseTo(truth, 10)
  })

  it('has the standard error of independent replicates', () => {
    const reference = frechetReference(shifted(normals(100, 4, 9), [1, 0, 0, 0]))
    const estimates = Array.from({ length: replicates }, (_, r) => frechetDistance(normals(80, 4, 1000 + r), reference))
    // The jackknife's variance is a little too large in expectation (Efron and Stein 1981): 5 % of room above.
    expect(errorRatio(estimates)).toBeGreaterThan(1 - ratioLimit)
    expect(errorRatio(estimates)).toBeLessThan(1.05 + ratioLimit)
  })
})
