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
const [size, digits, allDigits] = [12, [0, 1], [...Array(10).keys()]]
/** As many as all of MNIST has, of the run's two digits and of all. */
const fullCounts: EvaluationCounts = { samples: 1000, train: 12_000, heldOut: 2500, every: 60_000 }
const quickCounts: EvaluationCounts = { samples: 100, train: 600, heldOut: 125, every: 1500 }
/** Distorted copies make enough of the package's digits. */
const distort = { copies: 9, rotation: 8, scale: 0.1, shear: 0.1, seed }

/** What is measured: digits of the package and distorted copies of them, shuffled; the samples are some that are in no other set. */
export function evaluationTask(quick: boolean) {
  const counts = quick ? quickCounts : fullCounts
  const { train: plain, distorted } = quick ? loadMnist(digits, size, 0.2) : loadMnist(allDigits, size, 0.2, distort)
  const all = joined(plain, distorted)
  const chosen = shuffled(all, (label) => digits.includes(label))
  const part = (from: number, count: number) => picked(all, chosen.slice(from, from + count))
  const train = part(0, counts.train)
  const heldOut = part(counts.train, counts.heldOut)
  const samples = part(counts.train + counts.heldOut, counts.samples)
  const every = picked(all, shuffled(all, () => true).slice(0, counts.every))
  return { counts, input: { samples: pointsOf(samples), train, heldOut, every, digits, seed } }
}

function joined(a: DigitSet, b: DigitSet): DigitSet {
  const images = new Float64Array(a.images.length + b.images.length)
  images.set(a.images)
  images.set(b.images, a.images.length)
  return { images, labels: Int32Array.of(...a.labels, ...b.labels), count: a.count + b.count }
}

/** Rows of some labels in random order. */
function shuffled({ labels, count }: DigitSet, wanted: (label: number) => boolean): Int32Array {
  return drawWithoutReplacement(seed, 0, count, count).filter((row) => wanted(labels[row]!))
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
