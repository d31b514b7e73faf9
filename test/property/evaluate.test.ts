import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OverdampedError } from '../../src/errors.js'
import { bridgeMass } from '../../src/learning/evaluation/bridge.js'
import { drawWithoutReplacement } from '../../src/learning/evaluation/draw.js'
import { harmonicControl } from '../../src/learning/evaluation/harmonic-control.js'
import {
  modeWeightErrorOfDigits,
  nearestDistance,
  otherFraction,
  votedDigits,
} from '../../src/learning/evaluation/nearest-training.js'
import { checkFinite, clipped } from '../../src/learning/evaluation/points.js'
import { pickRows } from '../../src/physics/network/states.js'
import { covariance, meanPoint } from '../../src/physics/observe/moments.js'
import { normals, set } from './point-sets.js'

describe('draws without replacement', () => {
  it('are distinct, in range, and permutations when everything is drawn', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.nat(), (a, b, seed) => {
        const drawn = drawWithoutReplacement(seed, 0, Math.min(a, b), Math.max(a, b))
        expect(new Set(drawn).size).toBe(Math.min(a, b))
        expect(drawn.every((n) => n >= 0 && n < Math.max(a, b))).toBe(true)
      }),
    )
  })

  it('take every integer equally often, in every place, within 4 s.e.', () => {
    const seeds = 4000
    const first = new Float64Array(6)
    const any = new Float64Array(6)
    for (let seed = 0; seed < seeds; seed++) {
      const drawn = drawWithoutReplacement(seed, 0, 2, 6)
      first[drawn[0]!]!++
      for (const n of drawn) any[n]!++
    }
    const limit = (p: number) => 4 * Math.sqrt((p * (1 - p)) / seeds)
    for (const hits of first) expect(Math.abs(hits / seeds - 1 / 6)).toBeLessThan(limit(1 / 6))
    for (const hits of any) expect(Math.abs(hits / seeds - 1 / 3)).toBeLessThan(limit(1 / 3))
  })
})

describe('bridge mass', () => {
  const square = (x: number, y: number) => set([x - 1, y - 1], [x - 1, y + 1], [x + 1, y - 1], [x + 1, y + 1])

  it('counts the samples between .3 and .7 of the way, whatever they do across it', () => {
    const coordinates = [-1, 0, 0.29, 0.31, 0.5, 0.69, 0.71, 1]
    const samples = set(...coordinates.map((c, n) => [10 + 20 * c, n - 4]))
    const { value, standardError } = bridgeMass(samples, square(10, 5), square(30, 5))
    expect(value).toBe(3 / 8)
    expect(standardError).toBeCloseTo(Math.sqrt((3 * 5) / 8 ** 3), 14)
  })

  it('measures along (Σ_0 + Σ_1 + ridge·I)⁻¹(m_1 - m_0)', () => {
    // Σ_0 = diag(4/3, 0) and Σ_1 = 0; with ridge 2/3 and m_1 - m_0 = (2, 2): w ∝ (1, 3).
    const class0 = set([-1, 0], [-1, 0], [1, 0], [1, 0])
    const class1 = set([2, 2], [2, 2])
    const onTheWay = (c: number) => [8 * c, 0] // w·x / w·(2, 2) = 8c/8
    const samples = set(...[0.29, 0.31, 0.69, 0.71].map(onTheWay))
    expect(bridgeMass(samples, class0, class1, 2 / 3).value).toBe(0.5)
    expect(bridgeMass(set([0, 0.8 / 3], [0, 2 / 3], [0, 1.8]), class0, class1, 2 / 3).value).toBe(1 / 3)
  })
})

describe('fraction given to other digits', () => {
  const cluster = (x: number, count: number) => Array.from({ length: count }, (_, n) => [x + n / 100, 0])
  const train = set(...cluster(0, 6), ...cluster(10, 6), ...cluster(20, 6))
  const labels = Int32Array.from([...Array(6).fill(0), ...Array(6).fill(1), ...Array(6).fill(7)])

  it('is 0 for copies of the run’s digits, 1 for copies of others', () => {
    expect(otherFraction(votedDigits(pickRows(train, [0, 3, 8]), train, labels), [0, 1]).value).toBe(0)
    expect(otherFraction(votedDigits(pickRows(train, [12, 17]), train, labels), [0, 1]).value).toBe(1)
    const voted = votedDigits(pickRows(train, [12, 0, 1, 6]), train, labels)
    expect([...voted]).toEqual([7, 0, 0, 1])
    const { value, standardError } = otherFraction(voted, [0, 1])
    expect(value).toBe(0.25)
    expect(standardError).toBeCloseTo(Math.sqrt((0.25 * 0.75) / 4), 14)
  })

  it('gives a tie to the lower digit, by plurality', () => {
    const rows = set([1], [-1], [2], [-2], [3], [9])
    const of = (...votes: number[]) => otherFraction(votedDigits(set([0]), rows, Int32Array.from(votes)), [2]).value
    expect(of(5, 2, 5, 2, 9, 5)).toBe(0) // 2 and 5 twice each: 2
    expect(of(1, 2, 1, 2, 9, 2)).toBe(1) // 1 and 2 twice each: 1
    expect(of(2, 9, 8, 2, 7, 9)).toBe(0) // 2 of 5 votes suffice
    expect(of(9, 8, 7, 6, 5, 2)).toBe(1) // the sixth has no vote
  })

  it('leaves out one copy of the sample itself when told to', () => {
    const rows = set([0], [1], [2], [3])
    const mine = Int32Array.from([4, 0, 0, 4])
    const vote = (leaveOut: boolean) =>
      otherFraction(votedDigits(set([0]), rows, mine, { neighbours: 1, leaveOut }), [0]).value
    expect(vote(false)).toBe(1)
    expect(vote(true)).toBe(0)
    // A twin is not the sample: it votes.
    const twins = set([0], [0], [2], [3])
    const twinLabels = Int32Array.from([4, 4, 0, 0])
    expect(votedDigits(set([0]), twins, twinLabels, { neighbours: 1, leaveOut: true })[0]).toBe(4)
  })
})

