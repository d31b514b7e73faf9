import { mkdirSync, readFileSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { decodeNpz, encodeNpz } from '../../src/experiment/files/npz.js'
import { decodeSafetensors } from '../../src/experiment/files/safetensors.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import type { ChartSpec } from '../../viz/chart-spec.js'
import { renderComparison } from '../../viz/compare.js'
import { contours } from '../../viz/contours.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { fileFolder } from '../run-folder.js'
import { write, writeLandscape, writeLearningRun, writeTwoUnits } from './small-run.js'

const folder = fileFolder()
let runs = 0
function newRun(change: (directory: string) => void = () => {}): string {
  const directory = join(folder, `${runs++}`)
  mkdirSync(directory)
  writeLearningRun(directory)
  change(directory)
  return directory
}

const page = (directory: string) => renderReport(readRun(directory))
const block = (text: string, id: string) =>
  JSON.parse(new RegExp(`<script type="application/json" id="${id}">(.*?)</script>`).exec(text)?.[1] ?? 'null')
function chart(text: string, id: string): ChartSpec {
  const found = (block(text, 'charts') as ChartSpec[]).find((spec) => spec.id === id)
  expect(found, id).toBeDefined()
  return found as ChartSpec
}
const width = ({ x }: { x: number[] }) => (x[1] as number) - (x[0] as number)
const area = (curve: { x: number[]; y: (number | null)[] }) =>
  width(curve) * curve.y.reduce<number>((sum, value) => sum + (value ?? 0), 0)

describe('work in both directions', () => {
  // A dragged trap: ΔF = -2, and works are Gaussian with a variance of twice the dissipated work, here 3 (Crooks' relation).
  const density = (w: number, mean: number) => Math.exp(-((w - mean) ** 2) / 12) / Math.sqrt(12 * Math.PI)
  const work = Float64Array.from({ length: 40 }, (_, n) => -10 + 0.45 * (n + 0.5))
  const [forward, reverse] = [work.map((w) => density(w, 1)), work.map((w) => density(w, -5))]
  const vector = (values: Float64Array) => ndarray(values, [values.length])
  const bothWays = (directory: string) => {
    const logRatio = forward.map((p, n) => Math.log(p / reverse[n]!))
    const arrays = { work, forward, reverse, logRatio, logRatioError: work.map(() => 0.1) }
    write(
      directory,
      'free-energy.npz',
      encodeNpz(Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, vector(values)]))),
    )
    write(directory, 'results.json', {
      freeEnergy: { jarzynski: { value: -2, standardError: 0.1 }, bennett: { value: -2, standardError: 0.05 } },
    })
  }

  it('lie over one another on the same bins and cross at ΔF', () => {
    const text = page(newRun(bothWays))
    const { series, marks } = chart(text, 'chart-works')
    expect(series.map(({ label }) => label)).toEqual(['P_F(W), forward', 'P_R(−W), reverse'])
    for (const [n, values] of [forward, reverse].entries()) {
      expect(series[n]!.x).toEqual([...work].map((w) => Number(w.toPrecision(5))))
      for (const [bin, value] of series[n]!.y.entries()) expect(value).toBeCloseTo(values[bin]!, 5)
    }
    expect(marks).toEqual([{ x: -2, label: 'ΔF' }])
    const [, low, high] = /histograms cross between (\S+) and (\S+) kT/.exec(text) ?? []
    const [below, above] = [low, high].map((value) => Number(value?.replace('−', '-')))
    // The two neighbouring bins whose middles enclose ΔF.
    expect(below).toBeLessThanOrEqual(-2)
    expect(above).toBeGreaterThanOrEqual(-2)
    // Both are rounded to hundredths.
    expect(Math.abs(above! - below! - 0.45)).toBeLessThan(0.011)
  })

  it('are left out for a run of before, whose file has their ratio alone', () => {
    const text = page(
      newRun((directory) => {
        bothWays(directory)
        const { work: w, logRatio, logRatioError } = decodeNpz(readFileSync(join(directory, 'free-energy.npz')), 'npz')
        write(directory, 'free-energy.npz', encodeNpz({ work: w!, logRatio: logRatio!, logRatioError: logRatioError! }))
      }),
    )
    expect(text).toContain('chart-crooks')
    expect(text).not.toContain('chart-works')
  })
})

