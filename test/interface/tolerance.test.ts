import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hardwareAt, partOf } from '../../src/experiment/tolerance/hardware-at.js'
import { imperfectionNamed, imperfections } from '../../src/experiment/tolerance/imperfections.js'
import { crossing, isotonic } from '../../src/experiment/tolerance/isotonic.js'
import { tried } from '../../src/experiment/tolerance/losses.js'
import { stricter, toleranceOf } from '../../src/experiment/tolerance/threshold.js'
import { tolerance, toleranceGrid } from '../../src/experiment/tolerance/tolerance.js'
import { writeTolerancePage } from '../../viz/tolerance-page.js'
import { fileFolder } from '../run-folder.js'

const folder = fileFolder()
const scenario = join(folder, 'small.yaml')
writeFileSync(
  scenario,
  `name: small
data: { source: gaussian-mixture, means: [[1, 1], [-1, -1]], width: 0.4, samples: 400 }
network: { visible: { units: 2 }, hidden: { units: 4 } }
potential: { onsite: [stiffness, quartic, bias], pair: [bilinear] }
noising: { duration: 3, tMin: 0.05, slices: 4 }
learning: { rule: nudged-force-matching, iterations: 40, batch: 32 }
sampling: { trajectories: 100 }
observe: []
hardware: { disorder: { couplings: 0 }, device: 7 }
`,
)

test('values are made monotonic by pooling, with the same mean, and rising ones stay', () => {
  expect(isotonic([1, 2, 5])).toEqual([1, 2, 5])
  expect(isotonic([3, 1, 4, 2])).toEqual([2, 2, 3, 3])
  expect(isotonic([3, 2, 1])).toEqual([2, 2, 2])
  expect(crossing([0, 1, 2], [0, 1, 3], 2)).toBe(1.5)
  expect(crossing([0, 1], [2, 3], 1)).toBe('below')
  expect(crossing([0, 1], [0, 1], 2)).toBe('above')
})

describe('a loss of log(size) and an offset of each seed', () => {
  const offsets = [0.3, -0.1, 0.05, -0.2]
  const sizes = [0.5, 1, 2, 4, 8]
  const losses = sizes.map((size) => offsets.map((offset) => Math.log(size) + offset))
  const mean = offsets.reduce((sum, x) => sum + x, 0) / 4
  const error = Math.sqrt(offsets.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 3 / 4)

  test('crosses a level where the closed form says, with the error of a mean', () => {
    const { where, size, standardError, isLeast } = toleranceOf(sizes, losses, 1, 'log')
    expect([where, isLeast]).toEqual(['inside', false])
    expect(size).toBeCloseTo(Math.exp(1 - mean), 12)
    expect(standardError).toBeCloseTo(size * error, 12)
  })

  test('says where it is not crossed', () => {
    expect(toleranceOf(sizes, losses, 9, 'log')).toMatchObject({ where: 'above', size: 8, standardError: null })
    expect(toleranceOf(sizes, losses, -2, 'log')).toMatchObject({ where: 'below', size: 0.5, standardError: null })
  })
})

test('of two metrics the one that loses first decides, and nobody where nothing is lost', () => {
  const metric = (path: string, lost: number) =>
    ({ path, worse: 'more', lost, ideal: { quality: { value: 1, standardError: null }, values: [1] } }) as const
  const metrics = [metric('one', 2), metric('other', 0.5)]
  const rising = [[1], [1.4], [1.8], [2.2]]
  const level = rising.map(() => [1])
  const sizes = [1, 2, 4, 8]
  const found = tried(imperfectionNamed('force-noise'), sizes, [rising, rising], metrics)
  expect(found.decidedBy).toBe('other')
  expect(found.tolerance).toEqual(found.curves[1]!.tolerance)
  // A loss of .5 of 1 is a quarter of the way from .4 to .8, in the logarithm of the size.
  expect(found.tolerance!.size).toBeCloseTo(2 * 2 ** 0.25, 12)
  expect(found.curves[0]!.tolerance).toMatchObject({ where: 'above', size: 8 })
  expect(tried(imperfectionNamed('force-noise'), sizes, [level, rising], metrics).decidedBy).toBe('other')
  expect(tried(imperfectionNamed('force-noise'), sizes, [level, level], metrics).decidedBy).toBeNull()
  const failed = tried(imperfectionNamed('force-noise'), [1], [[[null]], [[null]]], metrics)
  expect([failed.tolerance, failed.decidedBy]).toEqual([null, null])
  const at = (where: 'below' | 'inside' | 'above', size: number) => ({
    ...{ where, size, standardError: null, isLeast: false },
  })
  expect(stricter(at('below', 1), at('inside', 2), 'more')).toBe(true)
  expect(stricter(at('above', 8), at('inside', 2), 'more')).toBe(false)
  // Of bits and limits more is stricter.
  expect([
    stricter(at('inside', 5), at('inside', 4), 'less'),
    stricter(at('inside', 5), at('inside', 4), 'more'),
  ]).toEqual([true, false])
})

