import type { Coordinates } from '../network/network.js'
import { type Conditionals, conditionalsOf } from '../potential/conditionals.js'
import { type HarmonicTerms, harmonicTerms, isHarmonic, isHarmonicGivenStates } from '../potential/given-hidden.js'
import { drivingForce, forceAndEnergy, hasDriving, type Potential } from '../potential/potential.js'
import { type DiscreteUnits, discreteUnits } from '../potential/state-energies.js'
import type { Protocol } from '../protocol/protocol.js'
import { relaxationBound } from './curvature.js'

/** A potential-energy surface: a landscape as it stands, which is all that a scheme needs to know of a system for one step. */
export interface Surface {
  /** numbers in a state: rows of x */
  readonly units: number
  /** mobility of each unit relative to the bath's, [units], 0 where it is clamped; all 1 when absent */
  readonly mobility?: Float64Array
  /** temperature of each unit relative to the bath's, [units]; all 1 when absent */
  readonly temperature?: Float64Array
  /** correlation time of units that are Ornstein–Uhlenbeck processes of their own, [units], 0 elsewhere; none when absent */
  readonly correlationTime?: Float64Array
  /** walls and periods of the units; none when absent */
  readonly coordinates?: Coordinates
  /** whether some of the force has no potential, so that nothing samples e^(-U/kT); absent where all of it has one */
  readonly isDriven?: true
  /** units that are redrawn among their states; none when absent */
  readonly discrete?: DiscreteUnits
  /** force [units, batch] and energy [batch]; either may be null */
  evaluate(x: Float64Array, batch: number, force: Float64Array | null, energy: Float64Array | null): void
  /** the part of the force that has no potential and whose work is counted (see Term.driving), [units, batch]; absent where there is none */
  evaluateDriving?(x: Float64Array, batch: number, force: Float64Array): void
  /** the part that has none and counts as the bath's, likewise */
  evaluateBathForce?(x: Float64Array, batch: number, force: Float64Array): void
  /** the harmonic part of the landscape; the same object until the landscape changes */
  harmonicPart(): HarmonicPart
  /** the laws of each unit given all others; absent where nobody knows them. @throws E_INVALID_VALUE for terms that have none */
  conditionals?(): Conditionals
}

/** A landscape that moves in time. A driven network is one; the exact score of a mixture is another. */
export interface Drive extends Surface {
  /** step lengths, [steps] */
  readonly dt: Float64Array
  /** the protocol's clock after each step, [steps + 1] */
  readonly clock: Float64Array
  /** temperature during each step, [steps], where it is not the bath's */
  readonly kT?: Float64Array
  /** jumps to the landscape of a step (-1: the one before the first); false when it is the same as in the step before */
  jump(step: number): boolean
  /** an upper bound on the curvature of the landscape jumped to, at one state [units], over relative mobilities */
  curvature(x: Float64Array): number
}

/** The harmonic part of a landscape: the force f - Kx of its terms that are linear in x. */
export interface HarmonicPart extends Pick<HarmonicTerms, 'force' | 'stiffness'> {
  /** whether that is all of the landscape, once the states of units that have any are given */
  readonly whole: boolean
}

/** The landscape of a network at θ. */
export function surfaceOf(potential: Potential, theta: Float64Array): Surface {
  const { units, mobility, temperature, correlationTime, coordinates } = potential.network
  const discrete = discreteUnits(potential, theta)
  let part: HarmonicPart | null = null
  const partOf =
    (kind: 'work' | 'bath'): NonNullable<Surface['evaluateDriving']> =>
    (x, batch, force) =>
      drivingForce(potential, theta, x, batch, force, kind)
  return {
    units,
    ...(mobility === null ? {} : { mobility }),
    ...(temperature === null ? {} : { temperature }),
    ...(correlationTime === null ? {} : { correlationTime }),
    ...(coordinates === null ? {} : { coordinates }),
    ...(hasDriving(potential) ? { isDriven: true as const } : {}),
    ...(hasDriving(potential, 'work') ? { evaluateDriving: partOf('work') } : {}),
    ...(hasDriving(potential, 'bath') ? { evaluateBathForce: partOf('bath') } : {}),
    ...(discrete === null ? {} : { discrete }),
    evaluate: (x, batch, force, energy) => forceAndEnergy(potential, theta, x, batch, force, energy),
    harmonicPart() {
      part ??= harmonicPartOf(potential, theta)
      return part
    },
    conditionals: () => conditionalsOf(potential, theta),
  }
}

function harmonicPartOf(potential: Potential, theta: Float64Array): HarmonicPart {
  return { ...harmonicTerms(potential, theta), whole: isHarmonic(potential) || isHarmonicGivenStates(potential) }
}

/** A network driven by a protocol. */
export function driveNetwork(potential: Potential, protocol: Protocol): Drive {
  const theta = new Float64Array(potential.size)
  let part: HarmonicPart | null = null
  return {
    ...surfaceOf(potential, theta),
    dt: protocol.dt,
    clock: protocol.clock,
    ...(protocol.kT === undefined ? {} : { kT: protocol.kT }),
    jump(step) {
      const changed = protocol.parameters(step, theta)
      if (changed) part = null
      return changed
    },
    harmonicPart() {
      part ??= harmonicPartOf(potential, theta)
      return part
    },
    curvature: (x) => relaxationBound(potential, theta, x, potential.network.mobility),
  }
}

/**
 * Gershgorin's bound on the largest |eigenvalue| of a symmetric matrix [n, n], its largest absolute row sum; with mobilities [n]
 * on that of their product, which is how fast the fastest direction relaxes.
 */
export function curvatureBound(matrix: Float64Array, n: number, mobility: Float64Array | null = null): number {
  let largest = 0
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let j = 0; j < n; j++) sum += Math.abs(matrix[i * n + j]!)
    largest = Math.max(largest, (mobility?.[i] ?? 1) * sum)
  }
  return largest
}
