import { describe, expect, test } from 'vitest'
import { meanOf, zScore } from '../../src/physics/observe/estimate.js'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { type Protocol, scheduledProtocol } from '../../src/physics/protocol/protocol.js'
import { type DraggedTrap, draggedTrapWork, draggedTrapWorkOfSteps } from '../../src/physics/truth/dragged-trap.js'
import { harmonicExponentialWork } from '../../src/physics/truth/harmonic-exponential.js'
import { harmonicProtocolLaw } from '../../src/physics/truth/harmonic-protocol.js'
import { noisedVariance, reverseNoisingTotals } from '../../src/physics/truth/reverse-noising.js'
import {
  stiffnessQuenchExponential,
  stiffnessQuenchTail,
  stiffnessQuenchWork,
  stiffnessRampWork,
} from '../../src/physics/truth/stiffness-change.js'
import { gaussians } from '../calibration.js'
import { lattice } from '../systems.js'

const unit = { kT: 1, mobility: 1 }
const bath = { kT: 0.7, mobility: 1.3 }
const one = potentialOf(lattice(1, 1, 'all'), [stiffness, bias])

/** One unit with stiffness and bias force that follow schedules. */
const driven = (k: (t: number) => number, f: (t: number) => number, duration: number, dt: number): Protocol =>
  scheduledProtocol(
    new Float64Array(2),
    [
      { parameter: 0, value: k },
      { parameter: 1, value: f },
    ],
    duration,
    dt,
  )

const gaussian = (variance: number) => ({ mean: Float64Array.of(0), covariance: Float64Array.of(variance) })

/** The limit h → 0 of something with an error a h + b h², from steps h, h/2 and h/4. */
function extrapolated(f: (dt: number) => number, dt: number): number {
  const [coarse, middle, fine] = [f(dt), f(dt / 2), f(dt / 4)]
  return (8 * fine - 6 * middle + coarse) / 3
}

describe('a dragged trap', () => {
  const trap = (landscape: DraggedTrap['landscape']) => ({ stiffness: 2, velocity: 0.8, duration: 1.5, landscape })
  const recursion = (dt: number) =>
    harmonicProtocolLaw(
      one,
      driven(
        () => 2,
        (t) => 2 * 0.8 * t,
        1.5,
        dt,
      ),
      bath,
      gaussian(bath.kT / 2),
    ).work

  test('takes the closed form’s mean work in every number of Euler–Maruyama steps', () => {
    for (const steps of [1, 3, 100])
      expect(draggedTrapWorkOfSteps(trap('force'), bath, steps)).toBeCloseTo(recursion(1.5 / steps).mean, 11)
  })

  test('has the same dissipated work in either landscape, and free energies 0 and -kv²τ²/2', () => {
    const [centre, force] = [draggedTrapWork(trap('centre'), bath), draggedTrapWork(trap('force'), bath)]
    expect(centre.freeEnergy).toBe(0)
    expect(force.freeEnergy).toBeCloseTo(-1.44, 12)
    expect(force.mean - force.freeEnergy).toBeCloseTo(centre.mean, 12)
    expect(draggedTrapWorkOfSteps(trap('centre'), bath, 7)).toBeCloseTo(
      draggedTrapWorkOfSteps(trap('force'), bath, 7) - force.freeEnergy,
      12,
    )
  })

  test('takes Mazonka and Jarzynski’s mean and variance of the work as h → 0', () => {
    const { mean, variance } = draggedTrapWork(trap('force'), bath)
    // What the extrapolation leaves is O(h³), some 1e-6 here.
    expect(extrapolated((dt) => recursion(dt).mean, 0.015)).toBeCloseTo(mean, 5)
    expect(extrapolated((dt) => recursion(dt).variance, 0.015)).toBeCloseTo(variance, 5)
  })

  test('takes vt/μ of work for each v when dragged for long, and none when dragged slowly', () => {
    const long = { ...trap('centre'), duration: 1e4 }
    expect(draggedTrapWork(long, bath).mean / ((0.8 ** 2 * 1e4) / bath.mobility)).toBeCloseTo(1, 3)
    expect(draggedTrapWork({ ...trap('centre'), velocity: 1e-4, duration: 1e4 }, bath).mean).toBeLessThan(1e-3)
  })
})

