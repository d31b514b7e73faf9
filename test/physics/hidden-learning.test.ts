import { describe, expect, test } from 'vitest'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import { defineScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { trainingTask } from '../../src/experiment/training/task.js'
import { mixtureScore } from '../../src/learning/data/mixture.js'
import { deviceOf } from '../../src/learning/rules/device.js'
import { forceMatching } from '../../src/learning/rules/force-matching.js'
import { leastSquares } from '../../src/learning/rules/least-squares.js'
import { createNoiser } from '../../src/learning/rules/noised-batch.js'
import { nudgedForceMatching } from '../../src/learning/rules/nudged-force-matching.js'
import { startParameters } from '../../src/learning/rules/parameter-scales.js'
import type { NoisedBatch, Rule } from '../../src/learning/rules/rule.js'
import { createTrainingState, train } from '../../src/learning/training/train.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { stream } from '../../src/physics/noise/streams.js'
import { bistable } from '../../src/physics/potential/hidden.js'
import { bias, cubic, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { forceAndEnergy, groupSlice, type Potential, potentialOf } from '../../src/physics/potential/potential.js'
import { createNoising, noiseWidth, scoreScale, signal } from '../../src/physics/protocol/noising.js'
import { everyTerm, lattice, normals } from '../systems.js'

const bath = { kT: 0.8, mobility: 1.2 }
const noising = createNoising({ stiffness: 1.5, duration: 2, tMin: 0.02, slices: 10, spacing: 'geometric' }, bath)
const [units, hidden, count] = [5, 4, 60]

const potential = potentialOf(
  createNetwork({
    visible: { units },
    hidden: { units: hidden },
    couplings: { visible: { range: 'all' } },
  }),
  [stiffness, cubic, quartic, bias, bilinear, bistable(bath.kT)],
)
const theta = normals(potential.size, 71).map((value) => 0.5 * value)
const batch: NoisedBatch = createNoiser(
  { points: normals(units * count, 72), count, units },
  noising,
  'reverse',
  4,
).sweep(0.3, 0, stream.lossNoise)
const group = (name: string) => potential.groups.find((one) => one.name === name)!

function gradientOf(rule: Rule, on: Potential = potential, at: Float64Array = theta, data = batch): Float64Array {
  const out = new Float64Array(on.size)
  rule.gradient(deviceOf(on, at, bath), data, out)
  return out
}

/** |a - b|/|b| */
function distance(a: Float64Array, b: Float64Array): number {
  return Math.hypot(...a.map((value, n) => value - b[n]!)) / Math.hypot(...b)
}

test('with hidden units the force-matching gradient is the derivative of ½⟨w|F - F̂|²⟩, by central differences to 1e-7', () => {
  const loss = (parameters: Float64Array) => {
    const force = new Float64Array(batch.x.length)
    forceAndEnergy(potential, parameters, batch.x, batch.batch, force, null)
    return (batch.weight / 2) * (force.reduce((sum, f, n) => sum + (f - batch.target[n]!) ** 2, 0) / batch.batch)
  }
  const gradient = gradientOf(forceMatching())
  const scale = Math.max(...gradient.map(Math.abs))
  theta.forEach((_, a) => {
    // Truncation h² of the third derivative ≈ 1e-9, rounding 1e-16·|L|/h ≈ 1e-11.
    const h = 1e-5
    const at = (by: number) => loss(theta.map((value, b) => (a === b ? value + by : value)))
    expect(Math.abs((at(h) - at(-h)) / (2 * h) - gradient[a]!) / scale).toBeLessThan(1e-7)
  })
})

describe('nudged force matching', () => {
  const analytic = gradientOf(forceMatching())
  const error = (nudge: number, sides: 'one' | 'two') =>
    distance(gradientOf(nudgedForceMatching({ nudge, sides })), analytic)

  test('is the analytic gradient of hidden units as the nudge vanishes: 1e-8 at its best', () => {
    const best = Math.min(...[1e-3, 1e-4, 1e-5].map((nudge) => error(nudge, 'two')))
    expect(best).toBeLessThan(1e-8)
    expect(error(0.01, 'two')).toBeLessThan(1e-3)
  })

  test('has a bias of second order two-sided and of first order one-sided', () => {
    const order = (sides: 'one' | 'two') => Math.log2(error(0.02, sides) / error(0.01, sides))
    expect(order('two')).toBeCloseTo(2, 1)
    expect(order('one')).toBeCloseTo(1, 1)
  })

  test('pushes states along the residual and against it by δ = nudge·s/2kT in the reverse drive', () => {
    const network = lattice(1, units, 'all')
    const seen: Float64Array[] = []
    const watching = potentialOf(network, [
      (on) => ({
        ...stiffness(on),
        addStatistic: (_theta, x) => {
          seen.push(x.slice())
        },
      }),
    ])
    gradientOf(nudgedForceMatching({ nudge: 0.02 }), watching, new Float64Array(units))
    const delta = (0.02 * noiseWidth(noising, 0.3)) / (2 * bath.kT)
    // Without a potential the residual is minus the target.
    for (const [which, sign] of [1, -1].entries())
      seen[which]!.forEach((x, n) => {
        expect(x).toBeCloseTo(batch.x[n]! - sign * delta * batch.target[n]!, 12)
      })
  })

  test('has no bias where every statistic is quadratic, and the same loss as force matching', () => {
    const network = lattice(2, 3, 'all')
    const harmonic = potentialOf(network, [stiffness, bias, bilinear])
    const at = normals(harmonic.size, 73)
    const data = createNoiser({ points: normals(6 * 40, 74), count: 40, units: 6 }, noising, 'quasi-static', 5).sweep(
      0.3,
      0,
      stream.lossNoise,
    )
    const exact = new Float64Array(harmonic.size)
    const nudged = new Float64Array(harmonic.size)
    const losses = [
      forceMatching().gradient(deviceOf(harmonic, at, bath), data, exact),
      nudgedForceMatching({ nudge: 0.3 }).gradient(deviceOf(harmonic, at, bath), data, nudged),
    ]
    expect(distance(nudged, exact)).toBeLessThan(1e-13)
    expect(losses[1]).toBe(losses[0])
  })

  test('is force matching for every visible term, to second order where φ is not quadratic', () => {
    const { potential: visible, theta: at } = everyTerm(lattice(1, units, 'all'))
    const exact = gradientOf(forceMatching(), visible, at)
    const error = (nudge: number) => distance(gradientOf(nudgedForceMatching({ nudge }), visible, at), exact)
    expect(error(1e-4)).toBeLessThan(1e-6)
    expect(Math.log2(error(0.02) / error(0.01))).toBeCloseTo(2, 3)
  })

  test('is local: what else pulls on a visible unit does not reach a hidden coupling, given the forces', () => {
    const changed = theta.slice()
    const { offset } = group('hidden-coupling')
    // Another response of hidden unit 3 to everything, and other couplings between visible units.
    for (let i = 0; i < units; i++) changed[offset + 3 * units + i]! += 0.7
    for (const [a, value] of groupSlice(group('bilinear'), changed).entries())
      changed[group('bilinear').offset + a] = value + 0.3
    const forceAt = (parameters: Float64Array) => {
      const force = new Float64Array(batch.x.length)
      forceAndEnergy(potential, parameters, batch.x, batch.batch, force, null)
      return force
    }
    const [before, after] = [forceAt(theta), forceAt(changed)]
    // The residual is held at what was measured: the target moves with the force.
    const moved = { ...batch, target: batch.target.map((f, n) => f + after[n]! - before[n]!) }
    const rule = nudgedForceMatching()
    const [here, there] = [gradientOf(rule), gradientOf(rule, potential, changed, moved)]
    const scale = Math.max(...here.map(Math.abs))
    for (let e = 0; e < hidden * units; e++) {
      const change = Math.abs(there[offset + e]! - here[offset + e]!) / scale
      if (e >= 3 * units) expect(change).toBeGreaterThan(1e-6)
      else expect(change).toBeLessThan(1e-11)
    }
  })
})

test('least squares refuses hidden units, naming the term', () => {
  expect(() => leastSquares(potential, theta, potential.lowerBound, [batch])).toThrow(
    /linear in its parameters, and its term "hidden" is not.*E_INVALID_VALUE/,
  )
})

test('learning begins from the trap and hidden fields of .25 kT, other ones for every seed', () => {
  const problem = (range: 'all' | 1) =>
    potentialOf(
      createNetwork({
        visible: { lattice: [12, 12] },
        hidden: { units: 144 },
        couplings: { visible: { edges: [] }, hidden: { range } },
      }),
      [stiffness, bistable(bath.kT)],
    )
  for (const range of ['all', 1] as const) {
    const on = problem(range)
    const start = startParameters(on, noising, 1)
    expect([...start.subarray(0, 144)]).toEqual(new Array(144).fill(1.5))
    expect([...start.subarray(on.groups[2]!.offset)]).toEqual(new Array(144).fill(0))
    const V = groupSlice(on.groups[1]!, start)
    // Variance of the field: Σ_i V_ih² kT/k0, averaged over hidden units; V has a relative standard error sqrt(2/edges).
    const field = Math.sqrt((V.reduce((sum, value) => sum + value * value, 0) / 144) * (bath.kT / 1.5)) / bath.kT
    expect(Math.abs(field / 0.25 - 1)).toBeLessThan(4 * Math.sqrt(1 / (2 * V.length)))
    expect(startParameters(on, noising, 1)).toEqual(start)
    expect(startParameters(on, noising, 2)).not.toEqual(start)
  }
})

test.each(['force-matching', 'nudged-force-matching'] as const)(
  '%s teaches hidden units the score of two Gaussians: ⟨|F - F*|²⟩ is below 2 % of ⟨|2kT∇log p|²⟩ at every knot',
  async (rule) => {
    const scenario = await defineScenario({
      name: 'two-modes',
      data: {
        source: 'gaussian-mixture',
        means: [
          [1.5, 1.5],
          [-1.5, -1.5],
        ],
        width: 0.35,
        samples: 2000,
      },
      network: { visible: { units: 2 }, hidden: { units: 4 } },
      potential: { onsite: ['stiffness'], pair: ['bilinear'] },
      bath: { kT: bath.kT },
      noising: { slices: 12 },
      learning: { rule, optimizer: { rate: 0.05 }, iterations: 250, batch: 512 },
    })
    const problem = createProblem(scenario)
    const state = createTrainingState(startParameters(problem.potential, problem.noising, scenario.seed))
    const backend = createThreadedWasm(1)
    await train(trainingTask(problem, problem.data!), scenario.learning!, state, backend)
    await backend.close()
    expect(state.finished).toHaveLength(13)
    const { trap, scale } = scoreScale(problem.noising, 'reverse')
    const data = problem.data!
    if (data.source !== 'gaussian-mixture') throw new Error('it is a mixture')
    const errors = problem.noising.knots.map((t, knot) => {
      const [m, s] = [signal(problem.noising, t), noiseWidth(problem.noising, t)]
      const { x, batch: size } = createNoiser(data.heldOut, problem.noising, 'reverse', 9).sweep(
        t,
        knot,
        stream.lossNoise,
      )
      const force = new Float64Array(x.length)
      forceAndEnergy(problem.potential, state.finished[knot]!, x, size, force, null)
      const score = new Float64Array(x.length)
      mixtureScore(data.mixture, m, s, x, size, null, score)
      let [difference, whole] = [0, 0]
      for (let n = 0; n < x.length; n++) {
        difference += (force[n]! - trap * x[n]! - scale * score[n]!) ** 2
        whole += (scale * score[n]!) ** 2
      }
      return difference / whole
    })
    // The largest measured are .009; without hidden units .5.
    expect(Math.max(...errors)).toBeLessThan(0.02)
  },
)
