import { expect, test } from 'vitest'
import { mixtureScore } from '../../src/learning/data/mixture.js'
import { type Composition, evenTimes, guidedStep, noCost } from '../../src/learning/objectives/feynman-kac.js'
import { gaussLegendre, lineIntegral, simpson, trapezoid } from '../../src/learning/objectives/line-integral.js'
import { noisedMixtureLaw, noisedNetworkLaw } from '../../src/learning/objectives/noised-law.js'
import { createWalkers } from '../../src/learning/objectives/walkers.js'
import { surfaceOf } from '../../src/physics/dynamics/drive.js'
import { energyDifference } from '../../src/physics/dynamics/metropolis.js'
import { noiseOfRun } from '../../src/physics/dynamics/noise.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { bistable } from '../../src/physics/potential/hidden.js'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import {
  composedPotential,
  forceAndEnergy,
  type Potential,
  potentialOf,
} from '../../src/physics/potential/potential.js'
import { type Noising, noiseWidth, signal } from '../../src/physics/protocol/noising.js'
import { binned, binnedLaw, totalVariation } from '../../src/physics/truth/binned-law.js'
import { everyTerm, lattice, normals } from '../systems.js'

const bath = { kT: 0.7, mobility: 1.3 }
const noising: Noising = { stiffness: 0.9, bath, knots: [3, 0.01] }
const first = { units: 1, means: [[-1], [1.4]], width: 0.5, weights: [0.3, 0.7] }
const second = { units: 1, means: [[0.2]], width: 0.8, weights: [1] }
const states = Float64Array.of(-2, -0.7, 0.1, 0.9, 2.3)
const cases = [
  { name: 'a power', exponents: [2.5], noise: 1 },
  { name: 'a power with more noise', exponents: [0.5], noise: 1.7 },
  { name: 'a product', exponents: [1, 1], noise: 1 },
  { name: 'a geometric average', exponents: [0.3, 0.7], noise: 1 },
]

/** Σ b_i log q_i(x, t) at one point. */
function logLaw(exponents: readonly number[], t: number, x: number): number {
  const out = new Float64Array(1)
  return exponents.reduce((sum, exponent, i) => {
    mixtureScore([first, second][i]!, signal(noising, t), noiseWidth(noising, t), Float64Array.of(x), 1, out, null)
    return sum + exponent * out[0]!
  }, 0)
}

test.each(cases)(
  'the weight of $name is what the moving law and the Fokker–Planck equation of the steps disagree by',
  ({ exponents, noise }) => {
    const [t, dt, d] = [0.4, 1e-3, 1e-3]
    const parts = exponents.map((exponent, i) => ({ law: noisedMixtureLaw([first, second][i]!, noising), exponent }))
    const composition: Composition = { parts, noising, noise }
    const walkers = createWalkers(states.slice(), states.length)
    guidedStep(composition, walkers, [t, t - dt], 1, 0, noCost())
    states.forEach((x, b) => {
      const L = (at: number, time = t) => logLaw(exponents, time, at)
      const slope = (at: number) => (L(at + d) - L(at - d)) / (2 * d)
      const { mobility, kT } = bath
      const drift = (at: number) => mobility * (noising.stiffness * at + (1 + noise ** 2) * kT * slope(at))
      const curvature = (L(x + d) - 2 * L(x) + L(x - d)) / d ** 2
      const divergence = (drift(x + d) - drift(x - d)) / (2 * d)
      const spread = noise ** 2 * mobility * kT * (curvature + slope(x) ** 2)
      const towardsLessNoise = (L(x, t - d) - L(x, t + d)) / (2 * d)
      const rate = towardsLessNoise + divergence + drift(x) * slope(x) - spread
      // Central differences are off by O(d²) times fourth derivatives, some tens here.
      expect(Math.abs(walkers.logWeights[b]! / dt - rate)).toBeLessThan(1e-4 * (1 + Math.abs(rate)))
    })
  },
)

test('times of generation go from the first knot to the last, by equal factors of noise over signal', () => {
  const times = evenTimes(noising, 7)
  expect(times[0]).toBeCloseTo(3, 12)
  expect(times[7]).toBeCloseTo(0.01, 12)
  const ratios = times.map((t) => (noiseWidth(noising, t) / signal(noising, t)) ** 2)
  for (let k = 1; k < 7; k++) expect(ratios[k + 1]! / ratios[k]!).toBeCloseTo(ratios[1]! / ratios[0]!, 10)
})