describe('a stiffness ramp', () => {
  const change = { from: 1, to: 2.5 }
  const protocol = (dt: number) =>
    driven(
      (t) => 1 + 1.5 * (t / 0.9),
      () => 0,
      0.9,
      dt,
    )
  const recursion = (dt: number) => harmonicProtocolLaw(one, protocol(dt), bath, gaussian(bath.kT)).work

  test('takes the mean and variance of the work of the recursion as h → 0', () => {
    const { mean, variance } = stiffnessRampWork(change, bath, 0.9)
    expect(extrapolated((dt) => recursion(dt).mean, 0.01)).toBeCloseTo(mean, 6)
    expect(extrapolated((dt) => recursion(dt).variance, 0.01)).toBeCloseTo(variance, 6)
  })

  test('takes the free-energy difference when slow, with Var W = 2kT(⟨W⟩ - ΔF), and the quench’s work when fast', () => {
    const slow = stiffnessRampWork(change, bath, 1000)
    expect(slow.mean).toBeCloseTo(slow.freeEnergy, 2)
    expect(slow.variance / (2 * bath.kT * (slow.mean - slow.freeEnergy))).toBeCloseTo(1, 2)
    expect(slow.freeEnergy).toBeCloseTo((bath.kT / 2) * Math.log(2.5), 12)
    const fast = stiffnessRampWork(change, bath, 1e-9)
    const quench = stiffnessQuenchWork(change, bath.kT)
    expect(fast.mean).toBeCloseTo(quench.mean, 8)
    expect(fast.variance).toBeCloseTo(quench.variance, 8)
  })

  test('obeys Jarzynski’s equality as h → 0, and its exponential work has the work’s cumulants', () => {
    const exponential = (dt: number, lambda?: number) =>
      harmonicExponentialWork(one, protocol(dt), bath, gaussian(bath.kT), lambda)
    expect(-bath.kT * extrapolated(exponential, 0.01)).toBeCloseTo((bath.kT / 2) * Math.log(2.5), 7)
    // d/dλ and d²/dλ² at 0 are -⟨W⟩/kT and Var W/kT²; central differences of step 1e-3 err by O(1e-6).
    const [minus, plus] = [exponential(0.01, -1e-3), exponential(0.01, 1e-3)]
    const { mean, variance } = recursion(0.01)
    expect((minus - plus) / 2e-3).toBeCloseTo(mean / bath.kT, 5)
    expect((plus + minus) / 1e-6).toBeCloseTo(variance / bath.kT ** 2, 5)
  })
})

test('simulated works have the mean, variance and exponential average of the recursion within 4 standard errors', () => {
  // A ramp with a moving bias force in steps of an eighth of the relaxation time, far from the limit of small ones.
  const [dt, steps, runs] = [0.05, 12, 50_000]
  const k = (t: number) => 2 + 2 * t
  const f = (t: number) => 3 * t
  const protocol = driven(k, f, dt * steps, dt)
  const start = { mean: Float64Array.of(0.4), covariance: Float64Array.of(0.2) }
  const { mean, variance } = harmonicProtocolLaw(one, protocol, bath, start).work
  const energy = (x: number, t: number) => (k(t) * x * x) / 2 - f(t) * x
  const work = new Float64Array(runs)
  const x = gaussians(runs, 1, 0, 0.4, 0.2)
  for (let step = 1; step <= steps; step++) {
    const noise = gaussians(runs, 1, step, 0, 2 * bath.mobility * bath.kT * dt)
    const t = step * dt
    for (let n = 0; n < runs; n++) {
      work[n]! += energy(x[n]!, t) - energy(x[n]!, t - dt)
      x[n]! += bath.mobility * dt * (f(t) - k(t) * x[n]!) + noise[n]!
    }
  }
  expect(Math.abs(zScore(meanOf(work), mean))).toBeLessThan(4)
  expect(Math.abs(zScore(meanOf(work.map((w) => (w - mean) ** 2)), variance))).toBeLessThan(4)
  const weights = work.map((w) => Math.exp(-w / bath.kT))
  const exact = Math.exp(harmonicExponentialWork(one, protocol, bath, start))
  expect(Math.abs(zScore(meanOf(weights), exact))).toBeLessThan(4)
})

