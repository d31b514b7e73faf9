import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../src/experiment/files/safetensors.js'
import { decodeParameters, encodeParameters } from '../../src/experiment/record/parameters.js'
import { run } from '../../src/experiment/run/run.js'
import { effectiveScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { createGeneration } from '../../src/learning/generation/generation.js'
import { startParameters } from '../../src/learning/rules/parameter-scales.js'
import { forceAndEnergy } from '../../src/physics/potential/potential.js'
import { defaultBath } from '../../src/physics/protocol/bath.js'
import { runFolders } from '../run-folder.js'
import { normals } from '../systems.js'
import { learning, moving, simulation } from './hidden-scenarios.js'

const folder = runFolders()

test('a simulation with hidden units gives their couplings and biases by name, constant or as schedules', async () => {
  const scenario = await parseScenario(simulation(), 'a.yaml')
  const { potential, given } = createProblem(scenario)
  expect(potential.groups.map(({ name, offset, size }) => [name, offset, size])).toEqual([
    ['stiffness', 0, 6],
    ['hidden-coupling', 6, 12],
    ['hidden-bias', 18, 2],
  ])
  expect([...given!.theta]).toEqual([...Array(6).fill(1), ...Array(12).fill(0.5), 0, 0])
  expect(given!.scheduled.map(({ parameter, value }) => [parameter, value(0.25)])).toEqual([[19, 0.25]])
  expect(await parseScenario(effectiveScenario(scenario), 'again.yaml')).toEqual(scenario)
})

test('the kind and the range of hidden units have defaults, and networks without them are as they were', async () => {
  expect((await parseScenario(simulation(), 'a.yaml')).network.hidden).toEqual({ units: 2, kind: 'bistable' })
  const radius = simulation({ hidden: '{ units: 6 }', couplings: '{ hidden: { range: 0 } }' })
  const narrow = radius.replace('[0, t]', '0')
  expect(createProblem(await parseScenario(narrow, 'a.yaml')).potential.network.hiddenEdges.count).toBe(6)
  const without = await parseScenario(
    simulation()
      .replace(/, hidden: {[^}]*}/, '')
      .replace(/, hidden-.*?(?= })/, ''),
    'a.yaml',
  )
  expect(createProblem(without).potential.network.hidden).toBe(0)
  expect(effectiveScenario(without)).not.toContain('hidden')
})

test('hidden units feel the temperature of the bath: at half of it they answer twice the field', async () => {
  const text = `${simulation({ hidden: '{ units: 1 }', parameters: 'hidden-coupling: [1, 0, 0, 0, 0, 0], hidden-bias: 0' })}bath: { kT: 0.5 }\n`
  const { potential, given } = createProblem(await parseScenario(text, 'a.yaml'))
  const force = new Float64Array(6)
  forceAndEnergy(potential, given!.theta, Float64Array.of(0.3, 0, 0, 0, 0, 0), 1, force, null)
  expect(force[0]).toBeCloseTo(-0.3 + Math.tanh(0.3 / 0.5), 14)
})

test('quartic hidden units have a well of 2 kT unless it is given, and the answer of that well', async () => {
  const forces = ['', ', well: {}', ', well: { barrier: 2 }', ', well: { barrier: 4 }'].map(async (well) => {
    const text = simulation({
      hidden: `{ units: 1, kind: quartic${well} }`,
      parameters: 'hidden-coupling: [1, 0, 0, 0, 0, 0], hidden-bias: 0',
    })
    const { potential, given } = createProblem(await parseScenario(text, 'a.yaml'))
    const force = new Float64Array(6)
    forceAndEnergy(potential, given!.theta, Float64Array.of(1, 0, 0, 0, 0, 0), 1, force, null)
    return force[0]! + 1
  })
  expect((await Promise.all(forces)).map((force) => force.toFixed(3))).toEqual(['0.699', '0.699', '0.699', '0.727'])
})

test('quartic hidden units run on the reference backend, which auto takes and wasm names the reason for', async () => {
  const text = simulation({ hidden: '{ units: 1, kind: quartic }', parameters: 'hidden-coupling: 1, hidden-bias: 0' })
  const scenario = await parseScenario(`${text}sampling: { trajectories: 10 }\n`, 'a.yaml')
  expect((await run(scenario, { directory: folder(), threads: 1 })).backend).toBe('reference')
  await expect(run(scenario, { directory: folder(), backend: 'wasm' })).rejects.toThrow(
    /no kernel for the term "quartic hidden units".*Use --backend auto or reference. \[E_BACKEND\]/,
  )
})