test('the section hardware of a size has that imperfection alone, and what is no size of the scenario', () => {
  const given = { disorder: { couplings: 0.5 }, device: 7 } as never
  expect(hardwareAt(given, [])).toEqual({ device: 7 })
  const [noise, bits] = [imperfectionNamed('force-noise'), imperfectionNamed('storage-bits')]
  expect(hardwareAt(given, [{ imperfection: noise, size: 2 }])).toEqual({ device: 7, force: { noise: 2 } })
  expect(hardwareAt(undefined, [{ imperfection: bits, size: 4 }])).toEqual({ storage: { bits: 4 } })
  // Half of an error is one bit more; half of a limit twice as far.
  expect([partOf(noise, 2, 0.5), partOf(bits, 4.2, 0.5), partOf(imperfectionNamed('slew'), 10, 0.5)]).toEqual([
    1, 6, 20,
  ])
})

test('the grid has the ideal device once for each seed, and each imperfection that applies at its sizes', async () => {
  const { axes, curves, without } = await toleranceGrid({ scenario, seeds: [1, 2] })
  expect(without.map(({ name }) => name)).toEqual(['crosstalk'])
  expect(curves.length).toBe(imperfections.length - 1)
  expect(axes.map(({ values }) => values.length)).toEqual([
    2,
    1 + curves.reduce((sum, { sizes }) => sum + sizes.length, 0),
  ])
  const devices = axes[1]!.values.map((device) => JSON.stringify(device))
  expect(new Set(devices).size).toBe(devices.length)
  const one = await toleranceGrid({ scenario, seeds: [1], imperfections: [imperfectionNamed('slew')], sizes: [1, 100] })
  // From the mildest on.
  expect(one.curves[0]!.sizes).toEqual([100, 1])
})

test.each([
  [{ seeds: [1, 1] }, /expected seeds, each once/],
  [{ seeds: [1], sizes: [1, 2] }, /sizes are of one imperfection/],
  [{ seeds: [1], set: ['hardware.dead=0.5'] }, /Remove hardware\.dead, or set it to 0/],
  [{ seeds: [1], set: ['hardware.storage.bits=4'] }, /Remove hardware\.storage\.bits/],
  [{ seeds: [1], imperfections: [imperfectionNamed('storage-bits')], sizes: [2.5] }, /expected whole numbers/],
  [
    { seeds: [1], imperfections: [imperfectionNamed('crosstalk')] },
    /does not apply to small: the units have no neighbours/,
  ],
  [{ seeds: [1], set: ['data=null', 'learning=null'] }, /small|learn/],
])('%j is refused', async (options, message) => {
  await expect(toleranceGrid({ scenario, ...options } as never)).rejects.toThrow(message)
})

test('an unknown imperfection is told what it may be', () => {
  expect(() => imperfectionNamed('force-noize')).toThrow(/Did you mean "force-noise"/)
})

test('an imperfection is tried, its size found, all at once within a budget, again without a run, and has a page', async () => {
  const directory = join(folder, 'found')
  mkdirSync(directory)
  const options = {
    ...{
      scenario,
      directory,
      seeds: [1, 2],
      imperfections: [imperfectionNamed('range'), imperfectionNamed('dead-units')],
    },
    ...{
      metrics: ['frechetDistance'],
      worseOf: () => 'more' as const,
      lost: 0.02,
      budget: 0.5,
      backend: 'reference' as const,
    },
    commandOf: (name: string) => `npx overdamped tolerance small.yaml --imperfection ${name}`,
  } as const
  const found = await tolerance(options)
  expect(found.imperfections.map(({ curves }) => curves.map(({ sizes }) => sizes.length))).toEqual([[5], [5]])
  const [range] = found.imperfections.map(({ curves }) => curves[0]!)
  // Parameters of at most a half hold no two wells.
  expect(range!.sizes.at(-1)!.loss!.value).toBeGreaterThan(found.metrics[0]!.lost)
  expect(range!.tolerance!.where).toBe('inside')
  // The ideal device has the loss 0 at each seed by its own: what is lost is beside it.
  expect(range!.sizes[0]!.values.length).toBe(2)
  expect(found.budget!.hardware).toMatchObject({ device: 7, protocol: { range: expect.any(Number) } })
  const results = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('results.json'),
  )
  // Eleven devices, and the one of the budget, at both seeds.
  expect(results.length).toBe(24)
  const written = () => results.map((name) => statSync(join(directory, name)).mtimeMs)
  const before = written()
  expect(await tolerance(options)).toEqual(found)
  expect(written()).toEqual(before)
  const page = readFileSync(writeTolerancePage(directory, found), 'utf8')
  for (const text of ['What the device must hold', 'range', '--imperfection dead-units', 'All at once'])
    expect(page).toContain(text)
  await expect(tolerance({ ...options, metrics: ['frechetDistanc'] })).rejects.toThrow(/Did you mean "frechetDistance"/)
  await expect(tolerance({ ...options, metrics: [] })).rejects.toThrow(/a loss is in units of one metric/)
  // By those that are usual: the same runs again.
  const usual = await tolerance({ ...options, metrics: undefined, lost: undefined, budget: undefined })
  expect(usual.metrics.map(({ path }) => path)).toEqual(['metrics.frechetDistance'])
  expect(usual.metrics[0]!.lost).toBe(usual.metrics[0]!.ideal.quality!.value)
  expect(usual.imperfections[0]!.curves[0]!.sizes).toEqual(range!.sizes)
}, 120_000)
