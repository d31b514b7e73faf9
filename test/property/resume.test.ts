import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Backend } from '../../src/backend/backend.js'
import { compiledBackend } from '../../src/backend/compiled/backend.js'
import type { Keeper } from '../../src/backend/hooks.js'
import { everyKernelTerm, networkWith, twoStateSystem } from '../../src/backend/native/small-systems.js'
import { librarySource, wasmSource } from '../../src/backend/node/kernel-source.js'
import { createPool } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import type { SimulationState } from '../../src/backend/resume.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { StoppedError } from '../../src/errors.js'
import { decodePlainData, encodePlainData } from '../../src/experiment/files/plain-data.js'
import { type BandVariances, observeBandVariances } from '../../src/learning/evaluation/band-variances.js'
import { principalBands } from '../../src/learning/evaluation/principal-bands.js'
import { gaussianStart, type InitialStates } from '../../src/physics/dynamics/ensemble.js'
import { type IntegratorName, schemeOf } from '../../src/physics/dynamics/integrators.js'
import type { Observer } from '../../src/physics/dynamics/observer.js'
import { withOwnStart } from '../../src/physics/dynamics/own-start.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { parseFormula } from '../../src/physics/formula/parse.js'
import type { Block } from '../../src/physics/network/blocks.js'
import { edgesFromPairs } from '../../src/physics/network/edges.js'
import { allPairs } from '../../src/physics/network/geometry.js'
import { createNetwork, networkOf } from '../../src/physics/network/network.js'
import { pairVariables, unitVariables } from '../../src/physics/observe/element-values.js'
import { observeEnsemble } from '../../src/physics/observe/ensemble-curves.js'
import { observeFirstPassage } from '../../src/physics/observe/first-passage.js'
import { observeHiddenHeat } from '../../src/physics/observe/hidden-heat.js'
import { observeKnots } from '../../src/physics/observe/knots.js'
import { type Observable, observeFormulas } from '../../src/physics/observe/observables.js'
import { recordedTimes } from '../../src/physics/observe/recorded-steps.js'
import { observeTrajectories } from '../../src/physics/observe/trajectories.js'
import { createPotential, type Potential } from '../../src/physics/potential/potential.js'
import { generationProtocol } from '../../src/physics/protocol/generation-protocol.js'
import { createNoising } from '../../src/physics/protocol/noising.js'
import { constantProtocol, type Protocol } from '../../src/physics/protocol/protocol.js'
import { discreteNetworks, discretePotential } from '../discrete-networks.js'
import { nativeLibrary } from '../native.js'
import { normals } from '../systems.js'

await loadFormulas()
const library = await nativeLibrary()
const bath = { kT: 0.7, mobility: 1.3 }

/** Kernels that have a few groups of states in memory at once: ensembles run in parts. */
const parts = 2 ** 12
const pools = [
  createPool(wasmSource, 1),
  createPool(wasmSource, 3),
  ...(library === null ? [] : [createPool(librarySource(library), 2)]),
]
/** Backends that have the same bits: a run begun on one goes on with any other. */
const families = {
  reference: [createReference()],
  kernels: pools.map(({ arena, pool }) => compiledBackend(arena, pool, parts)),
} as const
type Family = keyof typeof families
afterAll(() => Promise.all(Object.values(families).flatMap((all) => all.map((backend: Backend) => backend.close()))))

/** What is simulated, and how far its units go, about. */
interface System {
  readonly potential: Potential
  readonly theta: Float64Array
  readonly start: InitialStates
  readonly integrators: Readonly<Record<Family, readonly IntegratorName[]>>
  readonly target?: number
  readonly hasHiddenHeat?: boolean
}

const spread = gaussianStart(3, 0, 0.4)
const dynamic = ['euler-maruyama', 'heun', 'leimkuhler-matthews', 'mala', 'ou-splitting'] as const
const kernels = ['euler-maruyama', 'leimkuhler-matthews'] as const

