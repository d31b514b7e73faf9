import { expect, test } from 'vitest'
import { createNetwork } from '../../src/physics/network/network.js'
import { kindOf, statesOfRows } from '../../src/physics/network/unit-states.js'
import { auditTerm } from '../../src/physics/potential/audit.js'
import { featureTerm } from '../../src/physics/potential/features.js'
import { generalPairTerm } from '../../src/physics/potential/general-pair.js'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear, pairQuartic } from '../../src/physics/potential/pair.js'
import { pairTable } from '../../src/physics/potential/pair-table.js'
import { forceAndEnergy, potentialOf, statistic } from '../../src/physics/potential/potential.js'
import { stateBias } from '../../src/physics/potential/state-bias.js'
import { discreteUnits } from '../../src/physics/potential/state-energies.js'
import { stateForce } from '../../src/physics/potential/state-force.js'
import type { TermOn } from '../../src/physics/potential/term.js'
import { discreteNetworks } from '../discrete-networks.js'

const spring = generalPairTerm(
  { name: 'spring' },
  {
    value: (x, a, b, length, out) => {
      for (let n = 0; n < length; n++) out[n] = (x[a + n]! - 2 * x[b + n]!) ** 2 * x[a + n]!
    },
    slopeX: () => {},
    slopeY: () => {},
    curvatureXX: () => {},
    curvatureXY: () => {},
    curvatureYY: () => {},
  },
)
/** Of the whole state, so that it says no energies of single units. */
const whole = featureTerm({ name: 'whole' }, (units) => ({
  count: 1,
  evaluate(x, value) {
    if (value !== null) value[0] = x.reduce((product, at, i) => product + at * Math.cos(i + at), 1) ** 2 / units
  },
}))
const terms: Readonly<Record<string, TermOn>> = {
  ...{ stiffness, bias, stateBias, bilinear, pairQuartic, pairTable, stateForce, spring, whole },
}
const batch = 5

/** States of every kind of unit, all of whose values occur. */
function someStates(options: (typeof discreteNetworks)[string]) {
  const network = createNetwork(options)
  const states = statesOfRows(network)
  const x = Float64Array.from({ length: network.units * batch }, (_, n) => {
    const own = states[Math.floor(n / batch)]!
    return own === null ? Math.sin(3.7 * n) : own[(n * 7 + (n % batch)) % own.length]!
  })
  return { network, states, x }
}

test.each(Object.entries(discreteNetworks))('of %s', (_, options) => {
  const { network, states, x } = someStates(options)
  for (const [name, term] of Object.entries(terms)) {
    const potential = potentialOf(network, [term])
    const theta = Float64Array.from({ length: potential.size }, (_, a) => Math.cos(1.7 * a))
    const energyOf = (at: Float64Array) => {
      const energy = new Float64Array(batch)
      forceAndEnergy(potential, theta, at, batch, null, energy)
      return energy
    }
    // The energies of a unit's states differ as the energy of the whole does.
    const units = discreteUnits(potential, theta)!
    for (const unit of units.classes.flatMap((members) => [...members])) {
      const own = states[unit]!
      const out = new Float64Array(own.length * batch).fill(9)
      units.energies(unit, x, batch, out)
      const whole = own.map((state) => energyOf(x.slice().fill(state, unit * batch, (unit + 1) * batch)))
      for (let b = 0; b < batch; b++)
        for (let a = 0; a < own.length; a++)
          expect(out[a * batch + b]! - out[b]!, `${name}, unit ${unit}`).toBeCloseTo(whole[a]![b]! - whole[0]![b]!, 12)
    }
    // U = Σ θ φ, for weights of any sign too.
    const sums = new Float64Array(potential.size)
    const weights = Float64Array.of(1, -2, 0.5, 3, 0)
    statistic(potential, theta, x, batch, sums, weights)
    const total = energyOf(x).reduce((sum, energy, b) => sum + weights[b]! * energy, 0)
    expect(
      sums.reduce((sum, value, a) => sum + value * theta[a]!, 0),
      name,
    ).toBeCloseTo(total, 12)
  }
})

test('the force of a state is minus the slope of its energy, and its other methods follow from it', () => {
  const network = createNetwork(discreteNetworks['two reals, a trinary and a two-state unit']!)
  // Between its states a categorical unit has no energy, so that the audit's states would see nothing of these terms.
  const atState: TermOn = (on) => {
    const term = stateForce(on)
    const put = (x: Float64Array, batch: number) => x.map((value, n) => (Math.floor(n / batch) === 2 ? 1 : value))
    return {
      ...term,
      addForceAndEnergy: (theta, x, batch, force, energy) =>
        term.addForceAndEnergy(theta, put(x, batch), batch, force, energy),
      addStatistic: (theta, x, batch, out, weights) => term.addStatistic(theta, put(x, batch), batch, out, weights),
      addDirectional: (theta, x, r, batch, out) => term.addDirectional(theta, put(x, batch), r, batch, out),
      addSquaredGradient: (theta, x, batch, out) => term.addSquaredGradient(theta, put(x, batch), batch, out),
    }
  }
  expect(atState(network).size).toBe(6)
  expect(auditTerm(atState, network)).toEqual([])
})

test('classes hold no two units that are coupled, and all that are redrawn', () => {
  for (const [name, options] of Object.entries(discreteNetworks)) {
    const network = createNetwork(options)
    const { classes } = discreteUnits(potentialOf(network, [bilinear, pairTable]), new Float64Array(1000))!
    const states = statesOfRows(network)
    const redrawn = [...states.keys()].filter((row) => kindOf(states[row]!) !== 'real')
    expect(
      classes.flatMap((members) => [...members]).sort((a, b) => a - b),
      name,
    ).toEqual(redrawn)
    const classOf = (unit: number) => classes.findIndex((members) => members.includes(unit))
    for (const { a, b, count } of [network.edges, network.tables])
      for (let e = 0; e < count; e++)
        if (states[a[e]!] !== null && states[b[e]!] !== null) expect(classOf(a[e]!)).not.toBe(classOf(b[e]!))
  }
  const torus = createNetwork({
    visible: { lattice: [4, 6], states: 'two' },
    couplings: { visible: { range: 'nearest', periodic: true } },
  })
  expect(torus.edges.count).toBe(48)
  expect(discreteUnits(potentialOf(torus, [bilinear]), new Float64Array(48))!.classes).toHaveLength(2)
  // A term of the whole state couples any to any.
  expect(discreteUnits(potentialOf(torus, [whole]), new Float64Array(1))!.classes).toHaveLength(24)
})
