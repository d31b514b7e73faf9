import { afterAll, expect, test } from 'vitest'
import type { Backend } from '../../src/backend/backend.js'
import { compiledBackend } from '../../src/backend/compiled/backend.js'
import { everyKernelTerm, networkWith, twoStateSystem } from '../../src/backend/native/small-systems.js'
import { librarySource, wasmSource } from '../../src/backend/node/kernel-source.js'
import { createPool } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { observeBandVariances } from '../../src/learning/evaluation/band-variances.js'
import { principalBands } from '../../src/learning/evaluation/principal-bands.js'
import { createEnsemble, gaussianStart, type InitialStates } from '../../src/physics/dynamics/ensemble.js'
import { type Collector, joinInto } from '../../src/physics/dynamics/join.js'
import { allJoined, type Observer } from '../../src/physics/dynamics/observer.js'
import { withOwnStart } from '../../src/physics/dynamics/own-start.js'
import { amongFirst, type Span, shardsOf, wholeSpan } from '../../src/physics/dynamics/span.js'
import { createWorkAndHeat, memoryOfExchange } from '../../src/physics/dynamics/work-and-heat.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { parseFormula } from '../../src/physics/formula/parse.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { pairVariables, unitVariables } from '../../src/physics/observe/element-values.js'
import { observeEnsemble } from '../../src/physics/observe/ensemble-curves.js'
import { meanOf } from '../../src/physics/observe/estimate.js'
import { observeFirstPassage } from '../../src/physics/observe/first-passage.js'
import { observeHiddenHeat } from '../../src/physics/observe/hidden-heat.js'
import { laggedProducts } from '../../src/physics/observe/lagged-products.js'
import { type Observable, observeFormulas } from '../../src/physics/observe/observables.js'
import { recordedTimes } from '../../src/physics/observe/recorded-steps.js'
import { runningMoments } from '../../src/physics/observe/running-moments.js'
import { observeTrajectories } from '../../src/physics/observe/trajectories.js'
import { createPotential, type Potential } from '../../src/physics/potential/potential.js'
import { createNoising } from '../../src/physics/protocol/noising.js'
import { constantProtocol, type Protocol } from '../../src/physics/protocol/protocol.js'
import { nativeLibrary } from '../native.js'
import { normals } from '../systems.js'

await loadFormulas()
const library = await nativeLibrary()
const bath = { kT: 0.7, mobility: 1.3 }
const pools = [createPool(wasmSource, 2), ...(library === null ? [] : [createPool(librarySource(library), 2)])]
const backends: Backend[] = [
  createReference(),
  // A few groups of states are in memory at once: ensembles run in parts, whose ends are not those of shards.
  ...pools.map(({ arena, pool }, n) => ({ ...compiledBackend(arena, pool, 2 ** 13), name: ['wasm', 'native'][n]! })),
]
afterAll(() => Promise.all(backends.map((backend) => backend.close())))

interface System {
  readonly potential: Potential
  readonly theta: Float64Array
  readonly start: InitialStates
  readonly hasHiddenHeat?: true
}

function trapsFarOut(): System {
  const far = 1e7
  const terms = { onsite: ['stiffness', 'bias'], pair: [] } as const
  const potential = createPotential(createNetwork({ visible: { units: 4 } }), terms, 1)
  const theta = new Float64Array(potential.size)
  for (const { name, offset, size } of potential.groups) theta.fill(name === 'bias' ? far : 1, offset, offset + size)
  return { potential, theta, start: gaussianStart(3, far, 0.4) }
}

function hiddenBath(): System {
  const network = createNetwork({ visible: { units: 4 }, hidden: { units: 3, temperature: 1 } }, 1)
  const terms = { onsite: ['stiffness', 'quartic', 'bias'], pair: ['bilinear'] } as const
  const potential = createPotential(network, terms, bath.kT)
  const theta = normals(potential.size, 3).map((value) => 0.3 * value)
  for (const { name, offset, size } of potential.groups)
    if (['stiffness', 'quartic', 'hidden-temperature'].includes(name)) theta.fill(1.5, offset, offset + size)
  return { potential, theta, start: gaussianStart(3, 0, 0.4), hasHiddenHeat: true }
}