/** Mobilities, baths, walls, a clamped unit, active units, forces without a potential. */
function unitsOfTheirOwn(counts: 'work' | 'bath'): System {
  const units = 5
  const visible = Array.from({ length: units }, (_, n): Block => {
    if (n === 1) return { role: 'visible', units: 1, states: null, change: { kind: 'clamped' } }
    return {
      ...{ role: 'visible', units: 1, states: null, change: { kind: 'langevin', mobility: 0.5 + (n % 3) } },
      temperature: [1, 0, 2.5][n % 3]!,
      walls: (
        [
          [-0.4, 0.9],
          [null, 1],
          [-0.7, null],
          [null, null],
        ] as const
      )[n % 4]!,
    }
  })
  const active: Block = { role: 'active', units, states: null, change: { kind: 'ornstein-uhlenbeck', time: 0.3 } }
  const network = networkOf([...visible, active], {
    ...createNetwork({ visible: { units: 1 } }),
    edges: edgesFromPairs(2 * units, allPairs(units)),
    tables: edgesFromPairs(2 * units, []),
  })
  const force = [
    { name: 'tilt', formula: '1 + sin(x)' },
    { name: 'curl', x: 'y', y: '-x' },
    { name: 'kick', formula: 'cos(x)', counts: 'bath' },
  ] as const
  const terms = { onsite: ['stiffness', 'quartic'], pair: ['bilinear'], force, active: { counts } } as const
  const potential = createPotential(network, terms, 1)
  const integrators = {
    reference: counts === 'work' ? (['euler-maruyama', 'heun'] as const) : [],
    kernels: ['euler-maruyama'] as const,
  }
  const theta = confined(potential, normals(potential.size, 7))
  return { potential, theta, integrators, start: withOwnStart(gaussianStart(3, 0, 0.04), 3, network) }
}

/** Parameters of order one half, and stiffnesses and quartic ones of one and more. */
function confined({ groups }: Potential, values: Float64Array): Float64Array {
  const theta = values.map((value) => 0.3 * value)
  for (const { name, offset, size } of groups)
    for (let a = offset; a < offset + size; a++)
      if (['stiffness', 'quartic', 'hidden-temperature'].includes(name)) theta[a] = 1 + Math.abs(theta[a]!)
  return theta
}

/** Traps that move, and couplings that swing, by formulas of the time. */
function movedByFormulas(): System {
  const onsite = ['stiffness', { name: 'moving', formula: '(x - 2*sin(t))^2/2 + cos(3*t)*x*t' }] as const
  const pair = [{ name: 'swinging', formula: 'cos(x - y - t)' }] as const
  const potential = createPotential(createNetwork({ visible: { lattice: [2, 2] } }), { onsite, pair }, 1)
  const theta = confined(potential, normals(potential.size, 5))
  return { potential, theta, start: spread, integrators: { reference: dynamic, kernels } }
}

/** Hidden units with a bath of their own, whose heat is followed. */
function hiddenBath(): System {
  const network = createNetwork({ visible: { units: 6 }, hidden: { units: 5, temperature: 1 } }, 1)
  const terms = { onsite: ['stiffness', 'quartic', 'bias'], pair: ['bilinear'] } as const
  const potential = createPotential(network, terms, bath.kT)
  const theta = confined(potential, normals(potential.size, 3))
  return {
    potential,
    theta,
    start: spread,
    hasHiddenHeat: true,
    integrators: { reference: dynamic.slice(0, 4), kernels },
  }
}

