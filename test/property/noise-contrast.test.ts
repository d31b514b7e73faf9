import { expect, test } from 'vitest'
import { featureRows } from '../../src/learning/objectives/feature-rows.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { nceObjective } from '../../src/learning/objectives/nce.js'
import {
  everyLevel,
  type NoisedSampler,
  type NoisePath,
  nearbyTimes,
} from '../../src/learning/objectives/noised-states.js'
import { contrast } from '../../src/learning/objectives/objective.js'
import { type LossShares, scoreAndClassGradient } from '../../src/learning/objectives/score-and-class.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { formulaFeature, polynomialFeatures } from '../../src/physics/potential/feature-maps.js'
import { featureTerm, fixedTerm } from '../../src/physics/potential/features.js'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { forceAndEnergy, type Potential, potentialOf, statistic } from '../../src/physics/potential/potential.js'

await loadFormulas()

const network = createNetwork({ visible: { units: 2 }, couplings: { visible: { range: 'all' } } })
const bath = { kT: 0.7, mobility: 1.3 }
const path: NoisePath = {
  knots: [0.1, 0.3, 0.6, 1],
  signal: (t) => Math.cos((Math.PI * t) / 2),
  width: (t) => Math.sin((Math.PI * t) / 2),
}
const states = (count: number, seed: number) => {
  const x = Float64Array.from({ length: 2 * count }, (_, n) => Math.sin(12.9898 * (n + 1) + seed) * 1.5)
  return { x, batch: count }
}
const data = states(32, 1)
const source = { path, data, batch: 24, seed: 5 }
const samplers: Record<string, NoisedSampler> = {
  'every level': everyLevel(source),
  'nearby times': nearbyTimes(source, 0.2, 3),
}
const potentials: Record<string, Potential> = {
  network: potentialOf(network, [stiffness, bias, bilinear]),
  'features over a fixed energy': potentialOf(network, [
    fixedTerm('base', formulaFeature('x^2 + x*y/2 + x')),
    featureTerm({ name: 'polynomial' }, polynomialFeatures(3)),
  ]),
}
const cases = Object.keys(samplers).flatMap((sampler) =>
  Object.keys(potentials).flatMap((potential) =>
    [
      { score: 1, classes: 0 },
      { score: 0, classes: 1 },
      { score: 0.4, classes: 2 },
    ].map((shares) => ({ sampler, potential, shares })),
  ),
)

/** Central differences of a loss in every parameter. */
function differences(loss: (theta: Float64Array) => number, theta: Float64Array): number[] {
  const step = 1e-4
  return Array.from(theta, (value, a) => {
    const [up, down] = [value + step, value - step].map((moved) => loss(theta.with(a, moved)))
    return (up! - down!) / (2 * step)
  })
}

test.each(cases)(
  'the gradient of scores and classes is the slope of its loss: $sampler, $potential, $shares',
  (one) => {
    const potential = potentials[one.potential]!
    const shares: LossShares = one.shares
    const noised = samplers[one.sampler]!(3)
    const rows = featureRows(potential, noised)
    const energy = { potential, path, kT: bath.kT }
    const size = path.knots.length * (potential.size + 1)
    const theta = Float64Array.from({ length: size }, (_, a) => 0.3 * Math.cos(3 * a))
    const gradient = new Float64Array(size)
    const unused = new Float64Array(size)
    const loss = (at: Float64Array) => {
      const parts = scoreAndClassGradient(energy, at, noised, rows, shares, unused)
      return shares.score * parts.score + shares.classes * parts.classes
    }
    scoreAndClassGradient(energy, theta, noised, rows, shares, gradient)
    // Central differences of a smooth loss with step h: error of order h² = 1e-8, over slopes of order one.
    differences(loss, theta).forEach((slope, a) => {
      expect(Math.abs(gradient[a]! - slope)).toBeLessThan(1e-6 * (1 + Math.abs(slope)))
    })
  },
)

