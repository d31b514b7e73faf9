import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { run } from '../src/experiment/run/run.js'
import { parseScenario } from '../src/experiment/scenario/load.js'
import { parseGrid } from '../src/experiment/sweep/axes.js'
import { sweep } from '../src/experiment/sweep/sweep.js'
import { faults, type Trouble, withFault } from './faulty-files.js'

/** Something that writes a directory, and goes on there when it is called again. */
export interface Work {
  readonly name: string
  begin(directory: string): Promise<unknown>
  resume(directory: string): Promise<unknown>
}

const scenarios = {
  training: `name: training
data: { source: gaussian-mixture, means: [[1], [-1]], width: 0.3, samples: 20 }
network: { visible: { units: 1 } }
potential: { onsite: [stiffness] }
learning: { iterations: 2, batch: 16 }
noising: { slices: 2 }
sampling: { trajectories: 10 }
checks: []
observe: []
`,
  simulation: `name: simulation
network: { visible: { units: 1 } }
potential: { onsite: [stiffness] }
protocol: { duration: 0.1, parameters: { stiffness: 1 } }
initial: { kind: point, x: 0 }
sampling: { trajectories: 10 }
`,
  study: `name: study
data: { source: gaussian-mixture, means: [[-5], [5]], width: 1, weights: [1, 3], samples: 50 }
network: { visible: { units: 1 } }
potential: { onsite: [], features: { wells: { centres: [[-5], [5]] } } }
objective: { kind: jarzynski, control: true, iterations: 2, optimizer: { kind: sgd, rate: 1.2 }, walkers: 20, repeats: 2 }
`,
}

function runOf(name: keyof typeof scenarios): Work {
  const go = (resume: boolean) => async (directory: string) =>
    run(await parseScenario(scenarios[name], `${name}.yaml`), {
      ...{ directory, resume, backend: 'reference', threads: 1 },
      // A checkpoint wherever there can be one.
      checkpointInterval: 0,
    })
  return { name, begin: go(false), resume: go(true) }
}

const twoPoints = (directory: string) =>
  sweep({
    scenario: 'scenarios/ornstein-uhlenbeck.yaml',
    set: ['sampling.trajectories=10', 'protocol.duration=0.1', 'checks=[]', 'observe=[]'],
    axes: parseGrid(['protocol.parameters.stiffness=1,2']),
    ...{ directory, backend: 'reference' as const, threads: 1 },
  })

/** What is disturbed: a training, a plain simulation, a study and a sweep, each of a tenth of a second. */
export const works: readonly Work[] = [
  ...(['training', 'simulation', 'study'] as const).map(runOf),
  { name: 'sweep', begin: twoPoints, resume: twoPoints },
]

/** All that a directory holds, by its path there, without the times in it. */
export function contentsOf(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true }).map(String).sort()
  const paths = names.filter((name) => statSync(join(directory, name)).isFile())
  return Object.fromEntries(paths.map((name) => [name, untimed(name, readFileSync(join(directory, name)))]))
}

function untimed(name: string, bytes: Uint8Array): string {
  const text = () => new TextDecoder().decode(bytes)
  if (name.endsWith('manifest.json')) {
    const { start, starts, end, sha256, files, ...rest } = JSON.parse(text())
    return JSON.stringify({ ...rest, files: Object.keys(files ?? {}) })
  }
  if (name.endsWith('results.json')) {
    const { timings, ...rest } = JSON.parse(text())
    return JSON.stringify(rest)
  }
  // The last three columns are of timings.
  if (name.endsWith('sweep.csv')) return text().replaceAll(/(,[^,\n]*){3}\n/g, '\n')
  return createHash('sha256').update(bytes).digest('hex')
}

/** Calls of an undisturbed piece of work that change the disk, and what it leaves. */
export async function undisturbed({ begin }: Work, directory: string) {
  const { watched, outcome } = await withFault(() => begin(directory))
  expect(outcome).toHaveProperty('result')
  return { calls: watched.calls, contents: contentsOf(directory) }
}

/** The kind of trouble at a call: each kind meets calls of every kind when all calls are gone through. */
export const faultAt = (at: number) => faults[at % faults.length]!

/**
 * Disturbs a piece of work at one call, and has it go on without: it ends in one error that is named and has exit code 1, or it did not need
 * the call; then in what an undisturbed one leaves, with nothing beside.
 *
 * @returns whether there was such a call: how often a state is kept hangs on how fast the machine is, and with it their number
 */
export async function disturb(work: Work, trouble: Trouble, directory: string, contents: object): Promise<boolean> {
  rmSync(directory, { recursive: true, force: true })
  const { watched, outcome } = await withFault(() => work.begin(directory), trouble)
  const at = `${work.name}, ${trouble.fault} at call ${trouble.at} (${watched.failed[0]})`
  if ('error' in outcome) expectNamed(outcome.error, at)
  else expectFailedPoints(outcome.result, at)
  const left = existsSync(directory) ? readdirSync(directory, { recursive: true }).map(String) : []
  const temporary = left.filter((name) => name.endsWith('.tmp'))
  if (!watched.failed.includes('rmSync')) expect(temporary, at).toEqual([])
  await work.resume(directory)
  const found = contentsOf(directory)
  // A lock that could not be removed where the work was done stays, for whoever next claims the directory to take over.
  const locks = Object.keys(found).filter((name) => /\.lock(\.takeover)?$/.test(name))
  if (watched.failed.includes('rmSync')) for (const name of locks) delete found[name]
  expect(found, at).toEqual(contents)
  return watched.failed.length > 0
}

function expectNamed(error: unknown, at: string): void {
  expect(error, `${at}: ${String(error)}`).toMatchObject({ name: 'OverdampedError', code: 'E_FILE', exitCode: 1 })
  expect((error as Error).message, at).toMatch(/^[^\n]*\[E_FILE\]$/)
}

/** A sweep goes on behind a point that failed, and says why that did. */
function expectFailedPoints(result: unknown, at: string): void {
  const { points = [] } = result as { points?: { status: string; error?: string }[] }
  for (const { status, error } of points) if (status !== 'finished') expect(error, at).toMatch(/\[E_FILE\]$/)
}
