import { describe, expect, test } from 'vitest'
import { bennett } from '../../src/physics/observe/bennett.js'
import { crooksFit, crooksHistogram } from '../../src/physics/observe/crooks.js'
import { meanOf, zScore } from '../../src/physics/observe/estimate.js'
import { exponentialAverage } from '../../src/physics/observe/exponential-average.js'
import { jarzynski } from '../../src/physics/observe/jarzynski.js'
import { tailIndex } from '../../src/physics/observe/tail-index.js'
import { stiffnessFreeEnergy, stiffnessQuenchTail } from '../../src/physics/truth/stiffness-change.js'
import { expectCalibrated, gaussians, uniforms, zScores } from '../calibration.js'

const kT = 0.7
const options = { seed: 1, resamples: 100 }

/** Gaussian works of dissipation σ²/2kT in both directions, which obey Crooks' relation for the given ΔF exactly. */
function gaussianWorks(freeEnergy: number, sigma: number, counts: [number, number], seed: number) {
  const dissipated = sigma ** 2 / (2 * kT)
  return {
    forward: gaussians(counts[0], seed, 0, freeEnergy + dissipated, sigma ** 2),
    reverse: gaussians(counts[1], seed, 1, -freeEnergy + dissipated, sigma ** 2),
  }
}

/** Works of instant quenches from stiffness 1 to k and back. */
function quenchWorks(k: number, counts: [number, number], seed: number) {
  return {
    forward: gaussians(counts[0], seed, 0, 0, kT).map((x) => ((k - 1) / 2) * x * x),
    reverse: gaussians(counts[1], seed, 1, 0, kT / k).map((x) => ((1 - k) / 2) * x * x),
  }
}

