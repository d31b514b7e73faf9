import type { Noising } from './noising.js'

/** A real device: what the numbers of a scenario stand for. */
export interface PhysicalScales {
  /** k_B T in J */
  readonly kT: number
  /** μ in m/(N s) */
  readonly mobility: number
  /** k0, the stiffness of the noising trap, in N/m */
  readonly stiffness: number
}

/** The keys of a real device. */
export const physicalScales = ['kT', 'mobility', 'stiffness'] as const satisfies readonly (keyof PhysicalScales)[]

/** What 1 of a scenario is in SI units. */
export interface SystemUnits {
  /** J */
  readonly energy: number
  /** m */
  readonly length: number
  /** s */
  readonly time: number
}

/** The units of a scenario that is told in its own. */
export const ownUnits: SystemUnits = { energy: 1, length: 1, time: 1 }

/**
 * The units in which a bath kT, μ and a trap k0 of the scenario are those of the device:
 *
 *     energy ε = kT'/kT,   length λ = sqrt(ε k0/k0'),   time τ = μk0/(μ'k0')
 *
 * (primes: the device). For kT = μ = k0 = 1 these are kT', sqrt(kT'/k0') and 1/(μ'k0').
 */
export function systemUnits(
  { bath, stiffness }: Pick<Noising, 'bath' | 'stiffness'>,
  device: PhysicalScales,
): SystemUnits {
  const energy = device.kT / bath.kT
  return {
    energy,
    length: Math.sqrt((energy * stiffness) / device.stiffness),
    time: (bath.mobility * stiffness) / (device.mobility * device.stiffness),
  }
}

/** The unit of a parameter, ε/λⁿ (see lengthPower). */
export function parameterUnit({ energy, length }: SystemUnits, power: number): number {
  return energy / length ** power
}

/** Its name. */
export function unitName(power: number): string {
  return power === 0 ? 'J' : power === 1 ? 'N' : power === 2 ? 'N/m' : `J/m^${power}`
}
