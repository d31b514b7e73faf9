import { availableParallelism } from 'node:os'
import { requireThreads } from '../../backend/node/open.js'
import { exitCode } from '../../errors.js'
import { redisAddress } from '../../experiment/queue/address.js'
import { dropFormerScratches } from '../../experiment/queue/scratch.js'
import { serveQueue } from '../../experiment/queue/serve.js'
import { requireJobs } from './executor.js'
import { type RunArguments, stoppable } from './perform.js'
import { createProgress } from './progress.js'

/** Options of `overdamped worker`. */
export interface WorkerArguments extends Pick<RunArguments, 'threads' | 'max-time' | 'quiet'> {
  redis: string | undefined
  jobs: number
  work: string
  drain: boolean
}

/** Does what `overdamped worker` asks. */
export async function handle(args: WorkerArguments): Promise<void> {
  const { redis, jobs, work, drain, quiet } = args
  requireJobs(jobs)
  const threads = args.threads ?? Math.max(1, Math.floor(availableParallelism() / jobs))
  requireThreads(threads)
  const address = redisAddress(redis, process.env)
  const progress = createProgress(quiet)
  const serve = async (signal: AbortSignal) => {
    dropFormerScratches(work, Date.now())
    await serveQueue({ address, jobs, threads, work, drain, signal, onNote: progress.note })
    return exitCode.done
  }
  process.exitCode = await stoppable(serve, progress, args, () => 'Stopped. The jobs in hand are in the queue again.')
}
