import type { Progress } from '../../backend/hooks.js'
import type { BackendRequest } from '../../backend/node/open.js'
import type { JobInput, JobKind } from '../executor/executor.js'
import { type Failure, failureOf } from '../executor/messages.js'
import type { Provenance } from '../record/manifest.js'
import type { Results } from '../run/results.js'
import { run } from '../run/run.js'
import { defineScenario } from '../scenario/load.js'

/** A point of a sweep, and how it runs. */
interface PointInput extends JobInput, BackendRequest {
  /** where its run goes; what it finds there it continues */
  readonly directory: string
  readonly provenance: Partial<Provenance>
  readonly checkpointInterval: number | undefined
}

/** What became of a point, in short: its run directory says the rest. One that fails does not end the sweep. */
type PointOutput = { readonly failedChecks: readonly string[] } | { readonly failure: Failure }

const phases: readonly Progress['phase'][] = ['train', 'relax', 'sample', 'measure']

/** The run of a point of a sweep. */
export const point: JobKind<PointInput, PointOutput> = {
  name: 'point',
  writes: 'run',
  async run({ scenario, directory, provenance, checkpointInterval, backend, threads }, { onProgress, onNote, signal }) {
    const hooks = {
      onProgress: (progress: Progress) =>
        onProgress((phases.indexOf(progress.phase) + progress.done / progress.total) / phases.length, progress),
      onNote,
      signal,
    }
    // Validated again, a scenario that came from elsewhere brings its formulas along.
    const valid = await defineScenario(scenario)
    const options = { directory, resume: true, backend, threads, provenance, checkpointInterval, ...hooks }
    return { failedChecks: failedChecks(await run(valid, options)) }
  },
  failed: (error) => ({ failure: failureOf(error) }),
}

/** Names of the checks that a run did not pass. */
export function failedChecks({ checks }: Results): string[] {
  return checks.filter(({ pass }) => pass === false).map(({ name }) => name)
}
