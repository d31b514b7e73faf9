import { afterAll, describe, expect, test } from 'vitest'
import type { Backend } from '../../src/backend/backend.js'
import { librarySource } from '../../src/backend/node/kernel-source.js'
import { createThreaded, createThreadedWasm } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import { simulationOf } from '../../src/backend/simulation.js'
import type { IntegratorName } from '../../src/physics/dynamics/integrators.js'
import { withOwnStart } from '../../src/physics/dynamics/own-start.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { createNetwork, type NetworkOptions } from '../../src/physics/network/network.js'
import { hiddenTerm } from '../../src/physics/potential/hidden-term.js'
import { bias } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { constantProtocol, type Protocol } from '../../src/physics/protocol/protocol.js'
import { nativeLibrary } from '../native.js'

const bath = { kT: 0.7, mobility: 1.3 }
const reference = createReference()
const wasm = createThreadedWasm(1)
const library = await nativeLibrary()
const native = library === null ? [] : [1, 2, 3].map((threads) => createThreaded(librarySource(library), threads))
const others = [createThreadedWasm(2), ...native]
afterAll(() => Promise.all([reference, wasm, ...others].map((backend) => backend.close())))

/** Every form of couplings: lists, a matrix, the matrix between two layers, none; one unit; hidden units that follow at once. */
const networks: Readonly<Record<string, NetworkOptions>> = {
  'a lattice of 3 × 5': {
    visible: { lattice: [3, 5], states: 'two' },
    couplings: { visible: { range: 'nearest', periodic: true } },
  },
  'all of seven, of two rates': {
    visible: {
      blocks: [
        { units: 4, states: 'two', rate: 0.4 },
        { units: 3, states: 'two', rate: 3 },
      ],
    },
  },
  'layers of five and three': {
    visible: { units: 5, states: 'two', rate: 2 },
    hidden: { units: 3, states: 'two' },
    couplings: { visible: { edges: [] } },
  },
  'no couplings': { visible: { units: 9, states: 'two' }, couplings: { visible: { edges: [] } } },
  'one unit': { visible: { units: 1, states: 'two' } },
}
const followed: Readonly<Record<string, NetworkOptions>> = {
  'five units above three that follow': {
    visible: { units: 5, states: 'two' },
    hidden: { units: 3 },
    couplings: { visible: { edges: [] } },
  },
  'a chain of nine above two that follow': {
    visible: { units: 9, states: 'two' },
    hidden: { units: 2 },
    couplings: { visible: { edges: Array.from({ length: 8 }, (_, i) => [i, i + 1] as const) } },
  },
}

/** Couplings of order kT, none like another. */
function systemOf(options: NetworkOptions) {
  const network = createNetwork(options)
  const isFollowed = network.units < network.visible + network.hidden
  const potential = potentialOf(network, [bias, bilinear, ...(isFollowed ? [hiddenTerm(bath.kT)] : [])])
  const theta = Float64Array.from({ length: potential.size }, (_, a) => 0.6 * Math.sin(1 + 2.3 * a))
  return { potential, theta }
}

interface Asked {
  readonly trajectories: number
  readonly integrator?: IntegratorName
  readonly steps?: number
  readonly dt?: number
  readonly moving?: boolean
  readonly measured?: boolean
  readonly seed?: number
}

async function run(backend: Backend, options: NetworkOptions, asked: Asked) {
  const { trajectories, integrator = 'euler-maruyama', steps = 20, dt = 0.7, moving = false, seed = 5 } = asked
  const { potential, theta } = systemOf(options)
  const still = constantProtocol(theta, steps * dt, dt)
  const protocol: Protocol = moving
    ? {
        ...still,
        kT: Float64Array.from({ length: steps }, (_, n) => 0.7 + 0.02 * n),
        parameters(step, out) {
          for (let a = 0; a < out.length; a++) out[a] = theta[a]! * (1 + 0.05 * (step + 1))
          return true
        },
      }
    : still
  const workAndHeat = asked.measured === true ? createWorkAndHeat(trajectories) : null
  const states: Float64Array[] = []
  const { final } = await backend.simulate(
    simulationOf({
      ...{ potential, protocol, bath, integrator, seed, trajectories, workAndHeat },
      start: withOwnStart((x) => x.fill(0.5), seed, potential.network),
      observers: [{ trajectories, wants: () => true, see: ({ x }) => states.push(x.slice()) }],
    }),
  )
  return { final: final.points, workAndHeat, potential, theta, states }
}

const all = { ...networks, ...followed }
const schemes = (name: string): IntegratorName[] => (name in followed ? ['gibbs'] : ['euler-maruyama', 'gibbs'])

describe.each(Object.entries(all))('%s', (name, options) => {
  test.each(schemes(name))('goes step by step where the float64 one goes: %s', async (integrator) => {
    for (const moving of [false, true]) {
      const asked = { trajectories: 100, integrator, moving, steps: 50 }
      const [a, b] = [await run(reference, options, asked), await run(wasm, options, asked)]
      // A draw differs where float32 rounds the number across its law: by some 2⁻²³ of either, in 10⁵ draws a few thousandths of one.
      expect(b.final).toEqual(a.final)
    }
  })
})
