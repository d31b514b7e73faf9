import { stream } from '../noise/streams.js'
import { fillUniformStates } from '../noise/uniform.js'
import { wellDensity } from '../potential/double-well.js'
import type { InitialStates } from './ensemble.js'

/**
 * Initial states with hidden units in the last rows, each in its own equilibrium without a field: drawn from e^(-w(s)/kT) by
 * the inverse of its distribution function, or ±1 with probability ½.
 *
 * @param start - of the rows before them
 * @param hidden - number of hidden rows
 * @param barrier - of their well, in kT; null for two states
 */
export function withHiddenStart(
  start: InitialStates,
  seed: number,
  hidden: number,
  barrier: number | null,
): InitialStates {
  const draw = barrier === null ? (uniform: number) => (uniform < 0.5 ? -1 : 1) : inverseDistribution(barrier)
  return (x, first, batch) => {
    const rows = x.length / batch - hidden
    start(x.subarray(0, rows * batch), first, batch)
    const states = x.subarray(rows * batch)
    fillUniformStates({ seed, stream: stream.hidden, step: 0 }, hidden, first, batch, states)
    for (let n = 0; n < states.length; n++) states[n] = draw(states[n]!)
  }
}

/** s at which ∫_-∞^s e^(-w/kT) is a given fraction of the whole; linear between the points of the quadrature. */
function inverseDistribution(barrier: number): (fraction: number) => number {
  const { top, distance, weight } = wellDensity(barrier, 0)
  const spacing = distance[1]! - distance[0]!
  const below = new Float64Array(weight.length)
  for (let n = 1; n < weight.length; n++) below[n] = below[n - 1]! + (weight[n - 1]! + weight[n]!) / 2
  const total = below.at(-1)!
  return (fraction) => {
    const target = fraction * total
    let [low, high] = [0, below.length - 1]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (below[middle]! <= target) low = middle
      else high = middle
    }
    return top + distance[low]! + (spacing * (target - below[low]!)) / (below[high]! - below[low]!)
  }
}
