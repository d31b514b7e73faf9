import { randomBytes } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { OverdampedError } from '../../errors.js'
import { namesIn } from '../files/folder.js'
import { claim } from '../record/claim.js'
import { kept } from './protocol.js'

/** A directory that a job has for itself as long as it runs. */
export interface Scratch {
  readonly directory: string
  /** gives it back; what lies there stays, for when the job comes again */
  release(): void
}

const lock = 'job.lock'
const ofJob = /^[0-9a-f]{64}(-[0-9a-f]{8})?$/

/**
 * The directory of a job, by its name: one that comes again finds its states. Where another worker of this machine still has it, which has
 * not noticed yet that the job was taken from it, the job has another.
 */
export async function scratchOf(work: string, job: string): Promise<Scratch> {
  const claimed = async (name: string) => {
    const directory = join(work, name)
    // Nothing lies beside the lock but the folder of the job, in which it has locks of its own.
    const { release } = await claim(directory, lock, { owns: () => false })
    return { directory: join(directory, 'files'), release }
  }
  try {
    return await claimed(job)
  } catch (error) {
    if (!(error instanceof OverdampedError) || error.code !== 'E_RUN_DIRECTORY') throw error
    const other = `${job}-${randomBytes(4).toString('hex')}`
    const { directory, release } = await claimed(other)
    return {
      directory,
      release() {
        release()
        dropScratch(work, other)
      },
    }
  }
}

/** Removes the directory of a job whose reply is delivered. */
export function dropScratch(work: string, job: string): void {
  rmSync(join(work, job), { recursive: true, force: true })
}

/** Removes directories of jobs that nobody has touched for as long as jobs are kept. @param now - ms */
export function dropFormerScratches(work: string, now: number): void {
  // A lock counts signs of life of its owner.
  const touched = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
  for (const name of namesIn(work).filter((name) => ofJob.test(name))) {
    const last = Math.max(touched(join(work, name)), touched(join(work, name, lock)))
    if (now - last > 1000 * kept) dropScratch(work, name)
  }
}
