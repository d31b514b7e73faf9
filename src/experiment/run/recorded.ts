import { join } from 'node:path'
import type { ChosenBackend } from '../../backend/node/open.js'
import { StoppedError } from '../../errors.js'
import { writeAtomic } from '../files/atomic.js'
import { files, writeJson } from '../record/directory.js'
import { type Manifest, startManifest } from '../record/manifest.js'
import { effectiveScenario } from '../scenario/load.js'
import type { Scenario } from '../scenario/schema.js'
import type { RunOptions } from './options.js'
import type { Results } from './results.js'

/**
 * Does work in a run directory: manifest.json and scenario.yaml before it, results.json after it, and in the manifest how it
 * ended. Closes the backend.
 *
 * @throws what the work throws; a StoppedError names the directory
 */
export async function recorded(
  scenario: Scenario,
  data: Manifest['data'],
  chosen: ChosenBackend,
  { directory, parametersFrom, provenance }: RunOptions,
  work: () => Promise<Results>,
): Promise<Results> {
  const manifest = startManifest(
    scenario,
    {
      version: 'unknown',
      profile: null,
      command: 'run() of the library',
      parentRun: parametersFrom ?? null,
      ...provenance,
    },
    data,
    chosen,
  )
  const finish = (exitReason: Manifest['exitReason']) =>
    writeJson(directory, files.manifest, { ...manifest, end: new Date().toISOString(), exitReason })
  try {
    writeJson(directory, files.manifest, manifest)
    writeAtomic(join(directory, files.scenario), effectiveScenario(scenario))
    const results = await work()
    writeJson(directory, files.results, results)
    finish('finished')
    return results
  } catch (error) {
    const stopped = error instanceof StoppedError
    finish(stopped ? 'stopped' : 'failed')
    // Whatever stopped says so; that the run continues from its directory is known here.
    throw stopped ? new StoppedError(directory) : error
  } finally {
    await chosen.backend.close()
  }
}
