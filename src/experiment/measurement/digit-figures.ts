import { classAgreement, type OfClass } from '../../learning/evaluation/class-agreement.js'
import type { ComparedMetric } from '../../learning/evaluation/compare.js'
import { type DigitMeasurement, type DigitMetricsInput, digitMetrics } from '../../learning/evaluation/digits.js'
import { pointsOf } from '../../learning/evaluation/points.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import { callingThread, type JobInput, type JobKind } from '../executor/executor.js'
import { openExecutor } from '../executor/open.js'

/** Samples of digits, all that they stand beside, and the classes that their label units were clamped to, where there are any. */
interface DigitFiguresInput extends JobInput, Omit<DigitMetricsInput, 'seed'> {
  readonly clamped: { readonly classes: Int32Array; readonly names: readonly number[] } | null
}

/** What is read from digits; all of it small beside what it is read from. */
interface DigitFigures extends Pick<DigitMeasurement, 'classShares' | 'control' | 'nearest'> {
  readonly metrics: Record<string, ComparedMetric | (Estimate & { floor: number; byClass: OfClass[] })>
}

/** The metrics of digits, which need no backend: another thread can work them out while this one goes on. */
export const digitFigures: JobKind<DigitFiguresInput, DigitFigures> = {
  name: 'digit metrics',
  writes: 'nothing',
  async run({ clamped, heldOut, ...input }) {
    const { metrics, classShares, control, nearest, voted, voters } = digitMetrics({ ...input, heldOut })
    const agreement =
      clamped === null
        ? {}
        : {
            classAgreement: classAgreement(
              ...([voted, clamped.classes, clamped.names, { ...pointsOf(heldOut), labels: heldOut.labels }] as const),
              voters,
            ),
          }
    return { metrics: { ...metrics, ...agreement }, classShares, control, nearest }
  },
}

/** Pairs of a sample and a digit that votes, below which a thread takes as long to start as it would save. */
const worthAThread = 2e7

/**
 * The figures, from a thread of their own where that is worth it.
 *
 * @param threads - that may be used; with one it is the calling thread
 * @throws StoppedError when `signal` stopped it
 */
export async function digitFiguresApart(
  input: Omit<DigitFiguresInput, 'index'>,
  threads: number,
  signal: AbortSignal | undefined,
): Promise<DigitFigures> {
  const isLarge = input.samples.count * input.every.count > worthAThread
  const executor = isLarge ? openExecutor(Math.min(threads, 2)) : callingThread
  try {
    const [figures] = await executor.map(digitFigures, [{ ...input, index: 0 }], { signal })
    return figures!
  } finally {
    await executor.close()
  }
}
