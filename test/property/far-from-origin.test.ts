import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Backend } from '../../src/backend/backend.js'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { meanOf } from '../../src/physics/observe/estimate.js'
import { createPotential } from '../../src/physics/potential/potential.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'
import { expectContinuum } from '../far-from-origin.js'

const backends: Backend[] = []
beforeAll(() => {
  backends.push(createThreadedWasm(1), createReference())
})
afterAll(async () => {
  for (const backend of backends) await backend.close()
})

test('200 random harmonic schedules: every backend agrees with the continuum or says why not', async () => {
  await expectContinuum(backends, 200)
}, 300_000)

/** 200 trajectories of one unit over a time of 20; where they end. */
function run(
  backend: Backend,
  onsite: readonly ('stiffness' | 'quartic' | 'bias')[],
  theta: number[],
  variance: number,
) {
  const potential = createPotential(createNetwork({ visible: { units: 1 } }), { onsite, pair: [] }, 1)
  const protocol = constantProtocol(Float64Array.from(theta), 20, 0.01)
  const start = gaussianStart(1, 0, variance)
  return backend.simulate(simulationOf({ potential, protocol, start, trajectories: 200 }))
}

test('no origin suits wells a hundred thousand widths to either side: float32 says so', async () => {
  const wells = (backend: Backend) => run(backend, ['stiffness', 'quartic'], [-1, 1e-10], 1e10)
  for (const backend of backends) {
    if (backend.name === 'reference') {
      const { points } = (await wells(backend)).final
      // The width of a well is √(1/2): five standard errors of a mean of 200.
      expect(Math.abs(meanOf(points.map(Math.abs)).value - 1e5)).toBeLessThan(5 * Math.sqrt(1 / 2 / 200))
    } else await expect(wells(backend)).rejects.toThrow(/float32 is too coarse here.*E_PRECISION/)
  }
})

test.each([1e5, -1e6])('free drift by %d beyond a million is no divergence', async (bias) => {
  const drift = (backend: Backend) => run(backend, ['stiffness', 'bias'], [0, bias], 1)
  for (const backend of backends) {
    if (backend.name === 'reference') {
      const { points } = (await drift(backend)).final
      // ⟨x⟩ = ft, variance 1 + 2t.
      expect(Math.abs(meanOf(points).value - 20 * bias)).toBeLessThan(5 * Math.sqrt(41 / 200))
    } else await expect(drift(backend)).rejects.toThrow(/float32 is too coarse here.*E_PRECISION/)
  }
})
