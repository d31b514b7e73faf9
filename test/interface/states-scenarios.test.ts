import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Results } from '../../src/experiment/run/results.js'
import { run } from '../../src/experiment/run/run.js'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { refusalOf } from '../refusal.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

async function results(name: string, set: string[] = [], profile = 'quick'): Promise<Results & { directory: string }> {
  const directory = folder()
  const scenario = await loadScenario(`scenarios/${name}.yaml`, { profile, set })
  return { ...(await run(scenario, { directory, threads: 1 })), directory }
}

test('mixed-network: driven flips and steps obey the first law and have the enumerated free energy', async () => {
  const found = await results('mixed-network')
  expect(found.backend).toBe('reference')
  expect(found.checks.map(({ name, pass }) => [name, pass])).toEqual([
    ['first law: |ΔU - W + Q|', true],
    ['free energy, Jarzynski', true],
  ])
  expect(found.thermodynamics.work!.mean).toBeGreaterThan(0)
  expect(found.thermodynamics.entropyProduction).toBeUndefined()
  expect(renderReport(readRun(found.directory))).toContain('free energy, Jarzynski')
})

test('mixed-network at rest: mean energy and statistics are those of the enumerated law, from any start', async () => {
  const found = await results('mixed-network', ['sampling.trajectories=2000'], 'at-rest')
  const statistical = found.checks.filter(({ kind }) => kind === 'statistical')
  expect(statistical.map(({ name }) => name)).toEqual(['mean energy', 'enumeration: largest |z| of 23 mean statistics'])
  expect(found.checks.every(({ pass }) => pass)).toBe(true)
  const gibbs = await results(
    'mixed-network',
    ['sampling.trajectories=2000', 'sampling.integrator=gibbs', 'observe=[moments]', 'checks=[enumeration]'],
    'at-rest',
  )
  expect(gibbs.checks.every(({ pass }) => pass)).toBe(true)
})

test('ising: spins that all start up take up the heat of the exact energy of the torus', async () => {
  const found = await results('ising')
  expect(found.checks.map(({ name, pass }) => [name, pass])).toEqual([
    ['first law: |ΔU - W + Q|', true],
    ['⟨ss′⟩ of nearest neighbours, 16 × 16 torus', true],
  ])
  expect(found.warnings ?? []).toEqual([])
  const heat = found.thermodynamics.heat!
  // All bonds were satisfied; the final energy is that of the check.
  const bond = found.checks[1]!.value
  expect(heat.mean).toBeCloseTo((-512 * (1 - bond)) / 3, 6)
})

const mixed = `
name: mixed
network: { visible: { blocks: [{ units: 1 }, { units: 1, states: 3 }, { units: 1, states: two }] } }
potential: { onsite: [stiffness, bias, state-bias], pair: [bilinear, pair-table, state-force] }
initial: { kind: gaussian }
protocol:
  duration: 1
  dt: 0.1
  parameters: { stiffness: 1, bias: 0, state-bias: 0, bilinear: 0.1, pair-table: 0, state-force: 0 }
sampling: { trajectories: 4 }
`

/** The mixed scenario with changes, as text. */
const changed = (...changes: readonly (readonly [string, string])[]) =>
  changes.reduce((text, [from, to]) => text.replace(from, to), mixed)

test.each<[string, string, RegExp]>([
  ['blocks beside units', changed(['visible: { blocks', 'visible: { units: 2, blocks']), /expected one of lattice/],
  ['a mobility of states', changed(['states: two', 'states: two, mobility: 2']), /have a rate in place of a mobility/],
  ['a rate of a real unit', changed(['{ units: 1 }', '{ units: 1, rate: 2 }']), /not redrawn/],
  ['no state', changed(['states: 3', 'states: 0']), /states/],
  ['a start between states', changed(['kind: gaussian', 'kind: point, x: 0']), /unit 2 has the states -1, 1, got 0/],
  ['a start of another length', changed(['kind: gaussian', 'kind: point, x: [0, 1]']), /a list of 3/],
  ['a class of labels', changed(['] } }', '] }, label: {} }']), /label/],
  [
    'exact-ou with wells',
    changed(
      ['[stiffness, bias', '[stiffness, quartic, bias'],
      ['stiffness: 1,', 'stiffness: 1, quartic: 1,'],
      ['trajectories: 4', 'trajectories: 4, integrator: exact-ou'],
    ),
    /exact-ou needs a harmonic/,
  ],
  ['a check by enumeration of an Euler step', `${mixed}checks: [enumeration]\n`, /exact-ou or mala/],
  ['an Ising check of it', `${mixed}checks: [ising-energy]\n`, /an Ising model/],
  ['a Gaussian check of spins', `${mixed}checks: [gaussian-moments]\n`, /harmonic potential/],
  [
    'ou-splitting of spins',
    changed(['trajectories: 4', 'trajectories: 4, integrator: ou-splitting']),
    /no units with states/,
  ],
  [
    'a torus of nothing',
    changed(['] } }', '] }, couplings: { visible: { periodic: true } } }']),
    /needs network.visible.lattice/,
  ],
])('%s is refused', async (_, text, message) => {
  const refused = await refusalOf(async () => {
    const scenario = await parseScenario(text, 'mixed.yaml')
    await run(scenario, { directory: folder(), threads: 1, onNote() {} })
  })
  expect(refused).toMatch(message)
})

