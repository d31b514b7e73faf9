import { createHash } from 'node:crypto'
import { invalidValue, listed, OverdampedError } from '../../errors.js'
import { type Classes, withLabels } from '../../learning/data/classes.js'
import type { DigitSet } from '../../learning/data/digits.js'
import { createMixture, type GaussianMixture, sampleMixture } from '../../learning/data/mixture.js'
import { pointsOf } from '../../learning/evaluation/points.js'
import type { PointSet } from '../../physics/network/states.js'
import { hasStates } from '../../physics/network/unit-states.js'
import { sharesBath } from '../../physics/protocol/bath.js'
import { type IdxDigits, loadIdx } from '../files/idx.js'
import { loadMnist } from '../files/mnist.js'
import { type ArrayRead, loadArray } from '../files/table.js'
import { classesOf, isForObjective } from '../scenario/data.js'
import { unitsOf } from '../scenario/network.js'
import type { Scenario } from '../scenario/schema.js'
import { type Conditions, loadConditions } from './conditions.js'
import { type GivenParameters, givenParameters } from './given-parameters.js'
import { noisingOf } from './noising-of-data.js'
import { buildSystem, type System } from './system.js'

/** What is learned from, with what its kind adds for measuring. */
export type LearningData = {
  readonly train: PointSet
  readonly heldOut: PointSet
  /** The same as states of the network, its label units clamped to their classes, [count, units]. */
  readonly states: { readonly train: PointSet; readonly heldOut: PointSet }
  /** where the network has label units */
  readonly classes?: Classes
  readonly hash: string
} & (
  | { readonly source: 'mnist' | 'idx'; readonly digits: IdxDigits }
  | ({ readonly source: 'array' } & Pick<ArrayRead, 'table' | 'columns' | 'scaling'>)
  | { readonly source: 'gaussian-mixture'; readonly mixture: GaussianMixture }
)

/** A scenario made into objects: the system, and either data to learn from or fixed parameters. */
export interface Problem extends System {
  /** present when the scenario learns */
  readonly data?: LearningData
  /** present in a plain simulation */
  readonly given?: GivenParameters
  /** present where samples are drawn given images */
  readonly conditions?: Conditions
}

/**
 * Builds the system of a scenario and loads its data.
 *
 * @throws E_DATA when data can't be read; E_UNKNOWN_KEY, E_MISSING_KEY or E_INVALID_VALUE for protocol.parameters that do
 *   not fit the potential
 */
export function createProblem(scenario: Scenario): Problem {
  if (scenario.protocol === undefined && scenario.data?.source === 'array') {
    const data = loadData(scenario)
    const noising = noisingOf(scenario, data.train)
    return learning(buildSystem({ ...scenario, noising }, data.classes?.names.length), data)
  }
  const system = buildSystem(scenario)
  if (scenario.protocol === undefined) return learning(system, loadData(scenario))
  return { ...system, given: givenParameters(system.potential, system.noising, scenario) }
}

function learning(system: System, data: LearningData): Problem {
  const conditions = loadConditions(system.scenario, system.noising, data)
  return { ...system, data, ...(conditions === null ? {} : { conditions }) }
}

/** Data with what the network sees of them. */
function learned(train: PointSet, heldOut: PointSet, classes: Classes | null) {
  const hash = hashOf(train, heldOut)
  if (classes === null) return { train, heldOut, states: { train, heldOut }, hash }
  const states = {
    train: withLabels(train, classes.train, classes.names.length),
    heldOut: withLabels(heldOut, classes.heldOut, classes.names.length),
  }
  return { train, heldOut, states, classes, hash }
}

function loadData({ data, seed, network, sampling }: Scenario): LearningData {
  const names = network.label === undefined ? null : classesOf(data)
  if (data?.source === 'gaussian-mixture') {
    const mixture = createMixture(data)
    const train = sampleMixture(mixture, data.samples, seed, 0)
    const heldOut = sampleMixture(mixture, Math.ceil(data.samples / 2), seed, 1)
    const classes = names === null ? null : { names, train: train.components, heldOut: heldOut.components }
    return { source: 'gaussian-mixture', mixture, ...learned(train, heldOut, classes) }
  }
  if (data === undefined || isForObjective(data))
    throw new OverdampedError(
      'E_MISSING_KEY',
      'missing; expected mnist, idx, array or gaussian-mixture.',
      'data.source',
    )
  if (data.source === 'array') {
    const { train, heldOut, classes, ...read } = loadArray(data, unitsOf(network))
    const named = network.label === undefined ? null : requireClass(classes, sampling.label)
    return { source: 'array', ...read, ...learned(train, heldOut, named) }
  }
  const digits = data.source === 'idx' ? loadIdx(data) : loadMnist(data.digits, data)
  const { train, heldOut } = digits
  const classOf = ({ labels }: DigitSet) => labels.map((digit) => data.digits.indexOf(digit))
  const classes = names === null ? null : { names, train: classOf(train), heldOut: classOf(heldOut) }
  return { source: data.source, digits, ...learned(pointsOf(train), pointsOf(heldOut), classes) }
}

/** Classes of a table among which is the one that is asked for. */
function requireClass(classes: Classes | null, label: number | string | undefined): Classes | null {
  if (classes === null || label === undefined || classes.names.includes(label)) return classes
  throw invalidValue(
    `expected one of the classes ${listed(classes.names.map(String))}, got ${label}.`,
    'sampling.label',
  )
}

function hashOf(...sets: PointSet[]): string {
  const hash = createHash('sha256')
  for (const { points } of sets) hash.update(new Uint8Array(points.buffer, points.byteOffset, points.byteLength))
  return hash.digest('hex')
}

/** Whether a plain simulation keeps its landscape and its temperature. */
export function isAtRest({ given }: Problem): boolean {
  return given !== undefined && given.scheduled.length === 0 && given.kT === null
}

/** Whether no visible unit acts on another, be it through hidden ones, and none has states. */
export function isUncoupled({ generation }: Problem): boolean {
  const { network, terms } = generation.potential
  const isCoupled = network.units > 1 && terms.some(({ support, size }) => support !== 'unit' && size > 0)
  return !isCoupled && !hasStates(network)
}

/** The same in a landscape, at a temperature, that do not change, and in one bath. */
export function isUncoupledAtRest(problem: Problem): boolean {
  return isAtRest(problem) && isUncoupled(problem) && sharesBath(problem.generation.potential.network)
}
