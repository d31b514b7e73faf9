import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { packageRoot } from '../../backend/node/package-root.js'
import { exitCode, OverdampedError, StoppedError } from '../../errors.js'
import { type Executor, executorOf, type Perform } from './executor.js'
import { heardOf, type JobMessage, type JobOrder } from './messages.js'

/** A thread, and who listens to it while it has a job. */
interface Hand {
  readonly worker: Worker
  /** when it has read what it runs, and begun with its first job, or died */
  readonly begun: Promise<unknown>
  listener: { hear(message: JobMessage): void; died(why: string): void } | null
}

/**
 * Jobs in threads of their own, each of which does one after the other. A thread starts with the first job that finds none idle;
 * an idle one keeps no process alive.
 *
 * The threads of the wasm backend (backend/node/threads.ts) are another thing: there a step of one simulation is divided over
 * memory that all share, in turns of less than a millisecond, too short to send a message; here whole runs share nothing for seconds
 * to hours.
 *
 * @param entry - the file that a thread runs: it serves jobs (`serveJobs`) through its parentPort
 */
export function createThreads(
  threads: number,
  entry: string | URL = join(packageRoot(), 'dist', 'jobs', 'worker.js'),
): Executor {
  const hands = new Set<Hand>()
  const perform: Perform = (kind, input, { signal, ...hooks }) =>
    new Promise((resolve, reject) => {
      const hand = [...hands].find(({ listener }) => listener === null) ?? startHand(entry, hands)
      const { worker } = hand
      // Throws where the input is no plain data.
      worker.postMessage({ kind: kind.name, input } satisfies JobOrder)
      worker.ref()
      const stop = () => {
        if (kind.writes !== 'nothing') return worker.postMessage('stop' satisfies JobOrder)
        // Its output may still come; it takes no other job.
        hands.delete(hand)
        void end(hand)
      }
      const free = () => {
        signal.removeEventListener('abort', stop)
        hand.listener = null
        worker.unref()
      }
      hand.listener = {
        hear(message) {
          const end = heardOf(message, { ...hooks, signal })
          if (end === null) return
          free()
          if ('error' in end) reject(end.error)
          else resolve(end.output as never)
        },
        died(why) {
          free()
          reject(
            signal.aborted ? new StoppedError() : deathOf(`${kind.name} ${input.index + 1} (seed ${input.seed})`, why),
          )
        },
      }
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()
    })
  return executorOf(threads, perform, async () => {
    await Promise.all([...hands].map(end))
  })
}

function startHand(entry: string | URL, hands: Set<Hand>): Hand {
  const worker = new Worker(entry)
  const begun = new Promise((resolve) => worker.once('message', resolve).once('exit', resolve))
  const hand: Hand = { worker, begun, listener: null }
  worker.unref()
  let why = ''
  worker.on('message', (message: JobMessage) => hand.listener?.hear(message))
  worker.on('error', (error) => {
    why = `: ${error.message}`
  })
  worker.on('exit', (code) => {
    hands.delete(hand)
    hand.listener?.died(`ended (exit code ${code})${why}`)
  })
  hands.add(hand)
  return hand
}

/** Ends a thread, though not while it reads what it runs: Node would leave the files open. */
async function end({ worker, begun }: Hand): Promise<void> {
  await begun
  await worker.terminate()
}

function deathOf(job: string, why: string): OverdampedError {
  const text = `its thread ${why}. Run again, with --threads 1 if it persists.`
  return new OverdampedError('E_BACKEND', text, job, exitCode.failed)
}