/** Traps ten million away, where energies are of order 10¹⁴ kT: every backend counts from the traps (see displacing). */
function farOut(): System {
  const [units, far] = [6, 1e7]
  const terms = { onsite: ['stiffness', 'bias'], pair: [] } as const
  const potential = createPotential(createNetwork({ visible: { units } }), terms, 1)
  const k = Float64Array.from({ length: units }, (_, i) => 1.5 + 0.25 * i)
  const theta = new Float64Array(potential.size)
  for (const { name, offset } of potential.groups) theta.set(name === 'bias' ? k.map((own) => own * far) : k, offset)
  const integrators = { reference: [...dynamic, 'exact-ou'], kernels } as const
  return { potential, theta, start: gaussianStart(3, far, 0.4), target: far + 0.8, integrators }
}

function withStates(form: Parameters<typeof twoStateSystem>[0]): System {
  const system = twoStateSystem(form)
  const integrators = form === 'followed' ? (['gibbs'] as const) : ([...kernels, 'gibbs'] as const)
  const start = withOwnStart((x) => x.fill(0.5), 3, system.potential.network)
  return { ...system, start, target: 0, integrators: { reference: integrators, kernels: integrators } }
}

const systems: Readonly<Record<string, () => System>> = {
  'hidden and label units': () => ({
    ...everyKernelTerm(networkWith(6, 'all', 3, 2)),
    ...{ start: spread, integrators: { reference: ['euler-maruyama', 'leimkuhler-matthews'], kernels } },
  }),
  'units of their own ways, active ones that do work': () => unitsOfTheirOwn('work'),
  'units of their own ways, active ones of the bath': () => unitsOfTheirOwn('bath'),
  'formulas of the time': movedByFormulas,
  'hidden units with a bath of their own': hiddenBath,
  'traps far from the origin': farOut,
  'a lattice of two-state units': () => withStates('listed'),
  'layers of two-state units': () => withStates('layers'),
  'two-state units above hidden ones': () => withStates('followed'),
  'units of many states': () => {
    const system = discretePotential(discreteNetworks['two reals, a trinary and a two-state unit']!)
    const start = withOwnStart(spread, 3, system.potential.network)
    return { ...system, start, integrators: { reference: ['euler-maruyama', 'leimkuhler-matthews'], kernels: [] } }
  },
}

const steps = 120
const schedules = ['still', 'every step', 'every third step', 'linear', 'hold', 'alternate'] as const
type Schedule = (typeof schedules)[number]
const noising = createNoising({ stiffness: 1, duration: 1, tMin: 0.4, slices: 4, spacing: 'geometric' }, bath)

/** Landscapes that stand still, change at every step, or stand for a while; by schedules, or along the knots of generation. */
function protocolOf(schedule: Schedule, theta: Float64Array): Protocol {
  const dt = 0.6 / steps
  if (schedule === 'still') return constantProtocol(theta, 0.6, dt)
  const scaled = (n: number) => theta.map((value) => value * (1 + 0.1 * n))
  if (schedule === 'linear' || schedule === 'hold' || schedule === 'alternate')
    return generationProtocol(
      noising,
      noising.knots.map((_, n) => scaled(n)),
      { interpolation: schedule, dt },
    )
  const every = schedule === 'every step' ? 1 : 3
  return {
    ...constantProtocol(theta, 0.6, dt),
    dt: Float64Array.from({ length: steps }, (_, n) => (n % 5 < 3 ? dt : 0.6 * dt)),
    kT: Float64Array.from({ length: steps }, (_, n) => bath.kT + 0.1 * Math.floor(n / 20)),
    parameters(step, out) {
      out.set(scaled((3 * Math.max(0, Math.floor(step / every))) / steps))
      return step < 0 || step % every === 0
    },
  }
}

/** What a run is asked for. */
interface Asked {
  readonly integrator: IntegratorName
  readonly schedule: Schedule
  readonly measured: boolean
  /** watches a unit at every step until all trajectories have crossed */
  readonly passage: boolean
  readonly trajectories: number
  readonly seed: number
}

function observable(formula: string, given: Partial<Observable> = {}): Observable {
  const isPair = /\by\b/.test(formula)
  return {
    ...{ name: formula, formula: parseFormula(formula, isPair ? pairVariables : unitVariables) },
    elements: { x: Int32Array.of(0, 2), y: isPair ? Int32Array.of(1, 3) : null },
    ...{ columns: 1, reduce: 'mean', from: 6, lags: [], partner: null, histogram: null, ...given },
  }
}

