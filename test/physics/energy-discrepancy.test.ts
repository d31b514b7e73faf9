import { describe, expect, test } from 'vitest'
import { descend } from '../../src/learning/objectives/descend.js'
import { energyDiscrepancy } from '../../src/learning/objectives/energy-discrepancy.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { contrast, dataPhase, type Phase } from '../../src/learning/objectives/objective.js'
import { createPerturbation, type PerturbationName } from '../../src/learning/objectives/perturbation.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { drawUniform } from '../../src/physics/noise/uniform.js'
import { bias } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { forceAndEnergy, potentialOf } from '../../src/physics/potential/potential.js'

// Three spins ±1: their eight states are all there is, so that every law is known.
const potential = potentialOf(createNetwork({ visible: { units: 3 } }), [bias, bilinear])
const bath = { kT: 0.8, mobility: 1 }
const every = {
  x: Float64Array.from({ length: 24 }, (_, n) => (((n % 8) >> Math.floor(n / 8)) & 1 ? 1 : -1)),
  batch: 8,
}
const truth = Float64Array.of(0.3, -0.2, 0.1, 0.5, -0.4, 0.6)

function law(theta: Float64Array): Float64Array {
  const energy = new Float64Array(8)
  forceAndEnergy(potential, theta, every.x, 8, null, energy)
  const weights = energy.map((u) => Math.exp(-u / bath.kT))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

function drawn(count: number) {
  const p = law(truth)
  const x = new Float64Array(3 * count)
  drawUniform({ seed: 3, stream: 6, step: 0 }, count).forEach((u, n) => {
    let state = 0
    for (let left = u - p[0]!; left >= 0 && state < 7; ) left -= p[++state]!
    for (let unit = 0; unit < 3; unit++) x[unit * count + n] = every.x[unit * 8 + state]!
  })
  return { x, batch: count }
}

const spins = [0, 1, 2].map(() => [-1, 1])
const perturbed = (walk: PerturbationName) => createPerturbation({ states: spins, walk, time: 0.5, kick: 0 })

describe('energy discrepancy', () => {
  test.each([1, 0, 2.5])('has the gradient of its own loss, w = %s', (w) => {
    const landscape = createLandscape(potential, bath)
    const objective = energyDiscrepancy({
      landscape,
      data: dataPhase(drawn(40), undefined, 1),
      perturbation: perturbed('uniform'),
      negatives: 5,
      w,
      seed: 2,
    })
    const theta = Float64Array.of(0.1, 0.4, -0.3, 0.2, 0.7, -0.5)
    const lossAt = (values: Float64Array) => {
      objective.phases(values, 9)
      return objective.loss()
    }
    const gradient = contrast(potential, theta, objective.phases(theta, 9), new Float64Array(6))
    gradient.forEach((slope, a) => {
      const moved = (by: number) => theta.map((value, k) => (k === a ? value + by : value))
      // Central differences of 1e-4 are off by about 1e-8.
      expect(slope / bath.kT).toBeCloseTo((lossAt(moved(1e-4)) - lossAt(moved(-1e-4))) / 2e-4, 6)
    })
  })

  test('of a flat energy is log((w + M)/M), and takes no notice of a constant', () => {
    const landscape = createLandscape(potential, bath)
    const options = { landscape, data: dataPhase(every, undefined, 1), perturbation: perturbed('uniform'), seed: 2 }
    const objective = energyDiscrepancy({ ...options, negatives: 4, w: 1 })
    const phases = objective.phases(new Float64Array(6), 0)
    expect(objective.loss()).toBeCloseTo(Math.log(5 / 4), 12)
    const sums = (phases as Phase[]).map(({ weights }) => weights!.reduce((sum, weight) => sum + weight, 0))
    expect(sums[0]).toBeCloseTo(4 / 5, 12)
    expect(sums[1]).toBeCloseTo(sums[0]!, 12)
    expect(landscape.cost.energies).toBe(8 * 5)
  })

  test.each(['uniform', 'absorbing', 'grid', 'ordinal'] as const)(
    'learns the law of three spins from their states, perturbed by %s',
    (walk) => {
      const data = drawn(20_000)
      const landscape = createLandscape(potential, bath)
      const objective = energyDiscrepancy({
        landscape,
        data: dataPhase(data, 400, 4),
        perturbation: perturbed(walk),
        negatives: 32,
        w: 1,
        seed: 5,
      })
      const theta = new Float64Array(6)
      const optimizer = { kind: 'adam', rate: 0.02, beta1: 0.9, beta2: 0.99 } as const
      const settings = { iterations: 600, optimizer, finalRate: 0.01 }
      for (const done of descend(landscape, objective, theta, new Uint8Array(6), settings))
        expect(done).toBeGreaterThan(0)
      const [p, q] = [law(truth), law(theta)]
      const divergence = p.reduce((sum, value, n) => sum + value * Math.log(value / q[n]!), 0)
      // Data of n states leave 6 parameters with a divergence of 6/2n = 1.5e-4 on average, were the estimator as good as
      // the likelihood; that of a step on the grid, which sees one unit at a time, has some three times that.
      expect(divergence).toBeLessThan(1e-3)
    },
  )

  test('refuses a negative w and no negatives', () => {
    const made = (negatives: number, w: number) => () =>
      energyDiscrepancy({
        landscape: createLandscape(potential, bath),
        data: dataPhase(every, undefined, 1),
        perturbation: perturbed('uniform'),
        negatives,
        w,
        seed: 1,
      })
    expect(made(1, -1)).toThrow('w: expected a number of 0 or more, got -1')
    expect(made(0, 1)).toThrow('negatives: expected 1 or more, got 0')
  })
})
