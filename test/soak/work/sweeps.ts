import { join } from 'node:path'
import { callingThread, createThreads, type Executor, sweep } from '../../../src/index.js'
import { refused } from '../command-line.js'
import { expectFailure, settings, threads, type Work } from './common.js'

/** Sweeps, in parts and stopped. */
export const sweeps: Work = {
  name: 'sweeps on the calling thread and on others, merged',
  async do({ folder, cycle, signal }) {
    const grid = {
      scenario: 'scenarios/double-well.yaml',
      seed: cycle,
      set: settings({ 'protocol.duration': 1, 'sampling.trajectories': 130, checks: ['first-law'] }),
      axes: [{ path: 'bath.kT', values: [0.5, 1, -1, 2] }],
      threads,
      signal,
    }
    await expectFailure(sweep({ ...grid, directory: folder }), 'E_INVALID_VALUE')
    // The last of each part diverges.
    const axes = [{ path: 'protocol.parameters.quartic', values: [0.5, 0.6, 1e6, 1e7] }]
    const others = createThreads(threads)
    try {
      for (const [part, executor] of [callingThread, others].entries())
        await sweep({ ...grid, axes, directory: folder, shard: { part: part + 1, of: 2 }, executor })
      // It merges, and says which points failed.
      await refused('E_DIVERGED', 'merge', folder)
      await expectFailure(stoppedSweep({ ...grid, axes, directory: join(folder, 'stopped') }, others), 'StoppedError')
    } finally {
      await others.close()
    }
    await sweep({ ...grid, axes, directory: join(folder, 'stopped') })
  },
}

/** A sweep that is stopped with its first point. */
function stoppedSweep(options: Parameters<typeof sweep>[0], executor: Executor): Promise<unknown> {
  const stop = new AbortController()
  return sweep({ ...options, executor, signal: stop.signal, onResult: () => stop.abort() })
}
