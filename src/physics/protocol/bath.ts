import type { Network } from '../network/network.js'

/** The thermal bath: temperature kT (energy) and mobility μ (velocity per force). */
export interface Bath {
  /** k_B T, in the unit of the energy, > 0 */
  readonly kT: number
  /** μ, velocity over force, > 0 */
  readonly mobility: number
}

/** The bath whose temperature and mobility are the units of energy and of time. */
export const defaultBath: Bath = { kT: 1, mobility: 1 }

/** A bath as it is asked for; `defaultBath` where absent. */
export interface BathOptions {
  /** k_B T, in the unit of the energy, > 0; 1 when absent */
  readonly kT?: number | undefined
  /** μ, velocity over force, > 0; 1 when absent */
  readonly mobility?: number | undefined
}

/** A bath with what is left out filled in. */
export function bathOf({ kT = defaultBath.kT, mobility = defaultBath.mobility }: BathOptions): Bath {
  return { kT, mobility }
}

/** The mobility and the temperature of each unit, [units]. */
export function ownBaths({ kT, mobility }: Bath, network: Pick<Network, 'units' | 'mobility' | 'temperature'>) {
  const each = (common: number, own: Float64Array | null) =>
    Float64Array.from({ length: network.units }, (_, unit) => common * (own?.[unit] ?? 1))
  return { mobility: each(mobility, network.mobility), kT: each(kT, network.temperature) }
}

/** The highest temperature of any unit, over the bath's. */
export function hottest(temperature: Float64Array | null | undefined): number {
  return temperature?.reduce((most, own) => Math.max(most, own)) ?? 1
}

/** Whether all units that move are in one bath. */
export function sharesBath({ mobility, temperature }: Pick<Network, 'mobility' | 'temperature'>): boolean {
  return temperature === null && (mobility?.every((relative) => relative === 0 || relative === 1) ?? true)
}
