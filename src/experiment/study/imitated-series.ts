import { invalidValue, OverdampedError } from '../../errors.js'
import type { LocalPolicy } from '../../learning/objectives/lag-imitation.js'
import { createLandscape } from '../../learning/objectives/landscape.js'
import { frameOf, lagProducts, type Paths, recordPaths } from '../../learning/objectives/paths.js'
import { sliceStates } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { isHarmonic } from '../../physics/potential/given-hidden.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { laggedCovariance } from '../../physics/truth/harmonic.js'
import { harmonicLandscape } from '../../physics/truth/harmonic-steps.js'
import type { StudyProblem } from './problem.js'
import type { SeriesSource } from './series-source.js'
import type { DrawnCurve } from './study.js'

/** Frames of a series that are drawn, and lags of its autocovariance. */
const shown = { frames: 200, lags: 60 }

/** The series of a problem that has some. */
export function sourceOf({ series }: StudyProblem): SeriesSource {
  if (series === null) throw new Error('data of series')
  return series
}

/** @throws E_INVALID_VALUE where the law of series about 0 is not known in closed form */
export function requireKnownSeries({ potential }: StudyProblem): void {
  if (isHarmonic(potential) && potential.groups.every(({ name }) => name !== 'bias')) return
  throw invalidValue(
    'lagged products are compared with closed forms of series about 0. Expected onsite stiffness and pair bilinear alone.',
    'potential',
  )
}

/** ⟨x_i(t) x_i(t + lag)⟩ of each unit of a network at rest in steps of dt, [units]. */
export function autocovariances(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  dt: number,
  lag: number,
): number[] {
  const { units } = potential.network
  const K = Float64Array.from(harmonicLandscape(potential, theta).K.to1DArray())
  const C = laggedCovariance(K, bath, dt, lag)
  return Array.from({ length: units }, (_, i) => C[i * units + i]!)
}

/** Whether the steps of a harmonic network have a law at rest. */
export function isAtRest(potential: Potential, theta: Float64Array, bath: Bath, dt: number): boolean {
  if (!(bath.mobility > 0 && theta.every(Number.isFinite))) return false
  try {
    autocovariances(potential, theta, bath, dt, 0)
    return true
  } catch (error) {
    if (error instanceof OverdampedError) return false
    throw error
  }
}

/** Means over all paths of x_i(t) x_i(t + lag), [lags, units]. */
export function measuredProducts(paths: Paths, lags: readonly number[]): Float64Array {
  const each = lagProducts(paths, lags)
  return Float64Array.from({ length: lags.length * paths.units }, (_, k) => {
    const own = each.subarray(k * paths.paths, (k + 1) * paths.paths)
    return own.reduce((sum, value) => sum + value, 0) / paths.paths
  })
}

/** What the data look like: a stretch of the first path, and autocovariances. */
export function dataCurves(problem: StudyProblem, paths: Paths): DrawnCurve[] {
  const frames = Math.min(shown.frames, paths.frames)
  const lags = lagsOf(paths.frames)
  const measured = measuredProducts(paths, lags)
  return [
    series(
      'data',
      sourceOf(problem).dt,
      Float64Array.from({ length: frames }, (_, t) => paths.x[t * paths.paths]!),
    ),
    autocovariance('data', lags, (_, n) => measured[n * paths.units]!),
  ]
}

/** The same of a network that imitates them: a path of its own, and its autocovariances in closed form where they are known. */
export function generatedCurves(
  problem: StudyProblem,
  name: string,
  data: Paths,
  { theta, mobility }: LocalPolicy,
  seed: number,
): DrawnCurve[] {
  const { potential } = problem
  const source = sourceOf(problem)
  const bath = { ...problem.bath, mobility }
  const landscape = createLandscape(potential, bath)
  const steps = Math.min(shown.frames, data.frames) - 1
  const recording = { dt: source.dt, steps, seed, stream: stream.policyPaths, from: 2 ** 31 }
  const path = recordPaths(landscape, theta, bath, sliceStates(frameOf(data, 0), 0, 1), recording)
  const drawn = series(name, source.dt, path.x.slice(0, path.frames))
  if (!isHarmonic(potential) || !isAtRest(potential, theta, bath, source.dt)) return [drawn]
  const of = (lag: number) => autocovariances(potential, theta, bath, source.dt, lag)[0]!
  return [drawn, autocovariance(name, lagsOf(data.frames), of)]
}

function lagsOf(frames: number): number[] {
  return Array.from({ length: Math.min(shown.lags, frames - 1) + 1 }, (_, lag) => lag)
}

function series(name: string, dt: number, y: Float64Array): DrawnCurve {
  return { chart: 'series', name, x: y.map((_, t) => t * dt), y }
}

function autocovariance(name: string, lags: readonly number[], of: (lag: number, n: number) => number): DrawnCurve {
  return { chart: 'autocovariance', name, x: Float64Array.from(lags), y: Float64Array.from(lags, of) }
}
