import type { Progress } from '../../backend/hooks.js'
import { packageVersion } from '../../backend/node/package-root.js'

// What whoever asks for jobs and whoever carries them out agree on.

/** What begins the keys of all queues in Redis. */
export const prefix = 'overdamped'
/** Jobs of another version have other bits, or another form: its workers take them from a queue of their own. */
export const queueName = `jobs-${packageVersion()}`
/** Where a job lies, by its name. */
export const orderKey = (name: string) => `${prefix}:order:${name}`
/** Where a reply lies, by its name. */
export const replyKey = (name: string) => `${prefix}:reply:${name}`
/** Seconds that jobs and replies lie in Redis when nobody asks for them any more: a week. */
export const kept = 7 * 24 * 3600
/** Channel on which workers hear the names of jobs that are to stop. */
export const stopChannel = `${prefix}:stop`
/** Why a job failed that Redis has kept without its input; it can be put there again. */
export const orderGone = 'the order is gone'

/** Why a job failed that was told to stop. */
export const jobStopped = 'stopped'

/** What a job that is carried out has said lately. */
export interface Told {
  readonly share: number
  readonly detail: Progress | null
  readonly notes: readonly string[]
}
