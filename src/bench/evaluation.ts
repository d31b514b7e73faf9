import { writeFileSync } from 'node:fs'
import { loadMnist } from '../experiment/files/mnist.js'
import type { DigitSet } from '../learning/data/digits.js'
import { digitMetrics } from '../learning/evaluation/digits.js'
import { drawWithoutReplacement } from '../learning/evaluation/draw.js'
import { harmonicControl } from '../learning/evaluation/harmonic-control.js'
import { clipped, pointsOf } from '../learning/evaluation/points.js'
import type { NotRun } from './contender.js'
import type { BenchFolder } from './folder.js'
import type { Failed } from './measure.js'
import { startLinePeer } from './process-session.js'
import { pythonProgram } from './python.js'
import { type Spread, spread } from './statistics.js'

/** Seconds that the metrics of digits take, once the digits are there. */
export interface EvaluationResult {
  readonly counts: EvaluationCounts
  readonly pixels: number
  readonly results: readonly (Failed | EvaluationTime)[]
}

interface EvaluationTime {
  readonly contender: string
  readonly seconds: Spread
  /** how many times as fast as each other one: median of the ratios within each repeat */
  readonly timesOf: Readonly<Record<string, number>>
}

/** How many images there are of each kind. */
interface EvaluationCounts {
  readonly samples: number
  /** of the run's two digits */
  readonly train: number
  readonly heldOut: number
  /** of all ten digits, which vote */
  readonly every: number
}

const seed = 1
const [size, digits] = [12, [0, 1]]
/** Held-out digits that stand for samples; those of the run that remain held out, that train, and that vote (at most). */
const fullCounts: EvaluationCounts = { samples: 1000, train: 12_665, heldOut: 1115, every: 60_000 }
const quickCounts: EvaluationCounts = { samples: 100, train: 600, heldOut: 125, every: 1500 }

/** What is measured: the whole MNIST, with some of the held-out digits in place of samples. */
export function evaluationTask(quick: boolean) {
  const counts = quick ? quickCounts : fullCounts
  const loaded = loadMnist(digits, { size, crop: 2 })
  const real = shuffled(loaded.heldOut)
  const samples = picked(loaded.heldOut, real.slice(0, counts.samples))
  const heldOut = picked(loaded.heldOut, real.slice(counts.samples, counts.samples + counts.heldOut))
  const train = picked(loaded.train, shuffled(loaded.train).slice(0, counts.train))
  const all = loaded.every()
  const every = picked(all, shuffled(all).slice(0, counts.every))
  return { counts, input: { samples: pointsOf(samples), train, heldOut, every, digits, seed } }
}

/** Rows in random order. */
function shuffled({ count }: DigitSet): Int32Array {
  return drawWithoutReplacement(seed, 0, count, count)
}

function picked({ images, labels }: DigitSet, rows: Int32Array): DigitSet {
  const pixels = size ** 2
  const out = new Float64Array(rows.length * pixels)
  rows.forEach((row, n) => {
    out.set(images.subarray(row * pixels, (row + 1) * pixels), n * pixels)
  })
  return { images: out, labels: rows.map((row) => labels[row]!), count: rows.length }
}

type Task = ReturnType<typeof evaluationTask>

/** Who measures samples. */
interface Evaluator {
  readonly name: string
  /** resolves to the seconds this took */
  run(): Promise<number>
  close(): Promise<void>
}

/** The metrics of this package, all of them. */
function ownEvaluator({ input }: Task): Evaluator {
  return {
    name: 'overdamped',
    async run() {
      const begin = performance.now()
      digitMetrics(input)
      return (performance.now() - begin) / 1000
    },
    close: async () => {},
  }
}

/** One that also says what it found: the samples' mean distance to the nearest training digit. */
interface NumpyEvaluator extends Evaluator {
  distance(): Promise<number>
}

/** NumPy, which compares every sample with every digit (bench/peers/numpy_evaluation.py): only the searches of the metrics. */
export async function numpyEvaluator({ input }: Task, folder: BenchFolder): Promise<NumpyEvaluator | NotRun> {
  const file = folder.file('evaluation')
  const { samples, train, heldOut, every } = input
  const control = clipped(harmonicControl(pointsOf(train), samples.count, seed))
  const head = Int32Array.of(samples.units, samples.count, heldOut.count, control.count, train.count, every.count)
  const parts = [samples.points, heldOut.images, control.points, train.images, every.images]
  writeFileSync(file, Buffer.concat([head, every.labels, ...parts.map((part) => Float32Array.from(part))].map(bytes)))
  const program = pythonProgram('numpy', 'numpy_evaluation.py', file, 1)
  if ('notRun' in program) return program
  try {
    const peer = await startLinePeer(program)
    const ask = async (command: string) => Number(await peer.ask(command))
    return { name: 'NumPy, brute force', run: () => ask('run'), distance: () => ask('distance'), close: peer.close }
  } catch (error) {
    return { notRun: `stopped: ${(error as Error).message}` }
  }
}

function bytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
}

/** Times the metrics of digits, interleaved with NumPy's searches. */
export async function measureEvaluation(
  quick: boolean,
  repeats: number,
  folder: BenchFolder,
  onProgress: (text: string) => void,
): Promise<EvaluationResult> {
  onProgress('evaluation: digits')
  const task = evaluationTask(quick)
  const peer = await numpyEvaluator(task, folder)
  const runners = [ownEvaluator(task), ...('notRun' in peer ? [] : [peer])]
  const times = runners.map((): number[] => [])
  try {
    for (let repeat = 0; repeat < repeats; repeat++)
      for (const [n, { name, run }] of runners.entries()) {
        onProgress(`evaluation: repeat ${repeat + 1} of ${repeats}: ${name}`)
        times[n]!.push(await run())
      }
  } finally {
    for (const { close } of runners) await close()
  }
  const results = runners.map(({ name }, n): EvaluationTime => {
    const others = runners.flatMap((other, m) =>
      m === n ? [] : [[other.name, spread(times[m]!.map((time, r) => time / times[n]![r]!)).median] as const],
    )
    return { contender: name, seconds: spread(times[n]!), timesOf: Object.fromEntries(others) }
  })
  const missing = 'notRun' in peer ? [{ contender: 'NumPy, brute force', ...peer }] : []
  return { counts: task.counts, pixels: size ** 2, results: [...results, ...missing] }
}