test('units beside clamped ones are checked with the law that is enumerated given these, where a point puts them', async () => {
  const clamped = changed(
    [
      '{ units: 1, states: 3 }, { units: 1, states: two }',
      '{ units: 2, states: 3, clamped: true }, { units: 3, states: two }',
    ],
    ['pair-table: 0, state-force: 0', 'pair-table: 0.7, state-force: 0.5'],
    ['kind: gaussian', 'kind: point, x: [0, 2, 1, 1, 1, 1]'],
    ['duration: 1', 'duration: 20'],
    ['trajectories: 4', 'trajectories: 1000, integrator: gibbs'],
  )
  const made = (text: string) => parseScenario(`${text}observe: [moments]\nchecks: [enumeration]\n`, 'clamped.yaml')
  const { checks } = await run(await made(clamped), { directory: folder(), threads: 1, onNote() {} })
  expect(checks.length).toBeGreaterThan(1)
  expect(checks.map(({ pass }) => pass)).not.toContain(false)
  const spread = await refusalOf(async () => {
    const scenario = await made(clamped.replace(/kind: point, x: \[.*?\]/, 'kind: gaussian'))
    await run(scenario, { directory: folder(), threads: 1, onNote() {} })
  })
  expect(spread).toMatch(/clamped units need initial.kind point/)
})

test.each<[string, string[]]>([
  ['have one state each', ['protocol.parameters.pair-table=[0.1, 0.2, 0.3]']],
  // Of 200 trajectories hardly one is excited, by 0.7 in 25,000.
  [
    'are cold',
    ['network.visible={units: 3, states: 2}', 'bath.kT=0.1', 'protocol.parameters.state-bias=[0.7, 0, 0.7, 0, 0.7, 0]'],
  ],
])('the mean energy of units that %s is that of the law, whatever varies among the trajectories', async (_, set) => {
  const text = `
name: still
network: { visible: { units: 3, states: 1 } }
potential: { onsite: [state-bias], pair: [pair-table] }
initial: { kind: equilibrium }
protocol: { duration: 1, dt: 0.1, parameters: { state-bias: 0.5, pair-table: 0 } }
sampling: { trajectories: 200 }
checks: [enumeration]
`
  const scenario = await parseScenario(text, 'still.yaml', { set })
  for (const seed of [1, 2, 3]) {
    const { checks } = await run({ ...scenario, seed }, { directory: folder(), threads: 1, onNote() {} })
    expect(checks[0]).toMatchObject({ name: 'mean energy', pass: true })
  }
})

test.each<[string, string, RegExp]>([
  ['grey images', 'data.digits=[0, 1]', /^data\.threshold: missing; .*black and white/],
  ['pixels of three states', 'network.visible.states=3', /network\.visible: .*states: two/],
])('units with states refuse %s', async (_, set, message) => {
  const scenario = await loadScenario('scenarios/energy-discrepancy-mnist.yaml', { profile: 'quick', set: [set] })
  const data = set.startsWith('data') ? { ...scenario.data, threshold: undefined } : scenario.data
  expect(await refusalOf(() => requireRunnable({ ...scenario, data } as typeof scenario))).toMatch(message)
})

test.each(['rbm-mnist', 'energy-discrepancy-mnist'])('%s refuses clamped units, whose law is none', async (name) => {
  const path = `scenarios/${name}.yaml`
  for (const role of name === 'rbm-mnist' ? ['visible', 'hidden'] : ['visible'])
    expect(await refusalOf(() => loadScenario(path, { set: [`network.${role}.clamped=true`] }))).toMatch(
      new RegExp(`network.${role}: .*leave clamped away`),
    )
})

test.each(['1e9', '0.1'])(
  'the exact energy of a torus is not asked for at kT = %s, where its digits are lost',
  async (kT) => {
    const scenario = await loadScenario('scenarios/ising.yaml', { set: [`bath.kT=${kT}`] })
    expect(await refusalOf(() => requireRunnable(scenario))).toMatch(
      /"ising-energy" needs a coupling over kT above 0.0001/,
    )
  },
)

test('a scenario of all kinds runs on the reference, hidden units of three kinds included', async () => {
  const text = changed([
    '] } }',
    '] }, hidden: { blocks: [{ units: 1, states: two }, { units: 1 }, { units: 1, states: 2, clamped: true }] } }',
  ])
  const scenario = await parseScenario(text, 'mixed.yaml')
  const { potential } = createProblem(scenario)
  expect(parse(text).name).toBe('mixed')
  expect([potential.network.units, potential.network.edges.count, potential.network.tables.count]).toEqual([6, 5, 7])
  const found = await run(scenario, { directory: folder(), threads: 1, onNote() {} })
  expect(found.backend).toBe('reference')
  await expect(run(scenario, { directory: folder(), threads: 1, backend: 'wasm' })).rejects.toThrow(
    /no kernel for units with states/,
  )
})
