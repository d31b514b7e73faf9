import { createHash } from 'node:crypto'
import type { DigitSet } from '../data/digits.js'
import { loadIdx } from '../data/idx.js'
import { createMixture, type GaussianMixture, sampleMixture } from '../data/mixture.js'
import { loadMnist } from '../data/mnist.js'
import type { PointSet } from '../data/points.js'
import { loadArray } from '../data/table.js'
import { OverdampedError } from '../errors.js'
import { createNetwork } from '../network/network.js'
import { createPotential, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import { createNoising, type Noising } from '../protocol/noising.js'
import type { Scenario } from '../scenario/schema.js'
import { type GivenParameters, givenParameters } from './given-parameters.js'

/** What is learned from, with what its kind adds for measuring. */
export type LearningData = { readonly train: PointSet; readonly heldOut: PointSet; readonly hash: string } & (
  | { readonly source: 'mnist' | 'idx'; readonly digits: LearningDigits }
  | { readonly source: 'array' }
  | { readonly source: 'gaussian-mixture'; readonly mixture: GaussianMixture }
)

/** Digits with their labels. */
interface LearningDigits {
  readonly train: DigitSet
  readonly heldOut: DigitSet
  /** the training part of all ten digits, which vote in the metric `other`; loaded when it is asked for */
  readonly every: () => DigitSet
}

/** A scenario made into objects: the system, and either data to learn from or fixed parameters. */
export interface Problem {
  readonly scenario: Scenario
  readonly potential: Potential
  readonly bath: Bath
  readonly noising: Noising
  /** present when the scenario learns */
  readonly data?: LearningData
  /** present in a plain simulation */
  readonly given?: GivenParameters
}

/**
 * Builds the system of a scenario and loads its data.
 *
 * @throws E_DATA when data can't be read; E_UNKNOWN_KEY, E_MISSING_KEY or E_INVALID_VALUE for protocol.parameters that do
 *   not fit the potential
 */
export function createProblem(scenario: Scenario): Problem {
  const network = createNetwork(scenario.network)
  const potential = createPotential(network, scenario.potential, scenario.bath.kT, scenario.network.hidden)
  const noising = createNoising(scenario.noising, scenario.bath)
  const common = { scenario, potential, bath: scenario.bath, noising }
  if (scenario.protocol !== undefined) return { ...common, given: givenParameters(potential, scenario) }
  return { ...common, data: loadData(scenario, network.units) }
}

function loadData({ data, seed }: Scenario, units: number): LearningData {
  if (data?.source === 'gaussian-mixture') {
    const mixture = createMixture(data)
    const train = sampleMixture(mixture, data.samples, seed, 0)
    const heldOut = sampleMixture(mixture, Math.ceil(data.samples / 2), seed, 1)
    return { source: 'gaussian-mixture', mixture, train, heldOut, hash: hashOf(train, heldOut) }
  }
  if (data === undefined)
    throw new OverdampedError(
      'E_MISSING_KEY',
      'missing; expected mnist, idx, array or gaussian-mixture.',
      'data.source',
    )
  if (data.source === 'array') {
    const { train, heldOut } = loadArray(data, units)
    return { source: 'array', train, heldOut, hash: hashOf(train, heldOut) }
  }
  const digits = data.source === 'idx' ? loadIdx(data) : packagedDigits(data)
  const points = ({ images, count }: DigitSet): PointSet => ({ points: images, count, units: data.size ** 2 })
  const train = points(digits.train)
  const heldOut = points(digits.heldOut)
  return { source: data.source, digits, train, heldOut, hash: hashOf(train, heldOut) }
}

const allDigits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

function packagedDigits({ digits, size, holdout }: Extract<Scenario['data'], { source: 'mnist' }>): LearningDigits {
  return { ...loadMnist(digits, size, holdout), every: () => loadMnist(allDigits, size, holdout).train }
}

function hashOf(...sets: PointSet[]): string {
  const hash = createHash('sha256')
  for (const { points } of sets) hash.update(new Uint8Array(points.buffer, points.byteOffset, points.byteLength))
  return hash.digest('hex')
}
