import { existsSync, readlinkSync } from 'node:fs'

/** The number of the calling thread as its system counts; null where it does not say (on Linux it does). */
export function nativeThread(): number | null {
  try {
    // PID/task/NUMBER
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1))
  } catch {
    return null
  }
}

/** Whether a thread of this process with such a number goes on, which can be asked without an event loop's turn. */
export function isThreadAlive(number: number): boolean {
  return existsSync(`/proc/self/task/${number}`)
}