test.for([0.5, -0.5])('a harmonic network with a coupling of %d follows the noised law of its own equilibrium', (J) => {
  const network = createNetwork({ visible: { units: 2 }, couplings: { visible: { range: 'all' } } })
  const potential = potentialOf(network, [stiffness, bias, bilinear])
  const theta = Float64Array.of(2, 2, 0.6, -0.6, J)
  const law = noisedNetworkLaw(potential, theta, noising, 'objective.networks.0')
  const [t, x] = [0.3, Float64Array.of(0.4, -1.1)]
  const force = new Float64Array(2)
  law.evaluate(t, x, 1, force, null)
  // Σ = kT K⁻¹ and mean K⁻¹f by hand for K = [[2, J], [J, 2]]; the law at t is N(m μ, m²Σ + s²).
  const [m, s, determinant] = [signal(noising, t), noiseWidth(noising, t), 3.75]
  const v = (m * m * bath.kT * 2) / determinant + s * s
  const c = (m * m * bath.kT * -J) / determinant
  const mean = (m * (2 * 0.6 + J * 0.6)) / determinant
  const [y0, y1] = [x[0]! - mean, x[1]! + mean]
  expect(force[0]).toBeCloseTo((-bath.kT * (v * y0 - c * y1)) / (v * v - c * c), 12)
  expect(force[1]).toBeCloseTo((-bath.kT * (v * y1 - c * y0)) / (v * v - c * c), 12)
  law.evaluate(0, x, 1, force, null)
  const own = new Float64Array(2)
  forceAndEnergy(potential, theta, x, 1, own, null)
  expect(force[0]).toBeCloseTo(own[0]!, 12)
})

function worstRatio(potential: Potential, theta: Float64Array, rule: Parameters<typeof lineIntegral>[0]): number {
  const { units } = potential.network
  const batch = 200
  const drive = surfaceOf(potential, theta)
  const [x, to] = [normals(units * batch, 3), normals(units * batch, 4)]
  const [force, energy, there] = [new Float64Array(units * batch), new Float64Array(batch), new Float64Array(batch)]
  drive.evaluate(x, batch, force, energy)
  drive.evaluate(to, batch, null, there)
  const ensemble = { drive, bath, batch, seed: 1, first: 0, ...noiseOfRun(1, 0, batch) }
  const input = { step: 0, dt: 1, kT: bath.kT, x, force, energy }
  const [along, exact] = [new Float64Array(batch), new Float64Array(batch)]
  lineIntegral(rule).start(ensemble)(input, to, there, along)
  energyDifference.start(ensemble)(input, to, there, exact)
  return along.reduce((worst, value, b) => Math.max(worst, Math.abs(value - exact[b]!)), 0)
}

test('the work along a line is the log ratio by Simpson and Gauss for every visible term, and not for hidden units', () => {
  const { potential, theta } = everyTerm(lattice(2, 3, 'all'))
  for (const rule of [simpson, gaussLegendre]) expect(worstRatio(potential, theta, rule)).toBeLessThan(1e-10)
  const hidden = createNetwork({
    visible: { units: 2 },
    hidden: { units: 1 },
    couplings: { visible: { range: 'all' }, hidden: { range: 'all' } },
  })
  const other = potentialOf(hidden, [stiffness, bistable(bath.kT)])
  for (const rule of [simpson, gaussLegendre])
    expect(worstRatio(other, Float64Array.of(1, 1, 2, -2, 0.3), rule)).toBeGreaterThan(1e-3)
})

test('the trapezoidal rule is off by a quarter as much at twice the intervals', () => {
  const { potential, theta } = everyTerm(lattice(2, 3, 'all'))
  // For a cubic force the error is exactly (1/12n²)[f'(1) - f'(0)].
  expect(worstRatio(potential, theta, trapezoid(5)) / worstRatio(potential, theta, trapezoid(10))).toBeCloseTo(4, 8)
})

test('energies of composed networks add', () => {
  const { potential, theta } = everyTerm(lattice(1, 3, 'all'))
  const half = theta.map((value) => value / 2)
  const x = normals(3 * 4, 5)
  const [one, other, sum] = [0, 1, 2].map(() => new Float64Array(4)) as [Float64Array, Float64Array, Float64Array]
  forceAndEnergy(potential, theta, x, 4, null, one)
  forceAndEnergy(potential, half, x, 4, null, other)
  forceAndEnergy(composedPotential(potential, 2), Float64Array.of(...theta, ...half), x, 4, null, sum)
  for (let b = 0; b < 4; b++) expect(sum[b]).toBeCloseTo(one[b]! + other[b]!, 12)
})

test('bins hold the probability of a Gaussian, and the total variation of another is ½ Σ |p - q|', () => {
  const energy = (x: Float64Array, batch: number, out: Float64Array) => {
    for (let b = 0; b < batch; b++) out[b] = (bath.kT * (x[b]! - 0.5) ** 2) / 2
  }
  const law = binnedLaw(energy, 1, bath.kT, 30)!
  const width = law.x[1]! - law.x[0]!
  const mean = law.x.reduce((sum, x, n) => sum + x * law.probability[n]!, 0)
  const square = law.x.reduce((sum, x, n) => sum + (x - 0.5) ** 2 * law.probability[n]!, 0)
  expect(mean).toBeCloseTo(0.5, 6)
  // Sheppard: the variance of binned values is larger by width²/12. The tails beyond e^-14 hold 2e-5 of it.
  expect(square).toBeCloseTo(1 + width ** 2 / 12, 4)
  expect(totalVariation(law, law.probability)).toBeCloseTo(0, 14)
  const outside = binned(law, Float64Array.of(100, 0.5), 2, null)
  const centre = Math.max(...law.probability)
  expect(totalVariation(law, outside)).toBeCloseTo(1 - centre, 2)
  expect(binnedLaw(energy, 3, bath.kT, 30)).toBe(null)
})
