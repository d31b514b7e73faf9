import { describe, expect, test } from 'vitest'
import { autocovariance, autocovarianceOfRuns, correlationTime } from '../../src/physics/observe/autocorrelation.js'
import { blockedMean } from '../../src/physics/observe/blocking.js'
import { meanOf, zScore } from '../../src/physics/observe/estimate.js'
import { autocovarianceOfSteps } from '../../src/physics/truth/ornstein-uhlenbeck.js'
import { expectCalibrated, gaussians, zScores } from '../calibration.js'

/** A trap in steps that leave 90 % of the deviation: the integrated autocorrelation time is ½ + .9/.1 = 9.5 steps. */
const [k, dt, bath] = [2, 0.05, { kT: 0.8, mobility: 1 }] as const
const left = 1 - bath.mobility * dt * k
const trueTime = 0.5 + left / (1 - left)

/** The trap's stationary series, exactly, from normals that are turned into it in place. */
function trapSeries(length: number, seed: number, draw = 0): Float64Array {
  const x = gaussians(length, seed, draw)
  const step = Math.sqrt(2 * bath.mobility * bath.kT * dt)
  x[0]! *= Math.sqrt(autocovarianceOfSteps(k, bath, dt, 0))
  for (let n = 1; n < length; n++) x[n] = left * x[n - 1]! + step * x[n]!
  return x
}

describe('blocking', () => {
  test('gives the mean of a correlated series an honest error, and the naive error is four times too small', () => {
    const series = Array.from({ length: 250 }, (_, seed) => trapSeries(8192, seed))
    expectCalibrated(Float64Array.from(series, (x) => zScore(blockedMean(x), 0)))
    const ratios = Float64Array.from(series, (x) => blockedMean(x).standardError / meanOf(x).standardError)
    // √(2τ) = 4.36; blocks of 128 leave out a share τ/128 of the variance, and each is good to 9 %.
    expect(Math.abs(meanOf(ratios).value / Math.sqrt(2 * trueTime) - 1)).toBeLessThan(0.06)
  })

  test('finds the correlation time within its own errors', () => {
    const { correlationTime: time, errorOfError, converged, blockLength } = blockedMean(trapSeries(1 << 17, 3))
    expect(converged).toBe(true)
    expect(blockLength).toBeGreaterThan(10 * trueTime)
    expect(Math.abs(time / trueTime - 1)).toBeLessThan(4 * 2 * errorOfError)
  })

  test('leaves uncorrelated and constant series alone, and says when a series is too short', () => {
    const white = blockedMean(gaussians(4096, 1, 0))
    expect(white.correlationTime).toBeLessThan(1)
    expect(white.converged).toBe(true)
    expect(blockedMean(new Float64Array(64).fill(3))).toMatchObject({ value: 3, standardError: 0, converged: true })
    expect(blockedMean(trapSeries(64, 1)).converged).toBe(false)
  })
})

describe('the autocovariance', () => {
  test('of one series is that of the scheme, with honest errors at every lag', () => {
    const measured = Array.from({ length: 200 }, (_, seed) => autocovariance(trapSeries(8192, seed), 20))
    for (const lag of [0, 3, 20])
      expectCalibrated(
        Float64Array.from(measured, ({ value, standardError }) =>
          zScore({ value: value[lag]!, standardError: standardError[lag]! }, autocovarianceOfSteps(k, bath, dt, lag)),
        ),
      )
  })

  test('over independent runs takes its errors from their spread', () => {
    for (const lag of [0, 5])
      expectCalibrated(
        zScores(200, (seed) => {
          const runs = new Float64Array(64 * 100)
          for (let run = 0; run < 64; run++) runs.set(trapSeries(100, seed, run), 100 * run)
          const { value, standardError } = autocovarianceOfRuns(runs, 64, lag)
          return zScore(
            { value: value[lag]!, standardError: standardError[lag]! },
            // The mean over all 64 runs is subtracted: its variance, 2τC(0)/6400, is what C loses.
            autocovarianceOfSteps(k, bath, dt, lag) -
              (autocovarianceOfSteps(k, bath, dt, 0) * 2 * trueTime * (1 - trueTime / 100)) / 6400,
          )
        }),
      )
  })

  test('sums to the integrated correlation time within its error', () => {
    const z = zScores(100, (seed) => zScore(correlationTime(trapSeries(16384, seed)), trueTime))
    // The window leaves out e^-5 of τ, a tenth of an error here, and errors go with τ itself: the z are skewed, so only
    // their size is asked for.
    expect(Math.max(...z.map(Math.abs))).toBeLessThan(4)
    expect(Math.abs(meanOf(z).value)).toBeLessThan(0.4)
    const white = Float64Array.from({ length: 200 }, (_, seed) => correlationTime(gaussians(4096, seed, 1)).value)
    expect(Math.abs(zScore(meanOf(white), 0.5))).toBeLessThan(4)
  })
})
