import { join } from 'node:path'
import { packageVersion } from '../../backend/node/package-root.js'
import { invalidValue, OverdampedError } from '../../errors.js'
import { defaultCompletion } from '../../learning/generation/complete.js'
import { evenRows, type PointSet, pickRows } from '../../physics/network/states.js'
import { hasStates } from '../../physics/network/unit-states.js'
import { toBase64 } from '../../play/base64.js'
import { pack, unpack } from '../../play/packed.js'
import type { NetworkRecord } from '../../play/record.js'
import { files, readBytes } from '../record/directory.js'
import { encodeParameters } from '../record/parameters.js'
import { trainedManifest } from '../record/trained.js'
import { unitBathsOf } from '../scenario/bath.js'
import { loadScenario } from '../scenario/load.js'
import { createProblem, type LearningData, type Problem } from '../system/problem.js'
import { loadTrained } from '../training/train-run.js'

/** Held-out states that a page brings along, at most. */
const mostExamples = 40

/** How a page is to be made of a run. */
export interface PlayOptions {
  /** of each parameter; see `packings` */
  readonly bits: number
  /** the command that makes it */
  readonly command: string
}

/** What a page carries of a run, and its parameters as the page has them, in the bytes of a parameters.safetensors. */
export interface PlayedRun {
  readonly record: NetworkRecord
  readonly parameters: Uint8Array
}

/**
 * Reads a finished run that has learned.
 *
 * @throws E_RUN_DIRECTORY for a run that has no network to play, or is not finished; E_INVALID_VALUE for one that can't be played, or a
 *   number of bits that there is not
 *
 * Cost: that of reading its data and its parameters, and of packing them.
 */
export async function playedRun(directory: string, { bits, command }: PlayOptions): Promise<PlayedRun> {
  const { scenario: of } = trainedManifest(directory, 'to play')
  // It was read by nobody since the run wrote it.
  readBytes(directory, files.scenario)
  const scenario = await loadScenario(join(directory, files.scenario))
  if (scenario.objective !== undefined)
    throw new OverdampedError(
      'E_RUN_DIRECTORY',
      'an objective is a study of its own, of which no protocol generates. Expected a run with the section learning.',
      directory,
    )
  const problem = createProblem(scenario)
  requirePlayable(problem)
  const { potential, noising, bath, data } = problem
  const sizes = potential.groups.map(({ size }) => size)
  const parameters = pack(loadTrained(directory, problem), sizes, bits)
  const { sampling, network, bath: keys } = scenario
  const record: NetworkRecord = {
    kind: 'network',
    title: of.profile === null ? scenario.name : `${scenario.name} (${of.profile})`,
    about: scenario.about ?? '',
    ...{ command, version: packageVersion() },
    network: { ...network, baths: unitBathsOf(keys) },
    classes: data!.classes?.names ?? null,
    ...{ potential: scenario.potential, bath, noising: scenario.noising },
    ...{ drive: sampling.drive, learnedFor: problem.drive, integrator: sampling.integrator },
    generation: generationOf(sampling),
    completion: completionOf(sampling),
    ...{ seed: scenario.seed, denoise: sampling.denoise },
    ...exampleStates(data!),
    parameters,
  }
  return { record, parameters: encodeParameters(potential, noising.knots, await unpack(parameters)) }
}

function generationOf({ interpolation, slowdown, dt }: Problem['scenario']['sampling']): NetworkRecord['generation'] {
  return { interpolation, slowdown, ...(dt === undefined ? {} : { dt }) }
}

function completionOf({ inpaint }: Problem['scenario']['sampling']): NetworkRecord['completion'] {
  const { sweeps, steps } = inpaint ?? defaultCompletion
  return { sweeps, steps }
}

/** @throws E_INVALID_VALUE for what a page does not bring along */
function requirePlayable({ potential, scenario, hardware }: Problem): void {
  if (hardware !== undefined)
    throw invalidValue(
      'a page plays an ideal device, and this one is not: it would show another network. Expected a run without hardware; overdamped sample draws more of this one.',
      'hardware',
    )
  const formula = potential.terms.find((term) => term.formula !== undefined)
  if (formula !== undefined || scenario.potential.features?.base !== undefined)
    throw invalidValue(
      `a page computes no formulas, as in the term "${formula?.name ?? 'base'}". Expected built-in terms only.`,
      'potential',
    )
  if (scenario.bath.active !== undefined || hasStates(potential.network))
    throw invalidValue(
      'a page plays continuous units in a thermal bath. Take out bath.active, and visible units with states.',
      'network',
    )
}

/** A few held-out states evenly spread, their classes, and the range of all data. */
function exampleStates({ train, heldOut, classes }: LearningData): Pick<NetworkRecord, 'examples' | 'range'> {
  const rows = evenRows(heldOut.count, mostExamples)
  const { points, count } = pickRows(heldOut, rows)
  const data = toBase64(new Uint8Array(Float32Array.from(points).buffer))
  return {
    range: rangeOf(train),
    examples: { count, data, classes: classes === undefined ? [] : rows.map((row) => classes.heldOut[row]!) },
  }
}

function rangeOf({ points }: PointSet): [number, number] {
  let [low, high] = [Infinity, -Infinity]
  for (const value of points) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return [low, high]
}
