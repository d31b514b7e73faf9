import { expect, test } from 'vitest'
import { deviceOf } from '../../src/learning/rules/device.js'
import { reversePath } from '../../src/learning/rules/reverse-path.js'
import type { NoisedBatch } from '../../src/learning/rules/rule.js'
import { forceAndEnergy } from '../../src/physics/potential/potential.js'
import { everyTerm, lattice, normals } from '../systems.js'

const bath = { kT: 0.8, mobility: 1.2 }
const [units, batch, dt] = [6, 5, 0.05]
const before = normals(units * batch, 2)
const after = normals(units * batch, 3).map((z, n) => 0.9 * before[n]! + 0.3 * z)
const { potential, theta } = everyTerm(lattice(2, 3, 'all'))

/** A batch of which only its path matters. */
function batchAt(x: Float64Array, size: number): NoisedBatch {
  const draw = { seed: 0, step: 0 }
  return { batch: size, x, target: x, weight: 1, targetVariance: 1, trap: 0, scale: 1, draw }
}

/** ⟨|-dx - μF(x′)h|²⟩/(4μkTh) */
function action(parameters: Float64Array): number {
  const force = new Float64Array(after.length)
  forceAndEnergy(potential, parameters, after, batch, force, null)
  const squares = force.reduce((sum, f, n) => sum + (before[n]! - after[n]! - bath.mobility * dt * f) ** 2, 0)
  return squares / batch / (4 * bath.mobility * bath.kT * dt)
}

test('the reverse-path gradient of every term is that of the Onsager–Machlup action of the step run backwards', () => {
  const gradient = new Float64Array(potential.size)
  // The rule has the scale of force matching, 2kT w/(μh) times that of the action.
  const weight = (bath.mobility * dt) / (2 * bath.kT)
  reversePath().gradient(
    deviceOf(potential, theta, bath),
    { ...batchAt(after, batch), weight, path: [{ before, after, dt }] },
    gradient,
  )
  const scale = Math.max(...gradient.map(Math.abs))
  // The action is quadratic in θ: central differences are exact but for rounding, about 1e-16·|L|/h.
  const h = 1e-3
  theta.forEach((_, a) => {
    const at = (by: number) => action(theta.map((value, b) => (a === b ? value + by : value)))
    expect(Math.abs((at(h) - at(-h)) / (2 * h) - gradient[a]!) / scale).toBeLessThan(1e-9)
  })
})
