import { createHash } from 'node:crypto'
import { createMixture, type GaussianMixture, sampleMixture } from '../data/mixture.js'
import { type DigitSet, loadMnist } from '../data/mnist.js'
import type { PointSet } from '../data/points.js'
import { didYouMean, listed, OverdampedError } from '../errors.js'
import { createNetwork } from '../network/network.js'
import { createPotential, type Potential, termSlice } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import { createNoising, type Noising } from '../protocol/noising.js'
import type { Scenario } from '../scenario/schema.js'

/** What is learned from, with what its kind adds for measuring. */
export type LearningData = { readonly train: PointSet; readonly heldOut: PointSet; readonly hash: string } & (
  | { readonly source: 'mnist'; readonly digits: { readonly train: DigitSet; readonly heldOut: DigitSet } }
  | { readonly source: 'gaussian-mixture'; readonly mixture: GaussianMixture }
)

/** A scenario made into objects: the system, and either data to learn from or fixed parameters. */
export interface Problem {
  readonly scenario: Scenario
  readonly potential: Potential
  readonly bath: Bath
  readonly noising: Noising
  /** present when the scenario learns */
  readonly data?: LearningData
  /** present in a plain simulation, [parameters] */
  readonly theta?: Float64Array
}

/**
 * Builds the system of a scenario and loads its data.
 *
 * @throws E_DATA when data can't be read; E_UNKNOWN_KEY, E_MISSING_KEY or E_INVALID_VALUE for protocol.parameters that do
 *   not fit the potential
 */
export function createProblem(scenario: Scenario): Problem {
  const network = createNetwork(scenario.network)
  const potential = createPotential(network, scenario.potential)
  const noising = createNoising(scenario.noising, scenario.bath)
  const common = { scenario, potential, bath: scenario.bath, noising }
  if (scenario.protocol !== undefined)
    return { ...common, theta: fixedParameters(potential, scenario.protocol.parameters) }
  return { ...common, data: loadData(scenario) }
}

function loadData({ data, seed }: Scenario): LearningData {
  if (data?.source === 'gaussian-mixture') {
    const mixture = createMixture(data)
    const train = sampleMixture(mixture, data.samples, seed, 0)
    const heldOut = sampleMixture(mixture, Math.ceil(data.samples / 2), seed, 1)
    return { source: 'gaussian-mixture', mixture, train, heldOut, hash: hashOf(train, heldOut) }
  }
  if (data?.source !== 'mnist')
    throw new OverdampedError('E_MISSING_KEY', 'missing; expected mnist or gaussian-mixture.', 'data.source')
  const digits = loadMnist(data.digits, data.size, data.holdout)
  const points = ({ images, count }: DigitSet): PointSet => ({ points: images, count, units: data.size ** 2 })
  const train = points(digits.train)
  const heldOut = points(digits.heldOut)
  return { source: 'mnist', digits, train, heldOut, hash: hashOf(train, heldOut) }
}

function hashOf(...sets: PointSet[]): string {
  const hash = createHash('sha256')
  for (const { points } of sets) hash.update(new Uint8Array(points.buffer, points.byteOffset, points.byteLength))
  return hash.digest('hex')
}

function fixedParameters(potential: Potential, parameters: Record<string, number | number[]>): Float64Array {
  const theta = new Float64Array(potential.size)
  const names = potential.terms.map(({ name }) => name)
  for (const name of Object.keys(parameters))
    if (!names.includes(name))
      throw new OverdampedError(
        'E_UNKNOWN_KEY',
        `unknown term; the potential has ${listed(names)}.${didYouMean(name, names)}`,
        `protocol.parameters.${name}`,
      )
  potential.terms.forEach(({ name, size, lowerBound }, index) => {
    const where = `protocol.parameters.${name}`
    const value = parameters[name]
    if (value === undefined)
      throw new OverdampedError('E_MISSING_KEY', `missing; expected a number, or a list of ${size}.`, where)
    if (typeof value !== 'number' && value.length !== size)
      throw new OverdampedError(
        'E_INVALID_VALUE',
        `expected a number or a list of ${size}, got ${value.length} entries.`,
        where,
      )
    const slice = termSlice(potential, index, theta)
    if (typeof value === 'number') slice.fill(value)
    else slice.set(value)
    const low = slice.find((entry) => entry < lowerBound)
    if (low !== undefined)
      throw new OverdampedError(
        'E_INVALID_VALUE',
        `expected at least ${lowerBound}, got ${low}: the potential would not be bounded below.`,
        where,
      )
  })
  return theta
}