test.each(Object.entries(potentials))(
  'features at states are the energy and the force of any parameters: %s',
  (_, potential) => {
    const { batch, x } = states(7, 2)
    const { values, slopes, fixedForce } = featureRows(potential, { x, batch })
    const theta = Float64Array.from({ length: potential.size }, (_, a) => Math.cos(a))
    const force = new Float64Array(2 * batch)
    const [u, fixed] = [new Float64Array(batch), new Float64Array(batch)]
    forceAndEnergy(potential, theta, x, batch, force, u)
    forceAndEnergy(potential, new Float64Array(potential.size), x, batch, null, fixed)
    const product = (row: Float64Array) => row.reduce((sum, phi, a) => sum + theta[a]! * phi, 0)
    const { size } = potential
    for (let b = 0; b < batch; b++)
      expect(fixed[b]! + product(values.subarray(b * size, (b + 1) * size))).toBeCloseTo(u[b]!, 11)
    for (let n = 0; n < 2 * batch; n++)
      expect(fixedForce[n]! - product(slopes.subarray(n * size, (n + 1) * size))).toBeCloseTo(force[n]!, 11)
  },
)

const real = { ...data, name: 'data', scale: 1, weights: null }

test.each(Object.entries(potentials))(
  'at a refresh the gradient of NCE is half of data minus model: %s',
  (_, potential) => {
    const theta = Float64Array.from({ length: potential.size }, (_, a) => 0.5 + Math.sin(a))
    const noise = states(20, 3)
    const options = { landscape: createLandscape(potential, bath), data: () => real, draw: () => noise, rate: 0 }
    const objective = nceObjective({ ...options, refresh: 1 })
    const gradient = contrast(potential, theta, objective.phases(theta, 0), new Float64Array(potential.size))
    const mean = ({ x, batch }: typeof noise) =>
      statistic(potential, theta, x, batch, part) ?? part.map((sum) => sum / batch)
    const part = new Float64Array(potential.size)
    const [positive, negative] = [mean(data), mean(noise)]
    gradient.forEach((value, a) => {
      const size = Math.abs(positive[a]!) + Math.abs(negative[a]!) + 1
      expect(Math.abs(value - (positive[a]! - negative[a]!) / 2)).toBeLessThan(1e-12 * size)
    })
    expect(objective.loss()).toBeCloseTo(2 * Math.LN2, 12)
  },
)

test('away from a refresh the gradient of NCE is kT times the slope of its loss', () => {
  const potential = potentials.network!
  const start = Float64Array.from({ length: potential.size }, () => 1)
  const theta = start.map((value, a) => value + 0.2 * Math.cos(a))
  const noise = states(20, 3)
  const begun = () => {
    const landscape = createLandscape(potential, bath)
    const objective = nceObjective({ landscape, data: () => real, draw: () => noise, refresh: null, rate: 0 })
    objective.phases(start, 0)
    return objective
  }
  const loss = (at: Float64Array) => {
    const objective = begun()
    objective.phases(at, 1)
    return objective.loss()
  }
  const gradient = contrast(potential, theta, begun().phases(theta, 1), new Float64Array(potential.size))
  differences(loss, theta).forEach((slope, a) => {
    expect(Math.abs(gradient[a]! - bath.kT * slope)).toBeLessThan(1e-7 * (1 + Math.abs(slope)))
  })
})

test('the offset of NCE moves down the slope of its loss', () => {
  const potential = potentials.network!
  const start = Float64Array.from({ length: potential.size }, () => 1)
  const theta = start.map((value, a) => value + 0.2 * Math.cos(a))
  const noise = states(20, 3)
  const moved = (rate: number) => {
    const landscape = createLandscape(potential, bath)
    const objective = nceObjective({ landscape, data: () => real, draw: () => noise, refresh: null, rate })
    objective.phases(start, 0)
    objective.phases(theta, 1)
    objective.follow?.(theta, theta, 1)
    objective.phases(theta, 2)
    return { offset: objective.offset(), loss: objective.loss() }
  }
  const rate = 1e-4
  const [ahead, back] = [moved(rate), moved(-rate)]
  const slope = (ahead.loss - back.loss) / (ahead.offset - back.offset)
  expect(Math.abs(slope)).toBeGreaterThan(0.01)
  expect(Math.abs(ahead.offset + rate * slope)).toBeLessThan(1e-7 * rate)
})
