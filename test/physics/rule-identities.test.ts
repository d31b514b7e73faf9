import { describe, expect, test } from 'vitest'
import { contrastiveDivergence } from '../../src/learning/rules/contrastive-divergence.js'
import { type Device, deviceOf } from '../../src/learning/rules/device.js'
import { forceMatching } from '../../src/learning/rules/force-matching.js'
import { implicitScoreMatching } from '../../src/learning/rules/implicit-score-matching.js'
import { createNoiser } from '../../src/learning/rules/noised-batch.js'
import { reversePath, stepsOf } from '../../src/learning/rules/reverse-path.js'
import type { NoisedBatch, Rule } from '../../src/learning/rules/rule.js'
import { bias, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear, pairQuartic } from '../../src/physics/potential/pair.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { createNoising, scoreScale } from '../../src/physics/protocol/noising.js'
import { lattice, normals } from '../systems.js'

// Averages over Gaussian numbers are exact: five-point Gauss–Hermite quadrature, node by node in batches of one.

const bath = { kT: 0.8, mobility: 1.2 }
const { kT, mobility } = bath
const k0 = 1.5
const noising = createNoising({ stiffness: k0, duration: 2, tMin: 0.02, slices: 10, spacing: 'geometric' }, bath)
const pair = lattice(1, 2, 'all')

/** Nodes and weights of N(0, 1), exact for polynomials of degree 9. */
const nodes = [0, 1, -1, 2, -2].map(
  (n) => Math.sign(n) * Math.sqrt(n === 0 ? 0 : 5 + (n ** 2 === 1 ? -1 : 1) * Math.sqrt(10)),
)
const weights = [8 / 15, ...[1, 1, -1, -1].map((sign) => (7 + sign * 2 * Math.sqrt(10)) / 60)]
const planeNodes = nodes.flatMap((a, i) =>
  nodes.map((b, j) => ({ z: [a, b] as const, weight: weights[i]! * weights[j]! })),
)

/** A batch of one state with weight 1, and nothing known of its noise. */
function single(x: Float64Array, drive: 'reverse' | 'quasi-static'): NoisedBatch {
  const { trap, scale } = scoreScale(noising, drive)
  return { batch: 1, x, target: x, weight: 1, targetVariance: 1, trap, scale, draw: { seed: 0, step: 0 } }
}

function gradientOf(rule: Rule, device: Device, batch: NoisedBatch): Float64Array {
  const out = new Float64Array(device.size)
  rule.gradient(device, batch, out)
  return out
}

/** Σ_n weight_n vector_n */
function average(parts: readonly { weight: number; value: Float64Array }[]): Float64Array {
  const out = new Float64Array(parts[0]!.value.length)
  for (const { weight, value } of parts) for (let a = 0; a < out.length; a++) out[a]! += weight * value[a]!
  return out
}
const minus = (a: Float64Array, b: Float64Array) => a.map((value, n) => value - b[n]!)
const size = (a: Float64Array) => Math.hypot(...a)
const closeTo = (a: number, b: number, scale: number, tolerance: number) =>
  expect(Math.abs(a - b) / scale).toBeLessThan(tolerance)

const anharmonic = potentialOf(pair, [stiffness, quartic, bias, bilinear, pairQuartic])
const theta = Float64Array.of(0.8, -0.3, 0.4, 0.2, 0.3, -0.6, 0.5, 0.2)
const device = deviceOf(anharmonic, theta, bath)
const states = Array.from({ length: 12 }, (_, n) => normals(2, 300 + n))

/** Mean gradient of contrastive divergence for h = time/(μkT) over given states and, exactly, over the kicks of one step. */
function contrast(time: number): Float64Array {
  const rule = contrastiveDivergence({ time, antithetic: false })
  return average(
    states.flatMap((x) =>
      planeNodes.map(({ z, weight }) => {
        const kicked = {
          ...device,
          run: ((from, batch, run, out) =>
            device.run(from, batch, { ...run, normals: (_, normal) => normal.set(z) }, out)) as Device['run'],
        }
        return { weight: weight / states.length, value: gradientOf(rule, kicked, single(x, 'quasi-static')) }
      }),
    ),
  )
}