it('lays work, heat and entropy production of compared runs over each other on common bins', () => {
  const shifted = (directory: string) => {
    const values = Float64Array.from({ length: 500 }, (_, n) => 5 + Math.sin(n) * 2)
    write(directory, 'thermodynamics.npz', encodeNpz({ work: ndarray(values, [500]) }))
  }
  const named = [newRun(), newRun(shifted), newRun()].map((directory, n) => ({
    name: `r${n}`,
    run: readRun(directory),
  }))
  const text = renderComparison(named)
  const { series } = chart(text, 'chart-compared-work')
  expect(series.map(({ label }) => label)).toEqual(['r0', 'r1', 'r2'])
  for (const curve of series) {
    expect(curve.x).toEqual(series[0]!.x)
    expect(area(curve)).toBeCloseTo(1, 2)
  }
  const mean = ({ x, y }: ChartSpec['series'][number]) =>
    x.reduce((sum, at, bin) => sum + at * (y[bin] ?? 0), 0) * width({ x })
  expect(mean(series[1]!) - mean(series[0]!)).toBeCloseTo(5, 0)
  // The second run has no heat: the others do.
  expect(chart(text, 'chart-compared-heat').series.map(({ label }) => label)).toEqual(['r0', 'r2'])
  expect(renderComparison(named)).toBe(text)
})

it('shows losses while learning within slices, which do not climb where each slice falls', () => {
  const rows = Array.from({ length: 10 }, (_, slice) =>
    Array.from({ length: 40 }, (_, n) => ({
      ...{ kind: 'iteration', slice, t: 3 * 0.5 ** slice, iteration: 5 * n },
      // Each slice falls by .1, from a height that grows from slice to slice.
      loss: 0.1 * slice + 0.1 * (1 - n / 39) + 0.001 * (n % 2),
    })),
  ).flat()
  const written = (lines: object[]) =>
    page(
      newRun((directory) => write(directory, 'metrics.jsonl', lines.map((row) => `${JSON.stringify(row)}\n`).join(''))),
    )
  const text = written(rows)
  const { series } = chart(text, 'chart-iterations')
  expect(series.length).toBe(6)
  expect(series[0]!.label).toBe('t = 3')
  for (const { x, y } of series) {
    expect([x[0], x.at(-1)]).toEqual([0, 195])
    expect((y.at(-1) as number) - (y[0] as number)).toBeLessThan(-0.09)
  }
  expect(text).toContain('No slice ends above its beginning')
  const risen = rows.map((row) => (row.slice === 4 ? { ...row, loss: 1 - row.loss } : row))
  expect(written(risen)).toContain('1 of 10 slices end above their beginning')
})

