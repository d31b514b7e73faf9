import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { threadId } from 'node:worker_threads'
import { OverdampedError, StoppedError } from '../../src/errors.js'
import type { JobHooks, JobInput, JobKind } from '../../src/experiment/executor/executor.js'
import { fillNormals } from '../../src/physics/noise/gaussian.js'
import { stream } from '../../src/physics/noise/streams.js'

/** A job that does what a test tells it. */
export interface Probe extends JobInput {
  readonly act: 'draw' | 'refuse' | 'break' | 'wait' | 'die' | 'hoard'
  /** before it does so, in ms */
  readonly after: number
  /** a file that it writes when it is stopped */
  readonly file: string
}

/** What it draws, and where it ran: process and thread. */
export interface Drawn {
  readonly normals: Float64Array
  readonly where: string
}

async function run({ act, after, file, seed, index }: Probe, { onProgress, onNote, signal }: JobHooks): Promise<Drawn> {
  onProgress(0.25)
  onNote(`probe ${index}`)
  await sleep(after)
  onProgress(0.5, { phase: 'sample', done: 1, total: 2 })
  if (act === 'refuse') throw new OverdampedError('E_DIVERGED', `index ${index} is too large.`, `seed ${seed}`, 1)
  if (act === 'break') throw Object.assign(new RangeError('broken'), { code: 'EXDEV' })
  if (act === 'die') process.exit(3)
  for (const hoard: number[][] = []; act === 'hoard'; ) hoard.push(Array.from({ length: 10_000 }, Math.sqrt))
  if (act === 'wait') {
    while (!signal.aborted) await sleep(5)
    await sleep(50)
    writeFileSync(file, 'stopped')
    throw new StoppedError(file, false)
  }
  const normals = new Float64Array(4)
  fillNormals(seed, stream.start, index, 1, 0, 4, normals)
  return { normals, where: `${process.pid} ${threadId}` }
}

/** Of which nothing lasts, so that it may be ended anywhere. */
export const probe: JobKind<Probe, Drawn> = { name: 'probe', writes: 'nothing', run }

/** The same, but asked to stop and waited for. */
export const lastingProbe: JobKind<Probe, Drawn> = { name: 'lasting probe', writes: 'states', run }
