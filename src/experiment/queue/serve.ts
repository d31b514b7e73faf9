import type { Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { StoppedError } from '../../errors.js'
import { createThreads } from '../executor/threads.js'
import { makeDirectory } from '../files/folder.js'
import { nameOf, type RedisAddress } from './address.js'
import { type Bench, carryOut } from './carry-out.js'
import { connect, disconnect, loadQueuePackages, type QueuePackages } from './connection.js'
import { labelOf } from './exchange.js'
import { soon } from './patience.js'
import { jobStopped, kept, orderGone, orderKey, prefix, queueName, replyKey, stopChannel } from './protocol.js'
import { gatherReports } from './reports.js'
import { dropScratch } from './scratch.js'

/** What a worker does, and where. */
export interface WorkerOptions {
  /** of the Redis that the queue lies in */
  readonly address: RedisAddress
  /** jobs at a time, each in a thread of its own */
  readonly jobs: number
  /** threads that each of them computes on; never changes a bit */
  readonly threads: number
  /** directory for what jobs keep as long as they run: one that comes again goes on from there */
  readonly work: string
  /** ends when there has been no job for ten seconds, waiting or in hand of any worker; goes on for ever when absent */
  readonly drain?: boolean | undefined
  /** stops it: jobs keep their states, and are given back at once */
  readonly signal?: AbortSignal | undefined
  /** a line for whoever watches */
  readonly onNote?: ((line: string) => void) | undefined
  /** seconds without a sign of life after which a worker's jobs are given to others; 20 when absent */
  readonly lockSeconds?: number | undefined
  /** workers that may die over a job before it is given up; 5 when absent */
  readonly deaths?: number | undefined
}

/** ms between two looks at whether the queue is empty, and looks that must find it so */
const [betweenLooks, looksOfDrained] = [1_000, 10]

/**
 * Carries out jobs of a queue: what `overdamped worker` does. Each runs in a thread, so that the process can always say that it lives,
 * and hear that a job is to stop. The jobs of a worker that dies are given to others.
 *
 *     await serveQueue({ address, jobs: 2, threads: 1, work: 'runs/worker', drain: true })
 *
 * @throws E_QUEUE when a package is missing, or Redis can't be reached within some seconds; StoppedError when `signal` stopped it
 */
export async function serveQueue(options: WorkerOptions): Promise<void> {
  const { address, jobs, threads, work, signal, onNote = () => {} } = options
  const packages = await loadQueuePackages()
  makeDirectory(work)
  const client = await connect(packages, address, onNote)
  const listener = client.duplicate()
  const executor = createThreads(jobs)
  const hands = createHands(packages, client, { executor, threads, work })
  const worker = workerOf(packages, client, options, hands.take)
  worker.on('completed', (job) => {
    dropScratch(work, job.id!)
    onNote(`${labelOf(job)} done`)
  })
  // Somebody else has the job by now, or has removed it.
  worker.on('lockRenewalFailed', (names) => names.forEach(hands.stop))
  let last: string | null = null
  worker.on('error', ({ message }) => {
    const fault = faultOf(message)
    if (fault !== null && fault !== last) onNote(`${nameOf(address)}: ${fault}`)
    last = fault
  })
  listener.on('message', (_, name) => hands.stop(name))
  await listener.subscribe(stopChannel)
  onNote(`listening to ${queueName} of ${nameOf(address)}, ${jobs} at a time on ${threads} each`)
  try {
    await ended(packages, client, options)
  } finally {
    hands.end()
    await soon([worker.close()])
    await executor.close()
    disconnect(client)
  }
  if (signal?.aborted) throw new StoppedError()
}

function workerOf(
  { Worker }: QueuePackages,
  connection: Redis,
  { jobs, lockSeconds = 20, deaths = 5 }: WorkerOptions,
  take: (job: Job, token: string) => Promise<string>,
): Worker {
  return new Worker(queueName, (job, token) => take(job, token!), {
    ...{ connection, prefix, concurrency: jobs },
    lockDuration: 1000 * lockSeconds,
    // Death is noticed when the lock has run out, at the next look.
    stalledInterval: 250 * lockSeconds,
    maxStalledCount: deaths,
    // After a connection that was lost.
    runRetryDelay: 1_000,
  })
}

/** An error of BullMQ in words; null for those of connections, which are told of already. */
function faultOf(message: string): string | null {
  if (/ECONN|closed/i.test(message)) return null
  return /Missing (lock|key) for job|could not renew lock/.test(message)
    ? 'a job was given to others, or is gone, since nothing was heard from here; what was computed of it is dropped'
    : message
}

/** What is done with jobs of the queue, as BullMQ asks for it. */
function createHands({ UnrecoverableError, WaitingError }: QueuePackages, client: Redis, bench: Bench) {
  const controllers = new Map<string, AbortController>()
  let isEnding = false
  const take = async (job: Job, token: string): Promise<string> => {
    const name = job.id!
    /** One that is to stop goes on elsewhere, where this worker ends, and nowhere, where nobody wants it any more. */
    const stopped = async () => {
      if (!isEnding) return new UnrecoverableError(jobStopped)
      await job.moveToWait(token)
      return new WaitingError()
    }
    if (isEnding) throw await stopped()
    const bytes = await client.getBuffer(orderKey(name))
    if (bytes === null) throw new UnrecoverableError(orderGone)
    const controller = new AbortController()
    controllers.set(name, controller)
    // One that nobody waits for any more, or of another Redis, is not told of.
    const reports = gatherReports((told) => void job.updateProgress(told).catch(() => {}))
    try {
      const reply = await carryOut({ name, bytes }, bench, reports, controller.signal)
      await client.set(replyKey(reply.name), Buffer.from(reply.bytes), 'EX', kept)
      return reply.name
    } catch (error) {
      throw error instanceof StoppedError ? await stopped() : error
    } finally {
      controllers.delete(name)
    }
  }
  return {
    take,
    stop: (name: string) => controllers.get(name)?.abort(),
    /** All jobs stop, and go back to the queue. */
    end() {
      isEnding = true
      for (const controller of controllers.values()) controller.abort()
    },
  }
}

/** Settles when the worker is to end. */
async function ended({ Queue }: QueuePackages, connection: Redis, { drain, signal }: WorkerOptions): Promise<void> {
  const queue = new Queue(queueName, { connection, prefix })
  queue.on('error', () => {})
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve) => {
      const stop = () => resolve()
      signal?.addEventListener('abort', stop, { once: true })
      if (signal?.aborted) resolve()
      let idle = 0
      timer = setInterval(async () => {
        if (!drain) return
        const open = await queue.getJobCountByTypes('wait', 'active').catch(() => 1)
        idle = open === 0 ? idle + 1 : 0
        if (idle >= looksOfDrained) resolve()
      }, betweenLooks)
    })
  } finally {
    clearInterval(timer)
    await soon([queue.close()])
  }
}
