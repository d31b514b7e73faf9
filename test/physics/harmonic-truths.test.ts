import { describe, expect, test } from 'vitest'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { forceAndEnergy, hessian, potentialOf } from '../../src/physics/potential/potential.js'
import { constantProtocol, scheduledProtocol } from '../../src/physics/protocol/protocol.js'
import { stationaryCovariance, transientCovariance } from '../../src/physics/truth/harmonic.js'
import { harmonicExponentialWork } from '../../src/physics/truth/harmonic-exponential.js'
import { harmonicProtocolLaw } from '../../src/physics/truth/harmonic-protocol.js'
import { lattice, normals } from '../systems.js'

const unit = { kT: 1, mobility: 1 }

describe('a harmonic network', () => {
  const potential = potentialOf(lattice(2, 2, 'all'), [stiffness, bilinear])
  const theta = Float64Array.of(2, 1.5, 1, 3, 0.4, -0.3, 0.2, 0.5, -0.2, 0.1)
  const K = hessian(potential, theta, new Float64Array(4))
  const product = (a: Float64Array, b: Float64Array) =>
    Float64Array.from({ length: 16 }, (_, n) => {
      let sum = 0
      for (let m = 0; m < 4; m++) sum += a[4 * Math.floor(n / 4) + m]! * b[4 * m + (n % 4)]!
      return sum
    })
  const diagonal = (values: ArrayLike<number>) =>
    Float64Array.from({ length: 16 }, (_, n) => (n % 5 === 0 ? values[n / 5]! : 0))
  const near = (a: Float64Array, b: Float64Array, digits: number) =>
    a.forEach((value, n) => {
      expect(value).toBeCloseTo(b[n]!, digits)
    })

  test.each([
    ['equal', 1.3],
    ['unequal', Float64Array.of(1.3, 0.2, 2, 0.7)],
  ] as const)('with %s mobilities has covariance kT K⁻¹, and kT (K - hKMK/2)⁻¹ in steps', (_name, mobility) => {
    const M = diagonal(typeof mobility === 'number' ? [mobility, mobility, mobility, mobility] : mobility)
    const continuum = stationaryCovariance(K, { kT: 0.7, mobility })
    near(product(K, continuum), diagonal([0.7, 0.7, 0.7, 0.7]), 12)
    const h = 0.05
    const S = stationaryCovariance(K, { kT: 0.7, mobility }, h)
    const KMK = product(product(K, M), K)
    near(
      product(
        K.map((k, n) => k - (h * KMK[n]!) / 2),
        S,
      ),
      diagonal([0.7, 0.7, 0.7, 0.7]),
      12,
    )
    // It is what a step of Euler–Maruyama leaves as it is: S = A S Aᵀ + 2kThM, A = 1 - hMK.
    const A = product(M, K).map((value, n) => (n % 5 === 0 ? 1 : 0) - h * value)
    const transposed = A.map((_, n) => A[4 * (n % 4) + Math.floor(n / 4)]!)
    const after = product(product(A, S), transposed)
    near(
      after.map((value, n) => value + 2 * 0.7 * h * M[n]!),
      S,
      12,
    )
  })

  test('relaxes as dS/dt = -MKS - SKM + 2kTM, from any start to kT K⁻¹', () => {
    const mobility = Float64Array.of(1.3, 0.2, 2, 0.7)
    const M = diagonal(mobility)
    const root = normals(16, 7)
    const start = product(
      root,
      root.map((_, n) => root[4 * (n % 4) + Math.floor(n / 4)]!),
    )
    const at = (t: number) => transientCovariance(K, { kT: 0.7, mobility }, start, t)
    near(at(0), start, 12)
    const [t, h] = [0.3, 1e-4]
    const [before, now, after] = [at(t - h), at(t), at(t + h)]
    const drift = product(product(M, K), now)
    near(
      after.map((value, n) => (value - before[n]!) / (2 * h)),
      drift.map((value, n) => -value - drift[4 * (n % 4) + Math.floor(n / 4)]! + 2 * 0.7 * M[n]!),
      6,
    )
    near(at(200), stationaryCovariance(K, { kT: 0.7, mobility }), 9)
  })

  test('driven from a point has a work whose cumulants are those of its exponential average', () => {
    const driven = potentialOf(lattice(2, 2, 'all'), [stiffness, bilinear, bias])
    const protocol = scheduledProtocol(
      Float64Array.of(...theta, 0, 0, 0, 0),
      [
        { parameter: 1, value: (t) => 1.5 + 2 * t },
        { parameter: 5, value: (t) => 0.5 * t - 0.3 },
        { parameter: 12, value: (t) => Math.sin(5 * t) },
      ],
      0.6,
      0.05,
    )
    const start = { mean: Float64Array.of(1, -0.5, 0.2, 0), covariance: new Float64Array(16) }
    const { work, mean, covariance, heat } = harmonicProtocolLaw(driven, protocol, unit, start)
    const logarithm = (lambda: number) => harmonicExponentialWork(driven, protocol, unit, start, lambda)
    // Central differences: errors O(1e-6), and rounding of the second one 1e-10.
    expect((logarithm(-1e-3) - logarithm(1e-3)) / 2e-3).toBeCloseTo(work.mean, 5)
    expect((logarithm(-1e-3) + logarithm(1e-3)) / 1e-6).toBeCloseTo(work.variance, 5)
    expect(work.variance).toBeGreaterThan(0.01)
    // First law, from the moments at the end.
    const last = new Float64Array(driven.size)
    protocol.parameters(protocol.dt.length - 1, last)
    const energy = (at: Float64Array, parameters: Float64Array) => {
      const out = new Float64Array(1)
      forceAndEnergy(driven, parameters, at, 1, null, out)
      return out[0]!
    }
    const curvature = hessian(driven, last, new Float64Array(4))
    const spread = curvature.reduce((sum, k, n) => sum + (k * covariance[n]!) / 2, 0)
    const first = new Float64Array(driven.size)
    protocol.parameters(-1, first)
    expect(heat).toBeCloseTo(work.mean - (energy(mean, last) + spread - energy(start.mean, first)), 11)
  })

  test('keeps the memory ∏(1 - μhK) of its start, whatever the lengths of the steps', () => {
    const protocol = { ...constantProtocol(theta, 0.3, 0.1), dt: Float64Array.of(0.1, 0.05, 0.1) }
    const still = { mean: new Float64Array(4), covariance: new Float64Array(16) }
    const A = (h: number) => K.map((value, n) => (n % 5 === 0 ? 1 : 0) - h * 1.3 * value)
    const { memory } = harmonicProtocolLaw(potential, protocol, { kT: 0.7, mobility: 1.3 }, still)
    near(memory, product(A(0.1), product(A(0.05), A(0.1))), 12)
  })

  test('is refused without a stationary state, with the step that would hold', () => {
    expect(() => stationaryCovariance(Float64Array.of(1, 2, 2, 1), unit)).toThrow(/rates above 0.*E_INVALID_VALUE/)
    expect(() => stationaryCovariance(Float64Array.of(4), unit, 0.6)).toThrow(/dt < 0\.5/)
  })
})