/** A simulation that nobody has seen anything of, and all that comes of it. */
function fresh(system: System, { integrator, schedule, measured, passage, trajectories, seed }: Asked) {
  const { potential, theta, start, target = 0.8, hasHiddenHeat = false } = system
  const { network } = potential
  const protocol = protocolOf(schedule, theta)
  const times = recordedTimes(protocol, { frames: 24 })
  const middle = target === 0 || target === 0.8 ? 0 : target
  const bins = { bins: 7, from: middle - 1, to: middle + 1 }
  const formulas = observeFormulas(
    [
      observable('x^2', { lags: [0, 1, 4], histogram: bins }),
      observable('x*y', { lags: [2], partner: 0, reduce: 'sum' }),
    ],
    times,
    trajectories,
  )
  const curves = observeEnsemble(times, Int32Array.of(0, 3), trajectories)
  let bands: BandVariances | null = null
  const observers: Observer[] = [formulas, curves, observeTrajectories(5, network.units, times.step)]
  if (passage) observers.push(observeFirstPassage(trajectories, 2, target))
  if (protocol.clock[0]! > protocol.clock[1]!) {
    const set = { points: normals(20 * network.visible, 9), count: 20, units: network.visible }
    bands = observeBandVariances(principalBands(set), noising, protocol.clock, trajectories)
    observers.push(bands, observeKnots(noising.knots, protocol.clock, network.units, trajectories))
  }
  if (hasHiddenHeat) observers.push(observeHiddenHeat(potential, protocol, bath, 9))
  const workAndHeat = measured && schemeOf(integrator).dynamical ? createWorkAndHeat(trajectories, network) : null
  const simulation = simulationOf({
    ...{ potential, protocol, bath, start, integrator, seed, trajectories, batch: 64, workAndHeat, observers },
  })
  const results = () => ({
    ...{ workAndHeat, observers, bands: bands?.estimates() },
    formulas: formulas.results().map(({ observable: _, ...result }) => result),
    curves: curves.curves(),
  })
  return { simulation, results }
}

/** The bits of all numbers by their names, so that a difference says where it is. */
function bitsOf(value: unknown, name = ''): Record<string, string> {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value
    return {
      [name]: createHash('sha1')
        .update(new Uint8Array(buffer, byteOffset, byteLength))
        .digest('hex'),
    }
  }
  if (typeof value === 'number') return bitsOf(Float64Array.of(value), name)
  if (typeof value !== 'object' || value === null) return { [name]: String(value) }
  return Object.assign({}, ...Object.entries(value).map(([key, inner]) => bitsOf(inner, `${name}.${key}`)))
}

/** How a run ends before its time: at the share of its chances, told to stop, or killed, its state kept at every so many chances. */
interface End {
  readonly share: number
  readonly kept: number | 'when told to stop'
  /** which backend of the family runs until then */
  readonly on: number
}

class Killed extends Error {}

const unfit = (what: string) => new Error(`the file ${what}`)

/** A keeper whose states go through bytes, as through a file. */
function keeperOf(found: Uint8Array | null, isDue: () => boolean) {
  const file = { bytes: found, kept: 0 }
  const keeper: Keeper<SimulationState> = {
    found: found === null ? null : (decodePlainData(found, 'test').value() as SimulationState),
    ...{ isDue, unfit },
    keep(state) {
      file.bytes = encodePlainData(state, {})
      file.kept++
    },
  }
  return { file, keeper }
}

/** Observes nothing, every so many steps: kernels look up there. */
function beat(every: number): Observer {
  return { trajectories: Number.MAX_SAFE_INTEGER, memory: {}, wants: (index) => index % every === 0, see() {} }
}

