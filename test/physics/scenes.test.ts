import { expect, test } from 'vitest'
import { draggedTrapWork } from '../../src/physics/truth/dragged-trap.js'
import type { SimulationFrame, Trap } from '../../src/play/scenes/messages.js'
import { textOf } from '../../src/play/scenes/numbers.js'
import type { SimulationRecord } from '../../src/play/scenes/record.js'
import { simulationScene } from '../../src/play/scenes/simulation.js'

/** A double well of 2 kT, or any other landscape of stiffness and quartic terms, that stands still. */
function recordOf(given: Partial<SimulationRecord> & { theta: number[] }): SimulationRecord {
  const { theta, ...rest } = given
  return {
    ...{ title: '', about: '', command: '', version: '', seed: 1 },
    kind: 'simulation',
    network: { visible: { units: 1 } },
    potential: { onsite: ['stiffness', 'quartic'] },
    bath: { kT: 1, mobility: 1 },
    start: { kind: 'independent', mean: -2, variance: 0 },
    protocol: { theta: textOf(Float64Array.from(theta)), steps: 1, dt: 0.01, moving: [], table: '', kT: null },
    ...{ integrator: 'euler-maruyama', trajectories: 2000, passage: null },
    ...rest,
  }
}

const doubleWell = { theta: [-2, 0.5] }
const meanAndError = (values: Float64Array) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return { mean, variance, error: Math.sqrt(variance / values.length) }
}

test('a particle dragged by a trap in a flat landscape takes the work of Mazonka and Jarzynski, and no free energy', () => {
  const scene = simulationScene(recordOf({ theta: [0, 0] }))
  const trap: Trap = { stiffness: 2, position: 0 }
  scene.begin({ seed: 5, equilibrium: true, trap })
  const [steps, speed] = [300, 1]
  const frame = scene.advance({ steps, trap: { ...trap, position: speed * steps * 0.01 } }) as SimulationFrame
  const { mean, variance, error } = meanAndError(frame.work)
  const dragged = { stiffness: 2, velocity: speed, duration: steps * 0.01, landscape: 'centre' } as const
  const law = draggedTrapWork(dragged, { kT: 1, mobility: 1 })
  expect(Math.abs(mean - law.mean)).toBeLessThan(4 * error + 0.02 * law.mean)
  expect(Math.abs(variance / law.variance - 1)).toBeLessThan(0.15)
  const { value, standardError, exact } = frame.freeEnergy!
  expect(Math.abs(exact)).toBeLessThan(1e-9)
  expect(Math.abs(value)).toBeLessThan(4 * standardError + 0.03)
  expect(frame.firstLaw).toBeLessThan(1e-9)
})

test('there and back over a barrier: no free energy is gained, work is lost as heat, and the first law holds', () => {
  const scene = simulationScene(recordOf(doubleWell))
  const [left, right]: Trap[] = [-1.4, 1.4].map((position) => ({ stiffness: 4, position })) as [Trap, Trap]
  scene.begin({ seed: 2, equilibrium: true, trap: left! })
  const there = scene.advance({ steps: 400, trap: right! }) as SimulationFrame
  // The wells are alike.
  expect(Math.abs(there.freeEnergy!.exact)).toBeLessThan(1e-9)
  const back = scene.advance({ steps: 400, trap: left! }) as SimulationFrame
  const { value, standardError, exact } = back.freeEnergy!
  expect(Math.abs(exact)).toBeLessThan(1e-9)
  expect(Math.abs(value)).toBeLessThan(4 * standardError + 0.05)
  const { mean, error } = meanAndError(back.work)
  expect(mean).toBeGreaterThan(4 * error)
  expect(back.firstLaw).toBeLessThan(1e-9)
})

test('a free energy is shown beside the exact one where the trap tightens, and none where the bath is warmed', () => {
  const scene = simulationScene(recordOf({ theta: [1, 0] }))
  scene.begin({ seed: 4, equilibrium: true })
  const frame = scene.advance({ steps: 200, trap: { stiffness: 3, position: 0 } }) as SimulationFrame
  // ½ ln (1 + 3)/1
  expect(frame.freeEnergy!.exact).toBeCloseTo(Math.log(4) / 2, 6)
  expect(Math.abs(frame.freeEnergy!.value - frame.freeEnergy!.exact)).toBeLessThan(4 * frame.freeEnergy!.standardError)
  expect((scene.set({ kT: 2 }) as SimulationFrame).freeEnergy).toBeNull()
})

test('oscillators held long at another temperature have its variance, and take its heat', () => {
  const theta = [2, 2, 2, 2]
  const record = recordOf({
    theta,
    network: { visible: { units: 4 }, couplings: { visible: { edges: [] } } },
    potential: { onsite: ['stiffness'] },
    start: { kind: 'independent', mean: 0, variance: 0 },
    trajectories: 1500,
  })
  const scene = simulationScene(record)
  scene.set({ kT: 3 })
  const frame = scene.advance({ steps: 400 }) as SimulationFrame
  const [kT, k, h] = [3, 2, 0.01]
  // The scheme's own variance, (kT/k)/(1 - μhk/2).
  const exact = kT / k / (1 - (h * k) / 2)
  const squares = Float64Array.from(frame.x, (x) => x * x)
  const { mean, error } = meanAndError(squares)
  expect(Math.abs(mean - exact)).toBeLessThan(4 * error)
  expect(frame.work.every((w) => w === 0)).toBe(true)
  expect(frame.firstLaw).toBeLessThan(1e-9)
})

test('first passages over a barrier take the exact mean time', () => {
  const scene = simulationScene(recordOf({ theta: [-1, 0.25], trajectories: 200, passage: { unit: 0, to: 2 } }))
  let frame = scene.begin({ seed: 7 }) as SimulationFrame
  for (let n = 0; n < 200 && frame.passage!.mean === null; n++) frame = scene.advance({ steps: 200 }) as SimulationFrame
  const { mean, exact, censored } = frame.passage!
  expect(censored).toBe(0)
  expect(Math.abs(mean!.value - exact!)).toBeLessThan(4 * mean!.standardError)
  scene.advance({ steps: 10, trap: { stiffness: 1, position: 0 } })
  expect((scene.advance({ steps: 1 }) as SimulationFrame).passage!.exact).toBeNull()
})

test('the landscape that is drawn is U in kT, with its Boltzmann density', () => {
  const scene = simulationScene(recordOf({ ...doubleWell, bath: { kT: 2, mobility: 1 } }))
  const { landscape } = scene.advance({ steps: 1 }) as SimulationFrame
  const { at, potential, density } = landscape!
  at.forEach((x, n) => {
    expect(potential[n]).toBeCloseTo((-(x ** 2) + x ** 4 / 8 + 2) / 2, 2)
  })
  const cell = at[1]! - at[0]!
  expect(density!.reduce((sum, p) => sum + p * cell, 0)).toBeCloseTo(1, 3)
})
