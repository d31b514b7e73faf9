import { describe, expect, test } from 'vitest'
import { requireApplicable } from '../../src/experiment/checks/applicable.js'
import type { Results } from '../../src/experiment/run/results.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { refusalOf } from '../refusal.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

const washboard = `name: washboard
network: { visible: { units: 1, period: 2*pi } }
potential: { onsite: [{ name: corrugation, formula: cos(x) }], force: [{ name: tilt, formula: 1 }] }
initial: { kind: point, x: 0 }
protocol: { duration: 10, dt: 0.05, parameters: { corrugation: 0.5, tilt: 1.5 } }
sampling: { trajectories: 500 }
observe: [work, heat]
checks: [first-law]
`
const pair = `name: pair
network: { visible: { units: 2 } }
potential: { onsite: [stiffness], force: [{ name: curl, x: y, y: -x }] }
initial: { kind: gaussian, variance: 1 }
protocol: { duration: 1, dt: 0.05, parameters: { stiffness: 1, curl: 0.5 } }
sampling: { trajectories: 100 }
observe: [work, heat]
`
const walled = ['network.visible={ units: 2, walls: [-1, 2] }']
const active = ['bath={ active: { time: 0.5 } }', 'protocol.parameters.activity=1']

const messageOf = (text: string, set: string[] = []) =>
  refusalOf(async () => requireApplicable(createProblem(await parseScenario(text, 'mine.yaml', { set }))))
async function resultsOf(
  text: string,
  set: string[] = [],
  backend: 'auto' | 'wasm' = 'auto',
): Promise<Results & { directory: string }> {
  const directory = folder()
  const scenario = await parseScenario(text, 'mine.yaml', { set })
  return { ...(await run(scenario, { directory, threads: 1, backend })), directory }
}

describe('what is refused, and how it is mended', () => {
  const force = (value: string) => [`potential.force=[${value}]`]
  test.each<[string, string[], RegExp]>([
    ['a force of both kinds', force('{ name: f, formula: 1, x: y, y: 0 }'), /either formula, on each unit, or x and y/],
    ['a force of neither', force('{ name: f }'), /expected formula, the force on each unit/],
    ['half of a pair', force('{ name: f, x: y }'), /expected x and y; for no force on the second unit give y: 0/],
    ['a formula', force('{ name: f, formula: 2x }'), /force.0.formula: column 2 .*a product is written with \*/],
    ['a formula of pairs', force('{ name: f, x: y, y: z }'), /force.0.y: column 1 of the formula/],
    ['a name that is taken', force('{ name: stiffness, formula: 1 }'), /"stiffness" is a built-in term/],
    ['a name that active forces have', force('{ name: activity, formula: 1 }'), /choose another name/],
    ['a name that stands twice', force('{ name: f, formula: 1 }, { name: f, formula: x }'), /stands twice/],
    ['a time of 0', ['bath={ active: { time: 0 } }'], /bath.active.time: expected more than 0/],
    ['no time', ['bath={ active: {} }'], /bath.active.time: missing/],
    ['another account', ['bath={ active: { time: 1, counts: heat } }'], /expected work or bath/],
    ['active forces of unknown strength', ['bath={ active: { time: 1 } }'], /parameters.activity: missing/],
    ['walls the wrong way round', ['network.visible={ units: 2, walls: [1, 0] }'], /lower wall is below the upper one/],
    ['no wall', ['network.visible={ units: 2, walls: [null, null] }'], /there is no wall/],
    ['walls and a period', ['network.visible={ units: 2, walls: [0, 1], period: 1 }'], /walls or a period, not both/],
    ['a period of 0', ['network.visible={ units: 2, period: 0 }'], /period: expected more than 0, got 0/],
    ['a period with a name', ['network.visible={ units: 2, period: L }'], /period: column 1 of the formula/],
    ['walls of a spin', ['network.visible={ units: 2, states: two, walls: [0, 1] }'], /of continuous units/],
    ['walls beside blocks', ['network.visible={ walls: [0, 1], blocks: [{ units: 2 }] }'], /walls: each of the blocks/],
    [
      'a start beyond a wall',
      [...walled, 'initial={ kind: point, x: [0, 3] }'],
      /unit 1 starts at 3, beyond its walls/,
    ],
    ['a check of open space', [...walled, 'checks=[gaussian-moments]'], /needs units in open space/],
    ['a check of a potential', ['checks=[stationary-covariance]'], /no walls, periods, potential.force or bath.active/],
    ['a sampler', ['sampling.integrator=mala', 'observe=[trajectories]'], /samples e\^\(-U\/kT\)/],
    [
      'a scheme that knows no walls',
      [...walled, ...force(''), 'protocol.parameters={ stiffness: 1 }', 'sampling.integrator=exact-ou'],
      /exact-ou needs units without walls/,
    ],
    ['a scheme of harmonic potentials', ['sampling.integrator=exact-ou'], /exact-ou needs a harmonic potential/],
    [
      'a trap of an angle',
      ['network.visible={ units: 2, period: 1 }'],
      /the term "stiffness" is not the same at x and x \+ 1/,
    ],
    [
      'an active bath in both directions',
      ['bath={ active: { time: 1, counts: bath } }', 'initial={ kind: equilibrium }', 'protocol.bothWays=true'],
      /that of the active forces is left out; use counts: work/,
    ],
  ])('%s', async (_, set, words) => expect(await messageOf(pair, set)).toMatch(words))

  test('what learns has no such forces and no walls', async () => {
    const set = ['potential.force=[{ name: f, formula: 1 }]', 'network.visible={ units: 2, walls: [0, 1] }']
    const message = await refusalOf(() => loadScenario('scenarios/gaussian-mixture-2d.yaml', { set }))
    expect(message).toMatch(/potential.force: forces without a potential have no e\^\(-U\/kT\) to learn or to sample/)
    expect(message).toMatch(/walls: is for a plain simulation/)
  })

  test.each([
    [
      'a bias along an angle',
      '{ onsite: [{ name: corrugation, formula: cos(x) }, bias], force: [] }',
      'bias: 1, corrugation: 1',
      /"bias" .* give it under potential.force/,
    ],
    [
      'a formula that does not repeat',
      '{ onsite: [{ name: corrugation, formula: cos(1.001*x) }], force: [] }',
      'corrugation: 1',
      /term "corrugation" is not the same/,
    ],
    [
      'a force that does not',
      '{ onsite: [], force: [{ name: tilt, formula: x }] }',
      'tilt: 1',
      /force "tilt" is not the same/,
    ],
    [
      'a term that does not at some time',
      '{ onsite: [{ name: corrugation, formula: cos(x) + t*x }], force: [] }',
      'corrugation: 1',
      /"corrugation" is not the same/,
    ],
  ])('%s', async (_, potential, parameters, words) =>
    expect(await messageOf(washboard, [`potential=${potential}`, `protocol.parameters={ ${parameters} }`])).toMatch(
      words,
    ),
  )

  test('angles may be coupled by what repeats in both', async () => {
    const text = washboard.replace('units: 1', 'units: 3')
    const pairs = (formula: string) =>
      messageOf(text, [`potential.pair=[{ name: twist, formula: ${formula} }]`, 'protocol.parameters.twist=1'])
    expect(await pairs('-cos(x - y)')).toBe('valid')
    expect(await pairs('(x - y)^2')).toMatch(/term "twist" is not the same/)
  })
})

