import { usageError } from '../../errors.js'
import type { Executor } from '../../experiment/executor/executor.js'
import { openExecutor } from '../../experiment/executor/open.js'
import { redisAddress } from '../../experiment/queue/address.js'
import { openQueue } from '../../experiment/queue/open.js'

/** Options of commands that have independent jobs. */
export interface JobArguments {
  jobs?: number | undefined
  executor?: 'threads' | 'queue' | undefined
  redis?: string | undefined
}

/**
 * Does work with what carries out its jobs, and closes that; undefined where nothing is asked for, and the command knows best.
 *
 * @param onNote - hears of a queue what concerns no job of it
 * @throws E_USAGE for what is no number of jobs, or an address with a password; E_QUEUE where there is no queue
 */
export async function withExecutor<T>(
  args: JobArguments,
  onNote: (line: string) => void,
  work: (executor: Executor | undefined) => Promise<T>,
): Promise<T> {
  const executor = await open(args, onNote)
  try {
    return await work(executor)
  } finally {
    await executor?.close()
  }
}

async function open({ jobs, executor, redis }: JobArguments, onNote: (line: string) => void) {
  requireJobs(jobs)
  if (executor === 'queue') return openQueue({ address: redisAddress(redis, process.env), atATime: jobs, onNote })
  if (redis !== undefined) throw usageError('only a queue has one. Add --executor queue, or leave it away.', '--redis')
  return jobs === undefined ? undefined : openExecutor(jobs)
}

/** @throws E_USAGE for what is no number of jobs */
export function requireJobs(jobs: number | undefined): void {
  if (jobs === undefined || (Number.isSafeInteger(jobs) && jobs >= 1)) return
  throw usageError('expected a whole number of jobs at a time, 1 or more.', `--jobs ${jobs}`)
}