describe('the tail index', () => {
  test.each([0.2, 0.5, 0.9])('of an exact power law is ξ = %f within its error', (xi) => {
    const z = zScores(200, (seed) => zScore(tailIndex(uniforms(2000, seed, 0).map((u) => -xi * Math.log(u)))!, xi))
    expect(z.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeLessThan(4)
    // The estimator is biased by O(1/tail values), a fraction of an error.
    expect(Math.abs(meanOf(z).value)).toBeLessThan(0.3)
  })

  test('of a uniform variable is -1, of an exponential one 0', () => {
    const u = uniforms(50_000, 1, 0)
    const uniform = tailIndex(u.map((value) => Math.log(value)))!
    const exponential = tailIndex(u.map((value) => Math.log(-Math.log(value))))!
    // For ξ ≤ -½ the error quoted is not that of the theory, but far larger than what is found.
    expect(Math.abs(uniform.value + 1)).toBeLessThan(0.1)
    expect(Math.abs(exponential.value)).toBeLessThan(4 * exponential.standardError)
  })

  test.each([0.1, 0.3, 0.5, 0.8])('of a quench to k1 = %f k0 is 1 - k1/k0 but for the logarithm', (k) => {
    const xi = stiffnessQuenchTail({ from: 1, to: k })!
    const { forward } = quenchWorks(k, [100_000, 1], 3)
    const { value, standardError } = tailIndex(forward.map((w) => -w / kT))!
    // 949 of 100,000 positions lie beyond |x| = 2.59 σ. There P(w > y), a normal tail in x, has the local index
    // ξ x Q(x)/φ(x), between ξ(1 - 1/x²) and ξ.
    expect(value).toBeGreaterThan(xi * (1 - 1 / 2.59 ** 2) - 4 * standardError)
    expect(value).toBeLessThan(xi + 4 * standardError)
  })

  test('cannot be had of a few values or of equal ones', () => {
    expect(tailIndex(gaussians(20, 1, 0))).toBeNull()
    expect(tailIndex(new Float64Array(1000))).toBeNull()
    expect(tailIndex(gaussians(1000, 1, 0, 0, 1e8))!.value).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('the Jarzynski average', () => {
  test('of Gaussian works is ΔF, with honest errors and the bias that it quotes', () => {
    const estimates = Array.from({ length: 200 }, (_, seed) =>
      jarzynski(gaussianWorks(1.3, 0.8 * kT, [1000, 1], seed).forward, kT, { seed, resamples: 60 }),
    )
    expectCalibrated(
      Float64Array.from(estimates, ({ value, standardError, bias }) =>
        zScore({ value: value - bias, standardError }, 1.3),
      ),
    )
    expect(estimates.every(({ warning }) => warning === null)).toBe(true)
    // Fifteen runs: the bias is a third of an error, and has to be seen to be right.
    const few = Float64Array.from({ length: 6000 }, (_, seed) => {
      const { value, bias } = jarzynski(gaussianWorks(1.3, 0.8 * kT, [15, 1], seed).forward, kT, { seed, resamples: 2 })
      return value - bias
    })
    const corrected = meanOf(few)
    // Second order: the correction is good to about 1/15 of itself, .02 kT.
    expect(Math.abs(corrected.value - 1.3)).toBeLessThan(4 * corrected.standardError + 0.005 * kT)
  })

  test('does not overflow, and shifts with the works', () => {
    const { forward } = gaussianWorks(0, kT, [300, 1], 1)
    const near = jarzynski(forward, kT, options)
    const far = jarzynski(
      forward.map((w) => w - 1e4),
      kT,
      options,
    )
    expect(far.value).toBeCloseTo(near.value - 1e4, 8)
    expect(far.standardError).toBeCloseTo(near.standardError, 8)
  })

  test.each([
    [0.1, true],
    [0.3, true],
    [0.8, false],
    [2, false],
  ])('of a quench to k1 = %f k0 warns: %s', (k, warns) => {
    const { forward } = quenchWorks(k, [100_000, 1], 7)
    const { warning, value, standardError } = jarzynski(forward, kT, { seed: 1, resamples: 20 })
    if (warns) expect(warning).toMatch(/tail index .*slower protocol, more runs, or runs of the reverse protocol/)
    else {
      expect(warning).toBeNull()
      expect(Math.abs(value - stiffnessFreeEnergy({ from: 1, to: k }, kT))).toBeLessThan(5 * standardError)
    }
  })

  test('keeps some .4 % of 100,000 runs of a quench to k1 = .1 k0, and warns of dissipation that is merely large', () => {
    const shares = Array.from({ length: 9 }, (_, seed) => {
      const { forward } = quenchWorks(0.1, [100_000, 1], seed)
      return exponentialAverage(forward.map((w) => -w / kT)).effectiveSampleSize / 1e5
    }).sort((a, b) => a - b)
    // One run's share scatters by a factor of three, as its largest weight does; the median by less than that.
    expect(shares[4]! / 0.004).toBeGreaterThan(1 / 3)
    expect(shares[4]! / 0.004).toBeLessThan(3)
    const { warning } = jarzynski(gaussianWorks(0, 4 * kT, [2000, 1], 1).forward, kT, options)
    expect(warning).toMatch(/effective sample size is .* of 2000/)
  })
})

describe('Bennett’s acceptance ratio', () => {
  test.each([
    ['Gaussian works', (seed: number) => gaussianWorks(1.3, 1.5 * kT, [300, 200], seed), 1.3],
    [
      'a quench to .3 k0',
      (seed: number) => quenchWorks(0.3, [150, 400], seed),
      stiffnessFreeEnergy({ from: 1, to: 0.3 }, kT),
    ],
  ] as const)('of %s is ΔF, with honest errors of both kinds', (_name, works, truth) => {
    const estimates = Array.from({ length: 200 }, (_, seed) => {
      const { forward, reverse } = works(seed)
      return bennett(forward, reverse, kT, { seed, resamples: 25 })
    })
    expectCalibrated(Float64Array.from(estimates, (estimate) => zScore(estimate, truth)))
    const ratio = meanOf(Float64Array.from(estimates, (e) => e.bootstrapError / e.standardError))
    expect(Math.abs(ratio.value - 1)).toBeLessThan(0.05)
    expect(estimates.every(({ warning }) => warning === null)).toBe(true)
  })

  test('of many runs has the asymptotic error by the bootstrap too', () => {
    // 200 resamples know a standard error to 1/√400 = 5 %, the asymptotic one is known; four of these errors are 20 %.
    const { forward, reverse } = gaussianWorks(1.3, kT, [4000, 3000], 5)
    const { standardError, bootstrapError, overlap } = bennett(forward, reverse, kT, { seed: 3, resamples: 200 })
    expect(overlap / (1 / 4000 + 1 / 3000)).toBeGreaterThan(1000)
    expect(Math.abs(bootstrapError / standardError - 1)).toBeLessThan(0.2)
  })

  test('overlaps fully where nothing is dissipated; of works far apart it warns and still ends', () => {
    const constant = bennett(new Float64Array(50).fill(2), new Float64Array(70).fill(-2), kT, options)
    expect(constant.value).toBeCloseTo(2, 12)
    expect(constant.overlap).toBeCloseTo(1, 12)
    expect(constant.standardError).toBeCloseTo(0, 6)
    const apart = gaussianWorks(5, 8 * kT, [500, 500], 1)
    const { warning, value } = bennett(apart.forward, apart.reverse, kT, options)
    expect(warning).toMatch(/overlap in only/)
    expect(Math.abs(value - 5)).toBeLessThan(10 * kT)
  })
})

describe('works of a protocol that is far from reversible', () => {
  /** ln Σ e^z of the two sides of Bennett's equation, by their own largest exponents. */
  const imbalance = (forward: Float64Array, reverse: Float64Array, freeEnergy: number) => {
    const offset = Math.log(forward.length / reverse.length)
    const logFermi = (u: number) => -(Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u))))
    const [f, r] = [
      forward.map((w) => logFermi(offset + w - freeEnergy)),
      reverse.map((w) => logFermi(-offset + w + freeEnergy)),
    ]
    const sum = (logs: Float64Array) => {
      const most = logs.reduce((x, y) => Math.max(x, y))
      return most + Math.log(logs.reduce((total, log) => total + Math.exp(log - most), 0))
    }
    return sum(f) - sum(r)
  }

  test.each([
    [50, 300, 300],
    [740, 300, 200],
    [750, 300, 200],
    [2500, 1000, 1000],
    [1e5, 20, 900],
    [1e9, 400, 300],
  ])(
    'of %f kT more than is got back, Bennett’s equation is solved, no error is claimed, and the second law holds ΔF',
    (dissipated, nF, nR) => {
      const freeEnergy = -dissipated / 2
      const forward = gaussians(nF, 1, 0, freeEnergy + dissipated, 2 * dissipated)
      const reverse = gaussians(nR, 1, 1, -freeEnergy + dissipated, 2 * dissipated)
      const { value, standardError, bootstrapError, interval, warning } = bennett(forward, reverse, 1, options)
      // The imbalance has slope 1 to 2 in ΔF, which is known to 1e-12 of itself; the works round to 1e-16 of theirs.
      expect(Math.abs(imbalance(forward, reverse, value))).toBeLessThan(
        4e-12 * (1 + Math.abs(value)) + 1e-15 * dissipated,
      )
      expect(standardError).toBeNaN()
      expect(bootstrapError).toBeNaN()
      expect(interval.low).toBeLessThan(freeEnergy)
      expect(interval.high).toBeGreaterThan(freeEnergy)
      expect(warning).toMatch(/its error is not known and the interval is that of the second law/)
    },
  )

  test('has a root between the works of both directions however far and unevenly they lie', () => {
    for (const scale of [1, 1e3, 1e8, 1e150, 1e300])
      for (const works of [[1], [1, 2], [-1, 1], [-1, -1, 2]]) {
        const forward = Float64Array.from(works, (w) => w * scale)
        const reverse = Float64Array.of(0, 1, 1).map((w) => w * scale)
        const { value } = bennett(forward, reverse, 1, { seed: 1, resamples: 2 })
        const all = [...forward, ...reverse.map((w) => -w)]
        expect(value).toBeGreaterThanOrEqual(Math.min(...all) - 3)
        expect(value).toBeLessThanOrEqual(Math.max(...all) + 3)
      }
  })

  test('leaves an average that one run makes without an error', () => {
    const alone = jarzynski(Float64Array.of(3), kT, options)
    expect(alone.value).toBeCloseTo(3, 14)
    expect(alone).toMatchObject({ standardError: Number.NaN, interval: { low: Number.NaN, high: Number.NaN } })
    const { value, standardError, warning } = jarzynski(gaussians(1000, 1, 0, 0, 2500 ** 2), kT, options)
    expect(value).toBeLessThan(-2500)
    expect(standardError).toBeNaN()
    expect(warning).toMatch(/one value outweighs all others: its error is not known/)
    // Two runs that outweigh the others: resamples without them do not underflow to ln 0.
    const works = Float64Array.of(0, 0.1, 0.2, ...new Float64Array(7).fill(1e4))
    const few = jarzynski(works, 1, { seed: 1, resamples: 400 })
    expect(few.standardError).toBeGreaterThan(1)
    expect(few.interval.high).toBeLessThanOrEqual(1e4)
  })

  test('have a Crooks line that is finite, where they overlap at all', () => {
    const line = crooksFit(Float64Array.of(-2000, 2000, 1999), Float64Array.of(-3000, 1, 0), 1)!
    expect(line.slope.value).toBeCloseTo(0, 3)
    expect(Number.isFinite(line.freeEnergy.standardError)).toBe(true)
  })
})

describe('Crooks’ relation', () => {
  test.each([
    ['Gaussian works', (seed: number) => gaussianWorks(1.3, 1.5 * kT, [600, 400], seed), 1.3],
    [
      'a quench to .3 k0',
      (seed: number) => quenchWorks(0.3, [300, 700], seed),
      stiffnessFreeEnergy({ from: 1, to: 0.3 }, kT),
    ],
  ] as const)('fitted to %s has slope 1 and crosses 0 at ΔF, with honest errors', (_name, works, truth) => {
    const fits = Array.from({ length: 200 }, (_, seed) => {
      const { forward, reverse } = works(seed)
      return crooksFit(forward, reverse, kT)!
    })
    expectCalibrated(Float64Array.from(fits, ({ slope }) => zScore(slope, 1)))
    expectCalibrated(Float64Array.from(fits, ({ freeEnergy }) => zScore(freeEnergy, truth)))
  })

  test('tells a bath that is a quarter too hot', () => {
    const { forward, reverse } = gaussianWorks(1.3, 1.5 * kT, [3000, 3000], 1)
    const { slope } = crooksFit(forward, reverse, 1.25 * kT)!
    expect(slope.value).toBeCloseTo(1.25, 1)
    expect(zScore(slope, 1)).toBeGreaterThan(4)
  })

  test('has no fit where the works do not overlap', () => {
    expect(crooksFit(Float64Array.of(3, 4, 5), Float64Array.of(-1, -2), kT)).toBeNull()
  })

  test('shows in histograms that add up to 1, whose log ratio lies on the line within its errors', () => {
    const { forward, reverse } = gaussianWorks(1.3, 1.2 * kT, [40_000, 30_000], 1)
    const { work, forward: pF, reverse: pR, logRatio, logRatioError } = crooksHistogram(forward, reverse, 200)
    const width = work[1]! - work[0]!
    expect(pF.reduce((sum, p) => sum + p * width, 0)).toBeCloseTo(1, 12)
    expect(pR.reduce((sum, p) => sum + p * width, 0)).toBeCloseTo(1, 12)
    const crossing = work.findIndex((w) => Math.abs(w - 1.3) <= width / 2)
    expect(Math.abs(logRatio[crossing]!)).toBeLessThan(4 * logRatioError[crossing]! + width / kT)
    // Bins of many works, where the log of a count is Gaussian.
    const bins = [...work.keys()].filter((bin) => logRatioError[bin]! < 0.15)
    expect(bins.length).toBeGreaterThan(50)
    expectCalibrated(Float64Array.from(bins, (bin) => (logRatio[bin]! - (work[bin]! - 1.3) / kT) / logRatioError[bin]!))
  })
})
