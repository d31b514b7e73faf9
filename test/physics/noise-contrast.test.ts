import { beforeAll, expect, test } from 'vitest'
import { densities } from '../../src/learning/data/densities.js'
import { isotropicMixture } from '../../src/learning/data/density.js'
import { exactStates } from '../../src/learning/objectives/exact-states.js'
import { type FeatureRows, featureRows } from '../../src/learning/objectives/feature-rows.js'
import {
  everyLevel,
  type NoisedStates,
  type NoisePath,
  nearbyTimes,
} from '../../src/learning/objectives/noised-states.js'
import { type LossShares, scoreAndClassGradient } from '../../src/learning/objectives/score-and-class.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { harmonicDivergence, harmonicEquilibrium } from '../../src/physics/truth/harmonic-equilibrium.js'
import { logPartition } from '../../src/physics/truth/partition.js'

const bath = { kT: 1, mobility: 1 }
const path: NoisePath = {
  knots: [0.2, 0.4, 0.6, 0.8],
  signal: (t) => Math.cos((Math.PI * t) / 2),
  width: (t) => Math.sin((Math.PI * t) / 2),
}

/**
 * One unit with Gaussian data N(mean, variance): the true energy at each knot, θ = (stiffness, bias) and F = -log Z + an
 * arbitrary constant, makes both gradients vanish on average.
 */
const [mean, variance] = [0.7, 0.3]
const potential = potentialOf(createNetwork({ visible: { units: 1 }, couplings: { visible: {} } }), [stiffness, bias])
const width = potential.size + 1
const exact = new Float64Array(path.knots.length * width)
path.knots.forEach((t, k) => {
  const spread = path.signal(t) ** 2 * variance + path.width(t) ** 2
  const theta = Float64Array.of(1 / spread, (path.signal(t) * mean) / spread)
  exact.set([...theta, 3 - logPartition(potential, theta, bath)!], k * width)
})
const normals = exactStates(potential, Float64Array.of(1 / variance, mean / variance), bath, 40_000, {
  seed: 1,
  stream: 6,
  step: 0,
})
const source = { path, data: normals, batch: 20_000, seed: 2 }

/** Twelve draws at every level with their features, which both parts of the loss see. */
const drawn: { readonly states: NoisedStates; readonly rows: FeatureRows }[] = []
beforeAll(() => {
  const draw = everyLevel(source)
  for (let step = 0; step < 12; step++) {
    const states = draw(step)
    drawn.push({ states, rows: featureRows(potential, states) })
  }
})

test.each<[string, LossShares]>([
  ['scores', { score: 1, classes: 0 }],
  ['classes', { score: 0, classes: 1 }],
])('the true energies and -log Z of all levels make the gradient of the %s vanish', (_, shares) => {
  const repeats = drawn.map(({ states, rows }) => {
    const out = new Float64Array(exact.length)
    const energy = { potential, path, kT: bath.kT }
    scoreAndClassGradient(energy, exact, states, rows, shares, out)
    return out
  })
  for (let a = 0; a < exact.length; a++) {
    const values = repeats.map((row) => row[a]!)
    const average = values.reduce((sum, value) => sum + value, 0) / values.length
    const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0)
    const error = Math.sqrt(squares / (values.length * (values.length - 1)))
    // Student's t of 11 degrees of freedom exceeds 6 in a thousandth of a per cent; the data's own error adds to it.
    expect(Math.abs(average)).toBeLessThanOrEqual(6 * error + 4 * dataError)
  }
})

/** Of an average over 40,000 data of quantities of order one. */
const dataError = 1 / Math.sqrt(40_000)

test('candidate times can be exchanged: the true one has no place of its own among them', () => {
  const knots = [0.1, 1]
  const draw = nearbyTimes({ ...source, path: { ...path, knots } }, 0.3, 4)
  const counts = [0, 0, 0, 0, 0]
  let tries = 0
  for (let step = 0; step < 2; step++) {
    const { share, batch, candidates } = draw(step)
    for (let b = 0; b < batch; b++) {
      const own = share[b * candidates]!
      let rank = 0
      for (let c = 1; c < candidates; c++) if (share[b * candidates + c]! < own) rank++
      counts[rank]! += 1
      tries++
    }
  }
  for (const count of counts) expect(Math.abs(count / tries - 0.2) / Math.sqrt(0.16 / tries)).toBeLessThan(4)
})

test('a noised mixture is the law of its noised draws', () => {
  const [m, s] = [0.8, 0.5]
  const noised = densities['correlated-mixture']().noised!(m, s)
  const { points, count } = noised.sample(40_000, 3, 0)
  const clean = densities['correlated-mixture']().sample(40_000, 4, 0)
  // E x² of the noised law is m² E x_0² + s².
  for (let i = 0; i < 2; i++) {
    const squares = (p: Float64Array) => p.reduce((sum, v, n) => (n % 2 === i ? sum + v * v : sum), 0) / count
    const fourth = points.reduce((sum, v, n) => (n % 2 === i ? sum + v ** 4 : sum), 0) / count
    const error = Math.sqrt((2 * fourth) / count)
    expect(Math.abs(squares(points) - m * m * squares(clean.points) - s * s)).toBeLessThan(4 * error)
  }
  const one = isotropicMixture([[1]], 0.3).noised!(m, s)
  const sigma = Math.sqrt((m * 0.3) ** 2 + s ** 2)
  expect(one.logDensity(Float64Array.of(1.1))).toBeCloseTo(
    -((1.1 - m) ** 2) / (2 * sigma ** 2) - Math.log(sigma * Math.sqrt(2 * Math.PI)),
    12,
  )
})

test('the divergence of a Gaussian from a harmonic equilibrium is that of a known pair', () => {
  const pair = potentialOf(createNetwork({ visible: { units: 2 }, couplings: { visible: { range: 'all' } } }), [
    stiffness,
    bias,
    bilinear,
  ])
  const hot = { kT: 2, mobility: 1 }
  const p = harmonicEquilibrium(pair, Float64Array.of(2, 2, 1, 0, 0), hot)!
  // N((½, 0), 1) from N(0, 2): per unit ½(½ - 1 + ln 2), and ½ · ¼ · ½ for the shift.
  const truth = 2 * 0.5 * (0.5 - 1 + Math.LN2) + 0.0625
  expect(harmonicDivergence(p, pair, Float64Array.of(1, 1, 0, 0, 0), hot)).toBeCloseTo(truth, 12)
  expect(harmonicDivergence(p, pair, Float64Array.of(1, 1, 0, 0, 2), hot)).toBe(Number.POSITIVE_INFINITY)
  expect(harmonicDivergence(p, pair, Float64Array.of(2, 2, 1, 0, 0), hot)).toBeCloseTo(0, 12)
})
