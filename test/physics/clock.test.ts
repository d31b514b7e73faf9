import { expect, test } from 'vitest'
import { anySpeed } from '../../src/learning/generation/at-speed.js'
import { networkScore } from '../../src/learning/generation/denoised.js'
import { dissipation } from '../../src/learning/generation/dissipation.js'
import { answeringTime } from '../../src/learning/training/answering-time.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { stiffness } from '../../src/physics/potential/onsite.js'
import { createPotential, forceAndEnergy, potentialOf } from '../../src/physics/potential/potential.js'
import { clockedProtocol, optimalSpeed, uniformSpeed } from '../../src/physics/protocol/clock.js'
import { generationProtocol } from '../../src/physics/protocol/generation-protocol.js'
import { createNoising, type DriveKind, driveKinds, scoreScale } from '../../src/physics/protocol/noising.js'
import { atTime, knotIntegral, powerIntegral } from '../../src/physics/protocol/powers.js'
import { harmonicProtocolLaw } from '../../src/physics/truth/harmonic-protocol.js'
import { noisedVariance, reverseNoisingTotals } from '../../src/physics/truth/reverse-noising.js'
import { normals } from '../systems.js'

const [v0, tau] = [0.25, 2.5]
const single = createNetwork({ visible: { units: 1 } })
const trap = potentialOf(single, [stiffness])

/** Stiffnesses at the knots that drive Gaussian data of variance v0 exactly, as they are learned for a drive. */
function exact(noising: ReturnType<typeof createNoising>, drive: DriveKind): Float64Array[] {
  const { stiffness: k0, bath, knots } = noising
  return knots.map((t) => {
    const k = bath.kT / noisedVariance(noising, v0, t)
    return Float64Array.of(drive === 'reverse' ? 2 * k - k0 : k)
  })
}

/** g of that data. */
function lossRate(noising: ReturnType<typeof createNoising>): number[] {
  const { stiffness: k0, bath, knots } = noising
  return knots.map((t) => {
    const v = noisedVariance(noising, v0, t)
    return (bath.mobility / bath.kT) * v * (k0 - bath.kT / v) ** 2
  })
}

/** Entropy production in k_B and final variance, by the recursion of Euler–Maruyama's moments, in steps cut into `substeps`. */
function driven(noising: ReturnType<typeof createNoising>, drive: DriveKind, speed: Float64Array, substeps: number) {
  const { bath, knots } = noising
  const { atSpeed } = anySpeed(trap, drive, noising, { terms: { onsite: ['stiffness'] }, bath })
  const protocol = clockedProtocol(noising, exact(noising, drive), speed, atSpeed, { substeps })
  const start = noisedVariance(noising, v0, knots[0]!)
  const law = harmonicProtocolLaw(trap, protocol, bath, {
    mean: Float64Array.of(0),
    covariance: Float64Array.of(start),
  })
  const variance = law.covariance[0]!
  const duration = protocol.dt.reduce((sum, h) => sum + h, 0)
  return { variance, duration, entropy: law.heat / bath.kT + Math.log(variance / start) / 2 }
}

/** The limit h → 0 of what is off by O(h), from two lengths of steps. */
function atNoStep(noising: ReturnType<typeof createNoising>, drive: DriveKind, speed: Float64Array) {
  const [coarse, fine] = [driven(noising, drive, speed, 4), driven(noising, drive, speed, 8)]
  return { entropy: 2 * fine.entropy - coarse.entropy, variance: 2 * fine.variance - coarse.variance }
}

const noising = createNoising({ duration: 3, tMin: 0.01, slices: 120 })
const g = lossRate(noising)
/** ∫ f ds by Simpson's rule in ln s. */
function quadrature(f: (t: number) => number, [from, to]: readonly [number, number], n = 2000): number {
  const at = (k: number) => to * (from / to) ** (k / n)
  const weight = (k: number) => (k === 0 || k === n ? 1 : k % 2 === 1 ? 4 : 2)
  return (
    (Array.from({ length: n + 1 }, (_, k) => weight(k) * f(at(k)) * at(k)).reduce((a, b) => a + b) *
      Math.log(from / to)) /
    n /
    3
  )
}

const root = (t: number) => {
  const v = noisedVariance(noising, v0, t)
  return Math.sqrt(v) * Math.abs(1 - 1 / v)
}
const least = quadrature(root, [3, 0.01]) ** 2 / tau

