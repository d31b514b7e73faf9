import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { Backend, Simulation } from '../../src/backend/backend.js'
import { librarySource } from '../../src/backend/node/kernel-source.js'
import { createThreaded, createThreadedWasm } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { withOwnStart } from '../../src/physics/dynamics/own-start.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import type { Block } from '../../src/physics/network/blocks.js'
import { edgesFromPairs } from '../../src/physics/network/edges.js'
import { allPairs } from '../../src/physics/network/geometry.js'
import { createNetwork, networkOf } from '../../src/physics/network/network.js'
import { createPotential } from '../../src/physics/potential/potential.js'
import { constantProtocol, type Protocol } from '../../src/physics/protocol/protocol.js'
import { nativeLibrary } from '../native.js'
import { normals } from '../systems.js'

await loadFormulas()
const reference = createReference()
const wasm = createThreadedWasm(1)
const library = await nativeLibrary()
const others = [
  ['wasm on 3 threads', createThreadedWasm(3)],
  ...(library === null
    ? []
    : ([1, 2].map((threads) => [`native on ${threads}`, createThreaded(librarySource(library), threads)]) as [
        string,
        Backend,
      ][])),
] as [string, Backend][]
afterAll(() => Promise.all([reference, wasm, ...others.map(([, backend]) => backend)].map((each) => each.close())))

/** Float32 against float64, in units of the largest |value|: a few hundred roundings of 2⁻²⁴ each. */
const limit = 2e-5
const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
const farthest = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, value, n) => Math.max(most, Math.abs(value - b[n]!)), 0)

/** What units of a network may have of their own. */
interface Own {
  readonly mobility: boolean
  readonly temperature: boolean
  readonly walls: boolean
  readonly force: boolean
  readonly active: null | 'work' | 'bath'
  readonly clamped: boolean
}

/** A network of visible units in blocks of all that is asked, coupled to all or to the next; and θ of order one. */
function system(units: number, coupled: 'all' | 'next', own: Own) {
  const visible = Array.from({ length: units }, (_, n): Block => {
    if (own.clamped && n === 1) return { role: 'visible', units: 1, states: null, change: { kind: 'clamped' } }
    return {
      ...{ role: 'visible', units: 1, states: null },
      change: { kind: 'langevin', mobility: own.mobility ? 0.5 + (n % 3) : 1 },
      ...(own.temperature ? { temperature: [1, 0, 2.5][n % 3]! } : {}),
      ...(own.walls
        ? {
            walls: (
              [
                [-0.4, 0.9],
                [null, 1],
                [-0.7, null],
                [null, null],
              ] as const
            )[n % 4]!,
          }
        : {}),
    }
  })
  const active: Block[] =
    own.active === null
      ? []
      : [{ role: 'active', units, states: null, change: { kind: 'ornstein-uhlenbeck', time: 0.3 } }]
  const rows = own.active === null ? units : 2 * units
  const pairs =
    coupled === 'all' ? allPairs(units) : Array.from({ length: units - 1 }, (_, i): [number, number] => [i, i + 1])
  const network = networkOf([...visible, ...active], {
    ...createNetwork({ visible: { units: 1 } }),
    edges: edgesFromPairs(rows, pairs),
    tables: edgesFromPairs(rows, []),
  })
  const potential = createPotential(
    network,
    {
      onsite: ['stiffness', 'quartic', { name: 'ripple', formula: 'cos(3*x)' }],
      pair: ['bilinear'],
      ...(own.force
        ? {
            force: [
              { name: 'tilt', formula: '1 + sin(x)' },
              { name: 'curl', x: 'y', y: '-x' },
              { name: 'kick', formula: 'cos(x)', counts: 'bath' },
            ],
          }
        : {}),
      ...(own.active === null ? {} : { active: { counts: own.active } }),
    },
    1,
  )
  const theta = normals(potential.size, 7).map((value) => 0.5 * value)
  // What confines.
  potential.groups.forEach(({ name, offset, size }) => {
    for (let a = offset; a < offset + size; a++)
      if (name === 'stiffness' || name === 'quartic') theta[a] = 1 + Math.abs(theta[a]!)
      else if (name === 'bilinear' || name === 'curl') theta[a]! /= Math.sqrt(units)
  })
  return { network, potential, theta }
}

/** A protocol that stands still for two steps of three, with steps of two lengths, and a temperature that rises. */
function moving(theta: Float64Array, steps: number): Protocol {
  return {
    ...constantProtocol(theta, steps * 0.01, 0.01),
    dt: Float64Array.from({ length: steps }, (_, n) => (n % 5 < 3 ? 0.01 : 0.006)),
    kT: Float64Array.from({ length: steps }, (_, n) => 0.7 + 0.1 * Math.floor(n / 20)),
    parameters(step, out) {
      theta.forEach((value, a) => {
        out[a] = value * (1 + 0.01 * Math.max(0, Math.floor(step / 3)))
      })
      return step < 0 || step % 3 === 0
    },
  }
}

async function run(
  backend: Backend,
  { network, potential, theta }: ReturnType<typeof system>,
  rest: Partial<Simulation> = {},
) {
  const trajectories = rest.trajectories ?? 70
  const workAndHeat = rest.workAndHeat === null ? null : createWorkAndHeat(trajectories, network)
  const { final, initial } = await backend.simulate(
    simulationOf({
      ...{ potential, protocol: moving(theta, 60), bath: { kT: 0.7, mobility: 1.3 }, seed: 3, trajectories },
      start: withOwnStart(gaussianStart(3, 0, 0.04), 3, network),
      ...rest,
      workAndHeat,
    }),
  )
  return { initial: initial.points, final: final.points, workAndHeat }
}