test.each([
  ['explicit', 'explicit hidden units'],
  ['glauber', 'two-state hidden units'],
])(
  '%s hidden units simulate with states of their own, keep the first law, and need the reference backend',
  async (kind, term) => {
    const scenario = await parseScenario(moving(kind), 'a.yaml')
    const { potential, generation } = createProblem(scenario)
    expect([potential.network.units, generation.potential.network.units]).toEqual([6, 8])
    expect(generation.potential.groups).toEqual(potential.groups)
    const results = await run(scenario, { directory: folder(), threads: 1 })
    expect(results.backend).toBe('reference')
    expect(results.checks.map(({ name, pass }) => [name, pass])).toEqual([['first law: |ΔU - W + Q|', true]])
    await expect(run(scenario, { directory: folder(), backend: 'wasm' })).rejects.toThrow(
      new RegExp(`no kernel for the term "(quartic hidden units|${term})".*Use --backend auto or reference`),
    )
  },
)

test('the samples of moving hidden units are the same to the bit for every batch size', async () => {
  const samples = []
  for (const batch of [20, 7]) {
    const directory = folder()
    const text = moving('glauber').replace('trajectories: 20', `trajectories: 20, batch: ${batch}`)
    await run(await parseScenario(text, 'a.yaml'), { directory, threads: 1 })
    samples.push(readFileSync(join(directory, 'samples.npy')))
  }
  expect(samples[0]!.equals(samples[1]!)).toBe(true)
})

test.each([
  ['exact-ou', 'beside those that are clamped or have states: no hidden units that move'],
  ['ou-splitting', 'no label units, no units with states, and no hidden units that move'],
])('%s moves units of one mobility only', async (integrator, others) => {
  const text = moving('explicit').replace('trajectories: 20', `trajectories: 20, integrator: ${integrator}`)
  await expect(run(await parseScenario(text, 'a.yaml'), { directory: folder(), threads: 1 })).rejects.toThrow(
    `sampling.integrator: ${integrator} needs units of one mobility${integrator === 'exact-ou' ? ' ' : ': '}${others}`,
  )
})

test('a quasi-static network is driven in reverse by twins of its hidden units, which needs stiffness', async () => {
  const scenario = await parseScenario(learning('{}'), 'a.yaml')
  const { potential } = createProblem(scenario)
  const parts = { hidden: {}, terms: scenario.potential, bath: defaultBath, stiffness: 1 }
  const { potential: reverse } = createGeneration(potential, parts, true)
  expect([potential.network.hidden, reverse.network.hidden]).toEqual([4, 8])
  const alone = await parseScenario(learning('{}').replace(', hidden: { units: 4 }', ''), 'a.yaml')
  const { potential: unhidden } = createProblem(alone)
  expect(createGeneration(unhidden, { ...parts, hidden: undefined }, true).potential.network).toEqual(unhidden.network)
  const without = await parseScenario(learning('{}').replace('[stiffness]', '[quartic]'), 'a.yaml')
  expect(() =>
    createGeneration(createProblem(without).potential, { ...parts, terms: without.potential }, true),
  ).toThrow(/potential.onsite: .* add stiffness.*E_INVALID_VALUE/)
})

test('parameters of hidden units come back from their file, and a file without them is refused', async () => {
  const problem = createProblem(await parseScenario(learning('{}'), 'a.yaml'))
  const { potential, noising } = problem
  const knots = noising.knots.slice(0, 3)
  const theta = knots.map((_, n) => normals(potential.size, 80 + n))
  const bytes = encodeParameters(potential, knots, theta)
  expect(decodeParameters(bytes, potential, knots, 'parameters.safetensors')).toEqual(theta)
  expect(startParameters(potential, noising, 1)).toHaveLength(potential.size)
  const visible = createProblem(
    await parseScenario(learning('{}').replace(', hidden: { units: 4 }', ''), 'a.yaml'),
  ).potential
  const without = encodeParameters(visible, knots, theta)
  expect(() => decodeParameters(without, potential, knots, 'parameters.safetensors')).toThrow(
    /parameters.safetensors: expected a float64 tensor "hidden-coupling" of shape \[3, 8\].*E_FORMAT/,
  )
})

test('parameters of another shape, or that are not finite, are refused', async () => {
  const { potential, noising } = createProblem(await parseScenario(learning('{}'), 'a.yaml'))
  const knots = noising.knots.slice(0, 2)
  const theta = knots.map(() => normals(potential.size, 80))
  const read = (change: (tensors: Record<string, Tensor>) => void) => {
    const { tensors } = decodeSafetensors(encodeParameters(potential, knots, theta), 'p')
    change(tensors)
    return () => decodeParameters(encodeSafetensors(tensors), potential, knots, 'p')
  }
  expect(read(() => {})()).toEqual(theta)
  expect(read((tensors) => tensors['hidden-coupling']!.shape.reverse())).toThrow(
    'p: expected a float64 tensor "hidden-coupling" of shape [2, 8]',
  )
  expect(read((tensors) => tensors.stiffness!.data.fill(Number.NaN))).toThrow(
    'p: the tensor "stiffness" holds a number that is not finite. [E_FORMAT]',
  )
})

