import type { PointSet } from '../../physics/network/states.js'
import { drawNormals, fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { uniformIntegers } from '../../physics/noise/uniform.js'
import {
  type DriveKind,
  defaultDrive,
  type Noising,
  noiseWidth,
  scoreScale,
  signal,
  stiffnessClock,
} from '../../physics/protocol/noising.js'
import type { NoisedBatch, NoisingStep, PathOptions } from './rule.js'

/** What of the data is noised, and how. */
export interface NoiserOptions {
  /** how many of a datum's units are noised, the first ones; the others are clamped, and stay as they are. All when absent */
  readonly visible?: number | undefined
  /**
   * minibatches also bring a noising run of the same data by Euler–Maruyama, x' = (1 - μk0h)x + sqrt(2μkTh) ξ. It begins
   * with the same ε at t - (n + 1)h/2, so that the mean time of its n states x' is t
   */
  readonly path?: PathOptions | undefined
}

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
 */
export function createNoiser(
  data: PointSet,
  noising: Noising,
  drive: DriveKind = defaultDrive,
  seed = 1,
  { visible = data.units, path }: NoiserOptions = {},
): Noiser {
  const { points, units, count } = data
  const { trap, scale } = scoreScale(noising, drive)
  const everyDatum = Int32Array.from({ length: count }, (_, n) => n)
  const arrays = new Map<number, { x: Float64Array; target: Float64Array; picks: Int32Array }>()
  const arraysOf = (size: number) => {
    const kept = arrays.get(size) ?? {
      x: new Float64Array(units * size),
      target: new Float64Array(visible * size),
      picks: new Int32Array(size),
    }
    arrays.set(size, kept)
    return kept
  }
  /** Writes x = m x_0 + s ε of the picked data, [units, batch]; ε is [visible, batch], and the other units stay as they are. */
  const statesAt = (t: number, picks: Int32Array, epsilon: Float64Array, x: Float64Array) => {
    const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
    for (let i = 0, n = 0; i < units; i++)
      for (let b = 0; b < picks.length; b++, n++) {
        const datum = points[picks[b]! * units + i]!
        x[n] = i < visible ? m * datum + s * epsilon[n]! : datum
      }
  }
  const noised = (t: number, picks: Int32Array, step: number, x: Float64Array, target: Float64Array): NoisedBatch => {
    // On entry `target` holds ε.
    statesAt(t, picks, target, x)
    const s = noiseWidth(noising, t)
    for (let n = 0; n < target.length; n++) target[n] = trap * x[n]! - (scale * target[n]!) / s
    const targetVariance = (scale * scale) / (s * s)
    return { batch: picks.length, x, target, weight: s * s, targetVariance, trap, scale, draw: { seed, step } }
  }
  /** A noising run about t of the units that are noised: x' = (1 - μk0h)x + sqrt(2μkTh) ξ. */
  const pathAbout = (t: number, picks: Int32Array, draw: number, epsilon: Float64Array, options: PathOptions) => {
    const { stiffness, bath } = noising
    const { steps } = options
    const dt = options.dt / (bath.mobility * stiffness * stiffnessClock(noising, t))
    const left = 1 - bath.mobility * stiffness * dt
    const kick = Math.sqrt(2 * bath.mobility * bath.kT * dt)
    let before = new Float64Array(units * picks.length)
    statesAt(t - ((steps + 1) * dt) / 2, picks, epsilon, before)
    return Array.from({ length: steps }, (_, n): NoisingStep => {
      const xi = drawNormals({ seed, stream: stream.noisingPath, step: draw * steps + n }, visible, picks.length)
      const after = before.slice()
      for (let i = 0; i < xi.length; i++) after[i] = left * before[i]! + kick * xi[i]!
      const taken = { before, after, dt }
      before = after
      return taken
    })
  }
  return {
    minibatch(t, size, step) {
      const { x, target, picks } = arraysOf(size)
      uniformIntegers({ seed, stream: stream.minibatch, step }, count, picks)
      fillNormals(seed, stream.trainingNoise, step, visible, 0, size, target)
      const steps = path === undefined ? {} : { path: pathAbout(t, picks, step, target, path) }
      return { ...noised(t, picks, step, x, target), ...steps }
    },
    sweep(t, draw, noiseStream) {
      const { x, target } = arraysOf(count)
      fillNormals(seed, noiseStream, draw, visible, 0, count, target)
      return noised(t, everyDatum, draw, x, target)
    },
  }
}
