import { join } from 'node:path'
import { packageRoot } from '../backend/node/package-root.js'
import { run } from '../experiment/run/run.js'
import { defineScenario, loadScenario } from '../experiment/scenario/load.js'
import type { Scenario } from '../experiment/scenario/schema.js'
import type { NotRun } from './contender.js'
import type { BenchFolder } from './folder.js'
import { type Spread, spread } from './statistics.js'

/** How often states are kept: never, as usual, and ten times as often as usual; seconds between two, null for the usual. */
const intervals = { never: 1e9, usual: null, 'each second': 1 } as const
type Often = keyof typeof intervals

/** What keeping checkpoints costs a run. */
export type CheckpointCost = { readonly work: string } & (
  | {
      /** seconds of the run without checkpoints */
      readonly seconds: Spread
      /** times as long with them: ratios within each repeat, of wall time and of the processor time of all threads */
      readonly times: Readonly<Record<Exclude<Often, 'never'>, { readonly wall: Spread; readonly cpu: Spread }>>
    }
  | NotRun
)

/** 144 units with all couplings, or single particles: work, heat and an observable are kept, too. */
function simulation(visible: object, trajectories: number, steps: number) {
  return defineScenario({
    name: 'bench-checkpoints',
    network: { visible },
    potential: { onsite: ['stiffness', 'quartic'], pair: 'lattice' in visible ? ['bilinear'] : [] },
    initial: { kind: 'point', x: 0 },
    protocol: {
      ...{ duration: steps * 0.01, dt: 0.01 },
      parameters: { stiffness: '1 + t/10', quartic: 0.5, ...('lattice' in visible ? { bilinear: 0.002 } : {}) },
    },
    sampling: { trajectories },
    observe: ['work', 'heat', { name: 'square', formula: 'x^2' }],
    checks: [],
  } as never)
}

/** What is run: training, many units, and many trajectories, whose states are large. Each takes ten seconds and more, unless in a smoke run. */
function works(quick: boolean): Readonly<Record<string, () => Promise<Scenario>>> {
  const few = ['learning.iterations=2', 'noising.slices=4', 'sampling.trajectories=20', 'learning.oracle=false']
  return {
    training: () =>
      quick
        ? loadScenario(join(packageRoot(), 'scenarios', 'gaussian-mixture-2d.yaml'), { profile: 'quick', set: few })
        : loadScenario(join(packageRoot(), 'scenarios', 'mnist-01.yaml'), { profile: 'quick' }),
    'simulation of 12 × 12 units': () => simulation({ lattice: [12, 12] }, quick ? 20 : 1000, quick ? 10 : 10_000),
    'single particles': () => simulation({ units: 1 }, quick ? 100 : 1_000_000, quick ? 10 : 1000),
  }
}

/** Runs each with and without checkpoints, in turn and beginning with another one each time, in this process. */
export async function measureCheckpoints(
  quick: boolean,
  repeats: number,
  folder: BenchFolder,
  onProgress: (text: string) => void,
): Promise<CheckpointCost[]> {
  const costs: CheckpointCost[] = []
  for (const [work, made] of Object.entries(works(quick))) {
    try {
      costs.push({ work, ...(await costOf(work, await made(), repeats, folder, onProgress)) })
    } catch (error) {
      costs.push({ work, notRun: `stopped: ${(error as Error).message}` })
    }
  }
  return costs
}

async function costOf(
  work: string,
  scenario: Scenario,
  repeats: number,
  folder: BenchFolder,
  onProgress: (text: string) => void,
) {
  const names = Object.keys(intervals) as Often[]
  const found = { never: [], usual: [], 'each second': [] } as Record<Often, { wall: number; cpu: number }[]>
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const n of names.keys()) {
      const often = names[(n + repeat) % names.length]!
      onProgress(`checkpoints, ${work}: repeat ${repeat + 1} of ${repeats}: ${often}`)
      found[often].push(await timed(scenario, folder.file('checkpoints'), intervals[often] ?? undefined))
    }
  const ratios = (often: Often, of: 'wall' | 'cpu') =>
    spread(found[often].map((one, repeat) => one[of] / found.never[repeat]![of]))
  const beside = (often: Often) => ({ wall: ratios(often, 'wall'), cpu: ratios(often, 'cpu') })
  return {
    seconds: spread(found.never.map(({ wall }) => wall)),
    times: { usual: beside('usual'), 'each second': beside('each second') },
  }
}

/** Seconds of a run by the clock and of processors. */
async function timed(scenario: Scenario, directory: string, checkpointInterval: number | undefined) {
  const before = process.cpuUsage()
  const begin = performance.now()
  await run(scenario, { directory, backend: 'native', checkpointInterval })
  const wall = (performance.now() - begin) / 1000
  const { user, system } = process.cpuUsage(before)
  return { wall, cpu: (user + system) / 1e6 }
}
