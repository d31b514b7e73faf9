import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Backend } from '../../src/backend/backend.js'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { parseFormula } from '../../src/physics/formula/parse.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { pairVariables } from '../../src/physics/observe/element-values.js'
import { observeEnsemble } from '../../src/physics/observe/ensemble-curves.js'
import { type Observable, observeFormulas } from '../../src/physics/observe/observables.js'
import { recordedTimes } from '../../src/physics/observe/recorded-steps.js'
import { createPotential } from '../../src/physics/potential/potential.js'
import { scheduledProtocol } from '../../src/physics/protocol/protocol.js'

const reference = createReference()
const wasm = [1, 3].map((threads) => createThreadedWasm(threads))
beforeAll(loadFormulas)
afterAll(() => Promise.all([reference, ...wasm].map((backend) => backend.close())))

/** A pair of coupled units in a trap around `far`, pushed by a growing force; 300 trajectories, which fill no whole group. */
async function observed(backend: Backend, far = 0) {
  const network = createNetwork({ visible: { units: 2 }, couplings: { visible: { edges: [[0, 1]] } } })
  const potential = createPotential(network, { onsite: ['stiffness', 'bias'], pair: ['bilinear'] }, 1)
  const push = { parameter: 2, value: (t: number) => 2 * far + t }
  const protocol = scheduledProtocol(Float64Array.of(2, 2, 0, 2 * far, 0), [push], 1, 0.02)
  const times = recordedTimes(protocol, { every: 10 })
  const observable: Observable = {
    ...{ name: 'gap', formula: parseFormula('(x - y)^2 + t', pairVariables), columns: 1, from: 1 },
    reduce: 'mean',
    elements: { x: Int32Array.of(0), y: Int32Array.of(1) },
    ...{ lags: [0, 2], partner: null, histogram: { bins: 10, from: 0, to: 5 } },
  }
  const formulas = observeFormulas([observable], times, 300)
  const ensemble = observeEnsemble(times, Int32Array.of(0, 1), 300)
  const workAndHeat = createWorkAndHeat(300)
  const start = gaussianStart(1, far, 0.5)
  const observers = [formulas, ensemble]
  await backend.simulate(simulationOf({ potential, protocol, start, trajectories: 300, workAndHeat, observers }))
  return { found: formulas.results(), curves: ensemble.curves(), workAndHeat }
}

const farthest = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, value, n) => Math.max(most, Math.abs(value - b[n]!)), 0)

test('threads change no bit of observables and curves, and kernels differ from float64 by rounding', async () => {
  const [exact, one, three] = [await observed(reference), await observed(wasm[0]!), await observed(wasm[1]!)]
  expect(three.found).toEqual(one.found)
  expect(three.curves).toEqual(one.curves)
  // Means of a few hundred numbers of order 1, each some tens of float32 roundings off.
  expect(farthest(one.found[0]!.curve.mean, exact.found[0]!.curve.mean)).toBeLessThan(1e-5)
  expect(farthest(one.found[0]!.correlation!.value, exact.found[0]!.correlation!.value)).toBeLessThan(1e-5)
  for (const name of ['work', 'heat'] as const)
    expect(farthest(one.curves[name]!.mean, exact.curves[name]!.mean)).toBeLessThan(1e-5)
})

test.each([0, 1000])('work and heat so far end in those of the trajectories, around %d', async (far) => {
  for (const backend of [reference, wasm[0]!]) {
    const { curves, workAndHeat } = await observed(backend, far)
    for (const name of ['work', 'heat'] as const) {
      const mean = workAndHeat[name].reduce((sum, value) => sum + value, 0) / 300
      expect(curves[name]!.mean[0]).toBe(0)
      // Of a force that grows by 1 on a unit around 1000 the work is about -1000, known to 10⁻⁷ of that.
      expect(Math.abs(curves[name]!.mean.at(-1)! - mean)).toBeLessThan(1e-9 * (1 + Math.abs(mean)))
      // Half-way the force has grown by half: the work is about half of that.
      if (name === 'work' && far > 0) expect(curves.work!.mean[2]! / mean).toBeCloseTo(0.4, 2)
    }
  }
})
