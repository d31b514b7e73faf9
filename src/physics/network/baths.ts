import type { Network } from './network.js'

/** The baths that units of a network exchange heat with. */
export interface Baths {
  /** temperature of each relative to the bath's, ascending; [1] where all units share that */
  readonly temperature: Float64Array
  /** which of them each unit is in, [units]; -1 where it is in none: it does not diffuse, or is a process of its own */
  readonly ofUnit: Int32Array
}

/** What tells the baths of a system: a network does, and so does a landscape. */
type InBaths = Pick<Network, 'units'> & { readonly [Key in 'mobility' | 'temperature']?: Network[Key] | undefined }

/** The baths of a network: one for each temperature that units which diffuse have. Cost: O(units log units). */
export function bathsOf({ units, mobility, temperature }: InBaths): Baths {
  const isIn = (unit: number) => mobility?.[unit] !== 0
  const own = Float64Array.from({ length: units }, (_, unit) => temperature?.[unit] ?? 1)
  const found = [...new Set(own.filter((_, unit) => isIn(unit)))].toSorted((a, b) => a - b)
  return {
    temperature: Float64Array.from(found.length === 0 ? [1] : found),
    ofUnit: Int32Array.from(own, (value, unit) => (isIn(unit) ? found.indexOf(value) : -1)),
  }
}