describe('contrastive divergence', () => {
  const implicit = average(
    states.map((x) => ({
      weight: 1 / states.length,
      value: gradientOf(implicitScoreMatching(), device, single(x, 'quasi-static')),
    })),
  )
  const group = (name: string) => anharmonic.groups.find((one) => one.name === name)!.offset

  test('has the bias -(μh/2)⟨F²⟩ on a stiffness, -μh⟨F_iF_j⟩ on a coupling and none on a bias force, after one step', () => {
    const time = 0.1
    const h = time / (mobility * kT)
    const off = minus(contrast(time), implicit)
    const forces = states.map((x) => {
      const out = new Float64Array(2)
      device.force(x, 1, out)
      return out
    })
    const mean = (of: (f: Float64Array) => number) => forces.reduce((sum, f) => sum + of(f), 0) / forces.length
    const scale = mean((f) => f[0]! ** 2)
    // Exact; differences of statistics over μh leave rounding of 1e-16/h.
    for (const i of [0, 1]) {
      closeTo(off[group('stiffness') + i]!, (-mobility * h * mean((f) => f[i]! ** 2)) / 2, scale, 1e-12)
      closeTo(off[group('bias') + i]!, 0, scale, 1e-12)
    }
    closeTo(off[group('bilinear')]!, -mobility * h * mean((f) => f[0]! * f[1]!), scale, 1e-12)
  })

  test('tends to implicit score matching as h → 0, with a bias of first order for every term', () => {
    const error = (time: number) => minus(contrast(time), implicit)
    const [coarse, fine] = [error(2e-3), error(1e-3)]
    expect(size(fine) / size(implicit)).toBeLessThan(0.02)
    expect(Math.log2(size(coarse) / size(fine))).toBeCloseTo(1, 2)
    // Richardson: what is left when the first order is taken away is of second order.
    const left = (a: Float64Array, b: Float64Array) => size(b.map((value, n) => 2 * value - a[n]!))
    expect(Math.log2(left(coarse, fine) / left(fine, error(5e-4)))).toBeCloseTo(2, 1)
  })

  test('of many substeps is biased by -(h/2μ)⟨𝓛²φ⟩: on a bias force by μhK²⟨x⟩/2 in a trap', () => {
    const [k, time, at] = [2, 0.02, 0.7]
    const trap = deviceOf(potentialOf(lattice(1, 1, 'all'), [stiffness, bias]), Float64Array.of(k, 0), bath)
    // The mean of a harmonic run does not depend on its noise.
    const still = {
      ...trap,
      run: ((x, batch, run, out) =>
        trap.run(x, batch, { ...run, normals: (_, normal) => normal.fill(0) }, out)) as Device['run'],
    }
    const x = Float64Array.of(at)
    const off = (substeps: number) =>
      gradientOf(contrastiveDivergence({ time, substeps, antithetic: false }), still, single(x, 'quasi-static'))[1]! -
      gradientOf(implicitScoreMatching(), trap, single(x, 'quasi-static'))[1]!
    const h = time / (mobility * kT)
    const whole = (mobility * h * k ** 2 * at) / 2
    // Left: 1/substeps of it, and the next order μhk/3.
    expect(Math.abs(off(400) / whole - 1)).toBeLessThan(1 / 400 + (mobility * h * k) / 3)
    expect(Math.abs(off(1) / whole)).toBeLessThan(1e-10)
  })

  test('has a variance that grows as 1/h, which antithetic noise removes', () => {
    const data = { points: normals(2 * 64, 310), count: 64, units: 2 }
    const noiser = createNoiser(data, noising, 'quasi-static', 3)
    const draws = 400
    const variance = (time: number, antithetic: boolean) => {
      const rule = contrastiveDivergence({ time, antithetic })
      // The same states throughout: only the kicks vary.
      const batch = noiser.minibatch(0.3, 64, 0)
      const values = Float64Array.from(
        { length: draws },
        (_, step) => gradientOf(rule, device, { ...batch, draw: { seed: 8, step } })[0]!,
      )
      const mean = values.reduce((sum, value) => sum + value, 0) / draws
      return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1)
    }
    // A ratio of two independent variances of 400 draws has a relative standard error of .1; the kicks are the same ones.
    const growth = (antithetic: boolean) => variance(0.05 / 16, antithetic) / variance(0.05, antithetic)
    expect(growth(false)).toBeGreaterThan(16 * 0.6)
    expect(growth(false)).toBeLessThan(16 * 1.4)
    expect(growth(true)).toBeGreaterThan(0.6)
    expect(growth(true)).toBeLessThan(1.4)
  })
})

