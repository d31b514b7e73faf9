import { collectedOf, type Observer } from '../dynamics/observer.js'
import { type Span, spanOf } from '../dynamics/span.js'
import type { RecordedTimes } from './recorded-steps.js'
import { type Moments, runningMoments } from './running-moments.js'

/** What an ensemble does in time, over all trajectories. */
export interface EnsembleCurves {
  readonly time: Float64Array
  /** units that are followed, [shown] */
  readonly unit: Int32Array
  /** of x, [frames, shown] */
  readonly x: Moments
  /** work and heat so far, [frames]; null where nobody measures them */
  readonly work: Moments | null
  readonly heat: Moments | null
}

/**
 * Follows the mean and the variance of some units, and work and heat so far where the backend shows them.
 *
 * Memory: 32 bytes a frame, unit and shard. Cost of a frame: two additions a trajectory and unit.
 */
export function observeEnsemble(
  { step, time }: RecordedTimes,
  unit: Int32Array,
  trajectories: number | Span,
): Observer & { curves(): EnsembleCurves } {
  const frameOf = new Map(Array.from(step, (index, frame) => [index, frame]))
  const frames = step.length
  const span = spanOf(trajectories)
  const x = runningMoments(frames * unit.length, span)
  const [work, heat] = [runningMoments(frames, span), runningMoments(frames, span)]
  const isExchangeShown = new Int32Array(1)
  const collected = collectedOf({ x, work, heat })
  return {
    memory: { isExchangeShown, ...collected.memory },
    joins: { isExchangeShown: 'first', ...collected.joins },
    trajectories: span.trajectories,
    wants: (index) => frameOf.has(index),
    see(states) {
      const { first, batch } = states
      const frame = frameOf.get(states.index)!
      unit.forEach((i, k) => {
        x.add(frame * unit.length + k, states.x, i * batch, first, batch)
      })
      if (states.work === undefined || states.heat === undefined) return
      isExchangeShown[0] = 1
      work.add(frame, states.work, 0, first, batch)
      heat.add(frame, states.heat, 0, first, batch)
    },
    curves: () => ({
      ...{ time, unit, x: x.moments() },
      work: isExchangeShown[0] === 1 ? work.moments() : null,
      heat: isExchangeShown[0] === 1 ? heat.moments() : null,
    }),
  }
}
