import { invalidValue } from '../../errors.js'
import type { States } from '../../physics/network/states.js'
import { scratch } from '../../physics/potential/term.js'
import type { Landscape } from './landscape.js'
import type { Objective, Phase } from './objective.js'

/** Memory that is used again. */
type Room = (length: number) => Float64Array

/** What a contrastive pair energy learns from. */
export interface PairObjectiveOptions {
  /** the network whose energy tells pairs */
  readonly landscape: Landscape
  /** units of the first network: x is they, y the others */
  readonly split: number
  /** the pairs of an iteration, with w of each; 1 when null */
  readonly data: (iteration: number) => Phase
  /** weighs each direction by how sure the other one is, 1 - entropy/log B */
  readonly swapped?: boolean | undefined
  /** how much a pair of w < 1 says that the others of the batch do not belong to it, by 1 - w; 0 when absent */
  readonly complementary?: number | undefined
}

/** What the objective is at, beside θ. */
export interface PairObjective extends Objective {
  /** L of the last pairs, in nats; NaN before the first */
  loss(): number
}

/**
 * The contrastive energy of pairs (x, y) of two networks: of all B² candidates of a batch, each x is to find its own y and each y its own x,
 *
 *     L = -Σ_i w_i [log softmax_j(l_ij) + log softmax_j(l_ji)]/2B at j = i,   l_ij = -U(x_i, y_j)/kT
 *
 * At any number of pairs it is least where -U/kT is log p(x, y)/p(x)p(y), up to a constant. Its gradient is ⟨D φ⟩/kT over the candidates,
 * D_ij = [w_i(δ_ij - softmax_j l_ij) + w_j(δ_ij - softmax_i l_ij)]/2B: three-factor, one scalar for each candidate. The weights are held, and
 * not differentiated. Complementary learning adds -(1 - w_i) Σ_(j≠i) log(1 - p_ij) of both directions.
 *
 * Cost of an iteration: an energy and a statistic of each of B² states.
 * Source: the pair loss: van den Oord, Li & Vinyals, 1807.03748 (2018); swapped entropies and complementary learning reconstructed from the
 * abstract of Dang et al., 2312.16478 (2023).
 */
export function pairObjective(options: PairObjectiveOptions): PairObjective {
  const { landscape, split, data, swapped = false, complementary = 0 } = options
  const rooms = { crossed: scratch(), logits: scratch() }
  const loss = Float64Array.of(Number.NaN)
  return {
    name: 'pair energy',
    locality: 'three-factor',
    memory: { loss },
    phases(theta, iteration) {
      const pairs = data(iteration)
      const { batch, weights } = pairs
      const states = crossed(pairs, pairs, split, landscape.units, rooms.crossed)
      const logits = logitsOf(landscape, theta, states, rooms.logits)
      const rows = softmaxes(logits, batch, 'rows')
      const columns = softmaxes(logits, batch, 'columns')
      const w = weights ?? new Float64Array(batch).fill(1)
      const pulls = new Float64Array(batch * batch)
      const sure = swapped ? { rows: certainties(columns, batch), columns: certainties(rows, batch) } : null
      loss[0] =
        (addPulls(rows, batch, w, sure?.rows ?? null, complementary, pulls) +
          addPulls(columns, batch, w, sure?.columns ?? null, complementary, pulls)) /
        2
      return [{ ...states, name: 'candidates', scale: 1, weights: pulls }]
    },
    loss: () => loss[0]!,
  }
}

/** The probabilities of the candidates in one direction: that of the n-th for the i-th stands at i·outer + n·inner. */
interface Choice {
  readonly p: Float64Array
  readonly outer: number
  readonly inner: number
}

/** Each x chooses among the y of its row, or each y among the x of its column. */
function softmaxes(logits: Float64Array, batch: number, along: 'rows' | 'columns'): Choice {
  const [outer, inner] = along === 'rows' ? [batch, 1] : [1, batch]
  const p = new Float64Array(logits.length)
  for (let i = 0; i < batch; i++) {
    let largest = -Infinity
    for (let n = 0; n < batch; n++) largest = Math.max(largest, logits[i * outer + n * inner]!)
    let sum = 0
    for (let n = 0; n < batch; n++) {
      const at = i * outer + n * inner
      p[at] = Math.exp(logits[at]! - largest)
      sum += p[at]!
    }
    for (let n = 0; n < batch; n++) p[i * outer + n * inner]! /= sum
  }
  return { p, outer, inner }
}

