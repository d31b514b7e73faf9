import { driveNetwork } from '../../src/physics/dynamics/drive.js'
import { evolve, type Measured } from '../../src/physics/dynamics/evolve.js'
import type { IntegratorName } from '../../src/physics/dynamics/integrators.js'
import { integrators } from '../../src/physics/dynamics/integrators.js'
import { createNetwork } from '../../src/physics/network/network.js'
import type { Potential } from '../../src/physics/potential/potential.js'
import { constantProtocol, type Protocol } from '../../src/physics/protocol/protocol.js'

export const bath = { kT: 0.7, mobility: 1.3 }
/** Of the noise. */
export const seed = 3
/** Units of which each pair may be coupled. */
export const network = (units: number) =>
  createNetwork({ visible: { units }, couplings: { visible: { range: 'all' as const } } })

/** Runs a batch [units, batch] through a protocol; `x` is overwritten with its end. */
export function advance(
  scheme: IntegratorName,
  potential: Potential,
  protocol: Protocol,
  x: Float64Array,
  see?: () => void,
) {
  const nothing: Measured = { workAndHeat: null, observers: [] }
  for (const _ of evolve(driveNetwork(potential, protocol), bath, integrators[scheme], x, seed, 0, nothing)) see?.()
  return x
}

/** Constant parameters for a duration, in so many steps. */
export const constant = (theta: number[], duration: number, steps: number) =>
  constantProtocol(Float64Array.from(theta), duration, duration / steps)
