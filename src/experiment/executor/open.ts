import { callingThread, type Executor } from './executor.js'
import { createThreads } from './threads.js'

/** What carries out jobs on this machine, so many at a time. The caller closes it. */
export function openExecutor(atATime: number): Executor {
  return atATime > 1 ? createThreads(atATime) : callingThread
}
