import { packageVersion } from '../../backend/node/package-root.js'
import { OverdampedError } from '../../errors.js'
import type { JobInput, JobKind } from '../executor/executor.js'
import type { Failure } from '../executor/messages.js'
import { sha256 } from '../files/checksum.js'
import { decodePlainData, encodePlainData } from '../files/plain-data.js'
import { withAbsolutePaths } from '../scenario/paths.js'
import { namedFiles } from './named-files.js'

/** A job as it goes to a worker. */
export interface Order {
  /** name of its kind */
  readonly kind: string
  /** without directory and threads, which are the worker's own */
  readonly input: JobInput
  /** SHA-256 of the files that its scenario names, by their paths */
  readonly files: Readonly<Record<string, string | null>>
}

/** What comes back. */
export interface Reply {
  /** what became of it */
  readonly end: { readonly output: unknown } | { readonly failure: Failure }
  /** lines that it said last */
  readonly notes: readonly string[]
  /** of a job whose product is a run directory, its files by their names */
  readonly files: Readonly<Record<string, Uint8Array>>
}

/** Bytes under a name that tells whether they are whole. */
export interface Parcel {
  /** SHA-256 of the bytes */
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * A job as bytes, and its name: the same for the same job of the same version wherever it is to write, so that whoever asks again finds
 * what is there of it already.
 *
 * @throws E_INVALID_VALUE where its input is more than data: a term, a law or a backend of the caller's own
 */
export async function packOrder<Input extends JobInput>(kind: JobKind<Input, unknown>, job: Input): Promise<Parcel> {
  const { directory: _, threads: __, ...input } = job
  const scenario = withAbsolutePaths(job.scenario)
  const order: Order = { kind: kind.name, input: { ...input, scenario }, files: await namedFiles(scenario) }
  try {
    return parcelOf(encodePlainData(order, { version: packageVersion() }))
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    const text = `${cause.message}: only data go through a queue. Run what is your own on the threads of this machine.`
    throw new OverdampedError('E_INVALID_VALUE', text, `${kind.name} ${job.index + 1}`)
  }
}

/** @throws E_FORMAT when the bytes are no order */
export function unpackOrder(bytes: Uint8Array): Order {
  return decodePlainData(bytes, 'a job').value() as Order
}

/** @param job - the name of its order, without which two jobs could have the same reply, of which one takes the other's away */
export function packReply(job: string, reply: Reply): Parcel {
  return parcelOf(encodePlainData(reply, { job }))
}

/** The reply to a job; null when it is not whole, or that to another. */
export function unpackReply(job: string, { name, bytes }: Parcel): Reply | null {
  if (sha256(bytes) !== name) return null
  const { metadata, value } = decodePlainData(bytes, 'a reply')
  return metadata.job === job ? (value() as Reply) : null
}

function parcelOf(bytes: Uint8Array): Parcel {
  return { name: sha256(bytes), bytes }
}
