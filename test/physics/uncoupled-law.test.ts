import { describe, expect, test } from 'vitest'
import { createNetwork } from '../../src/physics/network/network.js'
import { formulaOnsite } from '../../src/physics/potential/formula-term.js'
import { bias, cubic, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { scheduledProtocol } from '../../src/physics/protocol/protocol.js'
import { harmonicEquilibrium } from '../../src/physics/truth/harmonic-equilibrium.js'
import { harmonicExponentialWork } from '../../src/physics/truth/harmonic-exponential.js'
import { quarticMoment } from '../../src/physics/truth/quartic.js'
import { uncoupledLaw, uncoupledMoments, uncoupledStates } from '../../src/physics/truth/uncoupled-law.js'
import { unitExponentialWork } from '../../src/physics/truth/unit-exponential.js'
import { line, quantileOf, type Range, type UnitLaw, unitLaw } from '../../src/physics/truth/unit-law.js'

const kT = 0.7
const of = (units: number, ...terms: Parameters<typeof potentialOf>[1]) =>
  potentialOf(createNetwork({ visible: { units } }), terms)

function law(u: (x: number) => number, range: Range = line): UnitLaw {
  const found = unitLaw({ at: (x) => x.map(u) }, range)
  if ('unconfined' in found) throw new Error(found.unconfined)
  return found
}

describe('the quadrature of one coordinate', () => {
  // log Z in closed form: Gaussians, Laplace's and Student's law, a box, a ramp on a wall, a pendulum (2π I₀(3), from its series).
  const bessel = Array.from({ length: 40 }, (_, k) => k).reduce(
    ({ sum, term }, k) => ({ sum: sum + term, term: (term * 2.25) / (k + 1) ** 2 }),
    { sum: 0, term: 1 },
  ).sum
  test.each([
    ['a trap', (x: number) => x ** 2 / 2, line, Math.log(2 * Math.PI) / 2],
    ['a trap of width 1e-4 at 1000', (x: number) => 1e8 * (x - 1000) ** 2 * 0.5, line, Math.log(2e-8 * Math.PI) / 2],
    ['a trap of width 1e4', (x: number) => 1e-8 * (x - 10) ** 2 * 0.5, line, Math.log(2e8 * Math.PI) / 2],
    ['a kink', Math.abs, line, Math.log(2)],
    ['tails that fall as x⁻⁴', (x: number) => 2 * Math.log(1 + x * x), line, Math.log(Math.PI / 2)],
    ['a box', () => 0, { lower: -1, upper: 3 }, Math.log(4)],
    ['a ramp on a wall', (x: number) => 2 * x, { lower: 1, upper: Infinity }, -2 - Math.log(2)],
    [
      'a pendulum',
      (x: number) => -3 * Math.cos(x),
      { lower: -Math.PI, upper: Math.PI },
      Math.log(2 * Math.PI * bessel),
    ],
  ])('has log Z of %s to 1e-9, and says an error that is no less', (_, u, range, truth) => {
    const { logPartition, error } = law(u, range)
    expect(Math.abs(logPartition - truth)).toBeLessThan(1e-9)
    // Doubles near 1000 are 1e-9 of the width of the narrow trap apart.
    expect(Math.abs(logPartition - truth)).toBeLessThan(error + 1e-10)
  })

  test('finds two wells a thousandth of their distance from 0 apart, a hundredth of that wide, each with its share', () => {
    // Wells of stiffness 1e6 and 4e6, 8 kT apart in depth less ln 2: shares 1 : e^2/2.
    const found = law((x) => {
      const [a, b] = [5e5 * (x - 999.5) ** 2, 2e6 * (x - 1000.5) ** 2 - 2]
      return Math.min(a, b) - Math.log1p(Math.exp(-Math.abs(a - b)))
    })
    expect(found.logPartition).toBeCloseTo(Math.log((1 + Math.exp(2) / 2) * Math.sqrt(2e-6 * Math.PI)), 9)
    expect(quantileOf(found, 0.1)).toBeCloseTo(999.5, 2)
    expect(quantileOf(found, 0.3)).toBeCloseTo(1000.5, 2)
    const share = 1 / (1 + Math.exp(2) / 2)
    expect(found.mean).toBeCloseTo(1000.5 - share, 8)
    expect(found.variance).toBeCloseTo(share * (1 - share) + share * 1e-6 + (1 - share) * 2.5e-7, 8)
  })

  test('of a formula it finds a well that no place of a grid is in, by the bounds of its bend', async () => {
    const dip = await formulaOnsite({ name: 'dip', formula: 'x^2/2 - 30*exp(-((x - 1.2345678)/0.00001)^2/2)' })
    const found = uncoupledLaw(of(1, dip), Float64Array.of(1), 1)!
    // About the dip U = U₀ + (x - c)²/2s² with s = 1e-5/√30, and all is there: e^30·1e-5 ≫ 1.
    expect(found.units[0]!.mean).toBeCloseTo(1.2345678, 4)
    expect(found.units[0]!.variance).toBeLessThan(1e-6)
  })

  test.each([
    ['falls towards x = -∞', (x: number) => x ** 3],
    ['falls towards x = ∞', (x: number) => x ** 2 - x ** 3],
    ['is flat towards x = -∞', Math.exp],
    ['is flat towards x = ∞', (x: number) => Math.exp(-x)],
    ['grows too slowly for a normaliser towards x = -∞', (x: number) => 0.5 * Math.log(1 + x * x)],
    ['is nowhere a number', () => Number.NaN],
  ])('says of a potential without a law that it %s', (unconfined, u) => {
    expect(unitLaw({ at: (x) => x.map(u) })).toEqual({ unconfined })
  })
})

describe('the law of uncoupled units', () => {
  const potential = of(3, stiffness, cubic, quartic, bias)
  // Three wells of their own: a double one, a pure quartic, one that leans.
  const theta = Float64Array.of(-4, 0, 1, 0, 0, 0.4, 1, 2, 0.5, 0.3, 0, -1)
  const found = uncoupledLaw(potential, theta, kT)!

  test('has the moments of the quartic in closed form, and adds the units’ log Z up', () => {
    const { mean, covariance } = uncoupledMoments(found)
    expect(covariance[4]).toBeCloseTo(quarticMoment(2, kT, 2), 10)
    expect(mean[1]).toBeCloseTo(0, 10)
    expect(covariance[1]).toBe(0)
    const sum = found.units.reduce((total, { logPartition }) => total + logPartition, 0)
    expect(found.logPartition).toBeCloseTo(sum, 12)
  })

  test('is that of harmonic units in closed form, whatever the energy at 0', async () => {
    const offset = await formulaOnsite({ name: 'offset', formula: '3 + x^2/2' })
    const harmonic = of(3, offset, bias)
    const values = Float64Array.of(1, 2, 4, 0.5, 0, -1)
    const truth = harmonicEquilibrium(of(3, stiffness, bias), values, { kT })!
    const { mean, covariance } = uncoupledMoments(uncoupledLaw(harmonic, values, kT)!)
    for (let i = 0; i < 3; i++) {
      expect(mean[i]).toBeCloseTo(truth.mean[i]!, 9)
      expect(covariance[4 * i]).toBeCloseTo(truth.covariance[4 * i]!, 9)
    }
    const logZ = [1, 2, 4].reduce((sum, k, i) => {
      const f = values[3 + i]!
      return sum + Math.log((2 * Math.PI * kT) / k) / 2 + (f * f) / (2 * k * kT) - (3 * k) / kT
    }, 0)
    expect(uncoupledLaw(harmonic, values, kT)!.logPartition).toBeCloseTo(logZ, 9)
  })

  test('draws what is distributed as a sum over a fine grid says, unit by unit, and as often in either well', () => {
    const count = 100_000
    const x = new Float64Array(3 * count)
    uncoupledStates(found, { seed: 5, stream: 90, step: 0 })(x, 0, count)
    const [k, c, a, f] = [0, 3, 6, 9].map((offset) => theta.subarray(offset, offset + 3)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    for (let i = 0; i < 3; i++) {
      const u = (y: number) => (k[i]! * y * y) / 2 + (c[i]! * y ** 3) / 3 + (a[i]! * y ** 4) / 4 - f[i]! * y
      const h = 1e-3
      const below: number[] = [0]
      for (let n = 0; n < 16_000; n++) below.push(below[n]! + Math.exp(-u((n + 0.5) * h - 8) / kT))
      const at = (y: number) => {
        const n = Math.floor((y + 8) / h)
        return (below[n]! + ((y + 8) / h - n) * (below[n + 1]! - below[n]!)) / below.at(-1)!
      }
      // Kolmogorov and Smirnov: P(D√n > 1.95) = 2e^(-2·1.95²) = .001.
      const shares = x
        .slice(i * count, (i + 1) * count)
        .map(at)
        .sort()
      const distance = shares.reduce((most, p, n) => Math.max(most, (n + 1) / count - p, p - n / count), 0)
      expect(distance * Math.sqrt(count)).toBeLessThan(1.95)
    }
  })

  test('draws a trajectory whatever the batch that it is in', () => {
    const draw = uncoupledStates(found, { seed: 5, stream: 90, step: 0 })
    const all = new Float64Array(3 * 10)
    draw(all, 0, 10)
    const part = new Float64Array(3 * 3)
    draw(part, 6, 3)
    for (let i = 0; i < 3; i++)
      expect([...part.subarray(3 * i, 3 * i + 3)]).toEqual([...all.subarray(10 * i + 6, 10 * i + 9)])
  })

  test('has a density that sums to 1, and none where units are coupled', () => {
    const set = { points: Float64Array.of(0.3, -0.2, 1), count: 1, units: 3 }
    const separate = found.units.reduce((sum, { logPartition }, i) => {
      const y = set.points[i]!
      const at = (n: number) => theta[n + i]!
      return sum - ((at(0) * y * y) / 2 + (at(3) * y ** 3) / 3 + (at(6) * y ** 4) / 4 - at(9) * y) / kT - logPartition
    }, 0)
    expect(found.logDensity(set)[0]).toBeCloseTo(separate, 12)
    const coupled = of(2, quartic, bilinear)
    expect(uncoupledLaw(coupled, Float64Array.of(1, 1, 0.1), kT)).toBeNull()
    expect(uncoupledLaw(coupled, Float64Array.of(1, 1, 0), kT)).not.toBeNull()
    expect(() => uncoupledLaw(of(2, stiffness, cubic), Float64Array.of(1, 1, 0, 0.1), kT)).toThrow(
      /unit 1 has no Boltzmann law: its potential in the first landscape falls towards x = -∞/,
    )
  })
})

describe('the exponential average of works of the scheme on a grid', () => {
  const bath = { kT, mobility: 1.3 }
  const ramp = (dt: number) =>
    scheduledProtocol(
      new Float64Array(2),
      [
        { parameter: 0, value: (t: number) => 1 + t },
        { parameter: 1, value: (t: number) => 0.5 * t },
      ],
      1,
      dt,
    )

  test('is that of harmonic networks in closed form, λ = 1 and 2', () => {
    const trap = of(1, stiffness, bias)
    const start = { mean: Float64Array.of(0), covariance: Float64Array.of(kT) }
    for (const dt of [0.1, 0.01]) {
      const found = unitExponentialWork(trap, ramp(dt), bath)!
      expect(found.logMean).toBeCloseTo(harmonicExponentialWork(trap, ramp(dt), bath, start), 9)
      expect(found.logSquare).toBeCloseTo(harmonicExponentialWork(trap, ramp(dt), bath, start, 2), 9)
    }
  })

  test('of a double well that is raised tends to ΔF as the steps become short', () => {
    const well = of(2, stiffness, quartic)
    const protocol = (dt: number) =>
      scheduledProtocol(Float64Array.of(0, 2, 1, 1), [{ parameter: 0, value: (t: number) => 1 - 3 * t }], 1, dt)
    const z = (k: number) => uncoupledLaw(well, Float64Array.of(k, 2, 1, 1), kT)!.logPartition
    const off = (dt: number) => unitExponentialWork(well, protocol(dt), bath)!.logMean - (z(-2) - z(1))
    // First order: what is left halves with the step.
    expect(Math.abs(off(0.01))).toBeLessThan(0.02)
    expect(off(0.01) / off(0.005)).toBeCloseTo(2, 1)
  })
})
