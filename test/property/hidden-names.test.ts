import { describe, expect, test } from 'vitest'
import { withHiddenStates } from '../../src/physics/network/hidden-states.js'
import { createNetwork, type NetworkOptions } from '../../src/physics/network/network.js'
import { statesOfRows } from '../../src/physics/network/unit-states.js'
import { auditTerm } from '../../src/physics/potential/audit.js'
import { hiddenTerm } from '../../src/physics/potential/hidden-term.js'
import { bias } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { pairTable } from '../../src/physics/potential/pair-table.js'
import {
  forceAndEnergy,
  groupSlice,
  type Potential,
  potentialOf,
  statistic,
} from '../../src/physics/potential/potential.js'
import { stateBias } from '../../src/physics/potential/state-bias.js'
import type { TermOn } from '../../src/physics/potential/term.js'
import { enumeratedLaw } from '../../src/physics/truth/enumerated-law.js'

const kT = 0.7
const bath = { kT, mobility: 1 }
const mixed: NetworkOptions = {
  visible: { blocks: [{ units: 2 }, { units: 1, states: 3 }, { units: 1, states: 'two' }, { units: 1, states: 5 }] },
  hidden: { units: 3 },
}
const batch = 6

function made(options: NetworkOptions) {
  const network = createNetwork(options)
  const potential = potentialOf(network, [hiddenTerm(kT)])
  const theta = Float64Array.from({ length: potential.size }, (_, a) => 0.9 * Math.sin(1 + 2.3 * a))
  const states = statesOfRows(network)
  const x = Float64Array.from({ length: network.units * batch }, (_, n) => {
    const own = states[Math.floor(n / batch)]!
    return own === null ? Math.sin(3.7 * n) : own[(n * 7 + (n % batch)) % own.length]!
  })
  return { network, potential, theta, states, x }
}

function energies(potential: Potential, theta: Float64Array, x: Float64Array): Float64Array {
  const energy = new Float64Array(batch)
  forceAndEnergy(potential, theta, x, batch, null, energy)
  return energy
}

