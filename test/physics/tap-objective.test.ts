import { describe, expect, test } from 'vitest'
import { barsAndStripes } from '../../src/learning/data/bars-and-stripes.js'
import { negativeLogLikelihood } from '../../src/learning/evaluation/likelihood.js'
import { clampedData, withMeanHidden } from '../../src/learning/objectives/clamped-data.js'
import { chainObjective } from '../../src/learning/objectives/contrastive-divergence.js'
import { descend } from '../../src/learning/objectives/descend.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { moveBy } from '../../src/learning/objectives/moves.js'
import { contrast, dataPhase, meansObjective, type Objective } from '../../src/learning/objectives/objective.js'
import { magnetisationsAt, randomMagnetisations, tapObjective } from '../../src/learning/objectives/tap.js'
import { gibbs } from '../../src/physics/dynamics/gibbs.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { bistable } from '../../src/physics/potential/hidden.js'
import { machineParameters } from '../../src/physics/potential/machine-parameters.js'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { forceAndEnergy, potentialOf } from '../../src/physics/potential/potential.js'
import { restrictedEquilibrium } from '../../src/physics/truth/restricted-boltzmann.js'
import type { TapOrder } from '../../src/physics/truth/tap.js'
import { machinePotential, twoLayers } from '../restricted-boltzmann.js'
import { normals } from '../systems.js'

const bath = { kT: 1.5, mobility: 1 }
const potential = machinePotential(4, 3)
const parameters = machineParameters(potential)
const law = barsAndStripes(2)
const states = law.average
const data = clampedData(parameters, bath, dataPhase(states, undefined, 1), 1)
const untilStill = { sweeps: 2000, damping: 0.5, tolerance: 1e-14 }
const landscape = () => createLandscape(potential, bath)

const exact = withMeanHidden(
  meansObjective({
    name: 'exact',
    data,
    means: (theta) => parameters.statisticsOf(restrictedEquilibrium(parameters.at(theta, bath.kT))),
  }),
  parameters,
  bath,
)
const gradientOf = (objective: Objective, theta: Float64Array, iteration = 0) =>
  contrast(potential, theta, objective.phases(theta, iteration), new Float64Array(potential.size))
const likelihoodAt = (theta: Float64Array) => {
  const machine = parameters.at(theta, bath.kT)
  const value = restrictedEquilibrium(machine).logPartition
  return negativeLogLikelihood(machine, { value, standardError: 0 }, states).value
}
const theta = normals(potential.size, 21)
const weak = theta.map((value) => 0.15 * value)
const distance = (a: Float64Array, b: Float64Array) => Math.max(...a.map((value, k) => Math.abs(value - b[k]!)))

