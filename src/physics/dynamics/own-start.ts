import type { PlacedBlock } from '../network/blocks.js'
import type { Network } from '../network/network.js'
import { stateNumber } from '../network/unit-states.js'
import { fillNormals } from '../noise/gaussian.js'
import { stream } from '../noise/streams.js'
import { fillUniformStates } from '../noise/uniform.js'
import { wellDensity } from '../potential/double-well.js'
import type { InitialStates } from './ensemble.js'
import { reflection } from './unit-steps.js'

/**
 * Initial states of a network: units that flip, and those in wells of their own, each in its own equilibrium without a field,
 * drawn from e^(-w(s)/kT) by the inverse of its distribution function, or from its states alike; and active ones in their stationary law,
 * of mean 0 and variance 1. What starts beyond a wall is reflected.
 *
 * @param start - of all units but active ones and hidden ones with a term of their own; one that is put into one of its states stays there
 */
export function withOwnStart(
  start: InitialStates,
  seed: number,
  { blocks, units, visible, labels, coordinates }: Network,
): InitialStates {
  const active = blocks.find(({ role }) => role === 'active')
  const told = blocks.some(({ shared }) => shared === true) ? (active?.first ?? units) : visible + labels
  const own = blocks.flatMap((block) => {
    const { first, units, states } = block
    const draw = first === null ? null : ownLaw(block)
    return first === null || draw === null ? [] : [{ first, units, draw, kept: first < told ? (states ?? []) : [] }]
  })
  const reflect = reflection(coordinates)
  if (own.length === 0 && active === undefined && reflect === null) return start
  const count = own.reduce((sum, { units }) => sum + units, 0)
  return (x, first, batch) => {
    start(x.subarray(0, told * batch), first, batch)
    reflect?.(x, batch)
    const uniform = new Float64Array(count * batch)
    fillUniformStates({ seed, stream: stream.hidden, step: 0 }, count, first, batch, uniform)
    if (active !== undefined) {
      const [from, to] = [active.first! * batch, (active.first! + active.units) * batch]
      fillNormals(seed, stream.active, 0, active.units, first, batch, x.subarray(from, to))
    }
    let n = 0
    for (const { first: row, units, draw, kept } of own)
      for (let at = row * batch; at < (row + units) * batch; at++, n++)
        if (stateNumber(kept, x[at]!) < 0) x[at] = draw(uniform[n]!)
  }
}

/** The state of a unit by itself at a quantile of its law; null where it starts as it is told. */
function ownLaw({ states, change, barrier }: PlacedBlock): ((quantile: number) => number) | null {
  if (barrier !== undefined) return inverseDistribution(barrier)
  return states === null || change.kind === 'clamped'
    ? null
    : (quantile) => states[Math.floor(quantile * states.length)]!
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