test('integrals of powers between knots are exact for a power, and those of a smooth function right to O(1/K²)', () => {
  expect(powerIntegral(3, 3 ** -0.7, 0.2, 0.2 ** -0.7)).toBeCloseTo((3 ** 0.3 - 0.2 ** 0.3) / 0.3, 12)
  expect(powerIntegral(3, 1 / 3, 0.2, 5)).toBeCloseTo(Math.log(15), 12)
  expect(atTime([3, 1, 0.2], [9, 1, 0.04], 0.5)).toBeCloseTo(0.25, 12)
  const wholeOf = (slices: number) => {
    const { knots } = createNoising({ duration: 3, tMin: 0.01, slices })
    return knotIntegral(knots, knots.map(root))
  }
  const [coarse, fine] = [60, 120].map((slices) => wholeOf(slices) - quadrature(root, [3, 0.01])) as [number, number]
  expect(Math.abs(fine)).toBeLessThan(2e-4)
  expect(coarse / fine).toBeGreaterThan(3.5)
})

test('the even clock that takes the noising’s own time is the reverse drive: the same parameters, and the same steps to rounding', () => {
  const learned = exact(noising, 'reverse')
  const { atSpeed } = anySpeed(trap, 'reverse', noising, { terms: { onsite: ['stiffness'] }, bath: noising.bath })
  const speed = uniformSpeed(noising, 2.99)
  for (const interpolation of ['linear', 'alternate', 'hold'] as const) {
    const [own, other] = [
      generationProtocol(noising, learned, { interpolation }),
      clockedProtocol(noising, learned, speed, atSpeed, { interpolation }),
    ]
    expect(other.clock).toEqual(own.clock)
    const [a, b] = [Float64Array.of(0), Float64Array.of(0)]
    for (let step = -1; step < own.dt.length; step++) {
      own.parameters(step, a)
      other.parameters(step, b)
      expect(Math.abs(b[0]! / a[0]! - 1)).toBeLessThan(1e-12)
      if (step >= 0) expect(Math.abs(other.dt[step]! / own.dt[step]! - 1)).toBeLessThan(1e-9)
    }
  }
})

test.for(driveKinds)(
  'Gaussian data learned for the %s drive: each clock keeps the variance and produces its entropy, the optimal one least',
  (drive) => {
    const reverse = reverseNoisingTotals(noising, v0).entropyProduction
    expect(reverse).toBeCloseTo(0.29672, 4)
    const own = atNoStep(noising, drive, uniformSpeed(noising, 2.99))
    expect(Math.abs(own.entropy - reverse)).toBeLessThan(5e-4)
    const optimal = optimalSpeed(noising, g, tau)
    const clocks: [Float64Array, number][] = [
      [uniformSpeed(noising, tau), (reverse * 2.99) / tau],
      [uniformSpeed(noising, 8 * tau), (reverse * 2.99) / (8 * tau)],
      [optimal, least],
      [optimalSpeed(noising, g, 8 * tau), least / 8],
      [
        optimalSpeed(noising, g, tau, 0.7),
        knotIntegral(
          noising.knots,
          optimalSpeed(noising, g, tau, 0.7).map((c, k) => c * g[k]!),
        ),
      ],
    ]
    for (const [speed, entropy] of clocks) {
      const limit = atNoStep(noising, drive, speed)
      expect(Math.abs(limit.entropy / entropy - 1)).toBeLessThan(0.01)
      expect(Math.abs(limit.variance / noisedVariance(noising, v0, 0.01) - 1)).toBeLessThan(0.002)
    }
    // Of all powers of g the half loses least.
    const losses = [0.2, 0.35, 0.5, 0.65].map((power) => {
      const shape = g.map((rate) => rate ** -power)
      const time = knotIntegral(
        noising.knots,
        shape.map((c) => 1 / c),
      )
      return knotIntegral(
        noising.knots,
        shape.map((c, k) => ((c * time) / tau) * g[k]!),
      )
    })
    expect(losses.indexOf(Math.min(...losses))).toBe(2)
    expect(least).toBeLessThan(0.75 * ((reverse * 2.99) / tau))
  },
)

