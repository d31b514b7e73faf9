import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tableOf } from '../../examples/point-sets.mjs'
import { decodeNpy } from '../../src/experiment/files/npy.js'
import { loadArray } from '../../src/experiment/files/table.js'
import { run } from '../../src/experiment/run/run.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { dataWarnings, trainingWarnings } from '../../src/experiment/training/warnings.js'
import type { MetricLine } from '../../src/learning/training/losses.js'
import { dataFolder } from '../data-folder.js'
import { runFolders } from '../run-folder.js'

const { file, refusal } = dataFolder()
const folder = runFolders()
const moons = file(tableOf('two-moons', 1, 4000), 'moons.csv')

/** A scenario of moons; `changes` are lines of YAML. */
const scenario = (changes: string, path = moons, data = ', classes: part') =>
  parseScenario(
    `name: own\ndata: { source: array, path: ${path}${data} }\nnetwork: { visible: { units: 2 }, hidden: { units: 24 } }\n${changes}`,
    'own.yaml',
  )

test('scenarios/two-moons.csv is what the script makes', () => {
  expect(readFileSync('scenarios/two-moons.csv', 'utf8')).toBe(tableOf('two-moons', 1, 4000))
})

test('what is left out follows from units and data, and what is said stays', async () => {
  const { noising, learning, sampling } = createProblem(await scenario('learning: {}')).scenario
  // Spread 1: duration 3; neighbours .01 apart: noise of 5 times that, tMin = width²/2.
  expect(noising).toMatchObject({ duration: 3, slices: 40 })
  expect(noising.tMin).toBeGreaterThan(0.0005)
  expect(noising.tMin).toBeLessThan(0.005)
  expect(learning).toMatchObject({ start: 'scaled', optimizer: { rate: 0.05, hiddenRate: 0.3 } })
  expect(sampling.interpolation).toBe('alternate')
  const said = createProblem(
    await scenario('noising: { tMin: 0.02 }\nlearning: { optimizer: { rate: 0.01 } }'),
  ).scenario
  expect(said.noising.tMin).toBe(0.02)
  expect(said.learning!.optimizer).not.toHaveProperty('hiddenRate')
  expect(said.learning).not.toHaveProperty('start')
  expect(said.sampling.interpolation).toBe('linear')
})

test('wide data are noised for longer', async () => {
  const wide = file(
    tableOf('two-moons', 1, 400).replace(/-?\d+\.\d+/g, (x) => String(10 * Number(x))),
    'wide.csv',
  )
  const { noising } = createProblem(await scenario('learning: {}', wide)).scenario
  // 3 + ln 10
  expect(noising.duration).toBeCloseTo(5.3, 1)
})

/** Warnings of data that are written to a file, with so many hidden units. */
async function warned(text: string, hidden: number): Promise<string> {
  const problem = createProblem(
    await parseScenario(
      `name: own\ndata: { source: array, path: ${file(text, 'd.csv')} }\nnetwork: { visible: { units: 2 }, hidden: { units: ${hidden} } }\nlearning: {}`,
      'own.yaml',
    ),
  )
  return dataWarnings(problem, problem.data!).join('\n')
}
const states = (count: number, scale = 1, offset = 0) =>
  Array.from(
    { length: count },
    (_, n) => `${offset + scale * Math.SQRT2 * Math.sin(n * 1.7)},${Math.SQRT2 * Math.cos(n * 2.3)}`,
  ).join('\n')

test('data far from the width of the trap, or too few, are warned of with a remedy', async () => {
  expect(await warned(states(1000), 16)).toBe('')
  expect(await warned(states(1000, 20), 16)).toMatch(/standard deviations from 1 to 20 .*Set data.standardize: true/)
  expect(await warned(states(1000, 0.1), 16)).toMatch(/standard deviations from 0.1 to 1 .*data.standardize/)
  expect(await warned(states(1000, 1, 50), 16)).toMatch(/means up to 50.*data.standardize/)
  expect(await warned(states(100), 4)).toMatch(/80 training states of 2 numbers.*Give more data, or fewer hidden units/)
  expect(await warned(states(1000), 600)).toMatch(/800 training states.*parameters of each knot/)
})

