import { trainedDrive } from '../../learning/rules/rules.js'
import { labelUnits } from '../../physics/network/labels.js'
import { createNetwork } from '../../physics/network/network.js'
import { createPotential, type Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { createNoising, type DriveKind, type Noising } from '../../physics/protocol/noising.js'
import { classesOf } from '../scenario/data.js'
import type { Scenario } from '../scenario/schema.js'
import { createGeneration, type Generation } from './generation.js'

/** The physical system that a scenario describes, without data and values of parameters. */
export interface System {
  readonly scenario: Scenario
  /** what is learned, or given in a plain simulation; hidden units follow at once */
  readonly potential: Potential
  readonly bath: Bath
  readonly noising: Noising
  /** the drive that is learned for: that of generation, unless the rule finds the force of the other one only */
  readonly drive: DriveKind
  /** what moves in generation: the learned network itself, or one made from it */
  readonly generation: Generation
}

/**
 * Builds the system of a scenario: for runs and studies alike.
 *
 * @throws E_INVALID_VALUE for edges that name unknown units, or a network that can't be driven as asked
 */
export function buildSystem(scenario: Scenario): System {
  const { bath, data, sampling } = scenario
  const { label } = scenario.network
  const network = createNetwork(scenario.network, label === undefined ? 0 : labelUnits(classesOf(data).length))
  const potential = createPotential(network, scenario.potential, bath.kT)
  const drive = learnedDrive(scenario)
  const generation = createGeneration(scenario, potential, drive !== sampling.drive)
  return { scenario, potential, bath, noising: createNoising(scenario.noising, bath), drive, generation }
}

/** A rule may find the quasi-static force only; a network that it trains can still be driven in reverse. */
function learnedDrive({ learning, sampling: { drive } }: Scenario): DriveKind {
  return learning === undefined ? drive : trainedDrive(learning.rule, drive)
}