test('a simulated unit under two hidden ones follows the Boltzmann law of their free energy', async () => {
  const text = `name: one
network: { visible: { units: 1 }, hidden: { units: 2 } }
potential: { onsite: [stiffness] }
protocol: { duration: 8, parameters: { stiffness: 1, hidden-coupling: [1, -0.5], hidden-bias: [0.3, 0] } }
initial: { kind: gaussian, mean: 0, variance: 2 }
sampling: { trajectories: 2000 }
checks: [first-law, boltzmann-moments]
`
  const { checks } = await run(await parseScenario(text, 'one.yaml'), { directory: folder(), backend: 'reference' })
  expect(checks.map(({ name, pass }) => [name, pass])).toEqual([
    ['first law: |ΔU - W + Q|', true],
    ['⟨x₀²⟩', true],
    ['⟨x₀⁴⟩', true],
  ])
})

test('with hidden units between them, visible ones are no longer independent: the Boltzmann check is refused', async () => {
  const text = `${simulation()}checks: [boltzmann-moments]\n`.replace('[0, t]', '0')
  return expect(
    run(await parseScenario(text, 'a.yaml'), { directory: folder(), backend: 'reference' }),
  ).rejects.toThrow(/checks.0: "boltzmann-moments" needs a plain simulation without couplings/)
})

test('a run learns with hidden units, leaves their tensors, and repeats its bytes', async () => {
  const text = learning('{ rule: nudged-force-matching, iterations: 20, batch: 64 }')
    .replace('width: 0.3', 'width: 0.3, samples: 200')
    .concat('noising: { slices: 4 }\nsampling: { trajectories: 50 }\nobserve: [virial]\n')
  const [a, b] = [folder(), folder()]
  for (const directory of [a, b]) await run(await parseScenario(text, 'a.yaml'), { directory, backend: 'reference' })
  const bytes = readFileSync(join(a, 'parameters.safetensors'))
  const { tensors } = decodeSafetensors(new Uint8Array(bytes), 'parameters.safetensors')
  const shapes = Object.entries(tensors).map(([name, { shape }]) => [name, shape])
  expect(Object.fromEntries(shapes)).toEqual({
    knots: [5],
    edges: [1, 2],
    stiffness: [5, 2],
    'hidden-edges': [8, 2],
    'hidden-coupling': [5, 8],
    'hidden-bias': [5, 4],
  })
  expect([...tensors['hidden-edges']!.data]).toEqual([0, 0, 1, 0, 0, 1, 1, 1, 0, 2, 1, 2, 0, 3, 1, 3])
  expect(readFileSync(join(b, 'parameters.safetensors')).equals(bytes)).toBe(true)
})

test('of hidden units in a bath of their own results have the heat that it gets, and the first law with it', async () => {
  const observed = async (hidden: string) => {
    const text = `${simulation({ hidden })}sampling: { trajectories: 20 }\nobserve: [work, heat, entropy-production]\n`
      .replace('initial: { kind: point, x: 0 }', 'initial: { kind: gaussian, mean: 0, variance: 1 }')
      .replace('stiffness: 1', 'stiffness: 2 + t')
    const scenario = await parseScenario(text, 'a.yaml')
    return run(scenario, { directory: folder(), backend: 'reference' })
  }
  const { thermodynamics, identities, notes } = await observed('{ units: 2, temperature: 0.5 + t }')
  const exchanged = ['drivingWork', 'hiddenHeat', 'conductedHeat'] as const
  for (const name of exchanged) expect(thermodynamics[name]?.standardError, name).toBeGreaterThan(0)
  const law = identities.find(({ name }) => name.includes('hidden'))!
  expect(law.value).toBeCloseTo(law.truth, 10)
  expect(notes?.join()).toContain('entropy production is that of the visible units')
  for (const hidden of ['{ units: 2 }', '{ units: 2, kind: quartic, temperature: 0.5 + t }']) {
    const other = await observed(hidden)
    for (const name of exchanged) expect(other.thermodynamics[name]).toBeUndefined()
    expect(other.notes?.join().includes('is not known: the wells of quartic') ?? false).toBe(hidden.includes('quartic'))
  }
})
