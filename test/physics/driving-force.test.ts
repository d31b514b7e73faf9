import { expect, test } from 'vitest'
import { longestOfUnits } from '../../src/physics/dynamics/longest-steps.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import type { Block } from '../../src/physics/network/blocks.js'
import { createNetwork, networkOf } from '../../src/physics/network/network.js'
import {
  createPotential,
  drivingForce,
  forceAndEnergy,
  hasDriving,
  hessian,
} from '../../src/physics/potential/potential.js'

await loadFormulas()
const network = createNetwork({ visible: { units: 2 } })

test('a curl pushes both ends of a coupling, has no energy, and a Jacobian that is not symmetric', () => {
  const force = [{ name: 'curl', x: 'y', y: '-x' }]
  const potential = createPotential(network, { onsite: ['stiffness'], force }, 1)
  const theta = Float64Array.of(1, 2, 0.5)
  const x = Float64Array.of(3, 5)
  const [found, energy] = [new Float64Array(2), new Float64Array(1)]
  forceAndEnergy(potential, theta, x, 1, found, energy)
  // F = (-x + y/2, -2y - x/2), U = x²/2 + y²
  expect([...found, ...energy]).toEqual([-0.5, -11.5, 29.5])
  drivingForce(potential, theta, x, 1, found, 'work')
  expect([...found]).toEqual([2.5, -1.5])
  expect([...hessian(potential, theta, x)]).toEqual([1, -0.5, 0.5, 2])
  expect([hasDriving(potential), hasDriving(potential, 'bath')]).toEqual([true, false])
})

test('a force on units is known by what its work counts as', () => {
  const tilt = { name: 'tilt', formula: 'cos(x)', counts: 'bath' } as const
  const potential = createPotential(network, { onsite: [], force: [tilt] }, 1)
  const found = new Float64Array(2)
  drivingForce(potential, Float64Array.of(2, 3), Float64Array.of(0, Math.PI), 1, found, 'bath')
  expect([...found]).toEqual([2, -3])
  drivingForce(potential, Float64Array.of(2, 3), Float64Array.of(0, Math.PI), 1, found, 'work')
  expect([...found]).toEqual([0, 0])
})

test('active units push the visible ones that they belong to, and nothing pushes them', () => {
  const active = { role: 'active', units: 2, states: null, change: { kind: 'ornstein-uhlenbeck', time: 1 } } as const
  const pushed = networkOf([...network.blocks, active], network)
  const potential = createPotential(pushed, { onsite: ['stiffness'], active: {} }, 1)
  expect(potential.groups.map(({ name, size }) => [name, size])).toEqual([
    ['stiffness', 2],
    ['activity', 2],
  ])
  const force = new Float64Array(4)
  forceAndEnergy(potential, Float64Array.of(1, 1, 2, 3), Float64Array.of(0, 1, 5, 7), 1, force, null)
  expect([...force]).toEqual([10, 20, 0, 0])
})

test('what units have beside their landscape sets the longest step: .02 of a box’s own time, of a layer at a wall, of an active force', () => {
  const still = { theta: new Float64Array(0), scheduled: [], kT: null, bath: { kT: 2, mobility: 3 }, duration: 1 }
  const among = (block: Partial<Block>, onsite: 'bias'[] = []) => {
    const visible: Block = {
      role: 'visible',
      units: 1,
      states: null,
      change: { kind: 'langevin', mobility: 1 },
      ...block,
    }
    return createPotential(networkOf([visible], createNetwork({ visible: { units: 1 } })), { onsite }, 2)
  }
  const initial = Float64Array.of(0.5)
  // width²/(12μkT)
  const box = among({ walls: [0, 1] })
  expect(longestOfUnits({ ...still, potential: box, initial })).toBeCloseTo(0.02 / (12 * 3 * 2), 12)
  // kT/(μF²) at the wall that F = 10 presses against; none at a wall that it leads away from
  const pressed = among({ walls: [null, 1] }, ['bias'])
  expect(longestOfUnits({ ...still, potential: pressed, theta: Float64Array.of(10), initial })).toBeCloseTo(
    (0.02 * 2) / (3 * 100),
    12,
  )
  expect(longestOfUnits({ ...still, potential: pressed, theta: Float64Array.of(-10), initial })).toBe(Infinity)
  const active = { role: 'active', units: 2, states: null, change: { kind: 'ornstein-uhlenbeck', time: 0.3 } } as const
  const pushed = createPotential(networkOf([...network.blocks, active], network), { onsite: [], active: {} }, 1)
  const states = { theta: new Float64Array(2), initial: new Float64Array(4) }
  expect(longestOfUnits({ ...still, ...states, potential: pushed })).toBeCloseTo(0.006, 12)
})