describe('hidden units that see names', () => {
  test('have the free energy of a sum over their states, field by field', () => {
    const { potential, theta, states, x } = made(mixed)
    // Two numbers, three states, one number ±1, five states: eleven couplings of each of three hidden units, and their biases.
    expect(potential.groups.map(({ name, size }) => [name, size])).toEqual([
      ['hidden-coupling', 33],
      ['hidden-bias', 3],
    ])
    const found = energies(potential, theta, x)
    for (let b = 0; b < batch; b++) {
      let sum = 0
      for (let number = 0; number < 8; number++) {
        let at = 0
        for (let h = 0; h < 3; h++) {
          let [field, edge] = [theta[33 + h]!, 11 * h]
          states.forEach((own, row) => {
            const value = x[row * batch + b]!
            const isName = own !== null && own[0] === 0
            field += isName ? theta[edge + value]! : theta[edge]! * value
            edge += isName ? own.length : 1
          })
          at += ((number >> h) & 1 ? 1 : -1) * field
        }
        sum += Math.exp(at / kT)
      }
      expect(found[b]).toBeCloseTo(-kT * Math.log(sum), 12)
    }
  })

  test('have statistics and forces that are the slopes of their energy', () => {
    const { potential, theta, x, states } = made(mixed)
    const weights = Float64Array.of(1, -2, 0.5, 3, 0, 1.5)
    const total = (at: Float64Array, from = x) =>
      energies(potential, at, from).reduce((sum, energy, b) => sum + weights[b]! * energy, 0)
    const found = new Float64Array(potential.size)
    statistic(potential, theta, x, batch, found, weights)
    // Central differences of 1e-5 are off by some 1e-10 and by rounding of as much.
    found.forEach((slope, a) => {
      const moved = (by: number) => theta.with(a, theta[a]! + by)
      expect(slope).toBeCloseTo((total(moved(1e-5)) - total(moved(-1e-5))) / 2e-5, 8)
    })
    const force = new Float64Array(x.length)
    forceAndEnergy(potential, theta, x, batch, force, null)
    for (let n = 0; n < x.length; n++) {
      const row = Math.floor(n / batch)
      const own = states[row]!
      if (own !== null && own[0] === 0) expect(force[n]).toBe(0)
      if (own !== null) continue
      const moved = (by: number) => energies(potential, theta, x.with(n, x[n]! + by))[n % batch]!
      expect(force[n]).toBeCloseTo((moved(-1e-5) - moved(1e-5)) / 2e-5, 8)
    }
  })

  test('have methods that follow from one another', () => {
    // A category has no energy between its states, where the audit looks: there it is put at one of them.
    const network = createNetwork({
      visible: { blocks: [{ units: 2 }, { units: 1, states: 3 }] },
      hidden: { units: 2 },
    })
    const atState: TermOn = (on) => {
      const term = hiddenTerm(kT)(on)
      const put = (x: Float64Array, count: number) => x.map((value, n) => (Math.floor(n / count) === 2 ? 1 : value))
      return {
        ...term,
        addForceAndEnergy: (theta, x, count, ...out) => term.addForceAndEnergy(theta, put(x, count), count, ...out),
        addHessian: (theta, x, out) => term.addHessian(theta, put(x, 1), out),
        addStatistic: (theta, x, count, ...out) => term.addStatistic(theta, put(x, count), count, ...out),
        addDirectional: (theta, x, r, count, out) => term.addDirectional(theta, put(x, count), r, count, out),
        addSquaredGradient: (theta, x, count, out) => term.addSquaredGradient(theta, put(x, count), count, out),
        addLaplacian: (theta, x, count, out) => term.addLaplacian(theta, put(x, count), count, out),
      }
    }
    expect(auditTerm(atState, network)).toEqual([])
  })

  test('have the law of hidden units with states of their own and a table for each coupling', () => {
    const visible = {
      blocks: [
        { units: 2, states: 3 },
        { units: 1, states: 'two' as const },
      ],
    }
    const { potential: hiddenPotential } = made({ visible, hidden: { units: 4 } })
    const potential = potentialOf(hiddenPotential.network, [bias, stateBias, hiddenTerm(kT)])
    const theta = Float64Array.from({ length: potential.size }, (_, a) => Math.cos(1.9 * a))
    const own = (name: string) => groupSlice(potential.groups.find((group) => group.name === name)!, theta)
    const network = createNetwork({
      visible,
      hidden: { units: 4, states: 'two' },
      couplings: { visible: { edges: [] } },
    })
    const explicit = potentialOf(network, [bias, stateBias, bilinear, pairTable])
    const values = new Float64Array(explicit.size)
    const part = (name: string) => groupSlice(explicit.groups.find((group) => group.name === name)!, values)
    part('bias').set([...own('bias'), ...own('hidden-bias')])
    part('state-bias').set(own('state-bias'))
    // A hidden unit sees states 0, 1, 2 of two units and a number: seven couplings. Tables have ±1 along their columns.
    const V = own('hidden-coupling')
    for (let h = 0; h < 4; h++) {
      part('bilinear')[h] = -V[7 * h + 6]!
      for (let i = 0; i < 2; i++)
        for (let a = 0; a < 3; a++)
          for (let s = 0; s < 2; s++)
            part('pair-table')[6 * (2 * h + i) + 2 * a + s] = (2 * s - 1) * V[7 * h + 3 * i + a]!
    }
    const [atOnce, all] = [enumeratedLaw(potential, theta, bath)!, enumeratedLaw(explicit, values, bath)!]
    expect(atOnce.logPartition).toBeCloseTo(all.logPartition, 10)
    // Hidden units are the last ones, whose states run fastest.
    atOnce.probability.forEach((p, n) => {
      const sum = all.probability.subarray(16 * n, 16 * (n + 1)).reduce((total, q) => total + q, 0)
      expect(p).toBeCloseTo(sum, 12)
    })
  })

  test('that move are refused beside names', () => {
    const network = createNetwork({ visible: { units: 2, states: 3 }, hidden: { units: 2 } })
    expect(() => withHiddenStates(network, { states: [-1, 1], change: { kind: 'flips', rate: 1 } })).toThrow(
      'categorical visible units need hidden ones that follow at once',
    )
  })
})
