import { expect, test } from 'vitest'
import { type DriftDiffusion, eulerMaruyamaProcess } from '../../src/physics/truth/drift-diffusion.js'
import { fokkerPlanck } from '../../src/physics/truth/fokker-planck.js'
import { gaussianLineStart } from '../../src/physics/truth/fokker-planck-line.js'
import { washboardTransport } from '../../src/physics/truth/washboard.js'

const [mobility, kT] = [1.3, 0.4]

/** A cosine of height 2V and period L, tilted by a force f. */
const washboard = (V: number, f: number, L = 1): DriftDiffusion => ({
  isSteady: true,
  drift: (x) => x.map((at) => mobility * (f - ((2 * Math.PI * V) / L) * Math.sin((2 * Math.PI * at) / L))),
  diffusion: (x) => x.map(() => mobility * kT),
})

/** Modified Bessel function I₀, by its series. */
function bessel(z: number): number {
  let [term, sum] = [1, 1]
  for (let k = 1; k < 60; k++) {
    term *= (z / 2 / k) ** 2
    sum += term
  }
  return sum
}

test('without a tilt nothing drifts, and diffusion is Lifson’s and Jackson’s', () => {
  const { drift, diffusion } = washboardTransport(washboard(0.9, 0, 1.7), 1.7)
  expect(drift).toBeCloseTo(0, 12)
  expect(diffusion).toBeCloseTo((mobility * kT) / bessel(0.9 / kT) ** 2, 11)
})

test('on a plain or under a strong force it is free', () => {
  const plain = washboardTransport(washboard(0, 0.7, 2.1), 2.1)
  expect(plain.drift).toBeCloseTo(mobility * 0.7, 10)
  expect(plain.diffusion).toBeCloseTo(mobility * kT, 10)
  // The first corrections are the force's mean square over f², (2πV)²/2f².
  const strong = washboardTransport(washboard(0.1, 100), 1)
  expect(Math.abs(strong.drift / (mobility * 100) - 1)).toBeLessThan(1e-4)
  expect(Math.abs(strong.diffusion / (mobility * kT) - 1)).toBeLessThan(1e-3)
})

test.each([0.5, 1.5, 2])(
  'under a force of %d drift and diffusion are those that the Fokker–Planck equation comes to',
  (f) => {
    const [V, from, to] = [0.3, 2, 3]
    const process = washboard(V, f)
    const { drift, diffusion } = washboardTransport(process, 1)
    const start = gaussianLineStart({ mean: 0.3, variance: 0 })
    const slopes = [100, 200].map((cells) => {
      const law = fokkerPlanck(process, { lower: 0, upper: 1, periodic: true }, start.mass, [from, to], {
        cells,
        steps: 1200,
      })
      return [law.mean[1]! - law.mean[0]!, (law.variance[1]! - law.variance[0]!) / 2] as const
    })
    // Two grids have the limit of ever finer ones.
    const limit = (n: 0 | 1) => (4 * slopes[1]![n] - slopes[0]![n]) / 3
    expect(limit(0)).toBeCloseTo(drift, 4)
    expect(limit(1)).toBeCloseTo(diffusion, 4)
  },
)

test('a diffusion that depends on the place is that of the Fokker–Planck equation too', () => {
  const process: DriftDiffusion = {
    isSteady: true,
    drift: (x) => x.map((at) => 0.8 - Math.sin(2 * Math.PI * at)),
    diffusion: (x) => x.map((at) => 0.5 + 0.3 * Math.cos(2 * Math.PI * at)),
  }
  const { drift, diffusion } = washboardTransport(process, 1)
  const start = gaussianLineStart({ mean: 0.3, variance: 0 })
  const slopes = [100, 200].map((cells) => {
    const law = fokkerPlanck(process, { lower: 0, upper: 1, periodic: true }, start.mass, [2, 3], {
      cells,
      steps: 1200,
    })
    return [law.mean[1]! - law.mean[0]!, (law.variance[1]! - law.variance[0]!) / 2] as const
  })
  expect((4 * slopes[1]![0] - slopes[0]![0]) / 3).toBeCloseTo(drift, 4)
  expect((4 * slopes[1]![1] - slopes[0]![1]) / 3).toBeCloseTo(diffusion, 4)
})

test('near the critical tilt diffusion is many times the free one', () => {
  const critical = 2 * Math.PI * 0.9
  const cold = (f: number): DriftDiffusion => ({
    ...washboard(0.9, f),
    diffusion: (x) => x.map(() => mobility * 0.04),
  })
  expect(washboardTransport(cold(critical), 1).diffusion / (mobility * 0.04)).toBeGreaterThan(4)
})

/** Drift and diffusion of steps of Euler–Maruyama on a circle of length 1, by their transition matrix. */
function ofSteps(process: DriftDiffusion, h: number): { drift: number; diffusion: number } {
  const n = 128
  const x = Float64Array.from({ length: n }, (_, i) => i / n)
  const move = process.drift(x, 0).map((a) => a * h)
  const variance = 2 * h * process.diffusion(x, 0)[0]!
  // Probabilities of cells, and means of the way times them, summed over windings: [to, from].
  const [kernel, way] = [new Float64Array(n * n), new Float64Array(n * n)]
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let winding = -2; winding <= 2; winding++) {
        const d = x[i]! - x[j]! + winding
        const weight = Math.exp(-((d - move[j]!) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance) / n
        kernel[i * n + j]! += weight
        way[i * n + j]! += d * weight
      }
  const times = (matrix: Float64Array, v: Float64Array) =>
    v.map((_, i) => v.reduce((sum, value, j) => sum + matrix[i * n + j]! * value, 0))
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  let p = new Float64Array(n).fill(1 / n)
  let q = new Float64Array(n)
  let [first, second] = [0, 0]
  const seen: { t: number; mean: number; variance: number }[] = []
  for (let step = 1; step * h <= 1.5 + h / 2; step++) {
    second +=
      dot(
        p,
        move.map((a) => a * a + variance),
      ) +
      2 * dot(q, move)
    first += dot(p, move)
    q = times(kernel, q).map(
      (value, i) => value + way.subarray(i * n, (i + 1) * n).reduce((sum, w, j) => sum + w * p[j]!, 0),
    )
    p = times(kernel, p)
    seen.push({ t: step * h, mean: first, variance: second - first ** 2 })
  }
  const [from, to] = [seen.at(Math.floor(seen.length / 2))!, seen.at(-1)!]
  return {
    drift: (to.mean - from.mean) / (to.t - from.t),
    diffusion: (to.variance - from.variance) / (to.t - from.t) / 2,
  }
}

test('Euler–Maruyama’s own process has the drift and the diffusion of its steps up to their square', () => {
  const process = washboard(0.3, 1.5)
  const off = (h: number) => {
    const [truth, own] = [ofSteps(process, h), washboardTransport(eulerMaruyamaProcess(process, h), 1)]
    return [own.drift - truth.drift, own.diffusion - truth.diffusion] as const
  }
  const [long, short] = [off(0.01), off(0.005)]
  for (const n of [0, 1] as const) {
    expect(long[n] / short[n]).toBeGreaterThan(3)
    expect(long[n] / short[n]).toBeLessThan(5)
  }
})
