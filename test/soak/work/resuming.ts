import { join } from 'node:path'
import { type BackendName, type RunOptions, run, type Scenario, StoppedError } from '../../../src/index.js'
import { commandLine } from '../command-line.js'
import { expectFailure, moons, shipped, threads, type Work } from './common.js'

/** What is stopped, and goes on. */
export const resumed: Work = {
  name: 'runs that are stopped, and resumed',
  async do({ folder, cycle }) {
    const options = (name: string, backend: BackendName) => ({ directory: join(folder, name), backend, threads })
    const learning = await shipped('two-moons', cycle, moons)
    await stopAndGoOn(learning, options('native', 'native'), 'train')
    const long = ['run', 'scenarios/double-well.yaml', '--quiet', '--out', join(folder, 'signal'), '--threads', '2']
    // As the system would, as soon as somebody listens.
    const timer = setInterval(() => process.emit('SIGTERM') && clearInterval(timer), 20)
    const { status, text } = await commandLine(...long, '--set', 'sampling.trajectories=200000')
    clearInterval(timer)
    if (status !== 75) throw new Error(`expected exit code 75, got ${status}: ${text}`)
  },
}

/** Runs a scenario, stops it where a phase is done in part, and continues it to its end. */
async function stopAndGoOn(scenario: Scenario, options: RunOptions, phase: string): Promise<void> {
  const stop = new AbortController()
  const stopped = run(scenario, {
    ...options,
    signal: stop.signal,
    onProgress: (progress) => {
      if (progress.phase === phase && progress.done > 0) stop.abort()
    },
  })
  await expectFailure(stopped, StoppedError.name)
  await run(scenario, { ...options, resume: true })
}