test('a tilted washboard: results and report have its drift, diffusion and turns', async () => {
  const found = await resultsOf(washboard)
  expect(found.checks.every(({ pass }) => pass)).toBe(true)
  const [current] = found.currents!
  const { drift, diffusion, windings, period } = current!
  expect(drift.mean).toBeGreaterThan(0.5)
  expect(windings.mean).toBeCloseTo((drift.mean * 10) / period, 10)
  expect(diffusion.standardError).toBeLessThan(0.2 * diffusion.mean)
  // All work is tilt · Δx, to the rounding of float32.
  expect(found.thermodynamics.work!.mean).toBeCloseTo(1.5 * 10 * drift.mean, 3)
  const report = renderReport(readRun(found.directory))
  expect(report).toContain('drift ⟨Δx⟩/t')
  expect(report).toContain('as an angle within the period about 0')
})

test('an angle so many turns out that float32 is coarse beside a kick is warned of, and within a few none', async () => {
  const warned = async (x: number) =>
    ((await resultsOf(washboard, [`initial={ kind: point, x: ${x} }`], 'wasm')).warnings ?? []).join(' ')
  expect(await warned(500_000)).toMatch(/unit 0 is [\d,]+ periods from 0.*--backend reference/)
  expect(await warned(50)).not.toMatch(/periods from 0/)
})

test('a given step that walls or active forces do not resolve is warned of, the default one is not', async () => {
  const warned = async (text: string, dt: string[]) => ((await resultsOf(text, dt)).warnings ?? []).join(' ')
  const box = `name: box
network: { visible: { units: 1, walls: [0, 0.5] } }
potential: { onsite: [] }
initial: { kind: point, x: 0.1 }
protocol: { duration: 0.1, parameters: {} }
sampling: { trajectories: 20 }
`
  expect(await warned(box, ['protocol.dt=0.01'])).toMatch(/long for the walls or active forces.*Give 0.000417 or less/)
  expect(await warned(box, [])).toBe('')
})

test('active forces are shown nowhere, and their start and what is left out are said', async () => {
  const set = [...active, 'observe=[work, heat, entropy-production, trajectories]', 'initial={ kind: equilibrium }']
  const found = await resultsOf(pair, [
    ...set,
    'potential.force=[]',
    'protocol.parameters={ stiffness: 1, activity: 2 }',
  ])
  expect(found.thermodynamics.entropyProduction).toBeUndefined()
  expect(found.notes!.join(' ')).toMatch(/stationary law.*equilibrium of the potential alone.*beside an active bath/)
  expect(readRun(found.directory).samples?.units).toBe(2)
  expect(readRun(found.directory).trajectories?.x.length).toBe(
    2 * 8 * readRun(found.directory).trajectories!.time.length,
  )
})

test('starts beyond a wall are reflected, and it is said', async () => {
  const set = [...walled, 'potential={ onsite: [] }', 'protocol.parameters={}', 'initial.variance=4']
  const found = await resultsOf(pair, set)
  const { points } = readRun(found.directory).samples!
  expect(Math.min(...Array.from(points))).toBeGreaterThanOrEqual(-1)
  expect(Math.max(...Array.from(points))).toBeLessThanOrEqual(2)
  expect(found.notes!.join(' ')).toMatch(/drawn beyond a wall are reflected/)
})

test.each(['box', 'shear'])('%s passes its checks', async (name) => {
  const directory = folder()
  const { checks } = await run(await loadScenario(`scenarios/${name}.yaml`), { directory, threads: 1 })
  expect(checks.filter(({ pass }) => !pass)).toEqual([])
})