describe('the plane of two units', () => {
  it('has lines around what lies below a level, holes and the border included', () => {
    // A ring 2 < r < 4 around (10, 10).
    const height = (column: number, row: number) => Math.abs(Math.hypot(column - 10, row - 10) - 3)
    const found = contours([21, 21], height, 1)
    expect(found.length).toBe(2)
    const radii = found.map((ring) => ring.map(([x, y]) => Math.hypot(x - 10, y - 10)))
    for (const [n, radius] of [4, 2].entries())
      for (const r of radii.sort((a, b) => b[0]! - a[0]!)[n]!) expect(Math.abs(r - radius)).toBeLessThan(0.1)
    const all = contours([4, 3], () => 0, 1)
    expect(all.length).toBe(1)
    const corners = all[0]!.map(([x, y]) => [Math.round(x), Math.round(y)])
    expect(new Set(corners.map(String)).size).toBe(4 * 3 - 2)
    expect(contours([4, 3], () => 2, 1)).toEqual([])
  })

  it('lies under the samples at their places, and under the cloud of the film', () => {
    const directory = newRun((at) => {
      writeTwoUnits(at)
      writeLandscape(at)
    })
    const text = page(directory)
    // 4 r² = 4 kT at r = 1: the fourth level of six, highest first.
    const map = /<div class="when-denoised"><svg.*?<g class="landscape">(.*?)<\/g>/s.exec(text)?.[1] ?? ''
    const levels = [...map.matchAll(/d="([^"]*)"/g)].map(([, d]) => d as string)
    expect(levels.length).toBe(6)
    const places = levels[2]!.match(/[\d.]+ [\d.]+/g)!.map((pair) => pair.split(' ').map(Number))
    const dots = /<path class="dots accent" d="(.*?)"/.exec(text)?.[1] ?? ''
    const reach = Number(/from (\S+?)\s+to ([\d.]+)[;.]/.exec(text)?.[2])
    expect(dots).not.toBe('')
    for (const [x, y] of places) expect((Math.hypot(x! - 150, y! - 150) / 150) * reach).toBeCloseTo(1, 1)
    const spec = block(text, 'cloud-data')
    expect(spec.time.length).toBe(5)
    // Nearest in factors: 3 and 0.72 have the map of 3, 0.042 and 0.01 that of 0.01; 0.17 is between.
    expect(spec.map.of.filter((_: number, frame: number) => frame !== 2)).toEqual([0, 0, 1, 1])
    expect(page(directory)).toBe(text)
    unlinkSync(join(directory, 'landscape.npz'))
    // The script names them too.
    const [markup] = page(directory).split('<footer>')
    expect(markup).not.toMatch(/class="landscape"|id="cloud"/)
  })

  it('is refused by name where shapes disagree', () => {
    const directory = newRun((at) => {
      writeTwoUnits(at)
      writeLandscape(at)
      const arrays = decodeNpz(readFileSync(join(at, 'landscape.npz')), 'npz')
      write(at, 'landscape.npz', encodeNpz({ ...arrays, x: ndarray(new Float64Array(7), [7]) }))
    })
    expect(() => readRun(directory)).toThrow(/landscape\.npz.*potential has shape \[2,21,21\], expected \[2,21,7\]/s)
  })

  it('has the learned potential of the parameters, as -ln p of the law that generation is driven by', async () => {
    const directory = join(folder, 'mixture')
    const scenario = await loadScenario('scenarios/gaussian-mixture-2d.yaml', {
      set: [
        ...['noising.slices=4', 'learning.iterations=40', 'learning.batch=64', 'sampling.trajectories=100'],
        ...['data.samples=200', 'checks=[]', 'observe=[trajectories]'],
      ],
    })
    await run(scenario, { directory, threads: 1 })
    const read = (name: string) => new Uint8Array(readFileSync(join(directory, name)))
    const { time, cloud, x, y, t, potential } = decodeNpz(read('landscape.npz'), 'npz')
    const { tensors } = decodeSafetensors(read('parameters.safetensors'), 'safetensors')
    const of = (name: string) => tensors[name]!.data as Float64Array
    expect([...(t!.data as Float64Array)]).toEqual([...of('knots')])
    expect(cloud!.shape).toEqual([100, time!.size, 2])
    const [along, up] = [x!.data, y!.data] as Float64Array[]
    for (let knot = 0; knot < t!.size; knot++) {
      // U of the scenario's terms and the trap k x²/2 of the reverse drive, k = kT = 1, over 2kT.
      const heights = Array.from(up!, (b) =>
        Array.from(along!, (a) => {
          const [k, q] = ['stiffness', 'quartic'].map((name) => of(name).subarray(2 * knot, 2 * knot + 2))
          const onUnits = (k![0]! * a * a + k![1]! * b * b) / 2 + (q![0]! * a ** 4 + q![1]! * b ** 4) / 4
          const onPair = of('bilinear')[knot]! * a * b + of('pair-quartic')[knot]! * a * a * b * b
          return (onUnits + onPair + (a * a + b * b) / 2) / 2
        }),
      )
      const lowest = Math.min(...heights.flat())
      for (const [row, column] of [
        [0, 0],
        [20, 7],
        [33, 40],
      ] as const) {
        const found = potential!.get(knot, row, column)
        // Kept as float32.
        expect(found).toBeCloseTo(heights[row]![column]! - lowest, found > 100 ? 2 : 4)
      }
    }
    // The cloud ends where the samples are.
    const raw = readRun(directory).samples!
    for (const n of [0, 41, 99])
      for (const unit of [0, 1])
        expect(cloud!.get(n, time!.size - 1, unit)).toBeCloseTo(raw.points[2 * n + unit] as number, 5)
  })
})
