import { invalidValue } from '../../errors.js'
import { anySpeed } from '../../learning/generation/at-speed.js'
import { createGeneration, type Generation } from '../../learning/generation/generation.js'
import { type Hardware, isAtTemperature, isIdeal } from '../../learning/hardware/hardware.js'
import { startParameters } from '../../learning/rules/parameter-scales.js'
import { trainedDrive } from '../../learning/rules/rules.js'
import { parseFormula } from '../../physics/formula/parse.js'
import { compileScalar } from '../../physics/formula/scalar.js'
import { withActiveUnits } from '../../physics/network/active.js'
import { labelUnits } from '../../physics/network/labels.js'
import { createNetwork, type Network } from '../../physics/network/network.js'
import { createPotential, type Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { createNoising, type DriveKind, type Noising } from '../../physics/protocol/noising.js'
import { bathOf, unitBathsOf } from '../scenario/bath.js'
import { classesOf } from '../scenario/data.js'
import { hardwareOf } from '../scenario/hardware.js'
import type { Scenario } from '../scenario/schema.js'
import { termsOf } from './terms.js'

/** The physical system that a scenario describes, without data and values of parameters. */
export interface System {
  readonly scenario: Scenario
  /** what is learned, or given in a plain simulation; hidden units follow at once */
  readonly potential: Potential
  readonly bath: Bath
  /** what is off of the device; undefined where nothing is */
  readonly hardware?: Hardware
  /** the network that learns, where it is an ideal one in a bath of another temperature than the device */
  readonly model?: Potential
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
  const asked = bathOf(scenario.bath)
  const hardware = imperfect(scenario)
  const bath = hardware === undefined ? asked : { ...asked, kT: asked.kT * (1 + hardware.bath.mismatch) }
  const { label } = scenario.network
  const { active } = scenario.bath
  const described = { ...scenario.network, baths: unitBathsOf(scenario.bath) }
  const alone = createNetwork(described, label === undefined ? 0 : labelUnits(classes))
  const whole = active === undefined ? alone : withActiveUnits(alone, active.time)
  const network = hardware === undefined ? whole : withGradient(whole, hardware)
  const terms = termsOf(scenario)
  const potential = createPotential(network, terms, bath.kT)
  const drive = learnedDrive(scenario)
  // What noises the data is computed beside the device.
  const noising = createNoising(scenario.noising, asked)
  const parts = { hidden: scenario.network.hidden, terms, bath, stiffness: noising.stiffness }
  const generation =
    sampling.clock === undefined
      ? createGeneration(potential, parts, drive !== sampling.drive)
      : { ...anySpeed(potential, drive, noising, parts), parameters: (theta: Float64Array) => theta }
  const model =
    hardware?.training === 'model' && !isAtTemperature(hardware)
      ? { model: createPotential(whole, terms, asked.kT) }
      : {}
  const device = hardware === undefined ? {} : { hardware, ...model }
  return { scenario, potential, bath, noising, ...device, ...hiddenBath(scenario, noising), drive, generation }
}

/** The hardware that a scenario asks for; undefined where it is ideal: then all is as without. */
function imperfect({ hardware, seed }: Scenario): Hardware | undefined {
  if (hardware === undefined) return undefined
  const asked = hardwareOf(hardware, seed)
  return isIdeal(asked) ? undefined : asked
}

/** The network with temperatures that rise evenly from the first visible unit to the last, T_i = T (1 + g (i/(n-1) - ½)). */
function withGradient(network: Network, { bath: { gradient } }: Hardware): Network {
  const { units, visible, temperature } = network
  if (gradient === 0) return network
  const rise = (i: number) => (i < visible ? 1 + gradient * (i / Math.max(1, visible - 1) - 0.5) : 1)
  return { ...network, temperature: Float64Array.from({ length: units }, (_, i) => (temperature?.[i] ?? 1) * rise(i)) }
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
