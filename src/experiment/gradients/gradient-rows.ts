import type { Device } from '../../learning/rules/device.js'
import type { NoisedBatch, Rule } from '../../learning/rules/rule.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { jackknifeError, squaredMean } from '../../physics/observe/squared-mean.js'
import type { ParameterGroup } from '../../physics/potential/potential.js'

/** What one gradient asks of a device, for each state of the batch. */
export interface GradientCost {
  /** forces measured */
  readonly forces: number
  /** times that the responses of all parameters are measured */
  readonly responses: number
  /** free runs */
  readonly runs: number
  /** seconds that this machine simulates, whole batch */
  readonly seconds: number
}

/** Gradients of one rule, a row for each batch, [batches][parameters]. */
export interface GradientRows {
  readonly rows: readonly Float64Array[]
  readonly cost: GradientCost
}

/** The gradients of a rule on batches, and what they cost. */
export function gradientRows(rule: Rule, device: Device, batches: readonly NoisedBatch[]): GradientRows {
  const count = { forces: 0, responses: 0, runs: 0 }
  const counted: Device = {
    ...device,
    force(...args) {
      count.forces++
      device.force(...args)
    },
    statistic(...args) {
      count.responses++
      device.statistic(...args)
    },
    run(...args) {
      count.runs++
      device.run(...args)
    },
  }
  const start = performance.now()
  const rows = batches.map((batch) => {
    const row = new Float64Array(device.size)
    rule.gradient(counted, batch, row)
    return row
  })
  const seconds = (performance.now() - start) / 1000 / batches.length
  const each = (calls: number) => calls / batches.length
  return {
    rows,
    cost: { forces: each(count.forces), responses: each(count.responses), runs: each(count.runs), seconds },
  }
}

/** A bias relative to the oracle's size; `below` (2 standard errors) where it is lost in the noise. */
export type Bias = { readonly value: number; readonly standardError: number } | { readonly below: number }

/** How far from 0, in standard errors, a squared bias must be to be told. */
export const resolved = 3

/** The bias of a rule: what it differs by, in the mean, from a rule without bias on the same batches; `size` of the oracle. */
export function biasOf({ value, standardError }: Estimate, size: number): Bias {
  if (!(value > resolved * standardError)) return { below: Math.sqrt(Math.max(0, value) + 2 * standardError) / size }
  const length = Math.sqrt(value)
  return { value: length / size, standardError: standardError / (2 * length * size) }
}

/** Rows of differences. */
export function differences(rows: readonly Float64Array[], others: readonly Float64Array[]): Float64Array[] {
  return rows.map((row, r) => row.map((value, a) => value - others[r]![a]!))
}

/** The mean of rows, [parameters]. */
export function meanRow(rows: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(rows[0]!.length)
  for (const row of rows) for (let a = 0; a < row.length; a++) mean[a]! += row[a]! / rows.length
  return mean
}

/** Σ_a Var g_a of one batch's gradient over a range of parameters, with what it is without each of the batches. */
export function totalVariance(
  rows: readonly Float64Array[],
  from = 0,
  to = rows[0]!.length,
): { value: number; without: Float64Array; standardError: number } {
  const n = rows.length
  const mean = meanRow(rows)
  const off = Float64Array.from(rows, (row) => {
    let squares = 0
    for (let a = from; a < to; a++) squares += (row[a]! - mean[a]!) ** 2
    return squares
  })
  const total = off.reduce((sum, square) => sum + square, 0)
  // Without draw r the mean moves too: Σ falls by n/(n-1) of its own square.
  const without = off.map((square) => (total - (n / (n - 1)) * square) / (n - 2))
  return { value: total / (n - 1), without, standardError: jackknifeError(without) }
}

/** A rule's gradient beside the oracle's over one range of parameters; all relative to the oracle's size there. */
export interface GroupAccuracy {
  readonly name: string
  readonly parameters: number
  /** length of the mean gradient, of the oracle's 1 */
  readonly size: number
  readonly bias: Bias
  /** standard deviation of the gradient of one batch */
  readonly noise: number
  /** the same of the mean over all batches */
  readonly standardError: number
}

/**
 * Compares rows with the oracle over one group.
 *
 * @param partner - rows of something without bias on the same batches, whose noise is much the same
 * @param oracle - size of the oracle's gradient there
 */
export function accuracyOf(
  { name, offset, size }: Pick<ParameterGroup, 'name' | 'offset' | 'size'>,
  rows: readonly Float64Array[],
  partner: readonly Float64Array[],
  oracle: number,
): GroupAccuracy {
  const [from, to] = [offset, offset + size]
  const noise = Math.sqrt(totalVariance(rows, from, to).value) / oracle
  return {
    name,
    parameters: size,
    size: Math.sqrt(Math.max(0, squaredMean(rows, from, to).value)) / oracle,
    bias: biasOf(squaredMean(differences(rows, partner), from, to), oracle),
    noise,
    standardError: noise / Math.sqrt(rows.length),
  }
}

/** Cosine between the gradient of one batch and the oracle's, its mean over batches. */
export function cosineOf(rows: readonly Float64Array[], oracle: Float64Array): Estimate {
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, n) => sum + value * b[n]!, 0)
  const size = Math.sqrt(dot(oracle, oracle))
  return meanOf(Float64Array.from(rows, (row) => dot(row, oracle) / (size * Math.sqrt(dot(row, row)))))
}