describe('reverse path', () => {
  // Gaussian data of variances .6, .5 and covariance .2 at the time t.
  const root = (v: readonly [number, number, number]) => {
    const a = Math.sqrt(v[0])
    return (z: readonly [number, number]) =>
      Float64Array.of(a * z[0], (v[2] / a) * z[0] + Math.sqrt(v[1] - v[2] ** 2 / v[0]) * z[1])
  }
  const now = [0.6, 0.5, 0.2] as const
  /** Moments a time h earlier: v = kT/k0 + (v_before - kT/k0)e^(-2μk0h). */
  const before = (h: number) => {
    const grown = Math.exp(2 * mobility * k0 * h)
    const back = (v: number, rest: number) => rest + (v - rest) * grown
    return [back(now[0], kT / k0), back(now[1], kT / k0), back(now[2], 0)] as const
  }
  const matched = average(
    planeNodes.map(({ z, weight }) => ({
      weight,
      value: gradientOf(implicitScoreMatching(), device, single(root(now)(z), 'reverse')),
    })),
  )
  const walked = (h: number, rule: Rule = reversePath()) => {
    const start = root(before(h))
    const [left, kick] = [1 - mobility * k0 * h, Math.sqrt(2 * mobility * kT * h)]
    return average(
      planeNodes.flatMap((from) => {
        const x = start(from.z)
        return planeNodes.map(({ z, weight }) => {
          const after = x.map((value, i) => left * value + kick * z[i]!)
          const batch = { ...single(after, 'reverse'), path: [{ before: x, after, dt: h }] }
          return { weight: from.weight * weight, value: gradientOf(rule, device, batch) }
        })
      }),
    )
  }

  test('tends to force matching of the reverse drive as h → 0, with a gap of first order', () => {
    const gap = (h: number, rule?: Rule) => size(minus(walked(h, rule), matched)) / size(matched)
    expect(gap(0.005)).toBeLessThan(0.02)
    expect(Math.log2(gap(0.005) / gap(0.0025))).toBeCloseTo(1, 1)
    expect(Math.log2(gap(0.0025) / gap(0.00125))).toBeCloseTo(1, 1)
  })

  test('with its residual at x, not x′, tends to something else: 2kT∇log p is missing', () => {
    expect(size(minus(walked(0.00125, reversePath({ at: 'before' })), matched)) / size(matched)).toBeGreaterThan(0.5)
  })

  test('in its noiser’s paths is centred on the time of the batch, in steps of so many relaxation times', () => {
    const [count, t] = [4000, 0.3]
    const data = { points: new Float64Array(count), count, units: 1 }
    const path = createNoiser(data, noising, 'reverse', 5, { path: { dt: 0.05, steps: 8 } }).minibatch(t, count, 0)
      .path!
    const relaxation = (1 - Math.exp(-2 * mobility * k0 * t)) / (mobility * k0)
    expect(path).toHaveLength(8)
    const variances = path.map(({ after, dt }, n) => {
      expect(dt).toBeCloseTo(0.05 * relaxation, 12)
      const at = t + (n - 3.5) * dt
      const exact = (kT / k0) * (1 - Math.exp(-2 * mobility * k0 * at))
      return after.reduce((sum, x) => sum + x * x, 0) / count / exact
    })
    // Clean data of 0: the variance is s² at each time; 4 standard errors and the O(h) of Euler–Maruyama, μk0h/2.
    const allowed = 4 * Math.sqrt(2 / count) + (mobility * k0 * 0.05 * relaxation) / 2
    for (const ratio of variances) expect(Math.abs(ratio - 1)).toBeLessThan(allowed)
  })

  test('online ends where batch learning does, but for the square of the rate', () => {
    const data = { points: normals(2 * 64, 320), count: 64, units: 2 }
    const batch = createNoiser(data, noising, 'reverse', 6, { path: { dt: 0.05, steps: 8 } }).minibatch(0.3, 64, 0)
    const rule = reversePath()
    const descend = (parts: readonly NoisedBatch[], rate: number) => {
      const at = theta.slice()
      for (const part of parts) {
        const gradient = gradientOf(rule, deviceOf(anharmonic, at, bath), part)
        for (let a = 0; a < at.length; a++) at[a]! -= (rate / parts.length) * gradient[a]!
      }
      return at
    }
    const apart = (rate: number) => size(minus(descend(stepsOf(batch), rate), descend([batch], rate)))
    expect(apart(0.01)).toBeGreaterThan(0)
    expect(apart(0.02) / apart(0.01)).toBeCloseTo(4, 1)
  })
})

test('force matching and implicit score matching differ by the sampling of ε only, in both drives', () => {
  // One clean state, its noise averaged exactly.
  for (const drive of ['reverse', 'quasi-static'] as const) {
    const { trap, scale } = scoreScale(noising, drive)
    const s = 0.4
    const noisy = planeNodes.map(({ z, weight }) => {
      const x = Float64Array.of(0.3 + s * z[0], -0.5 + s * z[1])
      const target = x.map((at, i) => trap * at - (scale * z[i]!) / s)
      return { weight, batch: { ...single(x, drive), target } }
    })
    const of = (rule: Rule) =>
      average(noisy.map(({ weight, batch }) => ({ weight, value: gradientOf(rule, device, batch) })))
    const [exact, implicit] = [of(forceMatching()), of(implicitScoreMatching())]
    expect(size(minus(exact, implicit)) / size(exact)).toBeLessThan(1e-12)
    const half = {
      ...implicitScoreMatching(),
      gradient: ((on, batch, out) =>
        implicitScoreMatching().gradient(on, { ...batch, scale: scale / 2 }, out)) as Rule['gradient'],
    }
    expect(size(minus(exact, of(half))) / size(exact)).toBeGreaterThan(0.01)
  }
})