describe('mode weight error of digits', () => {
  it('is half the summed difference of the shares; samples of other digits are missing from all', () => {
    const data = Int32Array.from([0, 0, 0, 1])
    expect(modeWeightErrorOfDigits(Int32Array.from([0, 0, 0, 1]), data, [0, 1]).value).toBe(0)
    expect(modeWeightErrorOfDigits(Int32Array.from([1, 1, 0, 1]), data, [0, 1]).value).toBe(0.5)
    const { value, standardError } = modeWeightErrorOfDigits(Int32Array.from([0, 0, 7, 1]), data, [0, 1])
    expect(value).toBeCloseTo(0.125, 14)
    expect(standardError).toBeCloseTo(Math.sqrt((0.25 + 0.1875) / 4 / 4), 14)
  })
})

describe('distance to the nearest training digit', () => {
  const train = set([0, 0], [3, 4], [100, 0])

  it('is the mean of Euclidean distances, with the error of a mean', () => {
    // Distances 0, 5 (from (-3, -4)) and 1.
    const { value, standardError } = nearestDistance(set([3, 4], [-3, -4], [100, 1]), train)
    expect(value).toBeCloseTo(2, 14)
    expect(standardError).toBeCloseTo(Math.sqrt((4 + 9 + 1) / 6), 14)
  })

  it('leaves out the sample itself when told to, but not its twin', () => {
    expect(nearestDistance(pickRows(train, [0, 1]), train, true).value).toBeCloseTo(5, 14)
    expect(nearestDistance(set([0, 0], [0, 0]), set([0, 0], [0, 0], [3, 4]), true).value).toBe(0)
  })
})

describe('harmonic control', () => {
  const base = normals(60, 3, 1)
  // A unit that never changes and one that copies another: a singular covariance.
  const rows = Array.from({ length: 60 }, (_, n) => [...base.points.subarray(3 * n, 3 * n + 3)])
  const train = set(...rows.map(([x, y, z]) => [x! + 5, 2 * y! + z!, z!, -0.7, x! + 5]))

  it('has the mean and the covariance of the training digits within 5 s.e.', () => {
    const count = 20_000
    const control = harmonicControl(train, count, 1)
    const [mean, sigma] = [meanPoint(train), covariance(train)]
    const [drawnMean, drawnSigma] = [meanPoint(control), covariance(control)]
    const rounding = 1e-12 // for the unit without variance
    for (let i = 0; i < 5; i++) {
      const variance = sigma[6 * i]!
      expect(Math.abs(drawnMean[i]! - mean[i]!)).toBeLessThan(5 * Math.sqrt(variance / count) + rounding)
      for (let j = 0; j < 5; j++) {
        const error = Math.sqrt((variance * sigma[6 * j]! + sigma[5 * i + j]! ** 2) / count)
        expect(Math.abs(drawnSigma[5 * i + j]! - sigma[5 * i + j]!)).toBeLessThan(5 * error + rounding)
      }
    }
  })

  it('stays where the training digits are: constant and copied units', () => {
    const { points } = harmonicControl(train, 50, 2)
    for (let n = 0; n < 50; n++) {
      expect(points[5 * n + 3]).toBeCloseTo(-0.7, 12)
      expect(points[5 * n + 4]).toBeCloseTo(points[5 * n]!, 10)
    }
  })

  it('repeats with its seed, starts the same for any count, and changes with the seed', () => {
    const ten = harmonicControl(train, 10, 3).points
    expect(harmonicControl(train, 25, 3).points.subarray(0, 50)).toEqual(ten)
    expect(harmonicControl(train, 10, 4).points).not.toEqual(ten)
  })
})

describe('clipping', () => {
  it('keeps what lies in [-1, 1], and refuses what is not finite, naming the sample', () => {
    expect([...clipped(set([-3, 0.5], [1, 7])).points]).toEqual([-1, 0.5, 1, 1])
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => checkFinite(set([0, 0], [0, bad]))).toThrow(OverdampedError)
      expect(() => checkFinite(set([0, 0], [0, bad]))).toThrow(/^sample 1: .*E_DIVERGED/)
    }
  })
})
