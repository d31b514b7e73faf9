import { exitCode, OverdampedError, StoppedError } from '../../errors.js'
import type { Executor, JobHooks, JobInput, JobKind } from '../executor/executor.js'
import { failureOf } from '../executor/messages.js'
import { jobKinds } from '../jobs/kinds.js'
import { requireNamedFiles } from './named-files.js'
import { type Order, type Parcel, packReply, type Reply, unpackOrder } from './parcels.js'
import { largestParcel, readProduct, tooLarge } from './product.js'
import type { Reports } from './reports.js'
import { type Scratch, scratchOf } from './scratch.js'

/** Where a worker carries out jobs. */
export interface Bench {
  readonly executor: Executor
  /** of each job */
  readonly threads: number
  /** directory for what jobs keep as long as they run */
  readonly work: string
}

/**
 * Carries out a job.
 *
 * @param name - of the order
 * @returns the reply, of a failure too
 * @throws StoppedError when it was stopped; what it has kept stays
 */
export async function carryOut(
  { name, bytes }: Parcel,
  bench: Bench,
  reports: Reports,
  signal: AbortSignal,
): Promise<Parcel> {
  const reply = (end: Reply['end'], files: Reply['files'] = {}) => {
    const parcel = packReply(name, { end, notes: reports.end(), files })
    if (parcel.bytes.length > largestParcel) throw tooLarge(parcel.bytes.length, 'a worker')
    return parcel
  }
  let scratch: Scratch | null = null
  try {
    scratch = await scratchOf(bench.work, name)
    const { directory } = scratch
    const order = unpackOrder(bytes)
    const kind = kindOf(order)
    await requireNamedFiles(order.files)
    const output = await performed(bench, kind, { ...order.input, directory, threads: bench.threads }, reports, signal)
    return reply({ output }, kind.writes === 'run' ? readProduct(directory) : {})
  } catch (error) {
    if (error instanceof StoppedError) throw error
    return reply({ failure: failureOf(error) })
  } finally {
    reports.end()
    scratch?.release()
  }
}

function kindOf({ kind }: Order): JobKind<JobInput, unknown> {
  const found = jobKinds.find(({ name }) => name === kind)
  if (found !== undefined) return found
  throw new OverdampedError('E_QUEUE', 'this worker knows no such kind of job.', String(kind), exitCode.failed)
}

async function performed(
  { executor }: Bench,
  kind: JobKind<JobInput, unknown>,
  input: JobInput,
  { onProgress, onNote }: Reports,
  signal: JobHooks['signal'],
): Promise<unknown> {
  const [output] = await executor.map(kind, [input], {
    signal,
    onProgress: (_, share, detail) => onProgress(share, detail),
    onNote: (_, line) => onNote(line),
  })
  return output
}
