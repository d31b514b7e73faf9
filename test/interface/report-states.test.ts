import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeNpz } from '../../src/experiment/files/npz.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import type { ChartSpec } from '../../viz/chart-spec.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { objectiveCurves } from '../../viz/sections/objective-curves.js'
import { fileFolder, runFolders } from '../run-folder.js'

const folder = runFolders()
const path = join(fileFolder(), 'weather.csv')
const rows = Array.from({ length: 300 }, (_, n) => {
  const wet = (n * 7) % 10 < 6 ? 'wet' : 'dry'
  return `${(20 + 5 * Math.sin(n) - (wet === 'wet' ? 4 : 0)).toFixed(2)},${wet},${'north south east'.split(' ')[n % 3]}`
})
writeFileSync(path, ['degrees,sky,wind', ...rows].join('\n'))

const table = `
name: weather
data: { source: table, path: ${path}, holdout: 0.5 }
network: { visible: { blocks: [{ units: 1 }, { units: 1, states: 2 }, { units: 1, states: 3 }] } }
potential: { onsite: [stiffness, bias, state-bias], pair: [pair-table, state-force] }
objective: { kind: energy-discrepancy, start: { stiffness: 1 }, perturbation: { time: 1, kick: 0.5 }, negatives: 8, batch: 50, iterations: 60, optimizer: { kind: adam, rate: 0.05 }, target: sky, repeats: 1 }
`
const machine = `
name: machine
data: { source: bars-and-stripes, side: 3 }
network: { visible: { lattice: [3, 3], states: two }, hidden: { units: 3, states: two }, couplings: { visible: { edges: [] } } }
potential: { onsite: [bias], pair: [bilinear] }
objective: { kind: contrastive-divergence, kernel: gibbs, steps: 1, iterations: 20, walkers: 20, points: 2, repeats: 2 }
`
const bits = `
name: bits
data: { source: density, name: moons, code: { length: 3 }, samples: 500 }
network: { visible: { units: 6, states: two }, hidden: { units: 2 } }
potential: { onsite: [bias], pair: [] }
objective: { kind: energy-discrepancy, negatives: 2, batch: 20, iterations: 4, contrastive: { iterations: 2 }, repeats: 1 }
`

async function reported(text: string) {
  const directory = folder()
  const results = await run(await parseScenario(text, 'a.yaml'), { directory, threads: 1 })
  const record = readRun(directory)
  const page = renderReport(record)
  const charts: ChartSpec[] = JSON.parse(/<script[^>]*id="charts">(.*?)<\/script>/s.exec(page)![1]!)
  const text_ = page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
  return { directory, results, record, page, charts, text: text_ }
}

