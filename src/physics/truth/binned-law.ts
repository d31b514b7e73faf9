import { gridStates } from '../network/states.js'

/** A law of one unit or two by the probability of equal bins on [low, high] or its square. */
export interface BinnedLaw {
  readonly units: 1 | 2
  /** middle of each bin along an axis, [bins] */
  readonly x: Float64Array
  /** [bins] or [bins, bins] row-major, sum 1 */
  readonly probability: Float64Array
}

/** Energies of a batch of states [units, batch], written to `out` [batch]. */
type EnergyOf = (x: Float64Array, batch: number, out: Float64Array) => void

/** Energies above the minimum, in kT, beyond which a coarse scan and the bins leave states out: e^-40 and e^-14 ≈ 8e-7. */
const cutoff = { scan: 40, bins: 14 }
const scanned = 201

/**
 * e^(-U/kT)/Z in bins, each by quadrature at midpoints (64 for one unit, 8 × 8 for two). The bins span where the density is
 * above e^-14 of its maximum; what lies outside counts as zero.
 *
 * @returns null for more than two units, or for a potential that confines nothing
 * Cost: 201^units energies for each doubling of the window, (64 bins) or (8 bins)² for the bins.
 */
export function binnedLaw(energyOf: EnergyOf, units: number, kT: number, bins: number): BinnedLaw | null {
  if (units !== 1 && units !== 2) return null
  const window = windowOf(energyOf, units, kT)
  if (window === null) return null
  const [low, high] = window
  const parts = units === 1 ? 64 : 8
  const energy = energies(energyOf, units, midpoints(low, high, bins * parts))
  const lowest = leastOf(energy)
  const probability = new Float64Array(bins ** units)
  const points = bins * parts
  energy.forEach((value, n) => {
    const row = units === 1 ? 0 : Math.floor(Math.floor(n / points) / parts)
    probability[row * bins + Math.floor((n % points) / parts)]! += Math.exp((lowest - value) / kT)
  })
  const total = probability.reduce((sum, p) => sum + p, 0)
  return { units, x: midpoints(low, high, bins), probability: probability.map((p) => p / total) }
}

/** The share of states in each bin, like the law's probability; what lies outside is left out. Weights 1/batch when null. */
export function binned(
  { units, x: centres }: BinnedLaw,
  x: Float64Array,
  batch: number,
  weights: Float64Array | null,
): Float64Array {
  const bins = centres.length
  const width = centres[1]! - centres[0]!
  const place = (value: number) => Math.floor((value - centres[0]!) / width + 0.5)
  const share = new Float64Array(bins ** units)
  for (let b = 0; b < batch; b++) {
    const row = units === 1 ? 0 : place(x[b]!)
    const column = place(x[(units - 1) * batch + b]!)
    if (row >= 0 && row < bins && column >= 0 && column < bins)
      share[row * bins + column]! += weights === null ? 1 / batch : weights[b]!
  }
  return share
}

/** Total variation ½ Σ |share - probability| over bins and the outside: at most that of the densities themselves. */
export function totalVariation({ probability }: BinnedLaw, share: Float64Array): number {
  let distance = 0
  let inside = 0
  share.forEach((value, n) => {
    distance += Math.abs(value - probability[n]!)
    inside += value
  })
  return (distance + Math.abs(1 - inside)) / 2
}

/** Expected total variation of as many independent draws from the law itself, Σ sqrt(p(1-p)/2πn): what no sampler is below. */
export function totalVariationOfDraws({ probability }: BinnedLaw, count: number): number {
  return probability.reduce((sum, p) => sum + Math.sqrt((p * (1 - p)) / (2 * Math.PI * count)), 0)
}

function windowOf(energyOf: EnergyOf, units: 1 | 2, kT: number): readonly [number, number] | null {
  for (let span = 1; span < 2 ** 20; span *= 2) {
    const axis = midpoints(-span, span, scanned)
    const energy = energies(energyOf, units, axis)
    const lowest = leastOf(energy)
    const isBorder = (n: number) => {
      const places = units === 1 ? [n] : [n % scanned, Math.floor(n / scanned)]
      return places.some((place) => place === 0 || place === scanned - 1)
    }
    if (energy.some((value, n) => isBorder(n) && value - lowest < cutoff.scan * kT)) continue
    const used = new Set<number>()
    energy.forEach((value, n) => {
      if (value - lowest > cutoff.bins * kT) return
      used.add(n % scanned)
      used.add(units === 1 ? n : Math.floor(n / scanned))
    })
    const places = [...used]
    const cell = (2 * span) / scanned
    return [axis[Math.min(...places)]! - cell, axis[Math.max(...places)]! + cell]
  }
  return null
}

function midpoints(low: number, high: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, n) => low + ((high - low) * (n + 0.5)) / count)
}

function energies(energyOf: EnergyOf, units: 1 | 2, axis: Float64Array): Float64Array {
  const { x, batch } = gridStates(axis, units)
  const out = new Float64Array(batch)
  energyOf(x, batch, out)
  return out
}

function leastOf(values: Float64Array): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
}
