import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ChartSpec } from '../../viz/chart-spec.js'
import type { RecordedSweep } from '../../viz/sweep/record.js'
import { writeSweepPage } from '../../viz/sweep-page.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

/** The page of a sweep over the given axes whose only figure is what `work` says, ± .5 in each run, and 1 in truth. */
function pageOf(
  axes: Record<string, unknown[]>,
  work: (values: Record<string, unknown>) => number | null,
  directory = folder(),
): { text: string; charts: ChartSpec[] } {
  const grid = Object.entries(axes).map(([path, values]) => ({ path, values }))
  const places = grid.reduce<Record<string, unknown>[]>(
    (before, { path, values }) => before.flatMap((some) => values.map((value) => ({ ...some, [path]: value }))),
    [{}],
  )
  const points = places.map((values, n): RecordedSweep['points'][number] => {
    const known = work(values) !== null
    return { name: `point ${n}`, values, directory: `point ${n}`, status: known ? 'finished' : 'failed' }
  })
  const columns = ['point', 'status', ...Object.keys(axes), 'checks.w', 'checks.w.standardError', 'checks.w.truth']
  const rows = points.map(({ name, status, values }) => {
    const found = work(values)
    const figures = found === null ? [] : [found, 0.5, 1, 7]
    return [name, status, ...Object.values(values), ...figures]
  })
  mkdirSync(directory, { recursive: true })
  const sweep = { scenario: 'small', grid, shard: null, points }
  const text = readFileSync(
    writeSweepPage(directory, 'sweep.html', sweep, { columns: [...columns, 'same.everywhere'], rows }),
    'utf8',
  )
  const [, json = ''] = /id="charts">(.*?)<\/script>/s.exec(text) ?? []
  return { text, charts: JSON.parse(json) as ChartSpec[] }
}

test('a figure is averaged over seeds: the band is s/√n, and that of the run where there is one seed alone', () => {
  // 1, 2 and 6 at kT = 1: mean 3, s² = 7. At kT = 2 two of the three points failed.
  const found = { 1: [1, 2, 6], 2: [4, null, null] }
  const { charts } = pageOf({ 'bath.kT': [2, 1], seed: [5, 6, 7] }, ({ 'bath.kT': kT, seed }) => {
    return found[kT as 1 | 2][(seed as number) - 5] ?? null
  })
  expect(charts).toHaveLength(1)
  const [measured, truth] = charts[0]!.series
  expect(measured).toMatchObject({ kind: 'line', x: [1, 2], y: [3, 4] })
  expect(measured!.error![0]).toBeCloseTo(Math.sqrt(7 / 3), 4)
  expect(measured!.error![1]).toBe(0.5)
  expect(truth).toMatchObject({ dashed: true, x: [1, 2], y: [1, 1] })
  expect(charts[0]!.x.label).toBe('kT')
})

