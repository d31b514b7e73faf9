import type { States } from '../../physics/network/states.js'
import type { BinnedLaw } from '../../physics/truth/binned-law.js'
import type { DrawnDensity } from './study.js'

/** Bars of a histogram along an axis. */
const bars = { 1: 80, 2: 48 }

/** A law in bins, or the shares of states in its bins, as a density. */
export function binnedDensity(name: string, { units, x }: BinnedLaw, share: Float64Array): DrawnDensity {
  const cell = (x[1]! - x[0]!) ** units
  return { name, units, x, density: share.map((p) => p / cell) }
}

/** Histograms of states of one or two units, after the density they should have, all on one grid; none for more units. */
export function drawnSamples(
  logDensity: ((x: Float64Array) => number) | null,
  drawn: readonly { readonly name: string; readonly states: States }[],
): DrawnDensity[] {
  const first = drawn[0]
  if (logDensity === null || first === undefined) return []
  const units = first.states.x.length / first.states.batch
  if (units !== 1 && units !== 2) return []
  // Most of the first arm's states: a few strays would make all that matters small.
  const distances = first.states.x.map(Math.abs).sort()
  const reach = 1.3 * distances[Math.floor(0.99 * (distances.length - 1))]!
  const count = bars[units]
  const width = (2 * reach) / count
  const x = Float64Array.from({ length: count }, (_, n) => (n + 0.5) * width - reach)
  const state = new Float64Array(units)
  const truth = Float64Array.from({ length: count ** units }, (_, n) => {
    state[0] = x[units === 1 ? n : Math.floor(n / count)]!
    if (units === 2) state[1] = x[n % count]!
    return Math.exp(logDensity(state))
  })
  const histogram = ({ x: values, batch }: States) => {
    const density = new Float64Array(count ** units)
    for (let b = 0; b < batch; b++) {
      const places = Array.from({ length: units }, (_, i) => Math.floor((values[i * batch + b]! + reach) / width))
      if (!places.every((place) => place >= 0 && place < count)) continue
      density[units === 1 ? places[0]! : places[0]! * count + places[1]!]! += 1 / (batch * width ** units)
    }
    return density
  }
  return [
    { name: 'data', units, x, density: truth },
    ...drawn.map(({ name, states }) => ({ name, units, x, density: histogram(states) }) as const),
  ]
}
