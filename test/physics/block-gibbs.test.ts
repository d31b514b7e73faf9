import { expect, test } from 'vitest'
import { calibrationOf } from '../../src/learning/evaluation/calibration.js'
import { blockGibbs } from '../../src/learning/objectives/block-gibbs.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { drawUniform } from '../../src/physics/noise/uniform.js'
import { hiddenTerm } from '../../src/physics/potential/hidden-term.js'
import { bias } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { enumeratedLaw } from '../../src/physics/truth/enumerated-law.js'

const bath = { kT: 0.8, mobility: 1 }
const network = createNetwork({ visible: { units: 3, states: 'two' }, hidden: { units: 2 } })

test('sweeps of a Boltzmann machine visit its states as often as their free energies say', () => {
  const potential = potentialOf(network, [bias, hiddenTerm(bath.kT)])
  const theta = Float64Array.from({ length: potential.size }, (_, a) => 0.7 * Math.sin(1 + 2.3 * a))
  const exact = enumeratedLaw(potential, theta, bath)!.probability
  const chains = 4000
  const states = { x: new Float64Array(3 * chains).fill(1), batch: chains }
  // From one state to equilibrium: sweeps of couplings below kT forget it in a few.
  blockGibbs(createLandscape(potential, bath))(theta, states, 5, 0, 40)
  const counts = new Float64Array(8)
  for (let b = 0; b < chains; b++) {
    let state = 0
    for (let unit = 0; unit < 3; unit++) state = 2 * state + Number(states.x[unit * chains + b]! > 0)
    counts[state]! += 1 / chains
  }
  exact.forEach((p, state) => {
    expect(Math.abs(counts[state]! - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / chains))
  })
})

test('other machines are refused', () => {
  const coupled = potentialOf(network, [bias, bilinear, hiddenTerm(bath.kT)])
  expect(() => blockGibbs(createLandscape(coupled, bath))).toThrow('the potential has bilinear too')
  const real = createNetwork({ visible: { units: 3 }, hidden: { units: 2 } })
  expect(() => blockGibbs(createLandscape(potentialOf(real, [bias, hiddenTerm(bath.kT)]), bath))).toThrow(
    'block Gibbs is for two-state units',
  )
})

test('probabilities are calibrated where classes come with them, and not where they are sharpened', () => {
  const count = 4000
  const uniform = drawUniform({ seed: 1, stream: 7, step: 0 }, count)
  const told = new Float64Array(3 * count)
  const own = new Int32Array(count)
  for (let n = 0; n < count; n++) {
    const p = [0.1 + 0.8 * (((n * 37) % 100) / 100), 0.05, 0]
    p[2] = 1 - p[0]! - p[1]!
    told.set(p, 3 * n)
    own[n] = uniform[n]! < p[0]! ? 0 : uniform[n]! < p[0]! + p[1]! ? 1 : 2
  }
  const right = calibrationOf(told, own)
  expect(Math.abs(right.surplus)).toBeLessThan(4 * right.surplusError)
  // Ten bins of 400 at p(1 - p) ≤ 1/4 each: mean |error| 0.8·0.025, with room for all of them at 2 deviations.
  expect(right.calibrationError).toBeLessThan(0.05)
  const sharp = told.map((p, n) => {
    const row = told.subarray(3 * Math.floor(n / 3), 3 * Math.floor(n / 3) + 3)
    return p ** 3 / row.reduce((sum, value) => sum + value ** 3, 0)
  })
  const wrong = calibrationOf(sharp, own)
  expect(wrong.surplus).toBeLessThan(-8 * wrong.surplusError)
  expect(wrong.logLoss).toBeGreaterThan(right.logLoss)
  expect(wrong.accuracy).toBe(right.accuracy)
})