test('a table has a reliability curve, rows in its own names and units, and its columns beside those of the data', async () => {
  const { directory, results, charts, text, page } = await reported(table)
  const arm = results.objective!.arms[0]!
  const bins = arm.reliability!
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(150)
  // What the run says of the calibration follows from the bins.
  const error = bins.reduce(
    (sum, { confidence, frequency, count }) => sum + (count / 150) * Math.abs(confidence - frequency),
    0,
  )
  expect(error).toBeCloseTo(arm.figures.calibrationError!, 12)
  const right = bins.reduce((sum, { frequency, count }) => sum + (count / 150) * frequency, 0)
  expect(right).toBeCloseTo(arm.figures.accuracy!, 12)
  expect(text).toContain('How often what is told comes true')
  expect(page.match(/class="reliability|scatter reliability/g)).toHaveLength(1)

  const [degrees, sky, wind] = results.objective!.columns!
  expect(degrees).toMatchObject({ name: 'degrees' })
  expect([sky, wind]).toEqual([
    { name: 'sky', categories: ['dry', 'wet'] },
    { name: 'wind', categories: ['east', 'north', 'south'] },
  ])
  // The first held-out row is the second of the file.
  const [first] = /row of degrees sky wind data (\S+ \S+ \S+)/.exec(text)!.slice(1)
  const [value, ...names] = rows[1]!.split(',')
  expect(first).toBe([Number(value).toPrecision(3), ...names].join(' '))
  expect(text).toMatch(/model \S+ (dry|wet) (east|north|south)/)
  const wet = rows.filter((row, n) => n % 2 === 1 && row.includes('wet')).length / 150
  expect(text).toMatch(new RegExp(`wet ${(100 * wet).toFixed(1)} %`))
  const marginal = charts.find(({ id }) => id === 'chart-column-0')!
  const [model, data] = marginal.series.map(({ x, y }) =>
    y.reduce<number>((sum, density) => sum + density! * (x[1]! - x[0]!), 0),
  )
  // As densities; what lies beyond the shown range is missing.
  expect(model).toBeGreaterThan(0.9)
  expect(data).toBeCloseTo(1, 1)
  const { heldOut } = decodeNpz(readFileSync(join(directory, 'comparison.npz')), 'comparison.npz')
  expect(heldOut!.shape).toEqual([150, 3])
})

test('a figure that never changes is no curve, but what others are read against', async () => {
  const { charts, results } = await reported(table)
  const ids = charts.map(({ id }) => id)
  expect(ids).toContain('chart-objective-accuracy')
  expect(ids).not.toContain('chart-objective-guess')
  const { guess } = results.objective!.arms[0]!.figures
  expect(charts.find(({ id }) => id === 'chart-objective-accuracy')!.levels).toEqual([
    { y: Number(guess!.toPrecision(5)), label: 'commonest class', within: true },
  ])
})

test('a control that runs away is cut off, and no other arm is', () => {
  const curve = (arm: string, value: number[]) => ({ arm, figure: 'logPseudoLikelihood', iteration: [1, 2], value })
  const arm = (name: string, fails: boolean) => ({
    ...{ name, fails, reference: false, locality: 'local', figures: {}, cost: {}, reliability: [] },
  })
  const arms = [arm('good', false), arm('bad', true)]
  const [cut] = objectiveCurves([curve('good', [-30, -20]), curve('bad', [-40, -900])], arms, [])
  expect(cut!.spec.y).toMatchObject({ floor: -31, ceiling: -19 })
  expect(JSON.stringify(cut!.markup)).toContain('Beyond what is shown: bad (control).')
  const [whole] = objectiveCurves([curve('good', [-30, -20]), curve('bad', [-40, -110])], arms, [])
  expect(whole!.spec.y).not.toHaveProperty('floor')
  const [both] = objectiveCurves(
    [curve('good', [-30, -20]), curve('bad', [-40, -900])],
    [arm('good', false), arm('bad', false)],
    [],
  )
  expect(both!.spec.y).not.toHaveProperty('floor')
})

test('arms stand by likelihood beside the floor, and images of the model beside all that there are', async () => {
  const { results, text, charts, page } = await reported(machine)
  const floor = Math.log(14)
  expect(results.metrics['negativeLogLikelihood:short-run']!.floor).toBe(floor)
  expect(text).toContain('−ln p(data), nat, by arm')
  expect(text).toContain('the floor 2.639, the entropy of the data')
  const levels = charts.find(({ id }) => id === 'chart-objective-negativeLogLikelihood')!.levels
  expect(levels).toEqual([{ y: 2.6391, label: 'floor', within: true }])
  // A dot for each arm, in the order of their likelihoods.
  const dots = [...page.matchAll(/<circle class="dot" cx="([\d.]+)%"/g)].map(([, at]) => Number(at))
  const values = results.objective!.arms.map(({ figures }) => figures.negativeLogLikelihood!)
  expect(dots).toHaveLength(2)
  expect(Math.sign(dots[0]! - dots[1]!)).toBe(Math.sign(values[0]! - values[1]!))
  expect(text).toContain('14, evenly spread, not picked: all that there are')
})

test('bits are shown as the density they stand for, and not as four dots', async () => {
  const { page, text, results } = await reported(bits)
  expect(page).not.toContain('id="samples"')
  expect(text).toContain('KL(data‖model), nat, by arm')
  const { entropy } = results.objective!.arms[0]!.figures
  expect(text).toContain(`Entropy of the data, nat: ${entropy!.toPrecision(3)}.`)
})

test('a simulation of units with states says why there is no entropy production, and shows states as shares', async () => {
  const directory = folder()
  const small = { set: ['sampling.trajectories=50', 'protocol.duration=1'] }
  const results = await run(await loadScenario('scenarios/ising.yaml', small), { directory, threads: 1 })
  expect(results.notes?.join()).toContain('entropy production is not known: it takes -ln p of the final states')
  const page = renderReport(readRun(directory))
  expect(page).toContain('share of the trajectories')
  expect(page).toContain('entropy production is not known')
})