test('a clock takes its duration, whatever its steps; one that may not be slower than a speed is nowhere', () => {
  expect(driven(noising, 'reverse', optimalSpeed(noising, g, tau), 1).duration).toBeCloseTo(tau, 9)
  const bounded = optimalSpeed(noising, g, tau, 0.7)
  expect(Math.min(...optimalSpeed(noising, g, tau))).toBeLessThan(0.6)
  expect(Math.min(...bounded)).toBeCloseTo(0.7, 12)
  expect(driven(noising, 'reverse', bounded, 1).duration).toBeCloseTo(tau, 9)
  const loss = (speed: Float64Array) =>
    knotIntegral(
      noising.knots,
      speed.map((c, k) => c * g[k]!),
    )
  expect(loss(bounded)).toBeGreaterThan(least)
  expect(loss(bounded)).toBeLessThan(loss(uniformSpeed(noising, tau)))
  expect(() => optimalSpeed(noising, g, tau, 1.5)).toThrow(/sampling.slowest/)
  expect(() =>
    optimalSpeed(
      noising,
      g.map(() => 0),
      tau,
    ),
  ).toThrow(/sampling.clock/)
})

test('no step by a clock is longer than is asked, and every slice is answered in the time that it takes', () => {
  for (const slices of [3, 8, 20, 41])
    for (const duration of [1, 2.7, 4]) {
      const other = createNoising({ duration, tMin: 0.0123, slices })
      const { atSpeed } = anySpeed(trap, 'reverse', other, { terms: { onsite: ['stiffness'] }, bath: other.bath })
      const speed = optimalSpeed(other, lossRate(other), tau)
      const by = (options: object) => clockedProtocol(other, exact(other, 'reverse'), speed, atSpeed, options)
      expect(Math.max(...by({ dt: 0.01 }).dt)).toBeLessThanOrEqual(0.01 * (1 + 1e-6))
      const protocol = by({})
      // To a variance without end: α Δt = (Δt + Δs) kT/scale, whose sum over slices is that of the whole.
      const answered = other.knots.slice(1).map((_, k) => answeringTime(other, 'reverse', protocol, k + 1, 1e12))
      const whole = (tau + other.knots[0]! - other.knots.at(-1)!) * (other.bath.kT / scoreScale(other, 'reverse').scale)
      expect(answered.reduce((sum, time) => sum + time, 0)).toBeCloseTo(whole, 8)
    }
})

test.for([
  { kind: 'bistable' as const, temperature: undefined },
  { kind: 'bistable' as const, temperature: 0.3 },
  { kind: 'quartic' as const, temperature: undefined },
])(
  'at any speed hidden units %o, with couplings and labels, exert kT∇log p + c(k0x + kT∇log p), learned for either drive',
  ({ kind, temperature }) => {
    const bath = { kT: 0.8, mobility: 1.3 }
    const own = createNoising({ stiffness: 1.7, duration: 2, tMin: 0.05, slices: 4 }, bath)
    const hidden = { units: 5, kind, ...(temperature === undefined ? {} : { temperature }) }
    const network = createNetwork({ visible: { units: 3 }, hidden, label: {} }, 1)
    const terms = { onsite: ['stiffness', 'cubic', 'quartic', 'bias'], pair: ['bilinear'] } as const
    const learned = createPotential(network, terms, bath.kT)
    const theta = normals(learned.size, 4).map((z) => z / 2)
    if (temperature !== undefined)
      theta[learned.groups.find(({ name }) => name === 'hidden-temperature')!.offset] = temperature
    const batch = 7
    const x = normals(4 * batch, 5)
    for (const drive of driveKinds)
      for (const c of [0.05, 1, 6]) {
        const score = new Float64Array(x.length)
        networkScore(learned, own, theta, drive)(x, batch, score)
        const { potential, atSpeed } = anySpeed(learned, drive, own, { hidden, terms, bath: own.bath })
        const at = new Float64Array(potential.size)
        atSpeed(theta, c, at)
        const force = new Float64Array(x.length)
        forceAndEnergy(potential, at, x, batch, force, null)
        for (let n = 0; n < 3 * batch; n++)
          expect(force[n]!).toBeCloseTo(0.8 * score[n]! + c * (1.7 * x[n]! + 0.8 * score[n]!), 9)
        const lost = dissipation(learned, own, drive, theta, { x, batch })
        const rate = [0, 1, 2].reduce(
          (sum, i) => sum + (1.3 / 0.8) * (1.7 * x[i * batch]! + 0.8 * score[i * batch]!) ** 2,
          0,
        )
        expect(lost[0]! / rate).toBeCloseTo(1, 12)
      }
  },
)
