import type { Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { OverdampedError } from '../../errors.js'
import type { JobInput } from '../executor/executor.js'
import { queueError, type RedisAddress } from './address.js'
import { type Parcel, type Reply, unpackReply } from './parcels.js'
import { jobStopped, kept, orderGone, orderKey, replyKey, stopChannel } from './protocol.js'

/** What was found of a job: nothing, that it goes on or was stopped, or its reply with the name that this lies under. */
type Found = 'nothing' | 'under way' | 'stopped' | { readonly reply: Reply; readonly name: string }

/** What is said of a job to whoever looks into the queue. */
type Label = Pick<JobInput, 'index' | 'seed'>

/** Where jobs are left and replies are found. */
export interface Exchange {
  /** Leaves a job; nothing changes where it is there. */
  leave(kind: string, order: Parcel, label: Label): Promise<void>
  /** Looks at a job by its name. @throws E_QUEUE when those who carried it out have died again and again */
  look(name: string): Promise<Found>
  /** Takes a job back that nobody has begun; tells whoever has that it is to stop. @returns whether it is gone */
  takeBack(name: string): Promise<boolean>
  /** Removes all that is there of a job that is not carried out, and its replies by their names. */
  forget(name: string, ...replies: string[]): Promise<void>
}

/**
 * The exchange of a queue. Whatever Redis refuses is E_QUEUE; while it is away everything waits.
 *
 * @param queue - in the Redis of the client
 */
export function createExchange(client: Redis, queue: Queue, address: RedisAddress): Exchange {
  const asked = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      if (cause instanceof OverdampedError) throw cause
      // Never the error itself: ioredis puts the command into it, which may be the one that holds the password.
      throw queueError(address, `it says: ${cause instanceof Error ? cause.message : String(cause)}.`)
    }
  }
  const remove = async (name: string, replies: readonly string[]) => {
    await Promise.all([queue.remove(name), client.del(orderKey(name), ...replies.map(replyKey))])
  }
  const replyTo = async (job: Job): Promise<Found> => {
    const name = String(job.returnvalue)
    const bytes = await client.getBuffer(replyKey(name))
    const reply = bytes === null ? null : unpackReply(job.id!, { name, bytes })
    return reply === null ? 'nothing' : { reply, name }
  }
  const look = async (name: string): Promise<Found> => {
    const job: Job | undefined = await queue.getJob(name)
    if (job === undefined) return 'nothing'
    if (job.finishedOn === undefined) return 'under way'
    const found = job.failedReason ? 'nothing' : await replyTo(job)
    if (typeof found === 'object') return found
    await remove(name, [])
    if (!job.failedReason || job.failedReason === orderGone) return 'nothing'
    if (job.failedReason === jobStopped) return 'stopped'
    throw queueError(address, `${labelOf(job)} ${whyOf(job.failedReason)}`)
  }
  return {
    leave: (kind, { name, bytes }, { index, seed }) =>
      asked(async () => {
        await client.set(orderKey(name), Buffer.from(bytes), 'EX', kept)
        await queue.add(
          kind,
          { index, seed },
          { jobId: name, removeOnComplete: { age: kept }, removeOnFail: { age: kept } },
        )
      }),
    look: (name) => asked(() => look(name)),
    takeBack: (name) =>
      asked(async () => {
        const isGone = (await queue.remove(name)) !== 0
        if (isGone) await client.del(orderKey(name))
        else await client.publish(stopChannel, name)
        return isGone
      }),
    forget: (name, ...replies) => asked(() => remove(name, replies)),
  }
}

/** What a job of the queue is called: `point 3 (seed 7)`. */
export function labelOf({ name, data }: Job): string {
  const { index, seed } = data as Label
  return `${name} ${index + 1} (seed ${seed})`
}

/** Why BullMQ says that a job has failed, which otherwise are ends of jobs that are replied. */
function whyOf(reason: string): string {
  return /stalled/.test(reason)
    ? 'was given up, since too many workers died over it. Look at what they say, and at their memory; the same command tries again.'
    : `was not done by its worker: ${reason}. The same command tries again.`
}