describe('a potential that is a machine', () => {
  test('has its energy in every state, over kT', () => {
    const { visibleBias, coupling, hiddenBias, layers } = parameters.at(theta, bath.kT)
    const batch = 2 ** 7
    const x = Float64Array.from({ length: 7 * batch }, (_, n) => (((n % batch) >> Math.floor(n / batch)) & 1 ? 1 : -1))
    const energy = new Float64Array(batch)
    forceAndEnergy(potential, theta, x, batch, null, energy)
    const { visible, hidden, count } = layers.hiddenEdges
    for (let b = 0; b < batch; b++) {
      const unit = (i: number) => x[i * batch + b]!
      let exponent = 0
      for (let i = 0; i < 4; i++) exponent += visibleBias[i]! * unit(i)
      for (let h = 0; h < 3; h++) exponent += hiddenBias[h]! * unit(4 + h)
      for (let e = 0; e < count; e++) exponent += coupling[e]! * unit(visible[e]!) * unit(4 + hidden[e]!)
      expect(-energy[b]! / bath.kT).toBeCloseTo(exponent, 12)
    }
  })

  test('may have its couplings in any order', () => {
    const network = createNetwork({
      visible: { units: 2, states: 'two' },
      hidden: { units: 2, states: 'two' },
      couplings: { visible: { edges: [] } },
    })
    const reversed = [...network.edges.a.keys()].reverse()
    expect(reversed).toEqual([3, 2, 1, 0])
    const turned = (list: Int32Array) => Int32Array.from(reversed, (e) => list[e]!)
    const { edges } = network
    const other = { ...network, edges: { ...edges, a: turned(edges.a), b: turned(edges.b) } }
    const of = (on: typeof network) => machineParameters({ ...potentialOf(network, [bias, bilinear]), network: on })
    const values = Float64Array.of(0, 0, 0, 0, 1, 2, 3, 4)
    const found = of(other).at(values, 1)
    expect([...of(network).at(values, 1).coupling]).toEqual([-1, -2, -3, -4])
    expect([...found.coupling]).toEqual([-4, -3, -2, -1])
    const means = { visible: Float64Array.of(1, 2), edges: Float64Array.of(5, 6, 7, 8), hidden: Float64Array.of(3, 4) }
    expect([...of(other).statisticsOf(means)]).toEqual([-1, -2, -3, -4, 8, 7, 6, 5])
  })

  test('is of bias and couplings between two layers of two-state units alone', () => {
    const refused = (network: ReturnType<typeof twoLayers>, ...terms: Parameters<typeof potentialOf>[1]) => {
      return () => machineParameters(potentialOf(network, terms))
    }
    const two = potential.network
    expect(refused(two, bias)).toThrow(/has no bilinear.*E_INVALID_VALUE/)
    expect(refused(two, bilinear)).toThrow(/has no bias/)
    expect(refused(twoLayers(2, 1), bias, bilinear, bistable(1))).toThrow(/has hidden too/)
    expect(refused(twoLayers(2, 1), stiffness, bias)).toThrow(/has stiffness too/)
    expect(refused(createNetwork({ visible: { units: 2, states: 'two' } }), bias, bilinear)).toThrow(/no hidden units/)
    const coupled = createNetwork({ visible: { units: 2, states: 'two' }, hidden: { units: 1, states: 'two' } })
    expect(refused(coupled, bias, bilinear)).toThrow(/units 0 and 1 of one layer are coupled/)
    const mixed = createNetwork({
      visible: { units: 2 },
      hidden: { units: 1, states: 'two' },
      couplings: { visible: { edges: [] } },
    })
    expect(refused(mixed, bias, bilinear)).toThrow(/not of two states/)
  })
})

describe('means that are computed', () => {
  test('make the gradient of the mean negative log-likelihood, at any temperature', () => {
    const found = gradientOf(exact, theta)
    // Truncation h² and rounding 1e-15/h are both near 1e-10.
    const h = 1e-5
    for (let a = 0; a < theta.length; a++) {
      const at = (by: number) => likelihoodAt(theta.map((value, n) => value + (n === a ? by : 0)))
      expect(found[a]! / bath.kT).toBeCloseTo((at(h) - at(-h)) / (2 * h), 8)
    }
  })

  test('lead to a law nearer to the data than one of separate units, which is 4 ln 2', () => {
    const learned = weak.slice()
    const settings = { iterations: 2000, optimizer: { kind: 'sgd', rate: 0.3 } } as const
    for (const _ of descend(landscape(), exact, learned, new Uint8Array(potential.size), settings));
    expect(likelihoodAt(learned)).toBeGreaterThan(law.entropy)
    expect(likelihoodAt(learned)).toBeLessThan(law.entropy + 0.2)
  })

  test('are as many as the parameters', () => {
    const short = { name: 'model', scale: -1, means: new Float64Array(3) }
    expect(() => contrast(potential, weak, [short], new Float64Array(potential.size))).toThrow(
      /phase model: expected a mean for each of the 19 parameters, got 3/,
    )
  })
})

