import { createHash } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import type { Backend } from '../../src/backend/backend.js'
import { librarySource } from '../../src/backend/node/kernel-source.js'
import { createThreaded, createThreadedWasm } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { type Arithmetic, float64 } from '../../src/learning/objectives/arithmetic.js'
import { blockGibbs } from '../../src/learning/objectives/block-gibbs.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { moveBy } from '../../src/learning/objectives/moves.js'
import { gibbs } from '../../src/physics/dynamics/gibbs.js'
import type { IntegratorName } from '../../src/physics/dynamics/integrators.js'
import { withOwnStart } from '../../src/physics/dynamics/own-start.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { createNetwork, type NetworkOptions } from '../../src/physics/network/network.js'
import { columnsOf } from '../../src/physics/network/states.js'
import { hiddenTerm } from '../../src/physics/potential/hidden-term.js'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { type Potential, potentialOf, statistic } from '../../src/physics/potential/potential.js'
import { constantProtocol, type Protocol } from '../../src/physics/protocol/protocol.js'
import { meanStatistics } from '../../src/physics/truth/mean-statistics.js'
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
  /** at every step */
  readonly watched?: boolean
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
      observers: [{ trajectories, wants: () => asked.watched === true, see: ({ x }) => states.push(x.slice()) }],
    }),
  )
  return { final: final.points, workAndHeat, potential, theta, states }
}

/** States on the way and at the end, work and heat. */
function bitsOf({ final, workAndHeat, states }: Awaited<ReturnType<typeof run>>): string {
  const hash = createHash('sha256')
  for (const values of [final, ...states, ...Object.values(workAndHeat ?? {})]) hash.update(values)
  return hash.digest('hex')
}

const all = { ...networks, ...followed }
const dynamics = Object.entries(networks)
const schemes = (name: string): IntegratorName[] => (name in followed ? ['gibbs'] : ['euler-maruyama', 'gibbs'])
const largest = (values: ArrayLike<number>) => Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 0)
const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) => largest(Array.from(a, (value, n) => value - b[n]!))

describe.each(Object.entries(all))('%s', (name, options) => {
  test.each(schemes(name))('goes step by step where the float64 one goes: %s', async (integrator) => {
    for (const moving of [false, true]) {
      const asked = { trajectories: 100, integrator, moving, steps: 50 }
      const [a, b] = [await run(reference, options, asked), await run(wasm, options, asked)]
      // A draw differs where the number falls within what float32 rounds off its law, some 2⁻²³ of 1: of these 10⁵ a hundredth of one.
      expect(b.final).toEqual(a.final)
      expect(new Set(a.final)).toEqual(new Set([-1, 1]))
    }
  })

  test('has the same bits however it was compiled and on any number of threads, in groups that are not full', async () => {
    for (const integrator of schemes(name))
      for (const trajectories of [1, 17, 33, 150]) {
        const asked = { trajectories, integrator, moving: true, measured: integrator !== 'gibbs', watched: true }
        const found = await run(wasm, options, asked)
        const { final } = found
        for (const other of others) expect(bitsOf(await run(other, options, asked))).toBe(bitsOf(found))
        if (trajectories === 33)
          expect((await run(wasm, options, { ...asked, trajectories: 150 })).final.subarray(0, final.length)).toEqual(
            final,
          )
      }
  })
})

test.each(dynamics)('work and heat are those of the float64 flips, and the first law holds: %s', async (_, options) => {
  const asked = { trajectories: 40, moving: true, measured: true }
  const [a, b] = [await run(reference, options, asked), await run(wasm, options, asked)]
  expect(b.final).toEqual(a.final)
  // Energies of up to 30 terms of order 1 at 20 steps, each rounded by 2⁻²⁴ of it.
  for (const key of ['work', 'heat', 'heatIntegral', 'energyChange'] as const)
    expect(farthest(a.workAndHeat![key], b.workAndHeat![key])).toBeLessThan(20 * 30 * 2 ** -24 * 2)
  const { work, heat, energyChange } = b.workAndHeat!
  energyChange.forEach((change, n) => {
    expect(Math.abs(change - work[n]! + heat[n]!)).toBeLessThan(1e-12)
  })
  expect(largest(heat)).toBeGreaterThan(0.1)
  // Measuring changes no state, and a unit that stands alone has one.
  expect((await run(wasm, options, { ...asked, measured: false })).final).toEqual(b.final)
})

