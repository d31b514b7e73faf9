import type { States } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { fillUniform, uniformIntegers } from '../../physics/noise/uniform.js'

/** A path from data to noise, x_t = m(t) x_0 + s(t) ε, with the times at which an energy has parameters of its own. */
export interface NoisePath {
  /** ascending, [knots] */
  readonly knots: readonly number[]
  /** m(t), what is left of the data */
  signal(t: number): number
  /** s(t), the standard deviation of the noise */
  width(t: number): number
}

/** Noised data, each state with the time it was noised to among others that it might have been noised to. */
export interface NoisedStates extends States {
  /** -ε/s, the score of the noise that each state got, [units, batch] */
  readonly score: Float64Array
  /** s of each state, [batch] */
  readonly width: Float64Array
  /** number of candidate times of each state */
  readonly candidates: number
  /** the last knot not above each candidate time, [batch, candidates] row-major; never the very last */
  readonly below: Int32Array
  /** how far each candidate is on its way to the next knot, from 0 to 1, [batch, candidates] row-major */
  readonly share: Float64Array
  /** which candidate is the true one, [batch] */
  readonly truth: Int32Array
}

/** Draws noised states anew in each iteration. */
export type NoisedSampler = (iteration: number) => NoisedStates

/** What both samplers draw from; `batch` states in an iteration. */
export interface NoisedSource {
  /** from data to noise */
  readonly path: NoisePath
  /** states to noise, [units, batch] */
  readonly data: States
  /** states in an iteration */
  readonly batch: number
  /** of which states, times and noise */
  readonly seed: number
}

/**
 * DiffCLF's states: as many at each knot, which every other knot is a wrong answer for.
 *
 * Source: OuYang, Grenioux, Hernández-Lobato, 2601.21025 (2026).
 */
export function everyLevel(source: NoisedSource): NoisedSampler {
  const { knots } = source.path
  const truth = Int32Array.from({ length: source.batch }, (_, b) => b % knots.length)
  const times = Float64Array.from({ length: source.batch * knots.length }, (_, n) => knots[n % knots.length]!)
  return (iteration) => noised(source, iteration, times, truth, knots.length)
}

/**
 * BoltzNCE's states: at random times, each beside wrong times near by. All are reflected draws from N(c, spread²) about one
 * hidden centre c, so that they can be exchanged and the probability that a candidate is the true one is
 * softmax_c log p_(t_c)(x) exactly; scattered about the true time, more than one wrong time would need its density too.
 * Centres are as many between any two knots: knots that are close together have parameters that want many states.
 *
 * Source: Aggarwal, Chen, Boffi, Koes, 2507.00846 (2025).
 */
export function nearbyTimes(source: NoisedSource, spread: number, wrong: number): NoisedSampler {
  const { path, batch, seed } = source
  const [first, last] = [path.knots[0]!, path.knots.at(-1)!]
  const candidates = wrong + 1
  const truth = new Int32Array(batch)
  const centres = new Float64Array(batch)
  const normals = new Float64Array(batch * candidates)
  return (iteration) => {
    fillUniform({ seed, stream: stream.noisedTimes, step: 2 * iteration }, centres)
    fillNormals(seed, stream.noisedTimes, 2 * iteration + 1, 1, 0, batch * candidates, normals)
    const times = normals.map((xi, n) => {
      const place = (path.knots.length - 1) * centres[Math.floor(n / candidates)]!
      const k = Math.floor(place)
      const centre = path.knots[k]! + (place - k) * (path.knots[k + 1]! - path.knots[k]!)
      return reflected(centre + spread * xi, first, last)
    })
    return noised(source, iteration, times, truth, candidates)
  }
}

function reflected(t: number, low: number, high: number): number {
  const inside = t < low ? 2 * low - t : t > high ? 2 * high - t : t
  return inside >= low && inside <= high ? inside : reflected(inside, low, high)
}

function noised(
  { path, data, batch, seed }: NoisedSource,
  iteration: number,
  times: Float64Array,
  truth: Int32Array,
  candidates: number,
): NoisedStates {
  const units = data.x.length / data.batch
  const picks = new Int32Array(batch)
  const x = new Float64Array(units * batch)
  const score = new Float64Array(units * batch)
  const width = new Float64Array(batch)
  uniformIntegers({ seed, stream: stream.minibatch, step: iteration }, data.batch, picks)
  fillNormals(seed, stream.noisedStates, iteration, units, 0, batch, score)
  for (let b = 0; b < batch; b++) {
    const t = times[b * candidates + truth[b]!]!
    const m = path.signal(t)
    const s = path.width(t)
    width[b] = s
    for (let i = 0; i < units; i++) {
      const n = i * batch + b
      x[n] = m * data.x[i * data.batch + picks[b]!]! + s * score[n]!
      score[n]! /= -s
    }
  }
  return { x, batch, score, width, candidates, ...placed(path.knots, times), truth }
}

/** Where each time stands between the knots. */
function placed(knots: readonly number[], times: Float64Array): Pick<NoisedStates, 'below' | 'share'> {
  const below = new Int32Array(times.length)
  const share = new Float64Array(times.length)
  for (let n = 0; n < times.length; n++) {
    let k = 0
    while (k < knots.length - 2 && times[n]! >= knots[k + 1]!) k++
    below[n] = k
    share[n] = (times[n]! - knots[k]!) / (knots[k + 1]! - knots[k]!)
  }
  return { below, share }
}
