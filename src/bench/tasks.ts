import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../backend/node/package-root.js'
import { loadScenario } from '../experiment/scenario/load.js'
import { wholeSteps } from '../physics/protocol/protocol.js'
import type { NotRun } from './contender.js'
import type { BenchFolder } from './folder.js'
import type { Failed } from './measure.js'
import { pythonProgram } from './python.js'
import { type Spread, spread } from './statistics.js'

/** Scenarios that bench/peers/numpy_tasks.py has in plain NumPy: as many trajectories and steps, and the same measured. */
export const taskNames = [
  'double-well-chain',
  'moving-double-well',
  'fitting',
  'active-trap',
  'washboard',
  'stochastic-resonance',
  'gyrator',
  'twisted-ring',
] as const

/** What a physicist's task takes, from the start of the program to its end. */
export interface TaskResult {
  readonly task: string
  readonly trajectories: number
  readonly steps: number
  readonly results: readonly (Failed | TaskTime)[]
}

interface TaskTime {
  readonly contender: string
  readonly seconds: Spread
  /** how many times as fast as each other one: median of the ratios within each repeat */
  readonly timesOf: Readonly<Record<string, number>>
}

/** Of a smoke run. */
const fewTrajectories = 20

/** A program and its arguments. */
interface TaskProgram {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv | undefined
}

/** The size of a task, and NumPy's program for it. */
async function taskOf(
  task: string,
  quick: boolean,
): Promise<{ file: string; trajectories: number; steps: number; numpy: TaskProgram | NotRun }> {
  const file = join('scenarios', `${task}.yaml`)
  const { protocol, sampling } = await loadScenario(join(packageRoot(), file))
  const trajectories = quick ? fewTrajectories : sampling.trajectories
  const steps = wholeSteps(protocol!.duration, protocol!.dt!)
  const program = pythonProgram('numpy', 'numpy_tasks.py', task, 1)
  const numpy =
    'notRun' in program ? program : { ...program, args: [...program.args, String(trajectories), String(steps)] }
  return { file, trajectories, steps, numpy }
}

/** Times the command with its native backend and plain NumPy on one thread, each as a process of its own, interleaved. */
export async function measureTask(
  task: string,
  quick: boolean,
  repeats: number,
  folder: BenchFolder,
  onProgress: (text: string) => void,
): Promise<TaskResult> {
  const { file, trajectories, steps, numpy } = await taskOf(task, quick)
  const main = join(packageRoot(), 'dist', 'cli', 'main.js')
  const own: TaskProgram | NotRun = existsSync(main)
    ? {
        command: process.execPath,
        args: [main, 'run', file, '--backend', 'native', '--quiet', '--set', `sampling.trajectories=${trajectories}`],
      }
    : { notRun: 'the command is not built; npm run build' }
  const failed: Failed[] = []
  const timed: { name: string; run: () => Promise<number>; times: number[] }[] = []
  const enter = (name: string, program: TaskProgram | NotRun, more: () => string[]) => {
    if ('notRun' in program) failed.push({ contender: name, ...program })
    else timed.push({ name, run: () => secondsOf({ ...program, args: [...program.args, ...more()] }), times: [] })
  }
  let runs = 0
  enter('overdamped', own, () => ['--out', folder.file(`${task}-${runs++}`)])
  enter('NumPy', numpy, () => [])
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const one of timed.filter(({ name }) => failed.every(({ contender }) => contender !== name))) {
      onProgress(`${task}: repeat ${repeat + 1} of ${repeats}: ${one.name}`)
      try {
        one.times.push(await one.run())
      } catch (error) {
        failed.push({ contender: one.name, notRun: `stopped: ${(error as Error).message}` })
      }
    }
  const whole = timed.filter(({ times }) => times.length === repeats)
  const results = whole.map(({ name, times }): TaskTime => {
    const others = whole.filter((other) => other.name !== name)
    const ratio = (other: (typeof whole)[number]) => spread(other.times.map((time, r) => time / times[r]!)).median
    const timesOf = Object.fromEntries(others.map((other) => [other.name, ratio(other)]))
    return { contender: name, seconds: spread(times), timesOf }
  })
  return { task, trajectories, steps, results: [...results, ...failed] }
}

/** Wall time of a program. @throws Error with the last line of stderr when it fails; a check that fails (exit code 1) is none */
function secondsOf({ command, args, env }: TaskProgram): Promise<number> {
  return new Promise((resolve, reject) => {
    const begin = performance.now()
    const child = spawn(command, args, { cwd: packageRoot(), env, stdio: ['ignore', 'ignore', 'pipe'] })
    let text = ''
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0 || (code === 1 && command === process.execPath)) resolve((performance.now() - begin) / 1000)
      else reject(new Error(text.trim().split('\n').at(-1) || `exited with ${code}`))
    })
  })
}
