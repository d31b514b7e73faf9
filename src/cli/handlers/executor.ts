import { usageError } from '../../errors.js'
import type { Executor } from '../../experiment/executor/executor.js'
import { openExecutor } from '../../experiment/executor/open.js'

/** Options of commands that have independent jobs. */
export interface JobArguments {
  jobs?: number | undefined
}

/**
 * Does work with what carries out its jobs, and closes that; undefined where nothing is asked for, and the command knows best.
 *
 * @throws E_USAGE for what is no number of jobs
 */
export async function withExecutor<T>(
  { jobs }: JobArguments,
  work: (executor: Executor | undefined) => Promise<T>,
): Promise<T> {
  if (jobs === undefined) return work(undefined)
  if (!Number.isSafeInteger(jobs) || jobs < 1)
    throw usageError('expected a whole number of jobs at a time, 1 or more.', `--jobs ${jobs}`)
  const executor = openExecutor(jobs)
  try {
    return await work(executor)
  } finally {
    await executor.close()
  }
}