/** Lines of training whose loss falls by `slope` in each of 40 steps, beside a scatter of .02. */
const lossLines = (slope: number): MetricLine[] =>
  Array.from({ length: 41 * 40 }, (_, n) => {
    const [slice, step] = [Math.floor(n / 40), n % 40]
    const loss = 1 - slope * step + 0.02 * Math.sin(12.9898 * n)
    return { kind: 'iteration', slice, t: 1, iteration: 10 * step, loss, rate: 1 }
  })

test('hidden units that do nothing, and losses that still fall, are warned of with a remedy', async () => {
  const problem = createProblem(await scenario('learning: {}'))
  const { potential, noising, data } = problem
  const warnings = (coupling: number, bias: number, slope = 0) => {
    const knots = noising.knots.map(() => {
      const theta = new Float64Array(potential.size)
      for (const { name, offset, size } of potential.groups)
        theta.fill(name === 'hidden-coupling' ? coupling : name === 'hidden-bias' ? bias : 0, offset, offset + size)
      return theta
    })
    return trainingWarnings(problem, data!, knots, lossLines(slope)).join('\n')
  }
  expect(warnings(1, 0)).toBe('')
  expect(warnings(0.005, 0)).toMatch(
    /^24 of 24 hidden units are dead: at \d+ noise times from .* Raise learning.optimizer.hiddenRate \(0.3\)/,
  )
  expect(warnings(1, 30)).toMatch(/^24 of 24 hidden units are saturated: .* Lower learning.optimizer.hiddenRate/)
  // A fall of 10 steps of .004 is 5 % of the loss; the scatter of 20 slices is below .3 %.
  expect(warnings(1, 0, 0.004)).toMatch(/^the loss had not settled: .* Take more learning.iterations/)
})

test('columns are standardised by the rows that are learned from, and samples are in their own units again', async () => {
  const own = tableOf('two-moons', 1, 4000).replace(
    /^(-?[\d.]+),(-?[\d.]+)/gm,
    (_, x, y) => `${300 + 40 * Number(x)},${0.002 * Number(y)}`,
  )
  const path = file(own, 'own-units.csv')
  const read = { path, holdout: 0.2, classes: 'part' }
  const { train, scaling } = loadArray({ ...read, standardize: true }, 2)
  const raw = loadArray(read, 2).train
  for (const unit of [0, 1]) {
    const column = train.points.filter((_, n) => n % 2 === unit)
    const mean = column.reduce((sum, x) => sum + x / column.length, 0)
    expect(Math.abs(mean)).toBeLessThan(1e-9)
    expect(column.reduce((sum, x) => sum + (x * x) / column.length, 0)).toBeCloseTo(1, 9)
  }
  train.points.forEach((x, n) => {
    expect(scaling!.mean[n % 2]! + scaling!.deviation[n % 2]! * x).toBeCloseTo(raw.points[n]!, 9)
  })
  const directory = folder()
  const found = await run(
    await scenario(
      'noising: { slices: 12 }\nlearning: { iterations: 60 }\nsampling: { trajectories: 1000 }\nobserve: []',
      path,
      ', classes: part, standardize: true',
    ),
    { directory, threads: 1 },
  )
  expect(found.warnings ?? []).toEqual([])
  expect(found.notes!.join()).toContain('standardised')
  const { data } = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))
  // Of 3,200 rows the mean is off by 40/√3200 = .7; four of them.
  expect(Math.abs(data.standardized.mean[0] - 300)).toBeLessThan(2.8)
  const samples = decodeNpy(readFileSync(join(directory, 'samples.npy')), 'samples.npy').data as Float32Array
  const moments = [0, 1].map((unit) => {
    const column = Array.from(samples.filter((_, n) => n % 2 === unit))
    const mean = column.reduce((sum, x) => sum + x / column.length, 0)
    return [mean, Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2 / column.length, 0))] as const
  })
  // 1,000 samples: the mean is off by 40/√1000 = 1.3, and so short a training by a tenth of a deviation.
  expect(Math.abs(moments[0]![0] - 300)).toBeLessThan(8)
  expect(moments[0]![1] / 40).toBeCloseTo(1, 0)
  expect(moments[1]![1] / 0.002).toBeCloseTo(1, 0)
}, 60_000)

