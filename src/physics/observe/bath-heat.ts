import type { WorkAndHeat } from '../dynamics/work-and-heat.js'
import { bathsOf } from '../network/baths.js'
import type { Network } from '../network/network.js'

/** The heat to one of several baths. */
export interface BathHeat {
  /** its temperature, an energy */
  readonly kT: number
  /** the units that are in it */
  readonly units: readonly number[]
  /** Σ ½(F_i + F_i')·dx_i over these, [trajectories] */
  readonly heat: Float64Array
}

/** The heat to each bath, coldest first; null where there is one. */
export function heatOfBaths({ heatOfBath }: WorkAndHeat, network: Network, kT: number): BathHeat[] | null {
  if (heatOfBath === undefined) return null
  const { temperature, ofUnit } = bathsOf(network)
  return heatOfBath.map((heat, bath) => ({
    kT: kT * temperature[bath]!,
    units: [...ofUnit.keys()].filter((unit) => ofUnit[unit] === bath),
    heat,
  }))
}

/**
 * The entropy that heat produces in the baths, in units of k_B: Σ_b Q_b/kT_b of each trajectory, and Q/kT where there is one bath.
 *
 * Source: Seifert, Rep. Prog. Phys. 75, 126001 (2012), for baths that each unit has of its own.
 */
export function entropyOfBaths(measured: WorkAndHeat, network: Network, kT: number): Float64Array {
  const baths = heatOfBaths(measured, network, kT)
  if (baths === null) return measured.heat.map((heat) => heat / kT)
  return measured.heat.map((_, n) => baths.reduce((sum, bath) => sum + bath.heat[n]! / bath.kT, 0))
}
