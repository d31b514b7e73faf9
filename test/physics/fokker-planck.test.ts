import { describe, expect, test } from 'vitest'
import { type DriftDiffusion, eulerMaruyamaProcess } from '../../src/physics/truth/drift-diffusion.js'
import { fokkerPlanck } from '../../src/physics/truth/fokker-planck.js'
import { fokkerPlanckOnLine, gaussianLineStart } from '../../src/physics/truth/fokker-planck-line.js'
import { relaxation, relaxationOfSteps } from '../../src/physics/truth/ornstein-uhlenbeck.js'

/** A process by its drift and one diffusion. */
const process = (a: (x: number, t: number) => number, D: (t: number) => number, isSteady = true): DriftDiffusion => ({
  isSteady,
  drift: (x, t) => x.map((at) => a(at, t)),
  diffusion: (x, t) => x.map(() => D(t)),
})

const bath = { kT: 0.7, mobility: 1.3 }
const k = 1.5
const trap = process(
  (x) => -bath.mobility * k * x,
  () => bath.mobility * bath.kT,
)

describe('the Fokker–Planck equation of one coordinate', () => {
  test.each([
    { mean: 2, variance: 0 },
    { mean: -1, variance: 0.2 },
  ])('has in a trap the mean and variance of Uhlenbeck and Ornstein, from $mean ± √$variance', (start) => {
    const times = [0.1, 0.5, 2]
    const law = fokkerPlanckOnLine(trap, gaussianLineStart(start), times, { cells: 1000, steps: 1000 })
    for (const [n, t] of times.entries()) {
      const truth = relaxation(k, bath, start, t)
      expect(law.mean[n]).toBeCloseTo(truth.mean, 4)
      expect(law.variance[n]).toBeCloseTo(truth.variance, 4)
    }
  })

  test('converges as the squares of cells and steps', () => {
    const start = { mean: 1, variance: 0.05 }
    // A driven trap, whose mean obeys m' = -μk(m - sin t), with a bath that warms up.
    const driven = process(
      (x, t) => -2 * (x - Math.sin(t)),
      (t) => 1 + t,
      false,
    )
    const mean = (t: number) => (4 * Math.sin(t) - 2 * Math.cos(t)) / 5 + (1 + 2 / 5) * Math.exp(-2 * t)
    const variance = (t: number) => (1 + t) / 2 - 1 / 8 + (0.05 - 3 / 8) * Math.exp(-4 * t)
    const box = { lower: -8, upper: 8 }
    const error = (cells: number, steps: number) => {
      const law = fokkerPlanck(driven, box, gaussianLineStart(start).mass, [1], { cells, steps })
      return [law.mean[0]! - mean(1), law.variance[0]! - variance(1)] as const
    }
    const [coarse, fine] = [error(200, 4000), error(400, 4000)]
    expect(coarse[1] / fine[1]).toBeGreaterThan(3.8)
    expect(coarse[1] / fine[1]).toBeLessThan(4.2)
    const [long, short] = [error(1600, 20), error(1600, 40)]
    expect(long[0] / short[0]).toBeGreaterThan(3.7)
    expect(long[0] / short[0]).toBeLessThan(4.3)
  })

  test('decays on a flat circle as its slowest mode, and spreads by 2Dt all the while', () => {
    const [D, v, L] = [0.8, 0.6, 3]
    const flat = process(
      () => v,
      () => D,
    )
    const start = (x: Float64Array) => x.map((at) => (1 + 0.5 * Math.cos((2 * Math.PI * at) / L)) / x.length)
    const law = fokkerPlanck(flat, { lower: 0, upper: L, periodic: true }, start, [0, 0.5, 1], {
      cells: 400,
      steps: 800,
    })
    const mode = (mass: Float64Array) => {
      const part = (f: (z: number) => number) =>
        mass.reduce((sum, p, i) => sum + p * f((2 * Math.PI * law.x[i]!) / L), 0)
      return Math.hypot(part(Math.cos), part(Math.sin))
    }
    const rate = D * ((2 * Math.PI) / L) ** 2
    expect(mode(law.mass[1]!) / mode(law.mass[0]!)).toBeCloseTo(Math.exp(-rate * 0.5), 4)
    expect(mode(law.mass[2]!) / mode(law.mass[0]!)).toBeCloseTo(Math.exp(-rate), 4)
    expect(law.mean[2]! - law.mean[0]!).toBeCloseTo(v, 10)
    expect(law.variance[2]! - law.variance[0]!).toBeCloseTo(2 * D, 3)
  })

  test('winds on a washboard as on the line', () => {
    const tilted = process(
      (x) => 1.2 - 2 * Math.sin(2 * Math.PI * x),
      () => 0.5,
    )
    const start = gaussianLineStart({ mean: 0.3, variance: 0 })
    const line = fokkerPlanckOnLine(tilted, start, [1, 3], { cells: 3000, steps: 1500 })
    const circle = fokkerPlanck(tilted, { lower: 0, upper: 1, periodic: true }, start.mass, [1, 3], {
      cells: 200,
      steps: 1500,
    })
    for (const n of [0, 1]) {
      expect(circle.mean[n]).toBeCloseTo(line.mean[n]!, 3)
      expect(circle.variance[n]).toBeCloseTo(line.variance[n]!, 3)
    }
  })

  test('fills the space between walls', () => {
    const start = gaussianLineStart({ mean: 0.2, variance: 0 })
    const free = process(
      () => 0,
      () => 1,
    )
    const law = fokkerPlanck(free, { lower: 0, upper: 1 }, start.mass, [0.05, 3], { cells: 200, steps: 600 })
    // ⟨x⟩ = 1/2 + Σ over odd n of (-4/(nπ)²) cos(nπ/5) e^(-n²π²t), by reflection.
    const modes = [1, 3, 5, 7, 9].reduce(
      (sum, n) => sum - (4 / (n * Math.PI) ** 2) * Math.cos(n * Math.PI * 0.2) * Math.exp(-((n * Math.PI) ** 2) * 0.05),
      0.5,
    )
    expect(law.mean[0]).toBeCloseTo(modes, 4)
    expect(law.variance[1]).toBeCloseTo(1 / 12, 4)
  })
})

