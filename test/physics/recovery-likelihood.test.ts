import { expect, test } from 'vitest'
import { createInitialiser } from '../../src/learning/objectives/initialiser.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { contrast, type Phase } from '../../src/learning/objectives/objective.js'
import { noiseLevels, recoveryObjective, signalLeft } from '../../src/learning/objectives/recovery-likelihood.js'
import { tetheredRun } from '../../src/learning/objectives/tether.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { fillNormals } from '../../src/physics/noise/gaussian.js'
import { stream } from '../../src/physics/noise/streams.js'
import { bias, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { forceAndEnergy, potentialOf } from '../../src/physics/potential/potential.js'
import { cellMasses, cellShares } from '../../src/physics/truth/cells.js'
import { tetheredMoments } from '../../src/physics/truth/tethered.js'

const network = createNetwork({ visible: { units: 1 }, couplings: { visible: { range: 'all' } } })
const bath = { kT: 1.3, mobility: 0.7 }
const batch = 40000

function moments(x: Float64Array) {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length
  return { mean, variance: x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length }
}

test('a harmonic unit on a tether has the mean and variance of the product of two Gaussians, at any step', () => {
  const landscape = createLandscape(potentialOf(network, [stiffness]), bath)
  const [k, spread, anchor] = [2, 0.8, 1.5]
  const tether = bath.kT / spread ** 2
  const chains = { x: new Float64Array(batch).fill(anchor), batch }
  const run = tetheredRun(landscape, { spread, step: 0.4, steps: 40 })
  run(Float64Array.of(k), chains, chains.x.slice(), { seed: 3, stream: stream.dynamics, step: 0 })
  const { mean, variance } = moments(chains.x)
  const truth = { mean: (tether * anchor) / (k + tether), variance: bath.kT / (k + tether) }
  expect(Math.abs(mean - truth.mean)).toBeLessThan(4 * Math.sqrt(truth.variance / batch))
  expect(Math.abs(variance - truth.variance)).toBeLessThan(4 * truth.variance * Math.sqrt(2 / batch))
  // Q = the fall of the energy of network and tether, which is known at both ends
  const start = (k * anchor ** 2) / 2
  const end = (k * (variance + mean ** 2)) / 2 + (tether * (variance + (mean - anchor) ** 2)) / 2
  expect(landscape.cost.heat! / batch).toBeCloseTo((start - end) / bath.kT, 9)
  expect(landscape.cost.forces).toBe(40 * batch)
})

test('a double well on a tether has the mean and variance of the quadrature', () => {
  const potential = potentialOf(network, [stiffness, quartic])
  const landscape = createLandscape(potential, bath)
  const theta = Float64Array.of(-3, 3)
  const [spread, anchor] = [0.5, 0.4]
  const chains = { x: new Float64Array(batch).fill(anchor), batch }
  const run = tetheredRun(landscape, { spread, step: 0.1, steps: 60 })
  run(theta, chains, chains.x.slice(), { seed: 5, stream: stream.dynamics, step: 0 })
  const energy = new Float64Array(1)
  const truth = tetheredMoments(
    (y) => {
      forceAndEnergy(potential, theta, Float64Array.of(y), 1, null, energy)
      return -energy[0]! / bath.kT
    },
    anchor,
    spread,
  )
  const { mean, variance } = moments(chains.x)
  expect(Math.abs(mean - truth.mean)).toBeLessThan(4 * Math.sqrt(truth.variance / batch))
  expect(Math.abs(variance - truth.variance)).toBeLessThan(4 * truth.variance * Math.sqrt(2 / batch))
})

test('noised data keep the variance of a Gaussian of the given width through all levels', () => {
  const width = 1.7
  for (const { signal, noise, decay, spread } of noiseLevels([0.3, 0.5, 0.9], width)) {
    expect((signal * width) ** 2 + noise ** 2).toBeCloseTo(width ** 2, 12)
    expect((decay * width) ** 2 + spread ** 2).toBeCloseTo(width ** 2, 12)
  }
  expect(signalLeft([0.6, 0.8])).toBeCloseTo(0.64 * 0.36, 12)
})

test('the gradient vanishes at the energy of the data, and has the sign that leads back to it elsewhere', () => {
  const potential = potentialOf(network, [stiffness, bias])
  const landscape = createLandscape(potential, bath)
  const [k, width] = [1.5, 1]
  const level = noiseLevels([0.6], width)[0]!
  const x = new Float64Array(batch)
  fillNormals(9, stream.data, 0, 1, 0, batch, x)
  for (let n = 0; n < batch; n++) x[n]! *= Math.sqrt(bath.kT / k)
  const data = (): Phase => ({ name: 'data', scale: 1, x, batch, weights: null })
  const run = tetheredRun(landscape, { spread: level.spread, step: 0.2, steps: 60 })
  const at = (stiff: number) => {
    const objective = recoveryObjective({ level, run, draws: 61, initialiser: null, seed: 9, before: 0, data })
    const theta = Float64Array.of(stiff, 0)
    return contrast(potential, theta, objective.phases(theta, 0), new Float64Array(2))
  }
  // y = sqrt(1-s²) x has the stiffness k/(1-s²); φ = y²/2, whose standard error is of two independent means
  const truth = k / level.decay ** 2
  const error = Math.sqrt((2 * 2 * (bath.kT / truth / 2) ** 2) / batch)
  expect(Math.abs(at(truth)[0]!)).toBeLessThan(4 * error)
  expect(at(truth / 2)[0]!).toBeLessThan(-10 * error)
  expect(at(2 * truth)[0]!).toBeGreaterThan(10 * error)
})

test('the initialiser learns the mean of what chains end at', () => {
  const landscape = createLandscape(potentialOf(network, [stiffness, bias]), bath)
  const spread = 0.7
  const anchors = { x: new Float64Array(1000), batch: 1000 }
  fillNormals(2, stream.diffusion, 0, 1, 0, 1000, anchors.x)
  const ends = { x: anchors.x.map((a) => 0.6 * a + 0.2), batch: 1000 }
  const psi = new Float64Array(2)
  const initialiser = createInitialiser(landscape, psi, spread, 0.05)
  for (let n = 0; n < 400; n++) initialiser.learn(anchors, ends)
  // g(a) = a + σ²(b - k a)/kT
  expect(1 - (spread ** 2 * psi[0]!) / bath.kT).toBeCloseTo(0.6, 2)
  expect((spread ** 2 * psi[1]!) / bath.kT).toBeCloseTo(0.2, 2)
})

test('cells share a uniform density evenly, and states that are not finite are in none', () => {
  const cells = { units: 2, side: 0.5, reach: 2 } as const
  const masses = cellMasses(cells, () => -Math.log(4))
  expect(masses).toHaveLength(16)
  for (const mass of masses) expect(mass).toBeCloseTo(1 / 16, 12)
  const shares = cellShares(cells, { x: Float64Array.of(-0.9, 0.1, Number.NaN, 7, -0.9, 0.9, 0, 0), batch: 4 })
  expect([...shares].reduce((sum, share) => sum + share, 0)).toBe(0.5)
  expect(shares[0]).toBe(0.25)
  expect(shares[2 + 3 * 4]).toBe(0.25)
})
