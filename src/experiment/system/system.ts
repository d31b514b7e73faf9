import { invalidValue } from '../../errors.js'
import { anySpeed } from '../../learning/generation/at-speed.js'
import { createGeneration, type Generation } from '../../learning/generation/generation.js'
import { startParameters } from '../../learning/rules/parameter-scales.js'
import { trainedDrive } from '../../learning/rules/rules.js'
import { parseFormula } from '../../physics/formula/parse.js'
import { compileScalar } from '../../physics/formula/scalar.js'
import { withActiveUnits } from '../../physics/network/active.js'
import { labelUnits } from '../../physics/network/labels.js'
import { createNetwork } from '../../physics/network/network.js'
import { createPotential, type Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { createNoising, type DriveKind, type Noising } from '../../physics/protocol/noising.js'
import { bathOf, unitBathsOf } from '../scenario/bath.js'
import { classesOf } from '../scenario/data.js'
import type { Scenario } from '../scenario/schema.js'
import { termsOf } from './terms.js'

/** The physical system that a scenario describes, without data and values of parameters. */
export interface System {
  readonly scenario: Scenario
  /** what is learned, or given in a plain simulation; hidden units follow at once */
  readonly potential: Potential
  readonly bath: Bath
  readonly noising: Noising
  /** temperature of hidden units in a bath of their own, at time t of the noising */
  readonly hiddenTemperature?: (t: number) => number
  /** the drive that is learned for: that of generation, unless the rule finds the force of the other one only */
  readonly drive: DriveKind
  /** what moves in generation: the learned network itself, or one made from it */
  readonly generation: Generation
}

/**
 * Builds the system of a scenario: for runs and studies alike.
 *
 * @param classes - of the data, where the network has label units
 * @throws E_INVALID_VALUE for edges that name unknown units, or a network that can't be driven as asked
 */
export function buildSystem(scenario: Scenario, classes = classesOf(scenario.data).length): System {
  const { sampling } = scenario
  const bath = bathOf(scenario.bath)
  const { label } = scenario.network
  const { active } = scenario.bath
  const described = { ...scenario.network, baths: unitBathsOf(scenario.bath) }
  const alone = createNetwork(described, label === undefined ? 0 : labelUnits(classes))
  const network = active === undefined ? alone : withActiveUnits(alone, active.time)
  const terms = termsOf(scenario)
  const potential = createPotential(network, terms, bath.kT)
  const drive = learnedDrive(scenario)
  const noising = createNoising(scenario.noising, bath)
  const parts = { hidden: scenario.network.hidden, terms, bath, stiffness: noising.stiffness }
  const generation =
    sampling.clock === undefined
      ? createGeneration(potential, parts, drive !== sampling.drive)
      : { ...anySpeed(potential, drive, noising, parts), parameters: (theta: Float64Array) => theta }
  return { scenario, potential, bath, noising, ...hiddenBath(scenario, noising), drive, generation }
}

/** Where learning begins at time t, the noisiest unless it is said. */
export function startOfLearning(system: System, t = system.noising.knots[0]!): Float64Array {
  const { potential, noising, scenario, hiddenTemperature } = system
  return startParameters(potential, noising, scenario.seed, hiddenTemperature?.(t))
}

/** The bath of hidden units that have one of their own. @throws E_INVALID_VALUE where it is not above 0 at a knot */
function hiddenBath({ network, learning }: Scenario, { knots }: Noising): Pick<System, 'hiddenTemperature'> {
  const temperature = network.hidden?.temperature
  if (temperature === undefined || learning === undefined) return {}
  const at = typeof temperature === 'number' ? () => temperature : compileScalar(parseFormula(temperature, ['t']))
  for (const t of knots)
    if (!(at(t) > 0 && Number.isFinite(at(t))))
      throw invalidValue(`it is ${at(t)} at t = ${t}; expected more than 0.`, 'network.hidden.temperature')
  return { hiddenTemperature: at }
}

/** A rule may find the quasi-static force only; a network that it trains can still be driven in reverse. */
function learnedDrive({ learning, sampling: { drive } }: Scenario): DriveKind {
  return learning === undefined ? drive : trainedDrive(learning.rule, drive)
}
