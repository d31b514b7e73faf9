import type { PointSet } from '../../physics/network/states.js'
import { denseProduct, tile } from '../../physics/potential/dense.js'

/**
 * The score of noised points, which needs no training: writes ∇log p_t(x) for the visible units of states x, [units, batch], with
 * signal amplitude m and noise width s, to `score`, [visible, batch].
 */
export type PosteriorScore = (x: Float64Array, batch: number, m: number, s: number, score: Float64Array) => void

/** Exponents so far below the largest weigh less than rounding: 12,000 of them 1e-11. */
const negligible = 35
/** Where more of the weights count than this, a product with all points is faster than a sum over those. */
const denseShare = 0.2

/** Points whose clamped units agree. */
interface Group {
  readonly count: number
  /** [count, visible] row-major, and [visible, count] */
  readonly points: Float64Array
  readonly transposed: Float64Array
  /** |x_i|², [count] */
  readonly squares: Float64Array
}

/**
 * The best force that points alone give: the score of their law Σ_i δ(x - x_i)/n after noising, x = m x_0 + s ε,
 *
 *     ∇log p_t(x) = (m E[x_0|x] - x)/s²,   E[x_0|x] = Σ_i w_i x_i,   w_i ∝ exp(-|x - m x_i|²/(2s²))
 *
 * Where states have clamped units after the visible ones, only points that agree with the state in them have weight.
 *
 * @param points - [count, units], at least one
 * @param visible - how many of the units are noised, the first ones
 *
 * Cost: 2·points·visible multiply-adds a state, half of that where noise is faint.
 */
export function posteriorScore(points: PointSet, visible: number): PosteriorScore {
  const groups = groupsOf(points, visible)
  return (x, batch, m, s, score) => {
    const columns = new Map<string, number[]>()
    for (let b = 0; b < batch; b++) {
      const key = clampedKey(points.units, visible, (unit) => x[unit * batch + b]!)
      const own = columns.get(key) ?? []
      columns.set(key, own)
      own.push(b)
    }
    for (const [key, own] of columns) {
      const group = groups.get(key)
      if (group === undefined) throw new Error(`no points with clamped units ${key}`)
      for (let first = 0; first < own.length; first += tile) {
        const chosen = own.slice(first, first + tile)
        const states = new Float64Array(visible * chosen.length)
        for (let i = 0, n = 0; i < visible; i++) for (const b of chosen) states[n++] = x[i * batch + b]!
        const mean = posteriorMean(group, visible, states, chosen.length, m, s)
        for (let i = 0, n = 0; i < visible; i++)
          for (const b of chosen) {
            score[i * batch + b] = (m * mean[n]! - states[n]!) / (s * s)
            n++
          }
      }
    }
  }
}

function groupsOf({ points, count, units }: PointSet, visible: number): ReadonlyMap<string, Group> {
  const rows = new Map<string, number[]>()
  for (let n = 0; n < count; n++) {
    const key = clampedKey(units, visible, (unit) => points[n * units + unit]!)
    const own = rows.get(key) ?? []
    rows.set(key, own)
    own.push(n)
  }
  return new Map(
    [...rows].map(([key, own]) => {
      const group = {
        count: own.length,
        points: new Float64Array(own.length * visible),
        transposed: new Float64Array(own.length * visible),
        squares: new Float64Array(own.length),
      }
      own.forEach((row, n) => {
        for (let i = 0; i < visible; i++) {
          const value = points[row * units + i]!
          group.points[n * visible + i] = value
          group.transposed[i * own.length + n] = value
          group.squares[n]! += value * value
        }
      })
      return [key, group]
    }),
  )
}

/** The values of the clamped units, as a key. */
function clampedKey(units: number, visible: number, value: (unit: number) => number): string {
  let key = ''
  for (let unit = visible; unit < units; unit++) key += `${value(unit)} `
  return key
}

/** E[x_0|x] of up to `tile` states [visible, batch], likewise. */
function posteriorMean(
  { points, transposed, squares, count }: Group,
  visible: number,
  x: Float64Array,
  batch: number,
  m: number,
  s: number,
): Float64Array {
  const weights = new Float64Array(count * batch)
  denseProduct(points, count, visible, x, batch, new Float64Array(visible * tile), weights)
  // |x - m x_i|² without |x|², which all points share.
  const largest = new Float64Array(batch).fill(-Infinity)
  for (let i = 0, n = 0; i < count; i++)
    for (let b = 0; b < batch; b++, n++) {
      const exponent = (m * weights[n]! - (m * m * squares[i]!) / 2) / (s * s)
      weights[n] = exponent
      if (exponent > largest[b]!) largest[b] = exponent
    }
  const totals = new Float64Array(batch)
  let counted = 0
  for (let i = 0, n = 0; i < count; i++)
    for (let b = 0; b < batch; b++, n++) {
      const below = weights[n]! - largest[b]!
      const weight = below < -negligible ? 0 : Math.exp(below)
      weights[n] = weight
      totals[b]! += weight
      if (weight > 0) counted++
    }
  const mean = new Float64Array(visible * batch)
  if (counted > denseShare * weights.length)
    denseProduct(transposed, visible, count, weights, batch, new Float64Array(count * tile), mean)
  else
    for (let i = 0, n = 0; i < count; i++)
      for (let b = 0; b < batch; b++, n++) {
        const weight = weights[n]!
        if (weight > 0) for (let v = 0; v < visible; v++) mean[v * batch + b]! += weight * points[i * visible + v]!
      }
  for (let n = 0; n < mean.length; n++) mean[n]! /= totals[n % batch]!
  return mean
}
