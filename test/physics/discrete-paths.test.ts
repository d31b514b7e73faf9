import { describe, expect, test } from 'vitest'
import { integralFluctuation } from '../../src/physics/observe/entropy-production.js'
import { zScore } from '../../src/physics/observe/estimate.js'
import { firstPassage, missedCrossingShift } from '../../src/physics/observe/first-passage.js'
import { addPathLogRatio } from '../../src/physics/observe/path-ratio.js'
import { meanFirstPassage } from '../../src/physics/truth/escape.js'
import { gaussians } from '../calibration.js'

const bath = { kT: 0.7, mobility: 1.3 }

/** ln N(x; mean, variance) */
const logNormal = (x: number, mean: number, variance: number) =>
  -((x - mean) ** 2) / (2 * variance) - Math.log(2 * Math.PI * variance) / 2

describe('the path log-ratio', () => {
  test('of a step is the log of its two Gaussian transition densities', () => {
    const [units, batch, h] = [3, 4, 0.1]
    const [x, next, force, forceNext] = [0, 1, 2, 3].map((draw) => gaussians(units * batch, 1, draw))
    const ratio = new Float64Array(batch)
    addPathLogRatio(x!, next!, force!, forceNext!, bath, h, ratio)
    const drift = bath.mobility * h
    for (let b = 0; b < batch; b++) {
      let truth = 0
      for (let n = b; n < units * batch; n += batch)
        truth +=
          logNormal(next![n]!, x![n]! + drift * force![n]!, 2 * drift * bath.kT) -
          logNormal(x![n]!, next![n]! + drift * forceNext![n]!, 2 * drift * bath.kT)
      expect(ratio[b]).toBeCloseTo(truth, 11)
    }
  })

  test('gives ⟨e^(-ΔS_tot)⟩ = 1 in a tilting double well, for large steps', () => {
    const [steps, h, batch] = [8, 0.1, 60_000]
    const force = (x: number, step: number) => x - x ** 3 / 2 + 0.1 * step
    const x0 = gaussians(batch, 2, 0, 0.5, 1)
    const ratio = new Float64Array(batch)
    let x = x0
    for (let step = 1; step <= steps; step++) {
      const noise = gaussians(batch, 2, step, 0, 2 * bath.mobility * bath.kT * h)
      const before = x.map((at) => force(at, step))
      const next = x.map((at, b) => at + bath.mobility * h * before[b]! + noise[b]!)
      const after = next.map((at) => force(at, step))
      addPathLogRatio(x, next, before, after, bath, h, ratio)
      x = next
    }
    // Any normalised density will do for the end, so one that is known: it need not be that of the states.
    const entropy = ratio.map((part, b) => part + logNormal(x0[b]!, 0.5, 1) - logNormal(x[b]!, 0.8, 0.4))
    const measured = integralFluctuation(entropy)
    expect(measured.warning).toBeNull()
    expect(measured.standardError).toBeLessThan(0.01)
    expect(Math.abs(zScore(measured, 1))).toBeLessThan(4)
  })

  test('does so where Q/kT misses by the exact (1 + (1 - v)r²)^-½ of one step r = μhk in a trap', () => {
    // With p_0 = N(0, 1) and v the variance of the density taken for the end, both in units of kT/k, the Gaussian integral
    // of e^(-Q/kT) over one step is that.
    const [k, r, v, batch] = [2, 0.5, 0.2, 40_000]
    const h = r / (bath.mobility * k)
    const unit = bath.kT / k
    const x = gaussians(batch, 4, 0, 0, unit)
    const next = gaussians(batch, 4, 1, 0, 2 * r * unit).map((noise, b) => (1 - r) * x[b]! + noise)
    const ratio = new Float64Array(batch)
    const force = (states: Float64Array) => states.map((at) => -k * at)
    addPathLogRatio(x, next, force(x), force(next), bath, h, ratio)
    const heat = x.map((at, b) => (at ** 2 - next[b]! ** 2) / (2 * unit))
    const average = (medium: Float64Array) =>
      integralFluctuation(medium.map((part, b) => part + logNormal(x[b]!, 0, unit) - logNormal(next[b]!, 0, v * unit)))
    expect(Math.abs(zScore(average(ratio), 1))).toBeLessThan(4)
    expect(Math.abs(zScore(average(heat), 1 / Math.sqrt(1 + (1 - v) * r ** 2)))).toBeLessThan(4)
    expect(zScore(average(heat), 1)).toBeLessThan(-4)
  })
})

describe('first passage watched once a step', () => {
  test('is that to a target .5826 √(2μkTh) further out, and not that to the target', () => {
    const [k, target, h, runs] = [1, 0.8, 0.01, 4000]
    const times = new Float64Array(runs).fill(Number.POSITIVE_INFINITY)
    const x = new Float64Array(runs)
    const most = 4000
    for (let step = 0; step < most; step++) {
      const noise = gaussians(runs, 3, step, 0, 2 * bath.mobility * bath.kT * h)
      for (let n = 0; n < runs; n++) {
        if (times[n]! < Number.POSITIVE_INFINITY) continue
        x[n]! += -bath.mobility * h * k * x[n]! + noise[n]!
        if (x[n]! >= target) times[n] = (step + 1) * h
      }
      if (times.every((t) => t < Number.POSITIVE_INFINITY)) break
    }
    const { mean } = firstPassage(times, most * h)
    const exact = (to: number) => meanFirstPassage((at) => (k * at * at) / 2, bath, 0, to)
    expect(Math.abs(zScore(mean!, exact(target + missedCrossingShift(bath, h))))).toBeLessThan(4)
    expect(zScore(mean!, exact(target))).toBeGreaterThan(4)
  })
})