test('a column that does not vary is refused by name', () => {
  const rows = Array.from({ length: 20 }, (_, n) => `${Math.sin(n + 0.5)},4`).join('\n')
  const load = (text: string) =>
    refusal(() => loadArray({ path: file(text, 'c.csv'), holdout: 0.5, standardize: true }, 2))
  expect(load(`a,height\n${rows}`)).toMatch(/column "height" is 4 in all rows .*can't be standardised/)
  expect(load(rows)).toMatch(/column 1 \(counted from 0\) is 4/)
})

test('classes come from a column, by name or number, and are none of the states', () => {
  const rows = Array.from({ length: 12 }, (_, n) => `${n / 7},${n % 3 === 1 ? 'up' : 'down'},${n / 3 + 0.1}`)
  const path = file(`x,side,y\n${rows.join('\n')}`, 'named.csv')
  const bare = file(rows.join('\n'), 'bare.csv')
  for (const read of [
    loadArray({ path, holdout: 0.25, classes: 'side' }, 2),
    loadArray({ path: bare, holdout: 0.25, classes: 1 }, 2),
  ]) {
    expect(read.classes!.names).toEqual(['down', 'up'])
    expect([...read.classes!.train]).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 1])
    expect([...read.train.points.subarray(0, 4)]).toEqual(
      [0, 0.1, 1 / 7, 1 / 3 + 0.1].map((x) => expect.closeTo(x, 12)),
    )
  }
  expect(loadArray({ path, holdout: 0.25, classes: 'side' }, 2).columns).toEqual(['x', 'y'])
  const refused = (keys: object, from = path) => refusal(() => loadArray({ path: from, holdout: 0.25, ...keys }, 2))
  expect(refused({ classes: 'sides' })).toMatch(/no column "sides" for data.classes.*x, side, y/)
  expect(refused({ classes: 'side' }, bare)).toMatch(/names no columns.*Give the number/)
})

test('class-conditional samples land on their own moon, and y given x follows the data', async () => {
  const trained = folder()
  const label = 'network: { visible: { units: 2 }, hidden: { units: 48 }, label: {} }'
  const text = (rest: string) =>
    `name: own\ndata: { source: array, path: ${moons}, classes: part }\n${label}\nnoising: { slices: 24 }\nlearning: { iterations: 200 }\n${rest}`
  const whole = await run(await parseScenario(text('sampling: { trajectories: 1000 }\nobserve: []'), 'own.yaml'), {
    directory: trained,
    threads: 1,
  })
  expect(whole.metrics.classAgreement!.value).toBeGreaterThan(0.95)
  const one = await run(
    await parseScenario(text('sampling: { trajectories: 1000, label: 1 }\nobserve: []'), 'own.yaml'),
    { directory: folder(), threads: 1, parametersFrom: trained },
  )
  expect(one.metrics.classAgreement!.value).toBeGreaterThan(0.95)
  await expect(parseScenario(text('sampling: { label: 7 }'), 'own.yaml').then(createProblem)).rejects.toThrow(
    'expected one of the classes 0 or 1, got 7',
  )

  // Given x: completed points beside the data, and the share on the upper branch where there are two.
  const directory = folder()
  const given = await run(
    await parseScenario(
      text('sampling: { trajectories: 3200, inpaint: { known: [x], completions: 8 } }\nobserve: [work, heat]'),
      'own.yaml',
    ),
    { directory, threads: 1, parametersFrom: trained },
  )
  const { oneNearestNeighbour, meanCompletionError } = given.metrics
  // The best mean completion is off by the variance of y given x; a Gaussian of the data by that of its regression.
  expect(oneNearestNeighbour!.value).toBeLessThan(0.62)
  const denoised = decodeNpy(readFileSync(join(directory, 'samples-denoised.npy')), 'samples-denoised.npy')
    .data as Float32Array
  const data = loadArray({ path: moons, holdout: 0.2, classes: 'part' }, 2).train
  const inWindow = (points: ArrayLike<number>) => {
    const upper: number[] = []
    for (let n = 0; n < points.length; n += 2) if (Math.abs(points[n]!) < 0.25) upper.push(points[n + 1]! > 0 ? 1 : 0)
    return upper.reduce((sum, is) => sum + is / upper.length, 0)
  }
  // Some 60 points of 400 lie there, with 8 completions each: a share of about .5 is known to .065/√… and better; four of them.
  expect(Math.abs(inWindow(denoised) - inWindow(data.points))).toBeLessThan(0.15)
  expect(meanCompletionError!.value).toBeLessThan(1)
}, 120_000)