test('numbers make the x axis, names a curve each; figures that are the same everywhere have no chart', () => {
  const value = ({ a, n }: Record<string, unknown>) => (a as number) + (n === 'two' ? 10 : 0)
  const { text, charts } = pageOf({ n: ['one', 'two'], a: [0.01, 1, 100] }, value)
  expect(charts.map(({ series }) => series.map(({ label }) => label))).toEqual([['n one', 'n two', 'truth']])
  expect(charts[0]).toMatchObject({ x: { label: 'a', log: true } })
  expect(charts[0]!.series[1]).toMatchObject({ x: [0.01, 1, 100], y: [10.01, 11, 110] })
  expect(text).not.toContain('same, everywhere')
  // The table below is a map: what is largest has the strongest ground.
  expect(/--heat:45%">(.*?)<\/span>/.exec(text)?.[1]).toBe('110.00 <small>± 0.50</small>')
})

test('names alone are dots over names; more curves than colours are a heat map', () => {
  const dots = pageOf({ rule: ['a', [1, 2]] }, ({ rule }) => (rule === 'a' ? 1 : 2)).charts[0]!
  expect(dots.x.names).toEqual(['a', '[1,2]'])
  expect(dots.series[0]).toMatchObject({ kind: 'dots', y: [1, 2] })
  const nine = [...Array(9).keys()]
  const { text, charts } = pageOf({ a: nine, b: nine }, ({ a, b }) => (a as number) * (b as number) + 1)
  expect(charts).toEqual([])
  expect(text.match(/class="heat"/g)).toHaveLength(81)
})

test('further axes are small multiples with one scale, and a sweep over seeds alone shows each beside their mean', () => {
  const value = ({ a, b, c }: Record<string, unknown>) => (a as number) + (b as number) + (c as number)
  const { charts } = pageOf({ a: [1, 2, 3], b: [10, 20], c: [100, 300] }, value)
  expect(charts).toHaveLength(2)
  expect(new Set(charts.map(({ y }) => JSON.stringify([y.floor, y.ceiling]))).size).toBe(1)
  expect(charts[1]!.series[1]!.y).toEqual([321, 322, 323])
  expect(charts[0]!.y.ceiling).toBeGreaterThan(323.5)
  const seeds = pageOf({ seed: [1, 2, 3] }, ({ seed }) => [1, 2, 6][(seed as number) - 1]!)
  expect(seeds.charts[0]).toMatchObject({ x: { names: ['1', '2', '3'] }, levels: [{ y: 3 }] })
  expect(seeds.text).toContain('Mean over 3 seeds: 3.0 ± 1.5')
})

test('a point leads to its report where there is one, whatever its folder is called, and says why it failed', () => {
  const directory = folder()
  mkdirSync(join(directory, 'point 0'), { recursive: true })
  writeFileSync(join(directory, 'point 0', 'report.html'), '')
  const { text } = pageOf({ a: [1, 2, 3] }, ({ a }) => (a === 3 ? null : (a as number)), directory)
  expect(text).toContain('<a href="./point%200/report.html">point 0</a>')
  expect(text.match(/<a href="\.\//g)).toHaveLength(1)
  expect(text).toContain('1 point failed.')
  expect(text).toContain('✕ failed')
})

test('thousands of draws are in bins that hold the means of their points, and further long axes are averaged over', () => {
  // A figure that is 2a at every point: the mean of a bin is that of its points.
  const directory = folder()
  const draws = Array.from({ length: 3000 }, (_, n) => ({
    a: n / 3000,
    b: 10 ** (((n * 7919) % 3000) / 1000),
    c: (n * 31) % 3000,
  }))
  const grid = (['a', 'b', 'c'] as const).map((path) => ({ path, values: draws.map((draw) => draw[path]) }))
  const points = draws.map((values, n) => ({ name: `${n}`, values, directory: `${n}`, status: 'finished' as const }))
  const rows = draws.map((draw, n) => [`${n}`, 'finished', ...Object.values(draw), 2 * draw.a])
  mkdirSync(directory, { recursive: true })
  const table = { columns: ['point', 'status', 'a', 'b', 'c', 'metrics.w'], rows }
  const text = readFileSync(
    writeSweepPage(directory, 'sweep.html', { scenario: 'many', grid, shard: null, points }, table),
    'utf8',
  )
  expect(text).toContain('a in 25 bins, each with the mean of its points. b in 25 bins')
  expect(text).toContain('Averaged over c.')
  const cells = [...text.matchAll(/--heat:\d+%">(\d\.\d+)/g)].map(([, value]) => Number(value))
  expect(cells.length).toBeGreaterThan(600)
  expect(cells.length).toBeLessThanOrEqual(625)
  expect(cells.reduce((sum, value) => sum + value, 0) / cells.length).toBeCloseTo(1, 1)
  expect(text).toContain('2,000 more points are in sweep.csv')
  expect(text.length).toBeLessThan(2e6)
})
