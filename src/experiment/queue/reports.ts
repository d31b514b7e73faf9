import type { Progress } from '../../backend/hooks.js'
import type { JobHooks } from '../executor/executor.js'
import type { Told } from './protocol.js'

/** ms between two words of a job, at least */
const often = 500

/** What a job says, gathered, since each word goes through Redis to all who listen. */
export interface Reports extends Pick<JobHooks, 'onProgress' | 'onNote'> {
  /** says no more; @returns the lines that were not said */
  end(): string[]
}

/** @param say - what was said since the last time */
export function gatherReports(say: (told: Told) => void): Reports {
  let notes: string[] = []
  let latest: Omit<Told, 'notes'> = { share: 0, detail: null }
  let isNew = false
  const timer = setInterval(() => {
    if (!isNew) return
    say({ ...latest, notes })
    notes = []
    isNew = false
  }, often)
  return {
    onProgress(share, detail) {
      latest = { share, detail: detail === undefined ? null : finite(detail) }
      isNew = true
    },
    onNote(line) {
      notes.push(line)
      isNew = true
    },
    end() {
      clearInterval(timer)
      return notes
    },
  }
}

/** It goes as JSON, which has no word for a loss that ran away. */
function finite(detail: Progress): Progress {
  return Object.fromEntries(
    Object.entries(detail).filter(([, value]) => typeof value !== 'number' || Number.isFinite(value)),
  ) as unknown as Progress
}
