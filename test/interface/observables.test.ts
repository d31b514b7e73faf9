import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireApplicable } from '../../src/experiment/checks/applicable.js'
import { decodeNpz } from '../../src/experiment/files/npz.js'
import { run } from '../../src/experiment/run/run.js'
import { effectiveScenario, loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { writeReport } from '../../viz/report.js'
import { refusalOf } from '../refusal.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

const trap = `name: trap
network: { visible: { units: 3 }, couplings: { visible: { edges: [[2, 0]] } } }
potential: { onsite: [stiffness, bias], pair: [bilinear] }
initial: { kind: gaussian, variance: 1 }
protocol: { duration: 4, dt: 0.05, kT: 1 + t/8, parameters: { stiffness: 1, bias: t, bilinear: 0.3 } }
sampling: { trajectories: 200 }
record: { every: 2, trajectories: 1 }
observe:
  - work
  - trajectories
  - { name: m, formula: x, lags: [0, 0.5], histogram: { bins: 8, from: -1, to: 3 } }
  - { name: gap, formula: x - 2*y, reduce: sum, from: 3 }
  - { name: last, formula: x^2, of: [2, 1] }
`

const scenarioOf = (set: string[] = []) => parseScenario(trap, 'trap.yaml', { set })
const messageOf = (set: string[]) =>
  refusalOf(async () => requireApplicable(createProblem(await parseScenario(trap, 'trap.yaml', { set }))))
const withFirst = (keys: string) => [`observe=[{ name: m, ${keys} }]`]

test('observables stand in results.json, observables.npz and the report', async () => {
  const directory = folder()
  const { observables } = await run(await scenarioOf(), { directory, threads: 1 })
  const [m, gap, last] = observables!
  expect(m).toMatchObject({ name: 'm', formula: 'x', of: 'units', count: 3, reduce: 'mean', from: 2, times: 21 })
  expect(m!.correlation!.lag).toEqual([0, 0.5])
  const { below, within, above } = m!.histogram!
  expect(below + within + above).toBe(3 * 21 * 200)
  expect(gap).toMatchObject({ of: 'pairs', count: 1, reduce: 'sum', from: 3 })
  expect(last).toMatchObject({ of: 'units', count: 2 })

  const read = (name: string) => decodeNpz(readFileSync(join(directory, name)), name)
  const arrays = read('observables.npz')
  expect(arrays.time!.shape).toEqual([41])
  for (const name of ['m', 'gap', 'last']) expect(arrays[`${name}/mean`]!.shape).toEqual([41])
  expect(arrays['m/perTrajectory']!.shape).toEqual([200])
  expect([arrays['m/edges']!.shape, arrays['m/density']!.shape]).toEqual([[9], [8]])

  const curves = read('ensemble.npz')
  expect(curves.mean!.shape).toEqual([41, 3])
  expect(curves.kT!.get(40)).toBe(1.5)
  expect(curves['parameters/bias']!.shape).toEqual([41, 1])
  expect(curves['parameters/bias']!.get(20, 0)).toBeCloseTo(2, 12)
  expect(curves.work!.get(40)).toBeCloseTo(
    JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8')).thermodynamics.work.mean,
    9,
  )

  const page = readFileSync(writeReport(directory), 'utf8')
  for (const words of ['Observables', 'x - 2*y', 'sum over 1 pair', 'Over time', 'work so far', 'variance of x'])
    expect(page).toContain(words)
})

test('pairs are those that are coupled, x and y in the order of their coupling', async () => {
  const directory = folder()
  const only = await scenarioOf(['observe=[trajectories, { name: gap, formula: x - 2*y }]', 'sampling.trajectories=1'])
  await run(only, { directory, threads: 1 })
  const read = (name: string) => decodeNpz(readFileSync(join(directory, name)), name)
  const { x } = read('trajectories.npz')
  const gap = read('observables.npz')['gap/mean']!
  // Recorded positions are float32.
  for (let frame = 0; frame < 41; frame++)
    expect(gap.get(frame)).toBeCloseTo(x!.get(0, frame, 2) - 2 * x!.get(0, frame, 0), 5)
})

test('of generation the mean is that of the samples, and the curve runs down the noise time', async () => {
  const directory = folder()
  const observe = 'observe=[work, heat, { name: m, formula: x }, { name: noisy, formula: x, from: 2 }]'
  const scenario = await loadScenario('test/fixtures/points.yaml', { set: [observe] })
  const { observables } = await run(scenario, { directory, threads: 1 })
  expect(observables![0]!.mean).toBeCloseTo(observables![0]!.final.mean, 12)
  expect(observables![0]).toMatchObject({ times: 1 })
  expect(observables![1]!.times).toBeGreaterThan(10)
  expect(observables![1]!.from).toBeLessThanOrEqual(2)
  expect(readFileSync(writeReport(directory), 'utf8')).toContain('noising time t')
})

test.each([
  ['formula: x + z', /observe\.0\.formula: .*unknown name "z"/],
  ['formula: x*y, of: units', /observe\.0\.formula: a formula of units has x, t, row or column/],
  ['formula: x*row, of: pairs', /observe\.0\.formula: a formula of pairs has x, y or t/],
  ['formula: x, of: [1, 3]', /observe\.0\.of\.1: units run from 0 to 2, got 3/],
  ['formula: x*y, of: [[0, 5]]', /observe\.0\.of\.0: units run from 0 to 2/],
  ['formula: x*y, of: [[1, 1]]', /observe\.0\.of\.0: a pair is of two units/],
  [
    'formula: x, lags: [0.53]',
    /observe\.0\.lags\.0: recorded times are 0\.1 apart.*0\.5 or 0\.6, got 0\.53.*record\.frames/,
  ],
  ['formula: x, lags: [3]', /observe\.0\.lags\.0: averages begin at t = 2, which leaves 2 for a lag, got 3/],
  ['formula: x, with: q, lags: [0]', /observe\.0\.with: expected an observable with a formula, m, got "q"/],
  ['formula: x, with: m', /observe\.0\.with: a correlation is at lags; add them/],
  ['formula: x, from: 5', /observe\.0\.from: expected at most protocol\.duration \(4\), got 5/],
  [
    'formula: x, histogram: { from: 1, to: 1 }',
    /observe\.0\.histogram\.to: expected more than histogram\.from \(1\), got 1/,
  ],
  ['formula: x }, { name: m, formula: x', /observe\.1\.name: the observable "m" stands twice/],
  ['formula: x }, { name: heat, formula: x', /observe\.1\.name: "heat" is an observable that is built in/],
])('a slip in an observable is told with its place and a mend: %s', async (keys, says) => {
  expect(await messageOf(withFirst(keys))).toMatch(says)
})

test('pairs where none are coupled, and both ways to say how often, are refused', async () => {
  const uncoupled = [...withFirst('formula: x*y'), 'network.couplings.visible.edges=[]', 'potential.pair=[]']
  expect(await messageOf([...uncoupled, 'protocol.parameters={ stiffness: 1, bias: 0 }'])).toMatch(
    /observe\.0\.of: no visible units are coupled.*of: \[\[0, 1\]\]/,
  )
  expect(await messageOf(['record.frames=10'])).toMatch(
    /record\.every: expected either record\.frames or record\.every/,
  )
})

test('a formula without a value somewhere leaves its averages unknown, and says where', async () => {
  const set = withFirst('formula: log(x)')
  const results = await run(await scenarioOf(set), { directory: folder(), threads: 1 })
  expect(results.observables![0]!.mean).toBeNaN()
  expect(results.warnings!.join()).toMatch(/observable m is not a finite number on trajectory \d+ at t = [\d.]+/)
})

test('sampling.record of scenarios of before is record.trajectories', async () => {
  const former = trap.replace('sampling: {', 'sampling: { record: 5,').replace(', trajectories: 1 }', ' }')
  const scenario = await parseScenario(former, 'trap.yaml')
  expect(scenario.record).toEqual({ every: 2, trajectories: 5 })
  expect(effectiveScenario(scenario)).not.toMatch(/sampling:\n( {2}.*\n)* {2}record/)
  expect((await scenarioOf(['sampling.record=0', 'record={}'])).record.trajectories).toBe(0)
  expect(await messageOf(['sampling.record=3'])).toMatch(/sampling\.record: unknown key/)
})
