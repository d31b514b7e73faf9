import { OverdampedError } from '../../errors.js'
import { type PointSet, pickRows, thinned } from '../../physics/network/states.js'
import { loadIdx } from '../files/idx.js'
import { loadMnist } from '../files/mnist.js'
import type { Scenario } from '../scenario/schema.js'

/** Images of each class that neighbours are looked for among. */
const mostOfClass = 1000

/** What a few-pattern memory learns, and images that its samples are told by. */
export interface Patterns {
  /** the first image of each class, of zero mean and unit variance, [patterns][units] */
  readonly standard: readonly Float64Array[]
  /** the same for eyes: half as large, [patterns, units] */
  readonly images: PointSet
  /** images of these classes, each of zero mean and unit variance */
  readonly known: PointSet
  /** number of the pattern whose class each is of, [known] */
  readonly classes: Int32Array
}

/** x less its mean and over its standard deviation, into itself. */
export function standardise(x: Float64Array): Float64Array {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length
  const deviation = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length)
  if (!(deviation > 0))
    throw new OverdampedError(
      'E_DATA',
      'an image is of one shade, and like no pattern. Expected other classes, a larger size, or other images.',
      'data',
    )
  for (let i = 0; i < x.length; i++) x[i] = (x[i]! - mean) / deviation
  return x
}

/** The patterns of a scenario's images. */
export function patternsOf(data: Scenario['data']): Patterns {
  if (data?.source !== 'mnist' && data?.source !== 'idx') throw new Error('patterns are the first images of classes')
  const { train } = data.source === 'idx' ? loadIdx(data) : loadMnist(data.digits, data)
  const { images: points, labels, count } = train
  const all = { points, count, units: points.length / count }
  const rows = data.digits.map((digit) => [...labels.keys()].filter((n) => labels[n] === digit))
  const known = rows.map((own) => thinned(pickRows(all, own), mostOfClass))
  const units = all.units
  const standard = rows.map((own) => standardise(points.slice(own[0]! * units, (own[0]! + 1) * units)))
  const joined = new Float64Array(known.reduce((sum, set) => sum + set.points.length, 0))
  let at = 0
  for (const set of known) {
    joined.set(set.points, at)
    at += set.points.length
  }
  for (let n = 0; n < joined.length; n += units) standardise(joined.subarray(n, n + units))
  return {
    standard,
    images: {
      points: Float64Array.from(
        standard.flatMap((s) => [...s]),
        (value) => value / 2,
      ),
      count: standard.length,
      units,
    },
    known: { points: joined, count: joined.length / units, units },
    classes: Int32Array.from(known.flatMap(({ count: own }, k) => Array<number>(own).fill(k))),
  }
}
