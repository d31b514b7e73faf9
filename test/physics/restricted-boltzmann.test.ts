import { describe, expect, test } from 'vitest'
import { createNetwork } from '../../src/physics/network/network.js'
import { fromBits, type RestrictedBoltzmann } from '../../src/physics/potential/restricted-boltzmann.js'
import { isSummable, restrictedEquilibrium } from '../../src/physics/truth/restricted-boltzmann.js'
import { randomMachine, twoLayers } from '../restricted-boltzmann.js'
import { normals } from '../systems.js'

/** log Z and all means by summing over every state of both layers of units with two values, edge by edge. */
function bruteForce(
  { layers, visibleBias, coupling, hiddenBias }: RestrictedBoltzmann,
  [low, high]: readonly [number, number] = [-1, 1],
) {
  const { units, hidden } = layers
  const { visible: from, hidden: to, count } = layers.hiddenEdges
  const value = (number: number, bit: number) => ((number >> bit) & 1 ? high : low)
  let Z = 0
  const means = { visible: new Float64Array(units), hidden: new Float64Array(hidden), edges: new Float64Array(count) }
  for (let n = 0; n < 2 ** (units + hidden); n++) {
    let exponent = 0
    for (let i = 0; i < units; i++) exponent += visibleBias[i]! * value(n, i)
    for (let h = 0; h < hidden; h++) exponent += hiddenBias[h]! * value(n, units + h)
    for (let e = 0; e < count; e++) exponent += coupling[e]! * value(n, from[e]!) * value(n, units + to[e]!)
    const weight = Math.exp(exponent)
    Z += weight
    for (let i = 0; i < units; i++) means.visible[i]! += weight * value(n, i)
    for (let h = 0; h < hidden; h++) means.hidden[h]! += weight * value(n, units + h)
    for (let e = 0; e < count; e++) means.edges[e]! += weight * value(n, from[e]!) * value(n, units + to[e]!)
  }
  for (const sums of Object.values(means)) for (let k = 0; k < sums.length; k++) sums[k]! /= Z
  return { logPartition: Math.log(Z), ...means }
}

/** Largest distance of two lists. */
const distance = (a: Float64Array, b: Float64Array) => Math.max(...a.map((value, k) => Math.abs(value - b[k]!)))

/** A hidden unit above each site, which sees its neighbours: not every edge exists. */
const sparse = createNetwork({
  visible: { lattice: [2, 3] },
  hidden: { units: 6 },
  couplings: { visible: { edges: [] }, hidden: { range: 1 } },
})

describe('a restricted Boltzmann machine', () => {
  test.each([
    ['more visible units', randomMachine(6, 3, 2)],
    ['more hidden units', randomMachine(3, 6, 2)],
    ['one unit in a layer', randomMachine(1, 5, 2)],
    [
      'few edges',
      {
        layers: sparse,
        visibleBias: normals(6, 3),
        coupling: normals(sparse.hiddenEdges.count, 4),
        hiddenBias: normals(6, 5),
      },
    ],
  ])('with %s has the log Z and the means of the sum over all states of both layers', (_, machine) => {
    const found = restrictedEquilibrium(machine)
    const truth = bruteForce(machine)
    expect(found.logPartition).toBeCloseTo(truth.logPartition, 12)
    expect(distance(found.visible, truth.visible)).toBeLessThan(1e-13)
    expect(distance(found.hidden, truth.hidden)).toBeLessThan(1e-13)
    expect(distance(found.edges, truth.edges)).toBeLessThan(1e-13)
  })

  test('more states than are summed at once change nothing: means are the derivatives of log Z', () => {
    const machine = randomMachine(11, 14, 0.5)
    const found = restrictedEquilibrium(machine)
    const logZ = (change: (moved: { f: Float64Array; J: Float64Array; b: Float64Array }) => void) => {
      const moved = { f: machine.visibleBias.slice(), J: machine.coupling.slice(), b: machine.hiddenBias.slice() }
      change(moved)
      return restrictedEquilibrium({ ...machine, visibleBias: moved.f, coupling: moved.J, hiddenBias: moved.b })
        .logPartition
    }
    // Truncation h² and rounding 1e-15/h are both near 1e-10.
    const h = 1e-5
    for (const [name, at, mean] of [
      ['f', 10, found.visible[10]!],
      ['b', 13, found.hidden[13]!],
      ['J', 11 * 13 + 4, found.edges[11 * 13 + 4]!],
    ] as const) {
      const slope = (logZ((moved) => (moved[name][at]! += h)) - logZ((moved) => (moved[name][at]! -= h))) / (2 * h)
      expect(slope).toBeCloseTo(mean, 8)
    }
  })

  test('without couplings has the closed log Z, however many states there are', () => {
    const machine = randomMachine(11, 14, 0)
    // Biases of 0/1 units of .3 are .15 for ±1.
    expect(restrictedEquilibrium(machine).logPartition).toBeCloseTo(25 * Math.log(2 * Math.cosh(0.15)), 11)
  })

  test('of 0/1 units is one of ±1 units: log Z but for the constant, and ½(1 + ⟨x⟩)', () => {
    const network = twoLayers(4, 3)
    const bits = { visibleBias: normals(4, 6), coupling: normals(12, 7), hiddenBias: normals(3, 8) }
    const { machine, logPartitionShift } = fromBits(network, bits)
    const truth = bruteForce({ layers: network, ...bits }, [0, 1])
    const found = bruteForce(machine)
    expect(found.logPartition + logPartitionShift).toBeCloseTo(truth.logPartition, 12)
    for (const layer of ['visible', 'hidden'] as const)
      expect(
        distance(
          found[layer].map((m) => (1 + m) / 2),
          truth[layer],
        ),
      ).toBeLessThan(1e-14)
  })

  test('with seventeen units in both layers has too many states', () => {
    const machine = randomMachine(17, 17, 0.1)
    expect(isSummable(machine)).toBe(false)
    expect(() => restrictedEquilibrium(machine)).toThrow(/at most 16 in one of them.*E_INVALID_VALUE/)
  })

  test('has as many numbers as its network asks for', () => {
    const bits = { visibleBias: [0, 0], coupling: [1], hiddenBias: [0] }
    expect(() => fromBits(twoLayers(2, 1), bits)).toThrow(
      /expected 2 visible biases, 2 couplings and 1 .*got 2, 1 and 1/,
    )
  })
})
