import { join } from 'node:path'
import { betweenPieces, type Hooks } from '../../backend/hooks.js'
import { OverdampedError } from '../../errors.js'
import type { FreeEnergy } from '../../physics/observe/jarzynski.js'
import { writeAtomic } from '../files/atomic.js'
import { makeDirectory } from '../files/folder.js'
import { decodeNpz } from '../files/npz.js'
import { type FreeEnergyResults, freeEnergyDifference, freeEnergyFrom } from '../measurement/free-energy.js'
import { files, readBytes, readJson, runDirectoryError, writeJson } from '../record/directory.js'
import { readManifest } from '../record/manifest.js'
import { loadScenario } from '../scenario/load.js'
import type { Scenario } from '../scenario/schema.js'
import { createProblem } from '../system/problem.js'
import { startsInEquilibrium } from '../system/start.js'
import { crooksNpz } from './exchange-arrays.js'

/** What two runs say of the free-energy difference between the ends of a protocol, in units of kT. */
export interface FreeEnergyOfRuns {
  /** directories */
  readonly forward: string
  /** directory of the run by the reversed protocol */
  readonly reverse: string
  /** ΔF of the forward protocol in kT by each estimator */
  readonly freeEnergy: FreeEnergyResults
  /** Jarzynski's average of the reverse runs, as a difference of the forward protocol */
  readonly fromReverse: Pick<FreeEnergy, 'value' | 'standardError' | 'warning'>
  /** works over kT, [runs] of either */
  readonly works: { readonly forward: Float64Array; readonly reverse: Float64Array }
}

/**
 * Takes two finished runs for the two directions of one protocol: Jarzynski of both, Bennett and Crooks from their works, as a run with
 * `protocol.bothWays` has them.
 *
 * @param forward - a run directory
 * @param reverse - another; one of the two has protocol.reversed
 * @throws E_RUN_DIRECTORY for runs that are not finished, measured no work, did not start in equilibrium, or are not mirror images: which
 *   key differs; StoppedError when `signal` stopped it
 */
export async function freeEnergyOfRuns(forward: string, reverse: string, hooks: Hooks = {}): Promise<FreeEnergyOfRuns> {
  const between = (done: number) => betweenPieces(hooks, { phase: 'measure', done, total: 3 })
  const [ahead, back] = [await readRunOf(forward), await readRunOf(reverse)]
  requireMirrorImages(ahead, back)
  const { seed } = ahead.scenario
  await between(0)
  const found = freeEnergyFrom(ahead.work, back.work, seed)
  await between(1)
  const { jarzynski, warning } = freeEnergyFrom(back.work, null, seed)
  await between(2)
  const exact = exactOf(ahead.scenario)
  const warnings = [
    found.warning,
    seed === back.scenario.seed
      ? `Both runs have the seed ${seed}: their random numbers are the same, and errors of what takes both are not to be trusted. Run one of them with another --seed.`
      : null,
  ].filter((text) => text !== null)
  for (const text of warnings) hooks.onNote?.(`warning: ${text}`)
  await between(3)
  return {
    ...{ forward, reverse },
    freeEnergy: { ...(exact === null ? {} : { exact }), ...found, warning: warnings.join(' ') || null },
    fromReverse: { value: -jarzynski.value, standardError: jarzynski.standardError, warning },
    works: { forward: ahead.work, reverse: back.work },
  }
}

/** Writes free-energy.json and free-energy.npz, the works and their histograms. @throws E_FILE */
export function writeFreeEnergy(directory: string, { works, ...found }: FreeEnergyOfRuns): void {
  makeDirectory(directory)
  writeAtomic(join(directory, files.freeEnergy), crooksNpz(works.forward, works.reverse))
  writeJson(directory, 'free-energy.json', found)
}

/** A run as it was recorded. */
interface RunOf {
  readonly directory: string
  readonly scenario: Scenario
  /** over kT, [trajectories] */
  readonly work: Float64Array
}

async function readRunOf(directory: string): Promise<RunOf> {
  const { exitReason } = readManifest(directory)
  if (exitReason !== 'finished')
    throw runDirectoryError(directory, `the run is not finished (${exitReason}). Continue it with --resume.`)
  // It may have been changed since the run wrote it.
  readBytes(directory, files.scenario)
  const scenario = await loadScenario(join(directory, files.scenario))
  const { protocol, observe } = scenario
  const refuse = (text: string) => runDirectoryError(directory, text)
  if (protocol === undefined) throw refuse('no plain simulation; expected one with a protocol.')
  if (!startsInEquilibrium(scenario))
    throw refuse(
      `it starts from initial.kind ${scenario.initial?.kind}; expected equilibrium, or relax, from which alone a free energy follows.`,
    )
  if (protocol.kT !== undefined)
    throw refuse('protocol.kT changes the temperature; a free energy is one at a constant temperature.')
  if (!observe.includes('work')) throw refuse('it measured no work. Run it again with work in observe.')
  const results = readJson(directory, files.results) as { relaxation?: { forward?: { refused?: unknown } } } | null
  const refused = results?.relaxation?.forward?.refused
  if (refused != null) throw refuse(typeof refused === 'string' ? refused : 'its relaxation was refused.')
  const arrays = decodeNpz(readBytes(directory, files.thermodynamics), join(directory, files.thermodynamics))
  if (arrays.work === undefined) throw refuse(`${files.thermodynamics} holds no work.`)
  return { directory, scenario, work: Float64Array.from(arrays.work.data) }
}

/** @throws E_RUN_DIRECTORY naming the key that differs, or does not */
function requireMirrorImages(one: RunOf, other: RunOf): void {
  const pick = ({ scenario: { network, potential, bath, protocol } }: RunOf) => {
    const { duration, parameters } = protocol!
    return { network, potential, bath, protocol: { duration, parameters } }
  }
  const found = difference(pick(one), pick(other), [])
  if (found !== null)
    throw runDirectoryError(
      other.directory,
      `the runs are not one protocol in two directions: ${found.path} is ${shown(found.a)} in ${one.directory} and ${shown(found.b)} here. ` +
        'Run the same scenario with --set protocol.reversed=true.',
    )
  const { reversed } = one.scenario.protocol!
  if (reversed === other.scenario.protocol!.reversed)
    throw runDirectoryError(
      other.directory,
      `both runs have protocol.reversed ${reversed}; expected one of them with ${!reversed}. Run the same scenario with --set protocol.reversed=${!reversed}.`,
    )
}

/** The first place where two trees of keys differ; null where none does. */
function difference(a: unknown, b: unknown, path: readonly string[]): { path: string; a: unknown; b: unknown } | null {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Object.is(a, b) ? null : { path: path.join('.'), a, b }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const at = (tree: object) => (tree as Record<string, unknown>)[key]
    const found = difference(at(a), at(b), [...path, key])
    if (found !== null) return found
  }
  return null
}

function shown(value: unknown): string {
  return value === undefined ? 'absent' : (JSON.stringify(value) ?? String(value)).slice(0, 60)
}

/** ΔF where it is known and all that the scenario names is still there. */
function exactOf(scenario: Scenario): number | null {
  try {
    return freeEnergyDifference(createProblem(scenario))
  } catch (error) {
    if (error instanceof OverdampedError) return null
    throw error
  }
}
