import type { JobHooks } from '../executor/executor.js'
import type { Told } from './protocol.js'

/** Whoever waits for a job. */
interface Listener {
  readonly name: string
  ring(): void
  hear(told: Told): void
}

/** Tells those who wait for jobs that there may be something to look at. */
export interface Bells {
  /** how many listen */
  readonly listeners: number
  /**
   * From now on a job is listened to.
   *
   * @returns `rung`, which is fulfilled when there is something to look at or the signal aborted, and what ends it
   */
  listen(name: string, hooks: JobHooks): { readonly rung: Promise<void>; leave(): void }
  /** there may be something to look at, of one job or of all */
  ring(name?: string): void
  /** hands on what a job has said */
  tell(name: string, told: Told): void
}

/** Bells that nobody listens to yet. */
export function createBells(): Bells {
  // Two may wait for the same job.
  const listeners = new Set<Listener>()
  return {
    get listeners() {
      return listeners.size
    },
    listen(name, { signal, onProgress, onNote }) {
      let ring = () => {}
      const rung = new Promise<void>((resolve) => {
        ring = resolve
      })
      const hear = ({ share, detail, notes }: Told) => {
        for (const line of notes) onNote(line)
        onProgress(share, detail ?? undefined)
      }
      const listener = { name, ring, hear }
      listeners.add(listener)
      signal.addEventListener('abort', ring)
      return {
        rung,
        leave() {
          listeners.delete(listener)
          signal.removeEventListener('abort', ring)
        },
      }
    },
    ring(name) {
      for (const listener of listeners) if (name === undefined || listener.name === name) listener.ring()
    },
    tell(name, told) {
      for (const listener of listeners) if (listener.name === name) listener.hear(told)
    },
  }
}