const systems: Readonly<Record<string, () => System>> = {
  'hidden and label units': () => ({
    ...everyKernelTerm(networkWith(6, 'all', 3, 2)),
    start: gaussianStart(3, 0, 0.4),
  }),
  'hidden units in a bath of their own': hiddenBath,
  'traps far from the origin': trapsFarOut,
  'a lattice of two-state units'() {
    const system = twoStateSystem('listed')
    return { ...system, start: withOwnStart((x) => x.fill(0.5), 3, system.potential.network) }
  },
}

/** A landscape that becomes steeper. */
function protocolOf(theta: Float64Array): Protocol {
  return {
    ...constantProtocol(theta, 0.6, 0.6 / 40),
    parameters(step, out) {
      out.set(theta.map((value) => value * (1 + Math.max(0, step) / 40)))
      return true
    },
  }
}

const noising = createNoising({ stiffness: 1, duration: 0.6, tMin: 0.1, slices: 4, spacing: 'geometric' }, bath)

/** Every observer of a run, for some of its trajectories; the formula √x is not finite on many of them. */
function observersFor({ potential, theta, hasHiddenHeat }: System, protocol: Protocol, span: Span): Observer[] {
  const { units } = potential.network
  const every = { from: 10, lags: [0, 3, 7], columns: 1, partner: null, histogram: null, reduce: 'mean' as const }
  const alone = { x: Int32Array.from({ length: units }, (_, n) => n), y: null }
  const observables: Observable[] = [
    { ...every, name: 'x', formula: parseFormula('x', unitVariables), elements: alone, partner: 1 },
    {
      ...{ ...every, name: 'xy', formula: parseFormula('x*y', pairVariables), lags: [] },
      elements: { x: Int32Array.of(0, 1), y: Int32Array.of(1, 2) },
      histogram: { bins: 20, from: -2, to: 2 },
    },
    { ...every, name: 'root', formula: parseFormula('sqrt(x)', unitVariables), elements: alone, lags: [] },
  ]
  const components = principalBands({ points: normals(units * 50, 9), count: 50, units })
  const times = recordedTimes(protocol)
  const descending = Float64Array.from(protocol.clock, (t) => 0.6 - t)
  return [
    observeTrajectories(amongFirst(span, 100).trajectories, units, times.step),
    observeEnsemble(times, alone.x, span),
    observeFormulas(observables, times, span),
    observeFirstPassage(span, 1, 0.2),
    observeBandVariances(components, noising, descending, amongFirst(span, 150)),
    ...(hasHiddenHeat === true
      ? [observeHiddenHeat(potential, { ...protocolOf(theta) }, bath, amongFirst(span, 16).trajectories)]
      : []),
  ]
}

/** A simulation of a span, and all that it fills. */
function prepared(system: System, span: Span, batch: number) {
  const protocol = protocolOf(system.theta)
  const { trajectories } = span
  const workAndHeat = createWorkAndHeat(trajectories)
  const { initial, final } = createEnsemble(trajectories, system.potential.network.units)
  const memory = { initial: initial.points, final: final.points, ...memoryOfExchange(workAndHeat) }
  const observers = observersFor(system, protocol, span)
  const given = { ...system, protocol, bath, seed: 11, span, trajectories, batch, workAndHeat, observers }
  const collectors: Collector[] = [{ trajectories, memory, joins: allJoined('rows', memory) }, ...observers]
  return { simulation: simulationOf(given), collectors }
}

async function collected(backend: Backend, system: System, span: Span, batch: number): Promise<Collector[]> {
  const { simulation, collectors } = prepared(system, span, batch)
  const { initial, final } = await backend.simulate(simulation, { onImprecise() {} })
  const { memory } = collectors[0]!
  memory!.initial!.set(initial.points)
  memory!.final!.set(final.points)
  return collectors
}