describe('the process of Euler–Maruyama', () => {
  test('has the scheme’s own moments in a trap up to the square of its step', () => {
    const start = { mean: 1.5, variance: 0.1 }
    const off = (h: number) => {
      const exact = relaxationOfSteps(k, bath, start, h, Math.round(0.4 / h))
      const law = fokkerPlanckOnLine(eulerMaruyamaProcess(trap, h), gaussianLineStart(start), [0.4], {
        cells: 4000,
        steps: 1000,
      })
      const plain = relaxation(k, bath, start, 0.4)
      return {
        mean: Math.abs(law.mean[0]! - exact.mean) / Math.abs(plain.mean - exact.mean),
        variance: Math.abs(law.variance[0]! - exact.variance) / Math.abs(plain.variance - exact.variance),
      }
    }
    // What is left is of second order: relative to the first, it halves with h.
    const [one, half] = [off(0.04), off(0.02)]
    for (const key of ['mean', 'variance'] as const) {
      expect(one[key]).toBeLessThan(0.12)
      expect(half[key] / one[key]).toBeGreaterThan(0.4)
      expect(half[key] / one[key]).toBeLessThan(0.6)
    }
  })

  test('goes in a driven quartic well with a bath that warms up as many steps by transition matrices do', () => {
    const driven = process(
      (x, t) => -x * x * x + 2 * x + 1.5 * Math.sin(3 * t),
      (t) => 0.5 + 0.3 * t,
      false,
    )
    const start = { mean: 0.5, variance: 0.1 }
    const exact = (h: number) => {
      // The law after each step by the kernel of the step itself, on a grid that is fine for its width.
      const [span, points] = [4, 801]
      const x = Float64Array.from({ length: points }, (_, n) => span * ((2 * n) / (points - 1) - 1))
      let p = gaussianLineStart(start).mass(x, x[1]! - x[0]!)
      for (let n = 1; n * h < 1 + h / 2; n++) {
        const drift = driven.drift(x, n * h)
        const variance = 2 * h * driven.diffusion(x, n * h)[0]!
        const next = new Float64Array(points)
        for (let j = 0; j < points; j++) {
          if (p[j]! < 1e-12) continue
          const to = x[j]! + h * drift[j]!
          for (let i = 0; i < points; i++) next[i]! += p[j]! * Math.exp(-((x[i]! - to) ** 2) / (2 * variance))
        }
        const total = next.reduce((sum, value) => sum + value, 0)
        p = next.map((value) => value / total)
      }
      const mean = p.reduce((sum, value, i) => sum + value * x[i]!, 0)
      return { mean, variance: p.reduce((sum, value, i) => sum + value * (x[i]! - mean) ** 2, 0) }
    }
    const solve = (h: number) => {
      const law = fokkerPlanckOnLine(eulerMaruyamaProcess(driven, h), gaussianLineStart(start), [1], {
        cells: 3000,
        steps: 1000,
      })
      return { mean: law.mean[0]!, variance: law.variance[0]! }
    }
    const plain = solve(0)
    const left = [0.02, 0.01].map((h) => {
      const [truth, own] = [exact(h), solve(h)]
      return [
        (own.mean - truth.mean) / (plain.mean - truth.mean),
        (own.variance - truth.variance) / (plain.variance - truth.variance),
      ]
    })
    const [[mean, variance], [meanOfHalf, varianceOfHalf]] = left as [[number, number], [number, number]]
    // What is left is of second order: over the first, it halves with h.
    expect(Math.max(Math.abs(mean), Math.abs(meanOfHalf))).toBeLessThan(0.03)
    expect(Math.abs(variance)).toBeLessThan(0.2)
    expect(varianceOfHalf / variance).toBeGreaterThan(0.4)
    expect(varianceOfHalf / variance).toBeLessThan(0.6)
  })
})
