import { type Collected, collectedOf, type Observer } from '../dynamics/observer.js'
import { countShards, eachShard, type Span, spanOf } from '../dynamics/span.js'
import type { Formula } from '../formula/parse.js'
import { autocovariance } from './autocorrelation.js'
import { blockedMean } from './blocking.js'
import { type Bins, type BunchedHistogram, bunchedHistogram, type MeasuredDensity } from './bunched-histogram.js'
import { type Elements, elementValues } from './element-values.js'
import { type Estimate, meanOf } from './estimate.js'
import { type LaggedProducts, laggedProducts } from './lagged-products.js'
import { evenFrames, type RecordedTimes } from './recorded-steps.js'
import { type Moments, runningMoments } from './running-moments.js'

/** A(state, t): the mean or the sum of a formula over units or pairs. */
export interface Observable {
  readonly name: string
  /** in `unitVariables` or `pairVariables` */
  readonly formula: Formula
  readonly elements: Elements
  /** of the lattice, 1 without */
  readonly columns: number
  readonly reduce: 'mean' | 'sum'
  /** the first frame of the average over time */
  readonly from: number
  /** lags of its correlation, in frames; none when empty */
  readonly lags: readonly number[]
  /** place in the list of the observable that it is correlated with, at the later time; null for an autocorrelation */
  readonly partner: number | null
  /** of the formula on single units or pairs */
  readonly histogram: Bins | null
}

/** What came of an observable. */
export interface ObservableResult {
  readonly observable: Observable
  readonly name: string
  /** over the time from `observable.from` on, and over trajectories */
  readonly mean: Estimate
  /** false for a single trajectory that is short against its correlations: then the error is not known */
  readonly converged: boolean
  /** over trajectories, at the last time */
  readonly final: Estimate
  /** the protocol's clock at the frames, and moments over trajectories there, [frames] */
  readonly time: Float64Array
  readonly curve: Moments
  /** mean over time of each trajectory, [trajectories] */
  readonly perTrajectory: Float64Array
  /** ⟨A(t) B(t + τ)⟩ - ⟨A⟩⟨B⟩ at the lags; null without any */
  readonly correlation: {
    readonly lag: Float64Array
    readonly value: Float64Array
    readonly standardError: Float64Array
  } | null
  readonly density: MeasuredDensity | null
  /** the lowest trajectory on which the formula was not finite, and when it first was not; null where all is well */
  readonly notFinite: { readonly trajectory: number; readonly time: number } | null
}

/** Fewest values of a series that blocking reads an error from. */
const fewestBlocked = 16

/**
 * Measures observables along all trajectories: means over trajectories at each recorded time, means over time, correlations and
 * histograms.
 *
 * Errors of means over time and of correlations come from the spread over trajectories, whatever the correlations in time; of a
 * single trajectory from blocking, and from Bartlett's formula.
 *
 * Memory: a number a trajectory and observable, those of laggedProducts and bunchedHistogram, 32 bytes a frame. Cost of a frame:
 * that of the formulas.
 */
export function observeFormulas(
  observables: readonly Observable[],
  times: RecordedTimes,
  trajectories: number | Span,
): Observer & { results(): ObservableResult[] } {
  const frameOf = new Map(Array.from(times.step, (index, frame) => [index, frame]))
  const span = spanOf(trajectories)
  const meters = observables.map((observable) => createMeter(observable, times, span))
  return {
    trajectories: span.trajectories,
    wants: (index) => frameOf.has(index),
    see({ index, clock, first, batch, x }) {
      const frame = frameOf.get(index)!
      // All of them before any is kept: correlations take two.
      const values = meters.map((meter) => meter.evaluate(x, batch, clock, frame, first))
      meters.forEach((meter, n) => {
        meter.keep(frame, first, batch, values[n]!, values[observables[n]!.partner ?? n]!)
      })
    },
    ...collectedOf(Object.fromEntries(meters.map((meter, n) => [String(n), meter]))),
    results: () => meters.map((meter) => meter.result()),
  }
}

/** Measures one observable. */
interface Meter extends Collected {
  /** A of each trajectory of a batch, [batch]; reused by the next call. Counts the single values on the way. */
  evaluate(x: Float64Array, batch: number, clock: number, frame: number, first: number): Float64Array
  /** takes A, and B of its partner, into all averages */
  keep(frame: number, first: number, batch: number, a: Float64Array, b: Float64Array): void
  result(): ObservableResult
}