/** Runs from a state on until the end, or until it is stopped or killed at a chance; null where it was. */
async function runOn(
  backend: Backend,
  { simulation, results }: ReturnType<typeof fresh>,
  found: Uint8Array | null,
  { at, kept }: { at: number; kept: End['kept'] },
) {
  let chances = 0
  const controller = new AbortController()
  const { file, keeper } = keeperOf(found, () => kept !== 'when told to stop' && chances % kept === 0)
  const onProgress = () => {
    if (++chances !== at) return
    if (kept !== 'when told to stop') throw new Killed()
    controller.abort()
  }
  try {
    const ensemble = await backend.simulate(simulation, { keeper, onProgress, signal: controller.signal })
    return { chances, bytes: file.bytes, bits: bitsOf({ ...ensemble, ...results() }) }
  } catch (error) {
    if (!(error instanceof StoppedError || error instanceof Killed)) throw error
    return { chances, bytes: file.bytes, bits: null }
  }
}

/** A run that is ended so often ends with the bits of one that is not; how often it was ended. */
async function expectSameBits(family: Family, make: () => System, asked: Asked, ends: readonly End[], every: number) {
  const backends = families[family]
  const whole = await runOn(backends[0]!, fresh(make(), asked), null, { at: 0, kept: 'when told to stop' })
  // Where kernels look up changes nothing.
  const disturbed = () => {
    const { simulation, results } = fresh(make(), asked)
    return { simulation: { ...simulation, observers: [...simulation.observers, beat(every)] }, results }
  }
  let ended = 0
  let state: Uint8Array | null = null
  for (const { share, kept, on } of ends) {
    const at = Math.max(1, Math.round(share * whole.chances))
    const backend = backends[on % backends.length]!
    const { bits, bytes } = await runOn(backend, disturbed(), state, { at, kept })
    if (bits === null) ended++
    else expect(bits).toEqual(whole.bits)
    state = bytes
  }
  const last = await runOn(backends.at(-1)!, disturbed(), state, { at: 0, kept: 1 })
  expect(last.bits).toEqual(whole.bits)
  return ended
}

const end = fc.record({
  share: fc.noBias(fc.integer({ min: 0, max: 1000 })).map((thousandths) => thousandths / 1000),
  kept: fc.oneof(fc.constant('when told to stop' as const), fc.integer({ min: 1, max: 4 })),
  on: fc.nat(5),
})

const cases = Object.entries(systems).flatMap(([name, make], n) =>
  (['reference', 'kernels'] as const)
    .filter((family) => make().integrators[family].length > 0)
    .map((family) => [name, family, make, n] as const),
)

test.each(cases)('%s on %s: a run that is stopped or killed goes on with the same bits', async (_, family, make, n) => {
  const asked = fc.record({
    integrator: fc.constantFrom(...make().integrators[family]),
    schedule: fc.constantFrom(...schedules),
    ...{ measured: fc.boolean(), passage: fc.boolean() },
    trajectories: fc.integer({ min: 130, max: 200 }),
    seed: fc.integer({ min: 1, max: 2 ** 40 }),
  })
  const ends = fc.array(end, { minLength: 1, maxLength: 3 })
  let ended = 0
  const property = fc.asyncProperty(asked, ends, fc.integer({ min: 3, max: 50 }), async (given, each, every) => {
    ended += await expectSameBits(family, make, given, each, every)
  })
  await fc.assert(property, { seed: n, numRuns: 3 })
  expect(ended).toBeGreaterThanOrEqual(3)
})

/** Asked of a system where nothing is drawn. */
const plain: Asked = {
  ...{ integrator: 'euler-maruyama', schedule: 'hold', measured: true, passage: false },
  ...{ trajectories: 400, seed: 5 },
}
const labelled = systems['hidden and label units']!

