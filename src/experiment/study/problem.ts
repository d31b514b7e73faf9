import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { invalidValue, OverdampedError } from '../../errors.js'
import { barsAndStripes } from '../../learning/data/bars-and-stripes.js'
import { densities } from '../../learning/data/densities.js'
import { type Density, isotropicMixture } from '../../learning/data/density.js'
import { digitLaw } from '../../learning/data/digit-law.js'
import { knownLaws } from '../../learning/data/known-laws.js'
import type { KnownLaw } from '../../learning/data/law.js'
import { pairDensity } from '../../learning/data/pair-law.js'
import { type TableSets, tableSets } from '../../learning/data/table.js'
import { pointsOf } from '../../learning/evaluation/points.js'
import { exactStates } from '../../learning/objectives/exact-states.js'
import { statesOf } from '../../learning/objectives/paths.js'
import { isTwoState } from '../../physics/network/blocks.js'
import type { Network } from '../../physics/network/network.js'
import { columnsOf, type States } from '../../physics/network/states.js'
import { hasStates, statesOfRows } from '../../physics/network/unit-states.js'
import { stream } from '../../physics/noise/streams.js'
import type { Potential } from '../../physics/potential/potential.js'
import { mostEnumerated } from '../../physics/truth/hidden-mixture.js'
import { logPartition } from '../../physics/truth/partition.js'
import { loadColumns } from '../files/columns.js'
import { loadIdx } from '../files/idx.js'
import { loadMnist } from '../files/mnist.js'
import type { ObjectiveSettings } from '../scenario/objective.js'
import type { Scenario } from '../scenario/schema.js'
import { filledGroups, groupNamed, parametersFrom } from '../system/named-values.js'
import { buildSystem, type System, startOfLearning } from '../system/system.js'
import { type SeriesSource, seriesSource } from './series-source.js'

/** A scenario with an objective made into objects: the system, and what is learned and from where. */
export interface StudyProblem<Settings extends ObjectiveSettings = ObjectiveSettings> extends System {
  readonly settings: Settings
  /** first values of the parameters, [size] */
  readonly start: Float64Array
  /** 1 where a parameter stays at its start, [size] */
  readonly frozen: Uint8Array
  /** seeds of the independent repetitions */
  readonly seeds: readonly number[]
  /** the density that data are drawn from; null without data, or where only states of a network are known */
  readonly density: Density | null
  /** the law of units with states that data are drawn from; null elsewhere */
  readonly law: KnownLaw | null
  /** the table that is learned from; null elsewhere */
  readonly table: TableSets | null
  /** the time series that are learned from; null elsewhere */
  readonly series: SeriesSource | null
  /** parameters of the network whose states are the data (data.source boltzmann); null elsewhere */
  readonly teacher: Float64Array | null
}

/**
 * Builds the system and the data of a scenario with an objective.
 *
 * @throws E_UNKNOWN_KEY or E_INVALID_VALUE for values that do not fit the potential
 */
export function createStudyProblem(scenario: Scenario): StudyProblem {
  const { objective: settings, data, seed } = scenario
  if (settings === undefined) throw new Error('a study is of an objective')
  const system = buildSystem(scenario)
  const { potential } = system
  const problem = {
    ...system,
    settings,
    start: 'start' in settings ? parametersFrom(potential, settings.start, 'objective.start') : startOfLearning(system),
    frozen: frozenOf(potential, 'frozen' in settings ? settings.frozen : []),
    seeds: Array.from({ length: settings.repeats }, (_, n) => seed + n),
    density: densityOf(data),
    law: lawOf(data),
    table: tableOf(data),
    series: seriesSource(scenario, system),
    teacher: data?.source === 'boltzmann' ? parametersFrom(potential, data.parameters, 'data.parameters') : null,
  }
  requireUnits(problem)
  if (problem.teacher !== null) requireNormaliser(problem, problem.teacher, 'data.parameters')
  return problem
}

function frozenOf(potential: Potential, names: readonly string[]): Uint8Array {
  const frozen = new Uint8Array(potential.size)
  names.forEach((name, index) => {
    const { offset, size } = groupNamed(filledGroups(potential), name, `objective.frozen.${index}`)
    frozen.fill(1, offset, offset + size)
  })
  return frozen
}

function densityOf(data: Scenario['data']): Density | null {
  if (data?.source === 'gaussian-mixture') return isotropicMixture(data.means, data.width, data.weights)
  if (data?.source === 'pairs') return pairDensity(data)
  return data?.source === 'density' && data.code === undefined ? densities[data.name]() : null
}

function lawOf(data: Scenario['data']): KnownLaw | null {
  if (data?.source === 'known-law') return knownLaws[data.name]()
  if (data?.source === 'bars-and-stripes') return barsAndStripes(data.side)
  if (data?.source !== 'density' || data.code === undefined) return null
  const { base, length } = data.code
  return digitLaw(densities[data.name](), { base, digits: length })
}

function tableOf(data: Scenario['data']): TableSets | null {
  if (data?.source !== 'table') return null
  return tableSets(loadColumns(data.path, data.columns), Math.round(1 / data.holdout), data.path)
}

