import type { PointSet } from '../data/points.js'
import { fillNormals } from '../noise/gaussian.js'
import { stream } from '../noise/streams.js'
import { uniformIntegers } from '../noise/uniform.js'
import { type DriveKind, type Noising, noiseWidth, scoreScale, signal } from '../protocol/noising.js'
import type { NoisedBatch } from './rule.js'

/** An endless, repeatable source of minibatches for one data set and noising process. */
export interface Noiser {
  /** `size` data drawn with replacement and noised to time t; draw number `step` of the run */
  minibatch(t: number, size: number, step: number): NoisedBatch
  /** every datum once, in order, noised to time t with noise of its own; `draw` numbers the repetitions */
  sweep(t: number, draw: number, noiseStream: number): NoisedBatch
}

/**
 * Noises clean data exactly: x = m x_0 + s ε with ε keyed by (seed, stream, step, unit, position in the batch). The arrays
 * of a batch are reused by the next one of the same size.
 *
 * @param visible - how many of a datum's units are noised, the first ones; the others are clamped, and stay as they are
 */
export function createNoiser(
  data: PointSet,
  noising: Noising,
  drive: DriveKind,
  seed: number,
  visible = data.units,
): Noiser {
  const { units, count, points } = data
  const { trap, scale } = scoreScale(noising, drive)
  const arrays = new Map<number, { x: Float64Array; target: Float64Array; picks: Int32Array }>()
  const everyDatum = Int32Array.from({ length: count }, (_, n) => n)

  const noised = (t: number, picks: Int32Array, x: Float64Array, target: Float64Array): NoisedBatch => {
    // On entry `target` holds ε.
    const batch = picks.length
    const m = signal(noising, t)
    const s = noiseWidth(noising, t)
    for (let i = visible; i < units; i++)
      for (let b = 0; b < batch; b++) x[i * batch + b] = points[picks[b]! * units + i]!
    for (let i = 0; i < visible; i++)
      for (let b = 0; b < batch; b++) {
        const n = i * batch + b
        const epsilon = target[n]!
        x[n] = m * points[picks[b]! * units + i]! + s * epsilon
        target[n] = trap * x[n]! - (scale * epsilon) / s
      }
    return { batch, x, target, weight: s * s, targetVariance: (scale * scale) / (s * s) }
  }
  const take = (size: number) => {
    const kept = arrays.get(size)
    if (kept !== undefined) return kept
    const made = {
      x: new Float64Array(units * size),
      target: new Float64Array(visible * size),
      picks: new Int32Array(size),
    }
    arrays.set(size, made)
    return made
  }
  return {
    minibatch(t, size, step) {
      const { x, target, picks } = take(size)
      uniformIntegers({ seed, stream: stream.minibatch, step }, count, picks)
      fillNormals(seed, stream.trainingNoise, step, visible, 0, size, target)
      return noised(t, picks, x, target)
    },
    sweep(t, draw, noiseStream) {
      const { x, target } = take(count)
      fillNormals(seed, noiseStream, draw, visible, 0, count, target)
      return noised(t, everyDatum, x, target)
    },
  }
}
