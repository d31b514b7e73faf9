import type { Kernels } from './kernels.js'
import type { Job } from './programs.js'

/** Threads over one memory; the calling thread is one of them. */
export interface Pool {
  readonly threads: number
  /** the calling thread's own */
  readonly kernels: Kernels
  /**
   * Runs the shards of a job, each once, by whichever thread is free.
   *
   * @throws E_BACKEND when a thread failed or died; the pool can't be used after that
   */
  run(job: Job, shards: number): Promise<void>
  close(): Promise<void>
}
