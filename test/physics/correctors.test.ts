import { expect, test } from 'vitest'
import {
  type Composition,
  evenTimes,
  fillNoise,
  guidedStep,
  noCost,
  select,
} from '../../src/learning/objectives/feynman-kac.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { forgetful, lineIntegral, metropolisMove, simpson } from '../../src/learning/objectives/line-integral.js'
import { noisedMixtureLaw } from '../../src/learning/objectives/noised-law.js'
import { createWalkers, logPartitionRatio } from '../../src/learning/objectives/walkers.js'
import { langevinStep } from '../../src/physics/dynamics/euler-maruyama.js'
import type { Transition } from '../../src/physics/dynamics/integrator.js'
import { randomWalk } from '../../src/physics/dynamics/metropolis.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { effectiveSampleSize, normalised } from '../../src/physics/observe/log-weights.js'
import { quartic } from '../../src/physics/potential/onsite.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { type Noising, noiseWidth, signal } from '../../src/physics/protocol/noising.js'
import { quarticMoment } from '../../src/physics/truth/quartic.js'

const noising: Noising = { stiffness: 1, bath: { kT: 1, mobility: 1 }, knots: [3, 0.01] }
const gaussian = (mean: number, width: number) => ({ units: 1, means: [[mean]], width, weights: [1] })
const [one, two] = [gaussian(-0.5, 0.6), gaussian(0.7, 0.9)]

const [walkerCount, steps] = [1000, 150]

/** Generates the product of two Gaussians. */
function product(seed: number, weighted: boolean) {
  const parts = [one, two].map((mixture) => ({ law: noisedMixtureLaw(mixture, noising), exponent: 1 }))
  const composition: Composition = { parts, noising, noise: 1 }
  const walkers = createWalkers(new Float64Array(walkerCount), walkerCount)
  const times = evenTimes(noising, steps)
  const cost = noCost()
  fillNoise(composition, walkers, seed)
  for (let k = 0; k < steps; k++) {
    guidedStep(composition, walkers, [times[k]!, times[k + 1]!], seed, k, cost)
    if (weighted && effectiveSampleSize(walkers.logWeights) < walkerCount / 2 && k + 1 < steps)
      select(composition, walkers, times[k + 1]!, seed, k, cost)
  }
  const weights = normalised(weighted ? walkers.logWeights : new Float64Array(walkerCount))
  const mean = walkers.x.reduce((sum, x, b) => sum + weights[b]! * x, 0)
  return { mean, logRatio: logPartitionRatio(walkers), cost }
}

/** Mean of several runs and its standard error. */
function over(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, error: Math.sqrt(squares / (values.length * (values.length - 1))) }
}

const seeds = [1, 2, 3, 4, 5, 6]

test('walkers with weights find the mean and the normaliser of a product of Gaussians; without them the mean is off', () => {
  const weighted = seeds.map((seed) => product(seed, true))
  const mean = over(weighted.map((run) => run.mean))
  const ratio = over(weighted.map((run) => run.logRatio))
  // At t = .01, which is .005 from the product without noise.
  const truth = (-0.5 * 0.81 + 0.7 * 0.36) / (0.81 + 0.36)
  // log ∫ q1 q2 dx of N(m μ1, v1) N(m μ2, v2) is the log density of their distance.
  const logOverlap = (t: number) => {
    const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
    const v = m * m * (0.36 + 0.81) + 2 * s * s
    return -((1.2 * m) ** 2) / (2 * v) - Math.log(2 * Math.PI * v) / 2
  }
  const change = logOverlap(0.01) - logOverlap(3)
  // Euler steps of 1/12 in the logarithm of the noise add errors of that order times the change.
  expect(Math.abs(mean.mean - truth)).toBeLessThan(4 * mean.error + 0.02)
  expect(Math.abs(ratio.mean - change)).toBeLessThan(4 * ratio.error + 0.02)
  const plain = over(seeds.map((seed) => product(seed, false).mean))
  expect(Math.abs(plain.mean - truth)).toBeGreaterThan(4 * plain.error + 0.02)
  for (const { cost } of weighted) expect(cost.selection).toBeGreaterThan(0)
})

const network = createNetwork({ visible: { units: 1 }, couplings: { visible: { range: 'all' } } })
const potential = potentialOf(network, [quartic])
const bath = { kT: 1, mobility: 1 }
const theta = Float64Array.of(4)

/** ⟨x²⟩ of independent walkers in x⁴, with its standard error. */
function meanSquare(proposal: Transition) {
  const landscape = createLandscape(potential, bath)
  const move = metropolisMove(landscape, 0.1, proposal, lineIntegral(simpson))
  const x = Float64Array.from({ length: 8000 }, (_, n) => (n % 2 === 0 ? 0.5 : -0.5))
  for (let k = 0; k < 60; k++) move(theta, { x, batch: 8000 }, 7, k)
  const mean = x.reduce((sum, value) => sum + value * value, 0) / 8000
  const fourth = x.reduce((sum, value) => sum + value ** 4, 0) / 8000
  return { mean, error: Math.sqrt((fourth - mean * mean) / 8000), landscape }
}

test('the work along proposals keeps a quartic equilibrium, by jumps and by Langevin steps with their ratio only', () => {
  const truth = quarticMoment(4, bath.kT, 2)
  for (const proposal of [randomWalk(0.8), langevinStep()]) {
    const { mean, error, landscape } = meanSquare(proposal)
    expect(Math.abs(mean - truth)).toBeLessThan(4 * error)
    expect(landscape.cost.energies).toBe(0)
  }
  const { mean, error } = meanSquare(forgetful(langevinStep()))
  expect(Math.abs(mean - truth)).toBeGreaterThan(4 * error)
})
