import { availableParallelism } from 'node:os'
import { backendsLike } from '../../backend/node/kinds.js'
import { type BackendName, type ChosenBackend, openBackend } from '../../backend/node/open.js'
import type { Executor } from './executor.js'

/**
 * Threads for each of some jobs, of those there are for all.
 *
 * @param threads - for all; as many as there are cores when absent
 * @param jobs - how many there are
 * @returns undefined where they are carried out elsewhere, on other cores than these
 */
export function threadsOfEach(
  { atATime, isRemote }: Pick<Executor, 'atATime' | 'isRemote'>,
  threads = availableParallelism(),
  jobs = Number.POSITIVE_INFINITY,
): number | undefined {
  return isRemote === true ? undefined : Math.max(1, Math.floor(threads / Math.min(threads, atATime, jobs)))
}

/** The backend of a job: the one that is named, or another with its bits where it can't be had; of one that names none the best. The job closes it. */
export function openForJob(backend: BackendName | undefined, threads: number | undefined): Promise<ChosenBackend> {
  if (backend === undefined) return openBackend({ threads }, [])
  const others = backendsLike(backend).filter((name) => name !== backend) as BackendName[]
  return openBackend({ threads }, [], { among: [backend, ...others] })
}