const everything: Own = { mobility: true, temperature: true, walls: true, force: true, active: 'work', clamped: true }
const nothing: Own = { mobility: false, temperature: false, walls: false, force: false, active: null, clamped: false }

async function compare(of: ReturnType<typeof system>) {
  const [exact, got] = [await run(reference, of), await run(wasm, of)]
  expect(farthest(exact.initial, got.initial)).toBeLessThan(1e-6)
  expect(farthest(exact.final, got.final)).toBeLessThan(limit * largest(exact.final))
  const scale = largest(exact.workAndHeat!.heat) + of.network.units
  for (const key of ['work', 'heat', 'heatIntegral', 'energyChange'] as const)
    expect(farthest(exact.workAndHeat![key], got.workAndHeat![key]), key).toBeLessThan(limit * scale)
  exact.workAndHeat!.heatOfBath?.forEach((heat, bath) => {
    expect(farthest(heat, got.workAndHeat!.heatOfBath![bath]!)).toBeLessThan(limit * scale)
  })
  const { work, heat, energyChange, heatIntegral, heatOfBath } = got.workAndHeat!
  for (let n = 0; n < work.length; n++) {
    expect(Math.abs(energyChange[n]! - work[n]! + heat[n]!)).toBeLessThan(1e-11 * scale)
    const parts = heatOfBath?.reduce((sum, part) => sum + part[n]!, 0)
    if (parts !== undefined) expect(Math.abs(parts - heatIntegral[n]!)).toBeLessThan(limit * scale)
  }
  for (const [name, backend] of others) expect(await run(backend, of), name).toEqual(got)
  // Neither measuring nor how groups come together changes a bit.
  const fewer = await run(wasm, of, { trajectories: 33, workAndHeat: null })
  expect(fewer.final).toEqual(got.final.subarray(0, 33 * of.network.units))
}

describe.each<[string, Own]>([
  ['mobilities', { ...nothing, mobility: true }],
  ['clamped ones among them', { ...nothing, clamped: true }],
  ['temperatures', { ...nothing, temperature: true }],
  ['walls', { ...nothing, walls: true }],
  ['forces without a potential', { ...nothing, force: true }],
  ['an active force whose work counts', { ...nothing, active: 'work' }],
  ['an active force of the bath', { ...nothing, active: 'bath' }],
  ['all of these', everything],
])('units with %s', (_, own) => {
  test.each([
    [1, 'next'],
    [2, 'all'],
    [13, 'all'],
    [18, 'next'],
  ] as const)('move, and exchange work and heat, as in float64: %d, coupled to %s', async (units, coupled) => {
    await compare(system(units, coupled, own))
  })
})

test('random networks with any of these, on every backend', async () => {
  const own = fc.record({
    ...{
      mobility: fc.boolean(),
      temperature: fc.boolean(),
      walls: fc.boolean(),
      force: fc.boolean(),
      clamped: fc.boolean(),
    },
    active: fc.constantFrom(null, 'work' as const, 'bath' as const),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom('all' as const, 'next' as const),
      own,
      (units, coupled, own) => compare(system(units, coupled, own)),
    ),
    { numRuns: 25, seed: 7 },
  )
})

test('Leimkuhler–Matthews moves units of several mobilities, and refuses what is theirs besides', async () => {
  const of = system(6, 'all', { ...nothing, mobility: true })
  const integrator = 'leimkuhler-matthews'
  const [exact, got] = [await run(reference, of, { integrator }), await run(wasm, of, { integrator })]
  expect(farthest(exact.final, got.final)).toBeLessThan(limit * largest(exact.final))
  for (const [name, backend] of others) expect(await run(backend, of, { integrator }), name).toEqual(got)
  for (const own of [{ temperature: true }, { walls: true }, { active: 'work' as const }])
    await expect(run(wasm, system(2, 'all', { ...nothing, ...own }), { integrator })).rejects.toThrow(
      /no kernel for leimkuhler/,
    )
})

test('no rule and no objective learns such networks on the kernels', () => {
  const demand = { integrator: 'euler-maruyama', rule: 'force-matching' } as const
  for (const own of Object.keys(everything) as (keyof Own)[]) {
    const { potential } = system(3, 'all', { ...nothing, [own]: everything[own] })
    expect(wasm.refusal({ ...demand, potential })).toMatch(/learn/)
    expect(wasm.refusal({ ...demand, potential, rule: null })).toBeNull()
  }
})

test('a long step between walls is folded as in float64', async () => {
  const of = system(4, 'next', { ...nothing, walls: true })
  const protocol = constantProtocol(
    of.theta.map(() => 0),
    2,
    1,
  )
  const widths = { protocol, bath: { kT: 40, mobility: 1 } }
  const [exact, got] = [await run(reference, of, widths), await run(wasm, of, widths)]
  // A kick of ten boxes is rounded by 2⁻²⁴ of itself.
  expect(farthest(exact.final, got.final)).toBeLessThan(2e-5 * 10)
  for (const points of [exact.final, got.final])
    points.forEach((x, n) => {
      const [lower, upper] = [of.network.coordinates!.lower[n % 4]!, of.network.coordinates!.upper[n % 4]!]
      expect(x >= lower && x <= upper).toBe(true)
    })
})