function createMeter(observable: Observable, times: RecordedTimes, span: Span): Meter {
  const { formula, elements, columns, reduce, from, lags, histogram } = observable
  const { time } = times
  const count = elements.x.length
  const valuesOf = elementValues(formula, elements, columns)
  const even = evenFrames(times)
  const { trajectories } = span
  const curve = runningMoments(time.length, span)
  const sums = new Float64Array(trajectories)
  /** of a single trajectory, where the frames are even */
  const series = new Float64Array(span.of === 1 ? Math.max(0, even.frames - from) : 0)
  const lagged: LaggedProducts | null = lags.length === 0 ? null : laggedProducts(span, lags, [from, even.frames - 1])
  const bunched: BunchedHistogram | null = histogram === null ? null : bunchedHistogram(span, histogram)
  /** the lowest trajectory of each shard on which it was not finite, by its place there, and the frame; -1 where all is well; [shards, 2] */
  const notFinite = new Int32Array(2 * countShards(span)).fill(-1)
  const { memory, joins } = collectedOf({ curve, lagged, bunched })
  let reduced = new Float64Array(0)
  return {
    memory: { sums, series, notFinite, ...memory },
    joins: { sums: 'rows', series: 'first', notFinite: 'shards', ...joins },
    evaluate(x, batch, clock, frame, first) {
      const values = valuesOf(x, batch, clock)
      if (frame >= from) bunched?.add(values, count, first, batch)
      if (reduced.length < batch) reduced = new Float64Array(batch)
      const a = reduced.subarray(0, batch)
      addUp(values, count, batch, a)
      if (reduce === 'mean') for (let b = 0; b < batch; b++) a[b]! /= count
      return a
    },
    keep(frame, first, batch, a, b) {
      eachShard(span, first, batch, (shard, start, end) => {
        const wrong = firstNotFinite(a.subarray(start - first, end - first))
        if (wrong < 0) return
        const place = start + wrong - shard * span.shard
        const lowest = notFinite[2 * shard]!
        if (lowest < 0 || place < lowest) notFinite.set([place, frame], 2 * shard)
      })
      curve.add(frame, a, 0, first, batch)
      if (frame < from) return
      for (let n = 0; n < batch; n++) sums[first + n]! += a[n]!
      if (frame - from < series.length) series[frame - from] = a[0]!
      lagged?.add(frame, first, batch, a, b)
    },
    result() {
      const frames = time.length - from
      const perTrajectory = sums.map((sum) => sum / frames)
      const moments = curve.moments()
      const last = time.length - 1
      return {
        ...{ observable, name: observable.name, time, curve: moments, perTrajectory },
        notFinite: lowestOf(notFinite, span, time),
        ...overTime(perTrajectory, series),
        final: { value: moments.mean[last]!, standardError: moments.standardError[last]! },
        correlation: lagged && correlationOf(lagged, observable, even.spacing, series),
        density: bunched?.measured() ?? null,
      }
    },
  }
}

/** Adds the elements' values up, [elements, batch] → [batch]. */
function addUp(values: Float64Array, count: number, batch: number, out: Float64Array): void {
  for (let b = 0; b < batch; b++) out[b] = values[b]!
  for (let k = 1, n = batch; k < count; k++) for (let b = 0; b < batch; b++) out[b]! += values[n++]!
}

/** Of what was found in each shard, [place, frame], the lowest trajectory of all. */
function lowestOf(notFinite: Int32Array, { shard: size }: Span, time: Float64Array): ObservableResult['notFinite'] {
  for (let shard = 0; 2 * shard < notFinite.length; shard++) {
    const [place, frame] = [notFinite[2 * shard]!, notFinite[2 * shard + 1]!]
    if (place >= 0) return { trajectory: shard * size + place, time: time[frame]! }
  }
  return null
}

/** Place of the first value that is not finite, -1 where all are. */
function firstNotFinite(values: Float64Array): number {
  // 0·NaN and 0·∞ are NaN, and stay so in a sum.
  let sum = 0
  for (let n = 0; n < values.length; n++) sum += 0 * values[n]!
  return sum === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value))
}

/** The mean over time with the error that is honest: over trajectories, of one of them by blocking. */
function overTime(perTrajectory: Float64Array, series: Float64Array): Pick<ObservableResult, 'mean' | 'converged'> {
  const mean = meanOf(perTrajectory)
  if (perTrajectory.length > 1) return { mean, converged: true }
  if (series.length < fewestBlocked || !series.every(Number.isFinite)) return { mean, converged: false }
  const { standardError, converged } = blockedMean(series)
  // Of a short series the error is too small: then it is not known.
  return { mean: { value: mean.value, standardError: converged ? standardError : Number.NaN }, converged }
}

function correlationOf(
  lagged: LaggedProducts,
  { lags, partner }: Observable,
  spacing: number,
  series: Float64Array,
): NonNullable<ObservableResult['correlation']> {
  const found = lagged.covariances()
  const longest = Math.max(...lags)
  const ofOne = series.length > longest && partner === null ? autocovariance(series, longest).standardError : null
  return {
    lag: Float64Array.from(lags, (lag) => lag * spacing),
    value: Float64Array.from(found, ({ value }) => value),
    standardError: Float64Array.from(found, ({ standardError }, n) => ofOne?.[lags[n]!] ?? standardError),
  }
}