test.each(['reference', 'kernels'] as const)('five times in a row on %s', async (family) => {
  const ends = [0, 1, 2, 3, 4].map((on) => ({
    share: 1 / 6,
    on,
    kept: on % 2 === 0 ? 1 : ('when told to stop' as const),
  }))
  expect(await expectSameBits(family, labelled, plain, ends, 1000)).toBe(5)
})

/** The state of a run of `plain` that was stopped half-way. */
async function stopped(backend: Backend): Promise<Uint8Array> {
  const { bytes, bits } = await runOn(backend, fresh(labelled(), plain), null, { at: 3, kept: 'when told to stop' })
  expect(bits).toBeNull()
  return bytes!
}

test.each(['reference', 'kernels'] as const)('the state of another simulation is refused on %s', async (family) => {
  const backend = families[family][0]!
  const state = await stopped(backend)
  const others: Partial<Asked>[] = [
    { trajectories: 401 },
    { measured: false },
    { passage: true },
    { schedule: 'still' },
  ]
  for (const other of others)
    await expect(
      runOn(backend, fresh(labelled(), { ...plain, ...other }), state, { at: 0, kept: 1 }),
      JSON.stringify(other),
    ).rejects.toThrow('the file is the state of another simulation')
  const foreign = families[family === 'reference' ? 'kernels' : 'reference'][0]!
  await expect(runOn(foreign, fresh(labelled(), plain), state, { at: 0, kept: 1 })).rejects.toThrow(
    'the file is the state',
  )
  const pool = createPool(wasmSource, 1)
  const otherwiseCut = compiledBackend(pool.arena, pool.pool, 2 * parts)
  if (family === 'kernels')
    await expect(runOn(otherwiseCut, fresh(labelled(), plain), state, { at: 0, kept: 1 })).rejects.toThrow(
      'the file is',
    )
  await otherwiseCut.close()
})

test.each(['reference', 'kernels'] as const)(
  'with an observer that shows nothing of what it carries, nothing is kept on %s, and all else is as ever',
  async (family) => {
    const backend = families[family][0]!
    const secretive = () => {
      const { simulation, results } = fresh(labelled(), plain)
      const { memory: _, ...observer } = beat(7)
      return { simulation: { ...simulation, observers: [...simulation.observers, observer] }, results }
    }
    const whole = await runOn(backend, fresh(labelled(), plain), null, { at: 0, kept: 1 })
    const shut = await runOn(backend, secretive(), null, { at: 3, kept: 'when told to stop' })
    expect(shut).toEqual({ chances: 3, bytes: null, bits: null })
    // Even where there is a state, it begins.
    const again = await runOn(backend, secretive(), await stopped(backend), { at: 0, kept: 1 })
    expect(again.bits).toEqual(whole.bits)
  },
)

test('what was said of the precision before is said again, once', async () => {
  const terms = { onsite: ['stiffness', 'bias'], pair: [] } as const
  const potential = createPotential(createNetwork({ visible: { units: 1 } }), terms, 1)
  const protocol = constantProtocol(Float64Array.of(0, 1e6), 4, 0.01)
  const drift = async (found: Uint8Array | null, at: number) => {
    const heard: string[] = []
    let chances = 0
    const controller = new AbortController()
    const { file, keeper } = keeperOf(found, () => false)
    const simulation = simulationOf({ potential, protocol, trajectories: 20, observers: [beat(10)] })
    const run = families.kernels[0]!.simulate(simulation, {
      ...{ keeper, signal: controller.signal, onImprecise: (why: string) => heard.push(why) },
      onProgress: () => ++chances === at && controller.abort(),
    })
    if (at === 0) await run
    else await expect(run).rejects.toThrow(StoppedError)
    return { heard, bytes: file.bytes }
  }
  const whole = await drift(null, 0)
  expect(whole.heard).toHaveLength(1)
  const { heard, bytes } = await drift(null, 30)
  expect(heard).toEqual(whole.heard)
  expect((await drift(bytes, 0)).heard).toEqual(whole.heard)
})