/** @throws E_INVALID_VALUE where data or features are of other units than the network's */
function requireUnits({ potential, density, law, table, scenario }: StudyProblem): void {
  const { network } = potential
  const { units } = network
  const columns = law?.states ?? table?.units.map(({ states }) => states) ?? imageStates(network, scenario.data)
  if (columns !== undefined) requireStates(network, columns, table?.units)
  if (density !== null && density.units !== units)
    throw invalidValue(`its states have ${density.units} units, network.visible has ${units}. Make them equal.`, 'data')
  const { features } = scenario.potential
  if (features === undefined) return
  if (units > 2)
    throw invalidValue(
      `functions of the whole state are for one or two units, network.visible has ${units}. Use onsite and pair terms.`,
      'potential.features',
    )
  for (const key of ['wells', 'radial'] as const)
    if (features[key]?.centres.some((centre) => centre.length !== units))
      throw invalidValue(
        `expected ${units} coordinates in each centre, one for each unit.`,
        `potential.features.${key}.centres`,
      )
}

/**
 * The states of each pixel that units with states learn; undefined where they learn no images, or have none.
 *
 * @throws E_INVALID_VALUE for grey images: a shade between is none of a unit's states, and the energy of such an image means nothing
 */
function imageStates(network: Network, data: Scenario['data']): readonly (readonly number[])[] | undefined {
  if ((data?.source !== 'mnist' && data?.source !== 'idx') || !hasStates(network)) return undefined
  if (data.threshold === undefined)
    throw invalidValue(
      'missing; units with states learn images of black and white. Give the share of full ink above which a pixel is black, such as 0.5.',
      'data.threshold',
    )
  return Array.from({ length: network.visible }, () => [-1, 1])
}

/** @throws E_INVALID_VALUE where units have other states than the data; of a table it names the first column that has others */
function requireStates(
  network: Network,
  data: readonly (readonly number[] | null)[],
  columns: TableSets['units'] | undefined,
): void {
  const states = statesOfRows(network).slice(0, network.visible)
  if (isDeepStrictEqual(states, data)) return
  const alike: { units: number; states: string | number | null }[] = []
  for (const values of data) {
    const kind = values === null ? null : isTwoState(values) ? 'two' : values.length
    const last = alike.at(-1)
    if (last?.states === kind) last.units++
    else alike.push({ units: 1, states: kind })
  }
  const blocks = alike.map(({ units, states }) => `{ units: ${units}${states === null ? '' : `, states: ${states}`} }`)
  const first = columns?.[data.findIndex((values, n) => !isDeepStrictEqual(values, states[n]))]
  throw invalidValue(
    `its units have other states than those of the data. Expected blocks: [${blocks.join(', ')}], one unit for each column.${first === undefined ? '' : ` ${saidOf(first)}`}`,
    'network.visible',
  )
}

/** What a column of a table holds, and how it may be said to hold something else. */
function saidOf(column: TableSets['units'][number]): string {
  const name = `Column ${JSON.stringify(column.name)}`
  if (column.states === null)
    return `${name} holds numbers; data.columns: { ${column.name}: category } makes each of them a category.`
  const { length } = column.categories
  const some = column.categories.slice(0, 5).map((category) => JSON.stringify(category.slice(0, 40)))
  return `${name} has ${length} ${length === 1 ? 'category' : 'categories'}: ${some.join(', ')}${length > some.length ? ', …' : ''}.`
}

/** @throws E_INVALID_VALUE where the law e^(-U/kT)/Z at θ, from which walkers start or against which they are weighed, is not known */
export function requireNormaliser({ potential, bath }: StudyProblem, theta: Float64Array, where: string): void {
  try {
    if (logPartition(potential, theta, bath) !== null) return
  } catch (error) {
    // What does not confine is these parameters, not the terms.
    throw error instanceof OverdampedError ? new OverdampedError(error.code, error.text, where) : error
  }
  throw invalidValue(
    `the normaliser of this potential is not known. Expected a harmonic one (stiffness, bias, bilinear) that confines every unit, with up to ${mostEnumerated} two-state hidden units, or one or two units, or a chain (each coupled to the next alone), in any that confines them.`,
    where,
  )
}

/** The data of one repetition: `draw` 0 is for learning, 1 held out; of series all frames; of a list of states all of them, of images those of the file. @throws E_MISSING_KEY without data */
export function drawData(problem: StudyProblem, seed: number, draw = 0): States {
  const { scenario, density, law, teacher, potential, bath } = problem
  const { data } = scenario
  if (problem.series !== null) return statesOf(problem.series.paths(seed))
  if (problem.table !== null) return columnsOf(draw === 0 ? problem.table.train : problem.table.heldOut)
  if (data?.source === 'bars-and-stripes') return law!.average
  if (data?.source === 'mnist' || data?.source === 'idx') {
    const digits = data.source === 'idx' ? loadIdx(data) : loadMnist(data.digits, data)
    return columnsOf(pointsOf(draw === 0 ? digits.train : digits.heldOut))
  }
  if (data === undefined || !('samples' in data))
    throw new OverdampedError(
      'E_MISSING_KEY',
      'missing; this objective learns from data. Expected data.source density, gaussian-mixture or boltzmann.',
      'data',
    )
  if (teacher !== null)
    return exactStates(potential, teacher, bath, data.samples, { seed, stream: stream.data, step: 2 * draw })
  return columnsOf((density ?? law)!.sample(data.samples, seed, draw))
}

/** SHA-256 of data. */
export function hashOf({ x }: States): string {
  return createHash('sha256')
    .update(new Uint8Array(x.buffer, x.byteOffset, x.byteLength))
    .digest('hex')
}
