import { expect, test } from 'vitest'
import { integrate } from '../../src/backend/integrate.js'
import { mixtureScore } from '../../src/learning/data/mixture.js'
import { driveNetwork } from '../../src/physics/dynamics/drive.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { eulerMaruyama } from '../../src/physics/dynamics/euler-maruyama.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { bistable } from '../../src/physics/potential/hidden.js'
import { stiffness } from '../../src/physics/potential/onsite.js'
import { forceAndEnergy, potentialOf } from '../../src/physics/potential/potential.js'
import { createNoising, noiseWidth, scoreScale, signal } from '../../src/physics/protocol/noising.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'
import { normals } from '../systems.js'

const kT = 0.7
const bath = { kT, mobility: 1.3 }

function trapUnderHidden(visible: number, hidden: number) {
  const network = createNetwork({
    visible: { units: visible },
    hidden: { units: hidden },
    couplings: { visible: { edges: [] } },
  })
  return potentialOf(network, [stiffness, bistable(kT)])
}

test('one hidden unit over a trap makes two Gaussians at ±V/k: simulated moments within 4 standard errors', async () => {
  const [k, V, b, dt, count] = [1.2, 1.5, 0.15, 0.02, 10_000]
  const potential = trapUnderHidden(1, 1)
  const mean = V / k
  const variance = kT / k
  const lean = Math.tanh(b / kT)
  // From a Gaussian of the right mean and variance; the barrier is .65 kT, hops take a time of about 3.
  const drive = driveNetwork(potential, constantProtocol(Float64Array.of(k, V, b), 16, dt))
  const options = { seed: 3, trajectories: count, batch: 1000 }
  const done = await integrate(
    drive,
    bath,
    eulerMaruyama,
    gaussianStart(3, lean * mean, variance + (1 - lean ** 2) * mean ** 2),
    options,
    { workAndHeat: null, observers: [] },
    {},
  )
  const exact = [
    1,
    lean * mean,
    mean ** 2 + variance,
    lean * (mean ** 3 + 3 * mean * variance),
    mean ** 4 + 6 * mean ** 2 * variance + 3 * variance ** 2,
  ]
  // The density of the mixture on a grid, and how Euler–Maruyama shifts it to first order in dt: a factor
  // 1 + (μ dt/4kT)(U'² - 2kT U''), normalised.
  const grid = Array.from({ length: 4001 }, (_, n) => -8 + n * 0.004)
  const gaussian = (x: number) => Math.exp(-(x * x) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance)
  const density = grid.map((x) => ((1 + lean) / 2) * gaussian(x - mean) + ((1 - lean) / 2) * gaussian(x + mean))
  const shift = grid.map((x) => {
    const s = Math.tanh((V * x + b) / kT)
    const curvature = k - (V * V * (1 - s * s)) / kT
    return ((bath.mobility * dt) / (4 * kT)) * ((k * x - V * s) ** 2 - 2 * kT * curvature)
  })
  const average = (f: (x: number, n: number) => number) =>
    grid.reduce((sum, x, n) => sum + f(x, n) * density[n]! * 0.004, 0)
  const common = average((_, n) => shift[n]!)
  for (const power of [1, 2, 3, 4]) {
    const quadrature = average((x) => x ** power)
    expect(quadrature).toBeCloseTo(exact[power]!, 8)
    const truth = exact[power]! + average((x, n) => x ** power * (shift[n]! - common))
    const measured = done!.final.points.reduce((sum, x) => sum + x ** power, 0) / count
    const error = Math.sqrt((average((x) => x ** (2 * power)) - exact[power]! ** 2) / count)
    expect(Math.abs(measured - truth) / error, `⟨x^${power}⟩`).toBeLessThan(4)
  }
})

test('H hidden units over a trap are a mixture of 2^H Gaussians with means K⁻¹ V s: the densities agree to 1e-12', () => {
  const [visible, hidden, batch] = [3, 4, 40]
  const potential = trapUnderHidden(visible, hidden)
  const V = normals(visible * hidden, 61)
  const b = normals(hidden, 62)
  const k = Float64Array.of(1, 1.7, 0.6)
  const x = normals(visible * batch, 63).map((value) => 1.5 * value)
  const energy = new Float64Array(batch)
  forceAndEnergy(potential, Float64Array.from([...k, ...V, ...b]), x, batch, null, energy)
  for (let n = 0; n < batch; n++) {
    let density = 0
    for (let state = 0; state < 2 ** hidden; state++) {
      const s = Array.from({ length: hidden }, (_, h) => ((state >> h) & 1 ? 1 : -1))
      let exponent = s.reduce((sum, spin, h) => sum + spin * b[h]!, 0)
      for (let i = 0; i < visible; i++) {
        const pull = s.reduce((sum, spin, h) => sum + spin * V[h * visible + i]!, 0)
        const mean = pull / k[i]!
        exponent += (k[i]! * mean * mean) / 2 - (k[i]! * (x[i * batch + n]! - mean) ** 2) / 2
      }
      density += Math.exp(exponent / kT)
    }
    expect(Math.abs(Math.log(density) + energy[n]! / kT)).toBeLessThan(1e-12 * (1 + Math.abs(energy[n]! / kT)))
  }
})

test.each([
  ['reverse', 2],
  ['quasi-static', 1],
] as const)(
  'drive %s: a trap and %i hidden units carry the exact score of two Gaussians at every knot',
  (drive, hidden) => {
    const noising = createNoising({ stiffness: 1.5, duration: 2, tMin: 0.01, slices: 6, spacing: 'geometric' }, bath)
    const mixture = {
      units: 2,
      means: [
        [1.2, 0.7],
        [-1.2, -0.7],
      ],
      width: 0.35,
      weights: [0.7, 0.3],
    }
    const potential = trapUnderHidden(2, hidden)
    const { trap, scale } = scoreScale(noising, drive)
    const batch = 200
    const x = normals(2 * batch, 64).map((value) => 2 * value)
    for (const t of noising.knots) {
      // ∇log p = (-x + mμ tanh(mμ·x/σ² + ½ ln w₊/w₋))/σ²; with σ² the variance of a mode at t. The force wants scale/kT of it,
      // and the slope of a tanh is V/kT: a drive of 2kT takes two hidden units.
      const m = signal(noising, t)
      const s = noiseWidth(noising, t)
      const variance = (m * mixture.width) ** 2 + s * s
      const V = mixture.means[0]!.map((value) => (kT * m * value) / variance)
      const b = (kT / 2) * Math.log(mixture.weights[0]! / mixture.weights[1]!)
      const k = scale / variance - trap
      const theta = Float64Array.from([k, k, ...Array(hidden).fill(V).flat(), ...Array(hidden).fill(b)])
      const force = new Float64Array(2 * batch)
      forceAndEnergy(potential, theta, x, batch, force, null)
      const score = new Float64Array(2 * batch)
      mixtureScore(mixture, m, s, x, batch, null, score)
      const wanted = x.map((value, n) => trap * value + scale * score[n]!)
      const size = Math.max(...wanted.map(Math.abs))
      for (let n = 0; n < force.length; n++) expect(Math.abs(force[n]! - wanted[n]!) / size).toBeLessThan(1e-12)
    }
  },
)