describe('an instant quench', () => {
  /** The landscape jumps before a single short step. */
  const quench = (to: number, lambda: number) =>
    harmonicExponentialWork(
      one,
      driven(
        (t) => (t === 0 ? 1 : to),
        () => 0,
        1e-3,
        1e-3,
      ),
      bath,
      gaussian(bath.kT),
      lambda,
    )

  test('has ⟨e^(-λW/kT)⟩ = (1 + λ(k1/k0 - 1))^-½, infinite variance at half the stiffness or less', () => {
    for (const to of [0.1, 0.5, 0.6, 3])
      for (const lambda of [1, 2]) {
        const closed = stiffnessQuenchExponential({ from: 1, to }, lambda)
        if (Number.isFinite(closed)) expect(Math.exp(quench(to, lambda))).toBeCloseTo(closed, 10)
        else expect([closed, quench(to, lambda)]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
      }
    expect(stiffnessQuenchExponential({ from: 1, to: 0.5 }, 2)).toBe(Number.POSITIVE_INFINITY)
    expect(stiffnessQuenchExponential({ from: 1, to: 0.51 }, 2)).toBeLessThan(10)
  })

  test('has the tail index 1 - k1/k0, which reaches ½ where the variance becomes infinite', () => {
    expect(stiffnessQuenchTail({ from: 2, to: 0.5 })).toBe(0.75)
    expect(stiffnessQuenchTail({ from: 2, to: 1 })).toBe(0.5)
    expect(stiffnessQuenchTail({ from: 1, to: 2 })).toBeNull()
  })
})

describe('generation of Gaussian data, k0 = μ = kT = 1, v0 = ¼, T = 3', () => {
  const noising = (tMin: number) => ({ stiffness: 1, bath: unit, knots: [3, tMin] })

  test.each([
    [0, 0.31815, 1.0104],
    [0.01, 0.29672, 0.96008],
  ])('down to t_min = %f produces entropy %f and heat %f', (tMin, entropy, heat) => {
    const totals = reverseNoisingTotals(noising(tMin), 0.25)
    expect(totals.entropyProduction).toBeCloseTo(entropy, 5)
    expect(totals.heat).toBeCloseTo(heat, heat > 1 ? 4 : 5)
  })

  test('produces KL(p_tmin‖eq) - KL(p_T‖eq), and the integrals of its rates, for any k0, μ, kT', () => {
    const other = { stiffness: 1.7, bath, knots: [2, 0.05] }
    const totals = reverseNoisingTotals(other, 0.25)
    const ratio = (t: number) => (noisedVariance(other, 0.25, t) * 1.7) / bath.kT
    const divergence = (t: number) => (ratio(t) - 1 - Math.log(ratio(t))) / 2
    expect(totals.entropyProduction).toBeCloseTo(divergence(0.05) - divergence(2), 12)
    // Simpson's rule on 2,000 intervals.
    const integral = (rate: (t: number) => number) => {
      const h = 1.95 / 2000
      let sum = rate(0.05) + rate(2)
      for (let n = 1; n < 2000; n++) sum += (n % 2 === 1 ? 4 : 2) * rate(0.05 + n * h)
      return (sum * h) / 3
    }
    const variance = (t: number) => noisedVariance(other, 0.25, t)
    const heatRate = (v: number) => bath.mobility * (1.7 - (2 * bath.kT) / v) * (1.7 * v - bath.kT)
    const entropyRate = (v: number) => (bath.mobility / bath.kT) * v * (1.7 - bath.kT / v) ** 2
    expect(integral((t) => heatRate(variance(t)))).toBeCloseTo(totals.heat, 9)
    expect(integral((t) => entropyRate(variance(t)))).toBeCloseTo(totals.entropyProduction, 9)
  })

  test('has the heat of the scheme’s recursion as h → 0, and ends with the variance of the noised data', () => {
    const at = (elapsed: number) => noisedVariance(noising(0.01), 0.25, 3 - elapsed)
    const law = (dt: number) =>
      harmonicProtocolLaw(
        one,
        driven(
          (t) => 2 / at(t) - 1,
          () => 0,
          2.99,
          dt,
        ),
        unit,
        gaussian(at(0)),
      )
    expect(extrapolated((dt) => law(dt).heat, 0.01)).toBeCloseTo(0.96008, 4)
    expect(extrapolated((dt) => law(dt).covariance[0]!, 0.01)).toBeCloseTo(at(2.99), 5)
  })
})