test('of half a million draws of a first sweep one or two may differ, where float32 rounds a number across its law', async () => {
  const lattice: NetworkOptions = {
    visible: { lattice: [31, 17], states: 'two' },
    couplings: { visible: { range: 'nearest', periodic: true } },
  }
  const asked = { trajectories: 1000, integrator: 'gibbs', steps: 1 } as const
  const [a, b] = [await run(reference, lattice, asked), await run(wasm, lattice, asked)]
  // The number and e^(-2|h|/kT) are each right to some 2⁻²³: 527,000·2⁻²² = .13 are expected, and what they change in the sweep.
  expect(a.final.reduce((count, s, n) => count + (s === b.final[n] ? 0 : 1), 0)).toBeLessThanOrEqual(2)
})

test('Gibbs sweeps have no work and heat', async () => {
  for (const backend of [reference, wasm])
    await expect(
      run(backend, networks['one unit']!, { trajectories: 1, integrator: 'gibbs', measured: true }),
    ).rejects.toThrow('gibbs samples an equilibrium')
})

test.each(Object.entries(all))('states have the means of enumeration: %s', async (name, options) => {
  for (const integrator of schemes(name)) {
    const trajectories = 6000
    // From states at random; the slowest, seven that are all coupled, take some hundred sweeps to cross between their two sides.
    const { final, potential, theta } = await run(wasm, options, {
      trajectories,
      integrator,
      steps: 500,
      dt: 3,
      seed: 7,
    })
    const truth = meanStatistics(potential, theta, bath)!
    const { x } = columnsOf({ points: final, count: trajectories, units: potential.network.units })
    const mean = new Float64Array(truth.length)
    statistic(potential, theta, x, trajectories, mean)
    // What is ±1 has the variance 1 - ⟨φ⟩²; φ̄ of hidden units, which is a mean, less.
    truth.forEach((exact, a) => {
      const error = Math.sqrt((1 - exact ** 2) / trajectories)
      expect(Math.abs(mean[a]! / trajectories - exact)).toBeLessThan(4 * error)
    })
  }
})

test('an improbable flip has its probability, and rate 0 never flips', async () => {
  // Up by e^-24 = 4·10⁻¹¹, against which float32 numbers near 1 are 6·10⁻⁸ apart: of 4·10⁶ tries none.
  const network = createNetwork({
    visible: {
      blocks: [
        { units: 60, states: 'two' },
        { units: 3, states: 'two', rate: 0 },
      ],
    },
    couplings: { visible: { edges: [] } },
  })
  const potential = potentialOf(network, [bias])
  const theta = new Float64Array(potential.size).fill(-12)
  const protocol = constantProtocol(theta, 1000, 1)
  const start = (x: Float64Array) => x.fill(-1).fill(1, x.length - (x.length / 63) * 3)
  const { final } = await wasm.simulate(simulationOf({ potential, protocol, start, trajectories: 64 }))
  for (let n = 0; n < 64; n++) for (let i = 0; i < 63; i++) expect(final.points[n * 63 + i]).toBe(i < 60 ? -1 : 1)
  // Up by 1/(1 + e⁶) = .00247, at each of which the next try takes it back.
  const soft = constantProtocol(
    theta.map(() => -3),
    60,
    60,
  )
  const some = await wasm.simulate(simulationOf({ potential, protocol: soft, start, trajectories: 20_000 }))
  let up = 0
  for (let n = 0; n < 20_000; n++) for (let i = 0; i < 60; i++) up += some.final.points[n * 63 + i]! > 0 ? 1 : 0
  const [p, tries] = [1 / (1 + Math.exp(6)), 60 * 20_000]
  expect(Math.abs(up / tries - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / tries))
})

