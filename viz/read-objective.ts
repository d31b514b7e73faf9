import { join } from 'node:path'
import type { NdArray } from 'ndarray'
import type { Arm, DataColumn, DrawnDensity, DrawnImages, ObjectiveCurve, StudyCurve } from './objective-record.js'
import { entry, finite, isRecord, type JsonRecord, numbers, records, shown, text } from './read-values.js'
import { flat, pointSet, readArrays, readMetrics } from './run-files.js'
import type { RunRecord } from './run-record.js'
import { unreadable } from './unreadable.js'

/**
 * What the run of an objective found, with the curves and pictures beside it.
 * @param found `objective` of results.json
 * @returns undefined for other runs
 * @throws OverdampedError E_FORMAT when a file is damaged or its shapes disagree
 */
export function readObjective(directory: string, found: unknown): RunRecord['objective'] {
  if (!isRecord(found)) return undefined
  return {
    kind: text(found.kind),
    arms: arms(directory, found.arms),
    columns: records(found.columns).map(column),
    curves: readCurves(directory),
    densities: readDensities(directory),
    drawn: readDrawn(directory),
    images: readImages(directory),
  }
}

/** Arms, and cells of the table of their figures: one that has a figure makes a column for all. */
const [mostArms, mostFigures] = [200, 100_000]

function arms(directory: string, found: unknown): Arm[] {
  const read = records(found, mostArms).map(arm)
  const figures = new Set(read.flatMap(({ figures }) => Object.keys(figures))).size
  if (figures * read.length > mostFigures)
    throw unreadable(join(directory, 'results.json'), `has ${figures} figures of ${read.length} arms, too many to show`)
  return read
}

function arm(row: JsonRecord): Arm {
  return {
    name: text(row.name),
    fails: row.expected === 'fails',
    reference: row.reference === true,
    locality: text(row.locality),
    figures: numbers(row.figures),
    cost: numbers(row.cost),
    reliability: records(row.reliability).flatMap((bin) => {
      const { confidence, frequency, standardError, count } = numbers(bin)
      if (confidence === undefined || frequency === undefined || count === undefined) return []
      return [{ confidence, frequency, standardError: standardError ?? 0, count }]
    }),
  }
}

function column({ name, categories, mean, deviation }: JsonRecord): DataColumn {
  if (Array.isArray(categories)) return { name: text(name), categories: categories.map(shown) }
  return { name: text(name), mean: finite(mean) ?? 0, deviation: finite(deviation) ?? 1 }
}

const mostCurves = 1000

/** The lines of all repetitions of an arm, averaged at each iteration. */
function readCurves(directory: string): ObjectiveCurve[] {
  const sums = new Map<string, { arm: string; figure: string; at: Map<number, number[]> }>()
  readMetrics(directory, (row) => {
    const [arm, iteration, figures] = [entry(row, 'arm'), finite(entry(row, 'iteration')), entry(row, 'figures')]
    if (typeof arm !== 'string' || iteration === undefined || !isRecord(figures)) return
    for (const [figure, value] of Object.entries(figures)) {
      const known = finite(value)
      if (known === undefined) continue
      const key = JSON.stringify([arm, figure])
      const curve = sums.get(key) ?? { arm, figure, at: new Map<number, number[]>() }
      sums.set(key, curve)
      if (sums.size > mostCurves)
        throw unreadable(join(directory, 'metrics.jsonl'), `has more than ${mostCurves} curves, too many to show`)
      const repeated = curve.at.get(iteration)
      if (repeated === undefined) curve.at.set(iteration, [known])
      else repeated.push(known)
    }
  })
  return [...sums.values()].map(({ arm, figure, at }) => {
    const iterations = [...at.keys()].sort((a, b) => a - b)
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    return { arm, figure, iteration: iterations, value: iterations.map((n) => mean(at.get(n) as number[])) }
  })
}

/** Pixels along the side of a density of two units. */
const mostAcross = 1024

function readDensities(directory: string): DrawnDensity[] {
  const arrays = readArrays(directory, 'objective.npz')
  return Object.keys(arrays)
    .filter((key) => key.endsWith('/density'))
    .map((key) => {
      const name = key.slice(0, -'/density'.length)
      const [density, x] = [arrays[key] as NdArray, arrays[`${name}/x`]]
      if (!x || density.shape.some((size) => size !== x.shape[0]))
        throw unreadable(
          join(directory, 'objective.npz'),
          `${key} has shape [${density.shape}], expected that of ${name}/x`,
        )
      if (density.shape.length > 1 && x.size > mostAcross)
        throw unreadable(
          join(directory, 'objective.npz'),
          `${key} has ${x.size} places along a side, at most ${mostAcross}`,
        )
      return { name, units: density.shape.length === 2 ? 2 : 1, x: flat(x), density: flat(density) }
    })
}

/** Arrays CHART/NAME/x and CHART/NAME/y. */
function readDrawn(directory: string): StudyCurve[] {
  const arrays = readArrays(directory, 'curves.npz')
  return Object.keys(arrays)
    .filter((key) => key.endsWith('/y'))
    .map((key) => {
      const whole = key.slice(0, -'/y'.length)
      const [x, y] = [arrays[`${whole}/x`], arrays[key] as NdArray]
      if (!x || x.size !== y.size)
        throw unreadable(join(directory, 'curves.npz'), `${key} has ${y.size} numbers, expected as many as ${whole}/x`)
      const slash = whole.indexOf('/')
      return { chart: whole.slice(0, slash), name: whole.slice(slash + 1), x: flat(x), y: flat(y) }
    })
}

function readImages(directory: string): DrawnImages[] {
  const ending = '/images'
  return Object.entries(readArrays(directory, 'objective.npz'))
    .filter(([key]) => key.endsWith(ending))
    .map(([key, array]) => ({
      name: key.slice(0, -ending.length),
      images: pointSet(array, join(directory, 'objective.npz'), key),
    }))
}
