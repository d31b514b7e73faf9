import { describe, expect, test } from 'vitest'
import { normalDistribution } from '../../src/physics/observe/kolmogorov-smirnov.js'
import { quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { type Potential, potentialOf } from '../../src/physics/potential/potential.js'
import { boltzmannDensity, boltzmannPairDensity, pairAverage } from '../../src/physics/truth/boltzmann.js'
import { energyOfUnit, kramersTime, meanFirstPassage } from '../../src/physics/truth/escape.js'
import {
  autocovarianceInTrap,
  autocovarianceOfSteps,
  relaxation,
  relaxationOfSteps,
} from '../../src/physics/truth/ornstein-uhlenbeck.js'
import { quarticMoment } from '../../src/physics/truth/quartic.js'
import { lattice } from '../systems.js'

const unit = { kT: 1, mobility: 1 }
const bath = { kT: 0.7, mobility: 1.3 }

describe('an oscillator in a trap', () => {
  const start = { mean: 1.5, variance: 0.2 }

  test('relaxes as its differential equation says: dm/dt = -μkm, dv/dt = 2μ(kT - kv)', () => {
    for (const k of [2, 0, -0.5]) {
      const [t, h] = [0.4, 1e-4]
      const [before, now, after] = [t - h, t, t + h].map((time) => relaxation(k, bath, start, time))
      // Central differences: error O(h²) ~ 1e-8.
      expect((after!.mean - before!.mean) / (2 * h)).toBeCloseTo(-bath.mobility * k * now!.mean, 6)
      const slope = 2 * bath.mobility * (bath.kT - k * now!.variance)
      expect((after!.variance - before!.variance) / (2 * h)).toBeCloseTo(slope, 6)
      expect(relaxation(k, bath, start, 0)).toEqual(start)
    }
  })

  test('follows the recursion of Euler–Maruyama exactly', () => {
    for (const k of [2, 0, -0.5]) {
      let [mean, variance] = [start.mean, start.variance]
      for (let step = 0; step < 30; step++) {
        mean *= 1 - bath.mobility * 0.05 * k
        variance = (1 - bath.mobility * 0.05 * k) ** 2 * variance + 2 * bath.mobility * bath.kT * 0.05
      }
      const exact = relaxationOfSteps(k, bath, start, 0.05, 30)
      expect(exact.mean).toBeCloseTo(mean, 12)
      expect(exact.variance).toBeCloseTo(variance, 12)
    }
  })

  test('keeps its stationary autocovariance: the variance times what a step or a time leaves of the mean', () => {
    const [k, h] = [2, 0.05]
    const stationary = relaxationOfSteps(k, bath, start, h, 1e4).variance
    expect(autocovarianceOfSteps(k, bath, h, 0)).toBeCloseTo(stationary, 12)
    const left = relaxationOfSteps(k, bath, { mean: 1, variance: 0 }, h, 7).mean
    expect(autocovarianceOfSteps(k, bath, h, 7)).toBeCloseTo(stationary * left, 12)
    const remembered = relaxation(k, bath, { mean: 1, variance: 0 }, 0.35).mean
    expect(autocovarianceInTrap(k, bath, -0.35)).toBeCloseTo((bath.kT / k) * remembered, 12)
  })
})

describe('equilibrium by quadrature', () => {
  test('agrees with the Gamma functions of a pure quartic', () => {
    const potential = potentialOf(lattice(1, 1, 'all'), [quartic])
    const { x, density } = boltzmannDensity(potential, Float64Array.of(0.6), bath, 0)
    for (const power of [0, 2, 4, 6]) {
      const moment = x.reduce((sum, at, n) => sum + at ** power * density[n]!, 0) * (x[1]! - x[0]!)
      expect(moment / quarticMoment(0.6, bath.kT, power)).toBeCloseTo(1, 10)
    }
    expect(quarticMoment(0.6, bath.kT, 4)).toBeCloseTo(bath.kT / 0.6, 12)
    // Γ(3/4)/Γ(1/4) = .3379891200 (DLMF 5.4, from Γ(1/4) = 3.6256099082).
    expect(quarticMoment(4, 1, 2)).toBeCloseTo(0.33798912, 8)
  })

  test('of two coupled harmonic units has covariance kT K⁻¹', () => {
    const potential = potentialOf(lattice(1, 2, 'all'), [stiffness, bilinear])
    const pair = boltzmannPairDensity(potential, Float64Array.of(2, 1, 0.6), bath)
    const determinant = 2 * 1 - 0.6 ** 2
    expect(pairAverage(pair, (x, y) => x * y)).toBeCloseTo((-0.6 * bath.kT) / determinant, 10)
    expect(pairAverage(pair, (x) => x * x)).toBeCloseTo((1 * bath.kT) / determinant, 10)
    expect(pairAverage(pair, (_x, y) => y * y)).toBeCloseTo((2 * bath.kT) / determinant, 10)
  })

  test('of two coupled double wells obeys the virial theorem ⟨x ∂U/∂x⟩ = kT', () => {
    const potential: Potential = potentialOf(lattice(1, 2, 'all'), [stiffness, quartic, bilinear])
    const [k, a, J] = [-2, 0.5, -0.8]
    const pair = boltzmannPairDensity(potential, Float64Array.of(k, k, a, a, J), bath)
    expect(pairAverage(pair, (x, y) => x * (k * x + a * x ** 3 + J * y))).toBeCloseTo(bath.kT, 9)
    expect(pairAverage(pair, (x, y) => y * (k * x + a * x ** 3 + J * y))).toBeCloseTo(0, 9)
    expect(pairAverage(pair, (x, y) => x * y)).toBeGreaterThan(1)
  })

  test('is refused where the units are not confined', () => {
    const potential = potentialOf(lattice(1, 2, 'all'), [stiffness, bilinear])
    const unconfined = () => boltzmannPairDensity(potential, Float64Array.of(1, 1, 2), bath)
    expect(unconfined).toThrow(/does not confine.*E_INVALID_VALUE/)
  })
})

describe('escape from a double well, α = 2, β = ½, kT = μ = 1', () => {
  const energy = (x: number) => -(x ** 2) + x ** 4 / 8

  test('takes 20.517 to the other minimum and 9.213 to the top, from either side', () => {
    for (const side of [1, -1]) {
      expect(meanFirstPassage(energy, unit, -2 * side, 2 * side)).toBeCloseTo(20.517, 3)
      expect(meanFirstPassage(energy, unit, -2 * side, 0)).toBeCloseTo(9.213, 3)
    }
    const potential = potentialOf(lattice(1, 2, 'all'), [stiffness, quartic])
    const ofUnit = energyOfUnit(potential, Float64Array.of(1, -2, 0, 0.5), 1)
    expect(meanFirstPassage(ofUnit, unit, -2, 2)).toBeCloseTo(meanFirstPassage(energy, unit, -2, 2), 9)
  })

  test('takes 16.41 by Kramers, 20 % less', () => {
    // U″ = -2 + 3x²/2: 4 in the wells and -2 on top; the barrier is U(0) - U(2) = 2.
    const kramers = kramersTime(2, 4, 2, unit)
    expect(kramers).toBeCloseTo(16.41, 2)
    expect(1 - kramers / meanFirstPassage(energy, unit, -2, 2)).toBeCloseTo(0.2, 2)
  })

  test('approaches Kramers as the barrier grows, the gap falling as kT/barrier', () => {
    // U = H(x⁴ - 2x²): barrier H, U″ = 8H in the wells and -4H on top.
    const gap = (height: number) =>
      meanFirstPassage((x) => height * (x ** 4 - 2 * x ** 2), unit, -1, 1) /
        kramersTime(height, 8 * height, 4 * height, unit) -
      1
    expect(gap(40)).toBeLessThan(0.02)
    // The next order is (kT/barrier)², so the ratio is off by a few times 1/40.
    expect(gap(40) / gap(80)).toBeCloseTo(2, 1)
  })

  test('scales with mobility and temperature, and never ends without a wall behind the start', () => {
    const scaled = meanFirstPassage((x) => 0.7 * energy(x), bath, -2, 2)
    expect(scaled).toBeCloseTo(meanFirstPassage(energy, unit, -2, 2) / (bath.kT * bath.mobility), 8)
    // Free diffusion between a steep wall at 0 and a target at 1 takes 1/(2μkT).
    const wall = (x: number) => (x < 0 ? -1e4 * x : 0)
    expect(meanFirstPassage(wall, bath, 0, 1)).toBeCloseTo(1 / (2 * bath.mobility * bath.kT), 3)
    expect(meanFirstPassage((x) => -x, unit, 0, -1)).toBe(Number.POSITIVE_INFINITY)
  })

  test('from the middle of a trap is (√(2π)/μk) ∫ e^(y²/2) Φ(y) dy, to ten digits', () => {
    const [k, target] = [1.5, 0.9]
    // The inner integral is Φ(y) in units of the thermal length; the outer one by Simpson's rule.
    const end = target * Math.sqrt(k / bath.kT)
    const integrand = (y: number) => Math.exp((y * y) / 2) * normalDistribution(y)
    let sum = integrand(0) + integrand(end)
    for (let n = 1; n < 400; n++) sum += (n % 2 === 1 ? 4 : 2) * integrand((n * end) / 400)
    const exact = (((sum * end) / 1200) * Math.sqrt(2 * Math.PI)) / (bath.mobility * k)
    expect(meanFirstPassage((x) => (k * x * x) / 2, bath, 0, target)).toBeCloseTo(exact, 10)
  })
})
