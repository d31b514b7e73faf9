import { join } from 'node:path'
import type { NdArray } from 'ndarray'
import type { Curve, EnsembleRecord, ObservedFormula } from './observed-record.js'
import { entry, finite, records, text } from './read-values.js'
import { flat, readArrays } from './run-files.js'
import { unreadable } from './unreadable.js'

/**
 * Observables with formulas: figures from results.json, curves from observables.npz.
 * @param found `observables` of results.json
 * @throws OverdampedError E_FORMAT when the arrays' shapes disagree
 */
export function readObservables(directory: string, found: unknown): ObservedFormula[] {
  const arrays = readArrays(directory, 'observables.npz')
  const where = join(directory, 'observables.npz')
  return records(found).map((row) => {
    const name = text(row.name)
    const own = (what: string) => arrays[`${name}/${what}`]
    const lagged = curveOf(own('lag'), own('correlation'), own('correlationError'), where, `${name}/correlation`)
    return {
      ...{
        name,
        formula: text(row.formula),
        of: text(row.of),
        count: finite(row.count) ?? 0,
        reduce: text(row.reduce),
      },
      ...{ from: finite(row.from), times: finite(row.times), mean: meanOf(row), final: meanOf(row.final) },
      curve: curveOf(arrays.time, own('mean'), own('standardError'), where, `${name}/mean`),
      correlation: lagged && { ...lagged, with: text(entry(row, 'correlation', 'with')) },
      histogram: histogramOf(row.histogram, own('edges'), own('density'), own('densityError'), where, name),
    }
  })
}

function meanOf(row: unknown) {
  return { value: finite(entry(row, 'mean')), standardError: finite(entry(row, 'standardError')) }
}

function curveOf(
  x: NdArray | undefined,
  value: NdArray | undefined,
  standardError: NdArray | undefined,
  where: string,
  name: string,
): Curve | undefined {
  if (!x || !value || !standardError) return undefined
  if (value.size !== x.size || standardError.size !== x.size)
    throw unreadable(where, `${name} has ${value.size} values and ${standardError.size} errors, expected ${x.size}`)
  return { x: flat(x), value: flat(value), standardError: flat(standardError) }
}

function histogramOf(
  row: unknown,
  edges: NdArray | undefined,
  density: NdArray | undefined,
  error: NdArray | undefined,
  where: string,
  name: string,
): ObservedFormula['histogram'] {
  if (!edges || !density || !error) return undefined
  if (density.size !== edges.size - 1 || error.size !== density.size)
    throw unreadable(where, `${name}/density has ${density.size} bins between ${edges.size} edges`)
  const at = Array.from(flat(edges))
  const centres = at.slice(1).map((edge, bin) => (edge + (at[bin] as number)) / 2)
  const counts = (of: string) => finite(entry(row, of)) ?? 0
  return {
    edges: at,
    density: { x: centres, value: flat(density), standardError: flat(error) },
    ...{ below: counts('below'), within: counts('within'), above: counts('above') },
  }
}

/** Numbers of a chart over time: each is drawn. */
const mostOverTime = 500_000

/**
 * Curves of the ensemble, from ensemble.npz; undefined where the run has none.
 * @throws OverdampedError E_FORMAT when the arrays' shapes disagree
 */
export function readEnsemble(directory: string): EnsembleRecord | undefined {
  const arrays = readArrays(directory, 'ensemble.npz')
  const { time, unit, mean, variance, work, workError, heat, heatError, kT } = arrays
  if (!time || !unit || !mean || !variance) return undefined
  const where = join(directory, 'ensemble.npz')
  if (time.size * (unit.size + 1) > mostOverTime)
    throw unreadable(where, `follows ${unit.size} units over ${time.size} times, too many to show`)
  const shaped = (array: NdArray, columns: number, name: string) => {
    if (array.size !== time.size * columns)
      throw unreadable(where, `${name} has shape [${array.shape}], expected [${time.size}, ${columns}]`)
    return flat(array)
  }
  const schedules = Object.entries(arrays).flatMap(([key, values]) => {
    const name = /^parameters\/([^/]+)$/.exec(key)?.[1]
    const index = arrays[`${key}/index`]
    return name && index ? [{ name, index: Array.from(flat(index)), values: shaped(values, index.size, key) }] : []
  })
  return {
    ...{ time: Array.from(flat(time)), unit: Array.from(flat(unit)), schedules },
    mean: shaped(mean, unit.size, 'mean'),
    variance: shaped(variance, unit.size, 'variance'),
    work: curveOf(time, work, workError, where, 'work'),
    heat: curveOf(time, heat, heatError, where, 'heat'),
    temperature: kT && shaped(kT, 1, 'kT'),
  }
}
