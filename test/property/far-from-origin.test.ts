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
import { judge } from '../random-traps.js'

const backends: Backend[] = []
beforeAll(() => {
  backends.push(createThreadedWasm(1), createReference())
})
afterAll(async () => {
  for (const backend of backends) await backend.close()
})

test('1,000 random harmonic schedules: every backend agrees with the continuum or says why not', async () => {
  const refused: { widths: number; why: string }[] = []
  for (let seed = 1; seed <= 1000; seed++)
    for (const backend of backends) {
      const judged = await judge(backend, seed)
      const where = `${backend.name}, seed ${seed}, ${judged.widths} widths`
      if ('refused' in judged) {
        refused.push({ widths: judged.widths, why: judged.refused })
        continue
      }
      // 6,000 of them: beyond 5.5 once in 4,000 such tests.
      for (const [name, z] of Object.entries(judged.z)) expect(z, `${where}: ${name}`).toBeLessThan(5.5)
      expect(judged.heat, `${where}: heats all alike`).toBeGreaterThan(0)
    }
  for (const { why } of refused) expect(why).toContain('E_PRECISION')
  // The promise of docs/backends.md: nothing is refused up to 1,000 thermal widths.
  expect(refused.filter(({ widths }) => widths <= 1000)).toEqual([])
  expect(refused.length).toBeLessThan(100)
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