describe('magnetisations in the place of states', () => {
  const gradient = (order: TapOrder) => {
    const persistent = randomMagnetisations(parameters.layers, 3, 4)
    const options = { parameters, landscape: landscape(), order, data, relaxation: untilStill, persistent }
    return gradientOf(withMeanHidden(tapObjective(options), parameters, bath), weak)
  }
  const truth = gradientOf(exact, weak)

  test('have a gradient that each order brings nearer to that of the likelihood', () => {
    const errors = ([1, 2, 3] as const).map((order) => distance(gradient(order), truth))
    // Couplings are of order .1 in kT. Mean field leaves out these in the gradient, what second order does is of their third power.
    expect(errors[0]!).toBeGreaterThan(0.05)
    expect(errors[1]!).toBeLessThan(errors[0]! / 10)
    // Third order mends the magnetisations, on which the biases learn; along couplings loops of four edges remain.
    const biases = (found: Float64Array) => distance(found.subarray(0, 7), truth.subarray(0, 7))
    expect(biases(gradient(3))).toBeLessThan(biases(gradient(2)) / 2)
  })

  test('start at the data, or go on from where they were, and cost a force for each state, sweep and order', () => {
    const few = { sweeps: 2, damping: 0.5, tolerance: 0 }
    const on = landscape()
    const options = { parameters, landscape: on, order: 3, data, relaxation: few } as const
    const fresh = tapObjective(options)
    expect(gradientOf(fresh, theta)).toEqual(gradientOf(fresh, theta))
    expect(on.cost.forces).toBe(2 * 2 * 3 * states.batch)
    const persistent = magnetisationsAt(parameters.at(theta, bath.kT), states)
    const going = tapObjective({ ...options, persistent })
    expect(gradientOf(going, theta)).toEqual(gradientOf(fresh, theta))
    expect(gradientOf(going, theta)).not.toEqual(gradientOf(fresh, theta))
  })
})

describe('chains', () => {
  test('from the data have hidden units at their law given these, and at its mean where they are averaged', () => {
    const many = { x: new Float64Array(4 * 40_000).fill(1), batch: 40_000 }
    const clamped = clampedData(parameters, bath, dataPhase(many, undefined, 1), 3)
    const phase = clamped(0, theta)
    const machine = parameters.at(theta, bath.kT)
    const means = magnetisationsAt(machine, { x: new Float64Array(4).fill(1), batch: 1 }).hidden
    const averaged = withMeanHidden({ name: '', locality: 'local', phases: () => [phase] }, parameters, bath)
    const [mean] = averaged.phases(theta, 0)
    for (let h = 0; h < 3; h++) {
      const row = phase.x.subarray((4 + h) * many.batch, (5 + h) * many.batch)
      expect(row.every((s) => Math.abs(s) === 1)).toBe(true)
      const found = row.reduce((sum, s) => sum + s, 0) / many.batch
      expect(Math.abs(found - means[h]!)).toBeLessThan(4 * Math.sqrt((1 - means[h]! ** 2) / many.batch))
      expect((mean as typeof phase).x[(4 + h) * many.batch]!).toBeCloseTo(means[h]!, 14)
    }
    expect(phase.x.subarray(0, 4 * many.batch)).toEqual(many.x)
    expect(clamped(1, theta).x).not.toEqual(phase.x)
  })

  test('that are long have the gradient of the likelihood within 4 s.e.', () => {
    const repeated = { x: new Float64Array(4 * 12_000), batch: 12_000 }
    for (let n = 0; n < repeated.x.length; n++) {
      const [i, b] = [Math.floor(n / repeated.batch), n % repeated.batch]
      repeated.x[n] = states.x[i * states.batch + (b % states.batch)]!
    }
    const long = chainObjective({
      move: moveBy(gibbs, landscape(), 1),
      steps: 60,
      seed: 5,
      data: clampedData(parameters, bath, dataPhase(repeated, undefined, 1), 5),
    })
    const truth = gradientOf(exact, theta)
    // Products of numbers ±1 have a standard deviation of at most 1.
    expect(distance(gradientOf(long, theta), truth)).toBeLessThan(4 * Math.sqrt(2 / repeated.batch))
  })
})
