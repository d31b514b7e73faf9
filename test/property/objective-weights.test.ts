import { assert, constant, double, float64Array, integer, oneof, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withHiddenStates } from '../../src/physics/network/hidden-states.js'
import { createNetwork, type Network } from '../../src/physics/network/network.js'
import { pickStates } from '../../src/physics/network/states.js'
import { stream } from '../../src/physics/noise/streams.js'
import {
  effectiveSampleSize,
  logMeanExp,
  normalised,
  systematicResampling,
} from '../../src/physics/observe/log-weights.js'
import { fourierFeatures, polynomialFeatures, radialFeatures } from '../../src/physics/potential/feature-maps.js'
import { featureTerm } from '../../src/physics/potential/features.js'
import { formulaOnsite, formulaPair } from '../../src/physics/potential/formula-term.js'
import { bistable } from '../../src/physics/potential/hidden.js'
import { labelCoupling } from '../../src/physics/potential/label.js'
import { movingHidden } from '../../src/physics/potential/moving-hidden.js'
import { bias, cubic, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear, pairQuartic } from '../../src/physics/potential/pair.js'
import { potentialOf, statistic } from '../../src/physics/potential/potential.js'
import type { TermOn } from '../../src/physics/potential/term.js'
import { wellsTerm } from '../../src/physics/potential/wells.js'
import { normals } from '../systems.js'

const logWeights = float64Array({ min: -700, max: 700, noNaN: true, minLength: 1, maxLength: 200 })
/** Rounding of a sum of n terms, relative: n·2⁻⁵², with room for the exponentials' own. */
const rounding = 1e-11

describe('weights', () => {
  test('are normalised, and a common factor changes only the mean, however large', () =>
    assert(
      property(logWeights, double({ min: -1e4, max: 1e4, noNaN: true }), (a, shift) => {
        const w = normalised(a)
        expect(Math.abs(w.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(rounding)
        const moved = a.map((value) => value + shift)
        const size = Math.max(1, Math.abs(shift))
        expect(Math.abs(logMeanExp(moved) - logMeanExp(a) - shift) / size).toBeLessThan(rounding)
        expect(Math.abs(effectiveSampleSize(moved) / effectiveSampleSize(a) - 1)).toBeLessThan(1e-9)
      }),
    ))

  test('k equal ones among n have an effective sample size of k and a mean of k/n', () =>
    assert(
      property(integer({ min: 1, max: 50 }), integer({ min: 0, max: 50 }), (k, rest) => {
        const a = Float64Array.from({ length: k + rest }, (_, n) => (n < k ? 3 : -2000))
        expect(effectiveSampleSize(a)).toBeCloseTo(k, 9)
        expect(logMeanExp(a)).toBeCloseTo(3 + Math.log(k / (k + rest)), 9)
      }),
    ))

  test('systematic resampling takes each state ⌊nw⌋ or ⌈nw⌉ times, in order', () =>
    assert(
      property(logWeights, integer({ min: 0, max: 1e6 }), (a, step) => {
        const w = normalised(a)
        const chosen = systematicResampling(w, { seed: 1, stream: stream.resampling, step })
        const copies = new Int32Array(w.length)
        for (const n of chosen) copies[n]!++
        copies.forEach((count, n) => {
          const expected = w.length * w[n]!
          expect(count).toBeGreaterThanOrEqual(Math.floor(expected - 1e-9))
          expect(count).toBeLessThanOrEqual(Math.ceil(expected + 1e-9))
        })
        expect([...chosen]).toEqual([...chosen].sort((p, q) => p - q))
      }),
    ))

  test('resampling takes whole states', () => {
    const states = { x: Float64Array.of(1, 2, 3, 10, 20, 30), batch: 3 }
    expect([...pickStates(states, Int32Array.of(2, 2, 0)).x]).toEqual([3, 3, 1, 30, 30, 10])
  })
})

const network = createNetwork(
  {
    visible: { units: 2 },
    hidden: { units: 3 },
    label: { couplings: ['visible', 'hidden'] },
    couplings: { visible: { range: 'all' } },
  },
  2,
)
const plain = createNetwork({ visible: { units: 2 }, couplings: { visible: { range: 'all' } } })
const terms: Record<string, TermOn> = {
  stiffness,
  cubic,
  quartic,
  bias,
  bilinear,
  'pair-quartic': pairQuartic,
  formula: await formulaOnsite({ name: 'sine', formula: 'sin(x)' }),
  'pair formula': await formulaPair({ name: 'spring', formula: '(x-y)^2/2' }),
  hidden: bistable(1.3),
  label: labelCoupling,
  radial: featureTerm(
    { name: 'radial' },
    radialFeatures(
      [
        [0, 1],
        [1, -1],
        [0.5, 0],
      ],
      0.7,
    ),
  ),
  polynomial: featureTerm({ name: 'polynomial' }, polynomialFeatures(3)),
  fourier: featureTerm({ name: 'fourier' }, fourierFeatures(2, 5)),
  'moving hidden': movingHidden(1.3, 2),
  wells: wellsTerm(
    {
      centres: [
        [0, 1],
        [1, -1],
        [2, 0],
      ],
      width: 0.8,
    },
    1.3,
  ),
}

/** Where they are not on the plain one. */
const networks: Record<string, Network> = {
  hidden: network,
  label: network,
  'moving hidden': withHiddenStates(network, { states: null, change: { kind: 'langevin', mobility: 1 }, barrier: 2 }),
}

test.each(Object.entries(terms))('the weighted statistic of %s is the weighted sum over single states', (name, on) => {
  const potential = potentialOf(networks[name] ?? plain, [on])
  const { units } = potential.network
  const batch = 7
  const x = normals(units * batch, 5)
  const theta = normals(potential.size, 6)
  const weights = normals(batch, 7)
  const all = new Float64Array(potential.size)
  statistic(potential, theta, x, batch, all, weights)
  const expected = new Float64Array(potential.size)
  const one = new Float64Array(potential.size)
  for (let b = 0; b < batch; b++) {
    const state = Float64Array.from({ length: units }, (_, i) => x[i * batch + b]!)
    statistic(potential, theta, state, 1, one)
    for (let a = 0; a < one.length; a++) expected[a]! += weights[b]! * one[a]!
  }
  for (let a = 0; a < all.length; a++) expect(Math.abs(all[a]! - expected[a]!)).toBeLessThan(1e-12)
})

test('a constant weight is no weight at all', () =>
  assert(
    property(oneof(constant(1), double({ min: 0.1, max: 10, noNaN: true })), (weight) => {
      const potential = potentialOf(plain, [stiffness, bilinear])
      const x = normals(2 * 5, 8)
      const out = [0, 1].map(() => new Float64Array(potential.size))
      statistic(potential, new Float64Array(potential.size), x, 5, out[0]!)
      statistic(potential, new Float64Array(potential.size), x, 5, out[1]!, new Float64Array(5).fill(weight))
      for (let a = 0; a < potential.size; a++) expect(out[1]![a]).toBeCloseTo(weight * out[0]![a]!, 10)
    }),
  ))
