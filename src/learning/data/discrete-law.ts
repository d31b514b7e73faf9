import { invalidValue } from '../../errors.js'
import type { States } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import type { KnownLaw } from './law.js'

/** More states than these are not listed: normalisers of models on them take a second. */
const mostListed = 65_536

/** A law of units with few states, whose probabilities are all known. */
export interface DiscreteLaw extends KnownLaw {
  readonly states: readonly (readonly number[])[]
  /** of each state in the order of `everyState`, [∏ S_i] */
  readonly probability: Float64Array
}

/**
 * A law with the given probabilities, which are normalised; see everyState for their order.
 *
 * @param plane - how it is drawn
 * @throws E_INVALID_VALUE for another number of them, or what is no law
 */
export function discreteLaw(
  states: DiscreteLaw['states'],
  weights: Float64Array,
  plane?: KnownLaw['plane'],
): DiscreteLaw {
  const every = everyState(states)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (weights.length !== every.batch || !(total > 0 && total < Infinity) || weights.some((weight) => !(weight >= 0)))
    throw invalidValue(`expected ${every.batch} weights of 0 or more, got ${weights.length}.`, 'discrete law')
  const probability = weights.map((weight) => weight / total)
  const upTo = new Float64Array(probability.length)
  probability.reduce((sum, p, n) => {
    upTo[n] = sum + p
    return upTo[n]!
  }, 0)
  const units = states.length
  return {
    units,
    states,
    probability,
    average: { ...every, weights: probability },
    ...(plane === undefined ? {} : { plane }),
    entropy: probability.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0),
    sample(count, seed, draw) {
      const uniform = drawUniform({ seed, stream: stream.table, step: draw }, count)
      const points = new Float64Array(count * units)
      for (let n = 0; n < count; n++) {
        const chosen = firstAbove(upTo, uniform[n]! * upTo.at(-1)!)
        for (let unit = 0; unit < units; unit++) points[n * units + unit] = every.x[unit * every.batch + chosen]!
      }
      return { points, count, units }
    },
  }
}

/**
 * Every state of units with few values, [units, ∏ S_i]; the last unit's value changes fastest.
 *
 * @throws E_INVALID_VALUE for more than 65,536 of them
 */
export function everyState(states: readonly (readonly number[])[]): States {
  const batch = states.reduce((product, { length }) => product * length, 1)
  if (!(batch > 0 && batch <= mostListed))
    throw invalidValue(
      `there are ${batch} states; expected 1 to ${mostListed.toLocaleString('en')}, which can be listed.`,
      'states of all units',
    )
  const x = new Float64Array(states.length * batch)
  let repeats = batch
  states.forEach((values, unit) => {
    repeats /= values.length
    for (let n = 0; n < batch; n++) x[unit * batch + n] = values[Math.floor(n / repeats) % values.length]!
  })
  return { x, batch }
}

/** The first place whose number is above the wanted one. */
function firstAbove(increasing: Float64Array, wanted: number): number {
  let low = 0
  let high = increasing.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (increasing[middle]! > wanted) high = middle
    else low = middle + 1
  }
  return low
}

/** Two modes on a table of 8 × 8 ordered states, .6 about (1.5, 2) and .4 about (5.5, 5), with 1e-4 for every state beside them. */
export function twoModeTable(): DiscreteLaw {
  const side = Array.from({ length: 8 }, (_, n) => n)
  const mode = (i: number, j: number) => Math.exp(-(i * i + j * j) / 2)
  const weights = Float64Array.from({ length: 64 }, (_, n) => {
    const [i, j] = [Math.floor(n / 8), n % 8]
    return 0.6 * mode(i - 1.5, j - 2) + 0.4 * mode(i - 5.5, j - 5)
  })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return discreteLaw(
    [side, side],
    weights.map((weight) => weight / total + 1e-4),
    { x: Float64Array.from(side), cells: Int32Array.from(weights.keys()) },
  )
}
