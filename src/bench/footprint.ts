import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../backend/node/package-root.js'
import type { BenchFolder } from './folder.js'
import { type Spread, spread } from './statistics.js'

/** What the command costs as a process of its own, with one backend. */
export type FootprintResult = { readonly backend: string } & (
  | {
      /** `overdamped run` of a plain simulation, 144 units all-to-all */
      readonly simulation: { readonly trajectories: number; readonly steps: number; readonly peakMB: number }
      /** the scenario that is trained (quick profile) and drawn from: digits, mnist-01, unless in a smoke run */
      readonly scenario: string
      /** `overdamped sample` of the trained run, from process start to done */
      readonly samples: { readonly count: number; readonly seconds: Spread; readonly peakMB: number }
      /** `overdamped run` that trained it, samples and report included */
      readonly trainedSeconds: number
      /** Node with nothing in it */
      readonly nodeMB: number
    }
  | { readonly notRun: string }
)

const dt = 0.01

/** Runs the built command in child processes. */
export async function measureFootprint(
  backend: string,
  quick: boolean,
  repeats: number,
  folder: BenchFolder,
  onProgress: (text: string) => void,
): Promise<FootprintResult> {
  const main = join(packageRoot(), 'dist', 'cli', 'main.js')
  if (!existsSync(main)) return { backend, notRun: 'the command is not built; npm run build' }
  const overdamped = (...args: string[]) => observe([main, ...args, '--backend', backend, '--quiet'])
  const scenario = quick ? 'gaussian-mixture-2d' : 'mnist-01'
  const count = quick ? 20 : 1000
  const steps = quick ? 10 : 500
  try {
    const node = await observe(['-e', ''])
    onProgress(`footprint: memory of ${count} × 144, ${backend}`)
    const plain = folder.file('memory.json')
    writeFileSync(plain, JSON.stringify(plainSimulation(count, steps)))
    const simulation = await overdamped('run', plain, '--out', folder.file('simulation'))

    onProgress(`footprint: training ${scenario}, quick profile, ${backend}`)
    const trained = folder.file('trained')
    const tiny = quick
      ? ['learning.iterations=2', 'learning.oracle=false', 'noising.slices=4', 'sampling.trajectories=20']
      : []
    const file = join(packageRoot(), 'scenarios', `${scenario}.yaml`)
    const settings = tiny.flatMap((setting) => ['--set', setting])
    const training = await overdamped('run', file, '--profile', 'quick', ...settings, '--out', trained)
    const draws: Observed[] = []
    for (let repeat = 0; repeat < repeats; repeat++) {
      onProgress(`footprint: ${count} samples of ${scenario}, ${backend}: repeat ${repeat + 1} of ${repeats}`)
      draws.push(await overdamped('sample', trained, '--trajectories', String(count), '--out', folder.file('samples')))
    }
    return {
      backend,
      simulation: { trajectories: count, steps, peakMB: simulation.peakMB },
      scenario,
      samples: {
        count,
        seconds: spread(draws.map(({ seconds }) => seconds)),
        peakMB: Math.max(...draws.map(({ peakMB }) => peakMB)),
      },
      trainedSeconds: training.seconds,
      nodeMB: node.peakMB,
    }
  } catch (error) {
    return { backend, notRun: `stopped: ${(error as Error).message}` }
  }
}

function plainSimulation(trajectories: number, steps: number): object {
  return {
    name: 'bench-memory',
    network: { visible: { lattice: [12, 12] } },
    potential: { onsite: ['stiffness', 'quartic'], pair: ['bilinear'] },
    initial: { kind: 'point', x: 0 },
    protocol: { duration: steps * dt, dt, parameters: { stiffness: 1, quartic: 0.5, bilinear: 0.002 } },
    sampling: { trajectories },
    observe: ['work', 'heat'],
  }
}

/** What a process took from start to end. */
interface Observed {
  readonly seconds: number
  /** the most memory that was resident, in 10⁶ bytes */
  readonly peakMB: number
}

/** Runs in the child before all else: reports the peak on descriptor 3 when the process ends. */
const reporter = `
import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
if (isMainThread) process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)))`

/** Runs Node. @throws Error with the last line of stderr when it fails; a check that fails (exit code 1) is none */
function observe(args: string[]): Promise<Observed> {
  return new Promise((resolve, reject) => {
    const begin = performance.now()
    const child = spawn(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(reporter)}`, ...args],
      { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
    )
    const text = ['', '']
    for (const [n, stream] of [child.stdio[2], child.stdio[3]].entries())
      stream?.on('data', (chunk: Buffer) => {
        text[n] += chunk.toString()
      })
    child.on('error', reject)
    child.on('close', (code) => {
      const seconds = (performance.now() - begin) / 1000
      if (code === 0 || code === 1) resolve({ seconds, peakMB: (Number(text[1]) * 1024) / 1e6 })
      else reject(new Error(text[0]?.trim().split('\n').at(-1) || `exited with ${code}`))
    })
  })
}