describe('objectives', () => {
  const batch = 37
  const statesOf = (potential: Potential) => {
    const x = new Float64Array(potential.network.units * batch)
    withOwnStart((at) => at.fill(0.5), 3, potential.network)(x, 0, batch)
    return { x, batch }
  }

  test.each(Object.entries(all))('measure what the reference does: %s', (_, options) => {
    const { potential, theta } = systemOf(options)
    const [own, kernels] = [float64(potential), wasm.arithmetic!(potential, bath)]
    const { x } = statesOf(potential)
    const weights = Float64Array.from({ length: batch }, (_, b) => Math.cos(b))
    const residuals = x.map((_, n) => Math.sin(1 + 0.7 * n))
    const measured = (by: Arithmetic) => {
      const [force, energy, other] = [new Float64Array(x.length), new Float64Array(batch), new Float64Array(batch)]
      const sums = [0, 1, 2].map(() => new Float64Array(potential.size))
      by.forceAndEnergy(theta, x, batch, force, energy)
      by.energies(
        theta.map((value) => -2 * value),
        theta,
        x,
        batch,
        other,
        energy,
      )
      by.statistic(theta, x, batch, sums[0]!, null)
      by.statistic(theta, x, batch, sums[1]!, weights)
      by.directional(theta, x, residuals, batch, sums[2]!)
      return [force, energy, other, ...sums]
    }
    const found = measured(kernels)
    // Sums of at most 37 states and a dozen terms.
    for (const [n, exact] of measured(own).entries())
      expect(farthest(exact, found[n]!)).toBeLessThan(40 * 2 ** -24 * Math.max(1, largest(exact)))
  })

  test.each(Object.entries(all))('move by the same Gibbs sweeps, at the same cost and heat: %s', (_, options) => {
    const { potential, theta } = systemOf(options)
    const moved = (by: Arithmetic | undefined) => {
      const landscape = createLandscape(potential, bath, by)
      const states = statesOf(potential)
      const move = moveBy(gibbs, landscape, 1)
      move(theta, states, 11, 3, 25)
      move(theta, states, 11, 28)
      return { x: states.x, cost: landscape.cost }
    }
    const [a, b] = [moved(undefined), moved(wasm.arithmetic!(potential, bath))]
    expect(b.x).toEqual(a.x)
    expect({ ...b.cost, heat: 0 }).toEqual({ ...a.cost, heat: 0 })
    expect(Math.abs(a.cost.heat! - b.cost.heat!)).toBeLessThan(1e-3)
  })

  test('the sweeps of a Boltzmann machine go by the kernels too', () => {
    const { potential, theta } = systemOf(followed['five units above three that follow']!)
    const withoutPairs = potentialOf(potential.network, [bias, hiddenTerm(bath.kT)])
    expect(withoutPairs.size).toBe(theta.length)
    const moved = (by: Arithmetic | undefined) => {
      const landscape = createLandscape(withoutPairs, bath, by)
      const states = statesOf(withoutPairs)
      blockGibbs(landscape)(theta, states, 5, 0, 30)
      return { x: states.x, cost: landscape.cost }
    }
    const walks: boolean[] = []
    const kernels = wasm.arithmetic!(withoutPairs, bath)
    const seen: Arithmetic = {
      ...kernels,
      walk: (...asked) => {
        const taken = kernels.walk!(...asked)
        walks.push(taken !== null)
        return taken
      },
    }
    expect(moved(seen)).toEqual(moved(undefined))
    expect(walks).toEqual([true])
  })
})

test.each<[string, NetworkOptions, IntegratorName, RegExp]>([
  [
    'three states',
    { visible: { units: 4, states: 3 } },
    'gibbs',
    /no kernel for units with states but where all are of two and none is clamped/,
  ],
  [
    'beside continuous ones',
    { visible: { blocks: [{ units: 2 }, { units: 2, states: 'two' }] } },
    'gibbs',
    /of two and none/,
  ],
  [
    'clamped',
    {
      visible: {
        blocks: [
          { units: 2, states: 'two', clamped: true },
          { units: 2, states: 'two' },
        ],
      },
    },
    'gibbs',
    /clamped/,
  ],
  ['another scheme', { visible: { units: 4, states: 'two' } }, 'mala', /no kernel for mala/],
  ['above hidden ones', followed['five units above three that follow']!, 'euler-maruyama', /by gibbs alone/],
])('is left to the reference, with the reason: %s', (_, options, integrator, reason) => {
  const network = createNetwork(options)
  const terms = network.units < network.visible + network.hidden ? [bias, hiddenTerm(bath.kT)] : [bias, bilinear]
  const demand = { potential: potentialOf(network, terms), rule: null, integrator }
  for (const backend of [wasm, ...native]) expect(backend.refusal(demand)).toMatch(reason)
  expect(reference.refusal(demand)).toBeNull()
})

test('hidden units that have the terms of visible ones move with them, where they are continuous too', async () => {
  const network = createNetwork({ visible: { units: 4 }, hidden: { blocks: [{ units: 3 }] } })
  const potential = potentialOf(network, [stiffness, bias, bilinear])
  const theta = Float64Array.from({ length: potential.size }, (_, a) => (a < 7 ? 2 : 0.2 * Math.sin(a)))
  const protocol = constantProtocol(theta, 1, 0.05)
  const [a, b] = await Promise.all(
    [reference, wasm].map((backend) => backend.simulate(simulationOf({ potential, protocol, trajectories: 20 }))),
  )
  expect(farthest(a!.final.points, b!.final.points)).toBeLessThan(20 * 20 * 2 ** -24)
})
