import { expect, test } from 'vitest'
import { run } from '../../src/experiment/run/run.js'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

/** Too few of everything to meet a bar. */
const flow = `
name: flow
bath: { kT: 0.5, mobility: 2 }
data: { source: boltzmann, parameters: { stiffness: -2, quartic: 1 }, samples: 2000 }
network: { visible: { units: 1 } }
potential:
  onsite:
    - stiffness
    - quartic
    - bias
    - { name: left, formula: exp(-(x+1)^2) }
    - { name: middle, formula: exp(-x^2) }
    - { name: right, formula: exp(-(x-1)^2) }
noising: { duration: 1.5, slices: 12 }
objective:
  { kind: falcon, frozen: [quartic], target: { stiffness: -2, quartic: 1, bias: 0.3 }, steps: [4], few: 1, substeps: 4, pairs: 1000, walkers: 2000, repeats: 1 }
`
const noised = `
name: noised
bath: { kT: 0.5, mobility: 2 }
data: { source: boltzmann, parameters: { stiffness: 1.5, bias: 0.3, bilinear: 0.2 }, samples: 4000 }
network: { visible: { blocks: [{ units: 2 }, { units: 1, clamped: true }] } }
potential: { onsite: [stiffness, bias], pair: [bilinear] }
objective: { kind: displacement, noise: 0.5, more: [{ steps: 50, above: 1.2 }], repeats: 1 }
`

test('few steps are proved one-to-one and have log Z of the target at kT = ½ and μ = 2, where the trace has not', async () => {
  const directory = folder()
  const { objective, checks } = await run(await parseScenario(flow, 'flow.yaml'), { directory, threads: 1 })
  expect(objective!.arms.map(({ name, expected, locality }) => [name, expected, locality])).toEqual([
    ['flow, 48 steps', 'succeeds', 'local'],
    ['4 steps', 'succeeds', 'local'],
    ['4 steps, trace for determinant', 'fails', 'local'],
    ['1 step, barrier', 'succeeds', 'local'],
    ['1 step, no barrier', 'fails', 'local'],
    ['1 step, cycle loss', 'fails', 'local'],
  ])
  const of = (name: string) => checks.find((check) => check.name === `${name}, seed 1`)!
  for (const name of [
    'largest μhλ, 4 steps',
    'log Z, 4 steps',
    'probability above 0, 4 steps',
    'largest μhλ, 1 step, barrier',
  ])
    expect(of(name), name).toMatchObject({ pass: true, control: false })
  expect(of('log Z, 4 steps, trace for determinant')).toMatchObject({ pass: true, control: true })
  const [fine, few] = objective!.arms
  expect([fine!.reference, few!.reference]).toEqual([true, undefined])
  expect(few!.figures.effectiveSampleShare! / fine!.figures.effectiveSampleShare!).toBeGreaterThan(0.8)
  // What goes in less what comes out is what the energy rose by, which is not much.
  expect(Math.abs(few!.figures.work! - few!.figures.heat!)).toBeLessThan(5)
  const page = renderReport(readRun(directory))
  expect(page).toContain('largest μhλ, proved')
}, 30_000)

test('a term that bends without bound folds every step, and a warning says what mends it', async () => {
  const text = flow
    .replace('frozen: [quartic]', 'frozen: []')
    .replace('few: 1, ', '')
    .replace('pairs: 1000, walkers: 2000', 'pairs: 500, walkers: 500')
  const { warnings } = await run(await parseScenario(text, 'folded.yaml'), { directory: folder(), threads: 1 })
  expect(warnings!.join()).toMatch(/^4 steps: a step folds.*Freeze terms that bend without bound, such as quartic/)
}, 30_000)

test('units of a clamped block are held, the others return in one step to the best guess', async () => {
  const { objective, checks } = await run(await parseScenario(noised, 'noised.yaml'), {
    directory: folder(),
    threads: 1,
  })
  expect(checks.filter(({ name }) => name.includes('over the least')).map(({ pass }) => pass)).toEqual([true, true])
  expect(objective!.arms[0]!.figures.heat).toBeGreaterThan(0)
}, 30_000)

test.each<[string, string, (text: string) => string, string]>([
  [
    'no stiffness',
    flow,
    (text) => text.replace('    - stiffness\n', ''),
    'potential.onsite: expected stiffness among the terms',
  ],
  [
    'data of a density',
    flow,
    (text) => text.replace(/data: .*/, 'data: { source: density, name: two-modes }'),
    'data.source: expected boltzmann',
  ],
  [
    'more steps than slices',
    flow,
    (text) => text.replace('slices: 12', 'slices: 3'),
    'objective.steps: 4 steps of 3 slices',
  ],
  [
    'a frozen stiffness',
    flow,
    (text) => text.replace('frozen: [quartic]', 'frozen: [quartic, stiffness]'),
    'objective.frozen: stiffness takes in the trap of the noising',
  ],
  [
    'a target without a law',
    flow,
    (text) => text.replace('target: { stiffness: -2, quartic: 1, bias: 0.3 }', 'target: { stiffness: -1 }'),
    'objective.target: the potential does not confine its unit',
  ],
  [
    'corruption of nothing',
    noised,
    (text) => text.replace('{ units: 2 }', '{ units: 2, clamped: true }'),
    'network.visible.blocks: all units are clamped',
  ],
  [
    'corrupted units whose best guess is not known',
    noised,
    (text) =>
      text
        .replace('onsite: [stiffness, bias]', 'onsite: [stiffness, quartic]')
        .replace('bias: 0.3, bilinear: 0.2', 'quartic: 1'),
    'data: what is best to do with its noised states is not known',
  ],
  [
    'corrupted units with states',
    noised,
    (text) => text.replace('clamped: true', 'states: two'),
    'network.visible: units with states',
  ],
])('refused before it runs: %s', async (_, text, change, message) => {
  await expect(async () => requireRunnable(await parseScenario(change(text), 'bad.yaml'))).rejects.toThrow(message)
})