/** 1 - entropy/log B of each choice: 1 where one candidate has all, 0 where all are alike. */
function certainties({ p, outer, inner }: Choice, batch: number): Float64Array {
  return Float64Array.from({ length: batch }, (_, i) => {
    let entropy = 0
    for (let n = 0; n < batch; n++) {
      const value = p[i * outer + n * inner]!
      if (value > 0) entropy -= value * Math.log(value)
    }
    return 1 - entropy / Math.log(batch)
  })
}

/** Largest p/(1 - p) that complementary learning counts: a certain wrong answer has no infinite pull. */
const mostOdds = 50
/** Least probability whose logarithm counts. */
const leastProbability = 1e-300

/** Adds D of one direction to `pulls`, [B²]; returns its loss. */
function addPulls(
  { p, outer, inner }: Choice,
  batch: number,
  weights: Float64Array,
  sure: Float64Array | null,
  complementary: number,
  pulls: Float64Array,
): number {
  let loss = 0
  for (let i = 0; i < batch; i++) {
    const own = i * (outer + inner)
    const w = (weights[i]! * (sure?.[i] ?? 1)) / (2 * batch)
    loss -= 2 * w * Math.log(Math.max(p[own]!, leastProbability))
    for (let n = 0; n < batch; n++) pulls[i * outer + n * inner]! -= w * p[i * outer + n * inner]!
    pulls[own]! += w
    const r = (complementary * (1 - weights[i]!)) / (2 * batch)
    if (r === 0) continue
    // d/dl_n of Σ_(m≠i) log(1 - p_m) is -(o_n - p_n Σ_(m≠i) o_m), o = p/(1 - p) of the others and 0 of its own.
    let all = 0
    for (let n = 0; n < batch; n++) if (n !== i) all += odds(p[i * outer + n * inner]!)
    for (let n = 0; n < batch; n++) {
      const at = i * outer + n * inner
      pulls[at]! -= r * ((n === i ? 0 : odds(p[at]!)) - p[at]! * all)
      if (n !== i) loss -= 2 * r * Math.log(Math.max(1 - p[at]!, 1 / (1 + mostOdds)))
    }
  }
  return loss
}

function odds(p: number): number {
  return Math.min(p / (1 - p), mostOdds)
}

/** All x with all y: candidate i·(batch of the second) + j is (x_i, y_j), [units, candidates]. */
function crossed(first: States, second: States, split: number, units: number, room: Room): States {
  if (!(Number.isInteger(split) && split > 0 && split < units))
    throw invalidValue(`expected 1 to ${units - 1} of ${units} units, got ${split}.`, 'split')
  const [rows, columns] = [first.batch, second.batch]
  const batch = rows * columns
  const x = room(units * batch)
  for (let unit = 0; unit < units; unit++)
    for (let i = 0; i < rows; i++) {
      const at = unit * batch + i * columns
      if (unit < split) x.fill(first.x[unit * rows + i]!, at, at + columns)
      else x.set(second.x.subarray(unit * columns, (unit + 1) * columns), at)
    }
  return { x, batch }
}

function logitsOf(landscape: Landscape, theta: Float64Array, { x, batch }: States, room: Room): Float64Array {
  const out = room(batch)
  landscape.evaluate(theta, x, batch, null, out)
  for (let n = 0; n < batch; n++) out[n]! /= -landscape.bath.kT
  return out
}

/**
 * l_ij = -U(x_i, y_j)/kT of each x of some pairs with each y of others, row by row.
 *
 * Cost: an energy of each.
 */
export function pairLogits(
  landscape: Landscape,
  theta: Float64Array,
  first: States,
  second: States,
  split: number,
): Float64Array {
  return logitsOf(landscape, theta, crossed(first, second, split, landscape.units, scratch()), scratch())
}
