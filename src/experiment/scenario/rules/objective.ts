import { isDeepStrictEqual } from 'node:util'
import { hiddenMoves } from '../../../physics/network/hidden-kind.js'
import { defaultGeneration } from '../../../physics/protocol/generation-protocol.js'
import { isForObjective } from '../data.js'
import { type Keys, keysSchema } from '../keys.js'
import { unitsKey, unitsOf } from '../network.js'
import { type ObjectiveSettings, objectiveRules } from '../objective.js'
import type { Surroundings } from '../objectives/common.js'
import { hasStates } from '../objectives/machine.js'
import type { Say } from '../parts.js'
import { inGiB } from './memory.js'

/** Largest network: its exact start takes a Cholesky factor, O(units³). */
const mostUnits = 1000
/** Coordinates of all walkers; about ten arrays of them are held. */
const mostCoordinates = 20_000_000
/** Data whose density or Boltzmann law an objective can be compared with; machines are judged by their likelihood. */
const knownData = ['density', 'gaussian-mixture', 'boltzmann']
const machineData = ['bars-and-stripes', 'mnist', 'idx']
/** Sources of data, in words too, of kinds that learn from others than these. */
const expectedData: {
  readonly [K in ObjectiveSettings['kind']]?: readonly [sources: readonly string[], about: string]
} = {
  tap: [machineData, 'data of two-state units'],
  'energy-filter': [['pairs'], 'two halves that belong together'],
  'fixed-time': [['mnist', 'idx'], 'images of digits'],
  imitation: [['trajectories', 'series'], 'series in time'],
  'thermodynamic-computer': [['mnist', 'idx'], 'images of classes'],
}
/** Sections that say how trajectories are drawn and watched, with what they are when absent. */
const trajectories = keysSchema.pick({ sampling: true, record: true, observe: true, finalDensity: true })
const absent = trajectories.parse({})

/** What an objective needs and what it can't be combined with; what is for objectives only. */
export function sayObjective(scenario: Keys, say: Say): void {
  const { objective, data, potential } = scenario
  if (objective === undefined) {
    if (potential.features !== undefined)
      say(['potential', 'features'], 'functions of the whole state are for an objective; use onsite and pair terms')
    if (data !== undefined && isForObjective(data))
      say(['data', 'source'], `${data.source} is for an objective; add one, or use gaussian-mixture with learning`)
    return
  }
  sayOtherSections(scenario, say)
  sayNetwork(scenario, objective, say)
  sayData(scenario, objective, say)
  const rule = objectiveRules[objective.kind] as (own: ObjectiveSettings, scenario: Surroundings, say: Say) => void
  rule(objective, scenario, say)
}

/** Data that the objective learns from. */
function sayData({ data, network }: Keys, { kind }: ObjectiveSettings, say: Say): void {
  if (data === undefined || kind === 'energy-discrepancy' || kind === 'continual-protocol') return
  const [sources, about] = hasStates({ network })
    ? [machineData, 'data of two-state units']
    : (expectedData[kind] ?? [knownData, 'data whose law is known'])
  if (!sources.includes(data.source))
    say(['data', 'source'], `expected ${sources.join(', ')}: ${about}; got ${data.source}`)
  if (data.source === 'density' && data.code !== undefined)
    say(['data', 'code'], 'digits are for objective.kind energy-discrepancy; leave them away')
}

/** Sections that an objective does not read. */
function sayOtherSections(scenario: Keys, say: Say): void {
  const trains = scenario.objective?.kind === 'continual-protocol'
  for (const key of trains ? (['protocol', 'initial'] as const) : (['learning', 'protocol', 'initial'] as const))
    if (scenario[key] !== undefined)
      say([key], `an objective has its own; remove ${key} (its keys stand under objective)`)
  if (scenario.checks.length > 0) say(['checks'], 'an objective brings its own checks; remove these')
  if (trains) sayDrawn(scenario, say)
  for (const key of trajectories.keyof().options)
    if (!(trains && key === 'sampling') && !isDeepStrictEqual(told(scenario, key), absent[key]))
      say([key], `an objective draws and watches its own states; remove ${key} (its keys stand under objective)`)
}

/** A section without what is filled in where nothing is said (see `completed`), so that a scenario that is read again says no more. */
function told({ sampling, ...others }: Keys, key: keyof typeof absent): unknown {
  if (key !== 'sampling') return others[key]
  const { interpolation, ...rest } = sampling
  return interpolation === defaultGeneration.interpolation ? rest : sampling
}

/** What a study that trains and draws by these sections decides itself. */
function sayDrawn({ sampling, learning }: Keys, say: Say): void {
  for (const key of ['trajectories', 'label', 'inpaint', 'noised', 'denoise'] as const)
    if (!isDeepStrictEqual(sampling[key], absent.sampling[key]))
      say(['sampling', key], 'the study draws what it replays and judges; remove it (objective.each and samples count)')
  if (learning !== undefined && (learning.compare.length > 0 || learning.oracle))
    say(['learning', learning.oracle ? 'oracle' : 'compare'], 'rules are compared where one task is learned; remove it')
}

/** Networks whose exact law is at hand. */
function sayNetwork({ network }: Keys, objective: ObjectiveSettings, say: Say): void {
  const { hidden, label } = network
  if (label !== undefined && objective.kind !== 'continual-protocol')
    say(['network', 'label'], 'objectives here learn from states without classes; remove the label units')
  if (hidden !== undefined && hiddenMoves(hidden))
    say(
      ['network', 'hidden', 'kind'],
      `objectives see the visible units alone, and ${hidden.kind} units move beside them; use bistable or quartic, which follow at once`,
    )
  const units = unitsOf(network)
  if (units > mostUnits)
    say(
      ['network', 'visible', unitsKey(network)],
      `${units} units; objectives are for at most ${mostUnits}, whose exact law is at hand`,
    )
  else sayCoordinates(objective, units, say)
}

/** Keys of objectives that say how many states are held at once. */
const statesHeld = ['walkers', 'batch', 'samples', 'policies'] as const

/** States that are held at once, of all units: about ten numbers for each of their coordinates. */
function sayCoordinates(objective: ObjectiveSettings, units: number, say: Say): void {
  const held: Readonly<Record<string, unknown>> = objective
  for (const key of statesHeld) {
    const states = held[key]
    if (typeof states === 'number' && states * units > mostCoordinates)
      say(
        ['objective', key],
        `${states} ${key === 'walkers' ? key : 'states'} of ${units} units; expected at most ${mostCoordinates.toLocaleString('en')} coordinates: these take about ${inGiB(80 * states * units)}`,
      )
  }
}
