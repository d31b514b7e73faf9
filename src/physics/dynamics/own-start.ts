import { activeUnits } from '../network/active.js'
import type { PlacedBlock } from '../network/blocks.js'
import { reflected } from '../network/coordinates.js'
import type { Network } from '../network/network.js'
import { stateNumber } from '../network/unit-states.js'
import { fillNormals } from '../noise/gaussian.js'
import { stream } from '../noise/streams.js'
import { fillUniformStates } from '../noise/uniform.js'
import { wellDensity } from '../potential/double-well.js'
import type { InitialStates } from './ensemble.js'

/**
 * Initial states of a network: units that flip, and those in wells of their own, each in its own equilibrium without a field,
 * drawn from e^(-w(s)/kT) by the inverse of its distribution function, or from its states alike; active units in their stationary law,
 * N(0, 1). What starts beyond a wall is reflected.
 *
 * @param start - of all units but these; one that is put into one of its states stays there
 */
export function withOwnStart(start: InitialStates, seed: number, network: Network): InitialStates {
  const { blocks, units, visible, labels } = network
  const active = activeUnits(network)
  const told = blocks.some(({ shared }) => shared === true) ? units - active : visible + labels
  const own = blocks.flatMap((block) => {
    const { first, units, states } = block
    const draw = first === null ? null : ownLaw(block)
    return first === null || draw === null ? [] : [{ first, units, draw, kept: first < told ? (states ?? []) : [] }]
  })
  const within = reflecting(network)
  if (own.length === 0 && active === 0 && within === null) return start
  const count = own.reduce((sum, { units }) => sum + units, 0)
  return (x, first, batch) => {
    start(x.subarray(0, told * batch), first, batch)
    within?.(x, batch)
    if (active > 0) {
      const normals = new Float64Array(units * batch)
      fillNormals(seed, stream.initial, 0, units, first, batch, normals)
      const from = (units - active) * batch
      x.set(normals.subarray(from), from)
    }
    if (count === 0) return
    const uniform = new Float64Array(count * batch)
    fillUniformStates({ seed, stream: stream.hidden, step: 0 }, count, first, batch, uniform)
    let n = 0
    for (const { first: row, units, draw, kept } of own)
      for (let at = row * batch; at < (row + units) * batch; at++, n++)
        if (stateNumber(kept, x[at]!) < 0) x[at] = draw(uniform[n]!)
  }
}

/** Brings states [units, batch] between the walls; null without any. */
function reflecting({ coordinates }: Network): ((x: Float64Array, batch: number) => void) | null {
  if (coordinates === null) return null
  const { lower, upper } = coordinates
  const rows = [...lower.keys()].filter((unit) => lower[unit]! > -Infinity || upper[unit]! < Infinity)
  if (rows.length === 0) return null
  return (x, batch) => {
    for (const unit of rows)
      for (let n = unit * batch; n < (unit + 1) * batch; n++) x[n] = reflected(x[n]!, lower[unit]!, upper[unit]!)
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