/** 200 trajectories in shards of 64. */
const whole: Span = { first: 0, trajectories: 200, of: 200, shard: 64 }
const anyOrder = [128, 0, 192, 64].map((first) => ({ ...whole, first, trajectories: Math.min(64, 200 - first) }))

const cases = backends.flatMap(({ name }) => Object.keys(systems).map((system) => [system, name] as const))
test.each(cases)(
  '%s on %s: shards that ran by themselves are joined, in any order, to the bits of the whole',
  async (name, of) => {
    const system = systems[name]!()
    const backend = backends.find((one) => one.name === of)!
    const expected = await collected(backend, system, whole, 48)
    const { collectors } = prepared(system, whole, 48)
    for (const span of anyOrder) {
      const parts = await collected(backend, system, span, 20)
      parts.forEach((part, n) => {
        joinInto(collectors[n]!, structuredClone({ trajectories: part.trajectories, memory: part.memory! }), span)
      })
    }
    collectors.forEach((joined, n) => {
      expect(joined.memory, `collector ${n}`).toEqual(expected[n]!.memory)
    })
  },
)

test('moments of several shards are those of their numbers, wherever each shard counts from', () => {
  const span: Span = { first: 0, trajectories: 100, of: 100, shard: 16 }
  const values = normals(100, 4).map((value, n) => value + 3 * Math.floor(n / 16))
  const moments = runningMoments(1, span)
  moments.add(0, values, 0, 0, 37)
  moments.add(0, values, 37, 37, 63)
  const { mean, variance, standardError } = moments.moments()
  const direct = meanOf(values)
  expect(mean[0]).toBeCloseTo(direct.value, 13)
  expect(standardError[0]).toBeCloseTo(direct.standardError, 13)
  expect(variance[0]).toBeCloseTo(100 * direct.standardError ** 2, 12)
})

test('correlations of several shards are those of one', () => {
  const covariances = (shard: number) => {
    const span: Span = { first: 0, trajectories: 100, of: 100, shard }
    const products = laggedProducts(span, [0, 2], [1, 8])
    for (let frame = 0; frame < 9; frame++)
      products.add(
        frame,
        0,
        100,
        normals(100, frame),
        normals(100, 20 + frame).map((b) => b + 5),
      )
    return products.covariances()
  }
  const several = covariances(16)
  covariances(112).forEach(({ value, standardError }, lag) => {
    expect(several[lag]!.value).toBeCloseTo(value, 12)
    expect(several[lag]!.standardError).toBeCloseTo(standardError, 12)
  })
})

test('the shards of an ensemble are alike but for the last one, 256 at most, and a small one is a single shard', () => {
  expect(shardsOf(4096)).toEqual([wholeSpan(4096)])
  expect(shardsOf(4097).map(({ first, trajectories }) => [first, trajectories])).toEqual([
    [0, 4096],
    [4096, 1],
  ])
  const many = shardsOf(3_000_001)
  expect(many.length).toBeLessThanOrEqual(256)
  expect(many.reduce((sum, { trajectories }) => sum + trajectories, 0)).toBe(3_000_001)
  expect(new Set(many.map(({ first, shard }) => first % shard))).toEqual(new Set([0]))
})

test('what runs away is named by its number in the ensemble', async () => {
  const terms = { onsite: ['stiffness'], pair: [] } as const
  const potential = createPotential(createNetwork({ visible: { units: 1 } }), terms, 1)
  // The restoring force is on the wrong side, and one trajectory alone has left the top.
  const start: InitialStates = (x, first, batch) => {
    for (let b = 0; b < batch; b++) x[b] = first + b === 100 ? 1 : 0
  }
  const protocol = constantProtocol(Float64Array.of(-40), 1, 0.02)
  for (const backend of backends) {
    const span = { ...whole, first: 64, trajectories: 64 }
    const cold = { kT: 1e-30 }
    const simulation = simulationOf({ potential, protocol, bath: cold, start, span, trajectories: 64, batch: 16 })
    await expect(backend.simulate(simulation, { onImprecise() {} }), backend.name).rejects.toThrow(/trajectory 100\b/)
  }
})
