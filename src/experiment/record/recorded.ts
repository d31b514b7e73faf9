import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Hooks } from '../../backend/hooks.js'
import type { BackendRequest, ChosenBackend } from '../../backend/node/open.js'
import { StoppedError } from '../../errors.js'
import type { Executor } from '../executor/executor.js'
import { writeAtomic } from '../files/atomic.js'
import { effectiveScenario } from '../scenario/load.js'
import { withAbsolutePaths } from '../scenario/paths.js'
import type { Scenario } from '../scenario/schema.js'
import { checksums, files, writeJson, writeSealed } from './directory.js'
import { inputsHash } from './inputs.js'
import { dropJobs, hasJobs } from './kept-jobs.js'
import { type Manifest, type Provenance, readManifest, scenarioHash, startManifest } from './manifest.js'
import { byHand } from './parameters-from.js'
import { dropStates, hasStates, openStages, type Stages } from './stages.js'

/** Where and how a scenario runs, and what is known of where it came from. */
export interface RunOptions extends Hooks, BackendRequest {
  /** the run directory; made when it does not exist */
  readonly directory: string
  /** a finished run whose trained parameters are used in place of training, or a .safetensors file of such */
  readonly parametersFrom?: string | undefined
  /** what of the manifest only the caller knows */
  readonly provenance?: Partial<Provenance> | undefined
  /** continue an unfinished run there, return a finished one's results, start one where there is none */
  readonly resume?: boolean | undefined
  /** seconds between two checkpoints, at least; by default 10, and more where one takes more than 0.1 s */
  readonly checkpointInterval?: number | undefined
  /**
   * carries out the independent jobs of a run: repetitions of a study, slices with `learning.start: independent`. When absent threads of this
   * machine take the repetitions, and the run does the rest by itself, with the same results.
   */
  readonly executor?: Executor | undefined
}

/**
 * Does work in a run directory: manifest.json and scenario.yaml before it, results.json after it, and in the manifest how it
 * ended. Its stages go on from what an unfinished run has kept there. Paths in the scenario are recorded absolute. Closes the backend.
 *
 * @param asked - the scenario as it was given, which a run is known again by, where what it left out was found from the data
 * @throws what the work throws; a StoppedError names the directory
 */
export async function recorded<Results extends { readonly steps?: Manifest['steps'] }>(
  scenario: Scenario,
  data: Manifest['data'],
  chosen: ChosenBackend,
  { directory, parametersFrom, provenance, checkpointInterval, onNote }: RunOptions,
  work: (stages: Stages) => Promise<Results>,
  asked = scenario,
): Promise<Results> {
  const located = withAbsolutePaths(scenario)
  const hand = byHand(parametersFrom)
  const parentRun = hand === null ? (parametersFrom ?? null) : null
  const known = { profile: null, command: 'run() of the library', parentRun, ...provenance }
  const inputs = inputsHash(scenario, parametersFrom)
  const manifest = startManifest(
    withAbsolutePaths(asked),
    known,
    { data, ...(inputs === undefined ? {} : { inputs }), ...(hand === null ? {} : { parametersByHand: hand }) },
    chosen,
    existsSync(join(directory, files.manifest)) ? readManifest(directory) : null,
  )
  const finish = (exitReason: Manifest['exitReason'], steps?: Manifest['steps']) =>
    writeSealed(directory, files.manifest, {
      ...{ ...manifest, end: new Date().toISOString(), exitReason },
      ...(steps === undefined ? {} : { steps }),
      ...(exitReason === 'finished' ? { files: checksums(directory) } : {}),
    } satisfies Manifest)
  try {
    writeSealed(directory, files.manifest, manifest)
    writeAtomic(join(directory, files.scenario), effectiveScenario(located))
    const stages = openStages(directory, { of: scenarioHash(located), interval: checkpointInterval, onNote })
    const results = await work(stages)
    writeJson(directory, files.results, results)
    finish('finished', results.steps)
    dropStates(directory)
    dropJobs(directory)
    return results
  } catch (error) {
    const stopped = error instanceof StoppedError
    finish(stopped ? 'stopped' : 'failed')
    // Whatever stopped says so; that the run continues from its directory is known here.
    throw stopped ? new StoppedError(directory, hasStates(directory) || hasJobs(directory)) : error
  } finally {
    await chosen.backend.close()
  }
}
