import { describe, expect, test } from 'vitest'
import { densities } from '../../src/learning/data/densities.js'
import { digitLaw, entropyFloor, levelsOf } from '../../src/learning/data/digit-law.js'
import { discreteLaw, everyState, twoModeTable } from '../../src/learning/data/discrete-law.js'
import { gaussLegendre } from '../../src/learning/data/gauss-legendre.js'
import { ringLaw } from '../../src/learning/data/ring-law.js'

const planar = Object.entries(densities)
  .map(([name, make]) => ({ name, density: make() }))
  .filter(({ density }) => density.units === 2)

/** χ² of counts against expected ones, in standard deviations above its mean; cells with fewer than 5 go together. */
function excess(counts: Float64Array, expected: Float64Array): number {
  let [square, cells, few, fewExpected] = [0, 0, 0, 0]
  expected.forEach((mean, n) => {
    if (mean < 5) {
      few += counts[n]!
      fewExpected += mean
      return
    }
    square += (counts[n]! - mean) ** 2 / mean
    cells++
  })
  if (fewExpected > 5) {
    square += (few - fewExpected) ** 2 / fewExpected
    cells++
  }
  return (square - (cells - 1)) / Math.sqrt(2 * (cells - 1))
}

describe.each(planar)('the density $name', ({ name, density }) => {
  const cells = 48
  const edges = Float64Array.from({ length: cells + 1 }, (_, n) => (12 * n) / cells - 6)

  test('is that of its draws', () => {
    const count = 40_000
    const { points } = density.sample(count, 11, 0)
    const counts = new Float64Array(cells * cells)
    for (let n = 0; n < count; n++) {
      const [i, j] = [points[2 * n]!, points[2 * n + 1]!].map((x) => Math.floor(((x + 6) * cells) / 12))
      if (Math.min(i!, j!) >= 0 && Math.max(i!, j!) < cells) counts[i! * cells + j!]!++
    }
    const x = new Float64Array(2)
    const fine = 6
    const side = 12 / cells / fine
    const expected = new Float64Array(cells * cells)
    let largest = 0
    for (let i = 0; i < cells * fine; i++)
      for (let j = 0; j < cells * fine; j++) {
        x[0] = (i + 0.5) * side - 6
        x[1] = (j + 0.5) * side - 6
        const p = Math.exp(density.logDensity(x))
        largest = Math.max(largest, p)
        expected[Math.floor(i / fine) * cells + Math.floor(j / fine)]! += count * side * side * p
      }
    // χ² is nearly normal over some hundreds of cells: 4 deviations.
    expect(Math.abs(excess(counts, expected))).toBeLessThan(4)
    const masses = density.cellMasses?.(edges)
    if (masses === undefined) return
    expected.forEach((mean, n) => {
      // The midpoint rule is off by side²/24 times the curvature, which is at most 2p/s², over the cell's area; no mode is narrower than .1.
      const off = (side ** 2 / 24) * ((2 * largest) / 0.1 ** 2) * (12 / cells) ** 2
      expect(Math.abs(masses[n]! - mean / count)).toBeLessThan(off)
    })
    expect(masses.reduce((sum, mass) => sum + mass, 0)).toBeCloseTo(1, 9)
  })

  test('as digits has its entropy, up to what cells smooth away', () => {
    const scale = 256 / 12
    const { entropy } = digitLaw(density, { base: 2, digits: 8 })
    const floor = entropyFloor(density, scale)
    // A cell of 1/scale widens a Gaussian of width s to an entropy larger by about (1/scale)²/24 s² a coordinate; of the checkerboard
    // whose edges cut cells up to a share of 8·8·2·4/32 cells' width by ln 2.
    const smoothed = name === 'checkerboard' ? (16 / scale) * Math.LN2 : 2 / (24 * scale ** 2 * 0.1 ** 2)
    expect(entropy - floor).toBeGreaterThan(-1e-6)
    expect(entropy - floor).toBeLessThan(1.1 * smoothed)
  })
})

test('the floors at the scale 2^15/6 are those of the generators', () => {
  const floor = (name: keyof typeof densities) => entropyFloor(densities[name](), 2 ** 15 / 6)
  expect(floor('checkerboard')).toBeCloseTo(Math.log(32) + 2 * Math.log(2 ** 15 / 6), 10)
  expect(floor('checkerboard')).toBeCloseTo(20.6766, 4)
  // Eight Gaussians of variance 1/8 that hardly overlap, a neighbour at 6 widths: ln 8 + 1 + ln(2π/8), less some 1e-3.
  expect(floor('eight-gaussians')).toBeCloseTo(Math.log(8) + 1 + Math.log(Math.PI / 4) + 2 * Math.log(2 ** 15 / 6), 1)
})

describe('digits', () => {
  test.each([
    { base: 2, digits: 8 },
    { base: 5, digits: 3 },
    { base: 3, digits: 2 },
  ])('of base $base and length $digits name each pair of levels once', (code) => {
    const { states } = digitLaw(densities['eight-gaussians'](), code)
    const every = everyState(states)
    const seen = new Set<string>()
    const x = new Float64Array(2 * code.digits)
    for (let n = 0; n < every.batch; n++) {
      for (let unit = 0; unit < x.length; unit++) x[unit] = every.x[unit * every.batch + n]!
      seen.add(levelsOf(x, code).join())
    }
    expect(seen.size).toBe(every.batch)
    expect(every.batch).toBe(code.base ** (2 * code.digits))
  })

  test.each([
    { base: 2, digits: 8 },
    { base: 5, digits: 3 },
  ])('of base $base put the mass of a cell where its levels are', (code) => {
    const density = densities['correlated-mixture']()
    const { states, probability } = digitLaw(density, code)
    const every = everyState(states)
    const levels = code.base ** code.digits
    const x = new Float64Array(2 * code.digits)
    const place = new Float64Array(2)
    for (let n = 0; n < every.batch; n += 7) {
      for (let unit = 0; unit < x.length; unit++) x[unit] = every.x[unit * every.batch + n]!
      levelsOf(x, code).forEach((level, axis) => {
        place[axis] = (12 * (level + 0.5)) / levels - 6
      })
      // A density at the middle of a cell is its mass to second order in the cell's width.
      const middle = Math.exp(density.logDensity(place)) * (12 / levels) ** 2
      expect(Math.abs(probability[n]! - middle)).toBeLessThan(0.05 * middle + 1e-5)
    }
  })

  test('in Gray code of neighbouring levels differ in one bit', () => {
    const code = { base: 2, digits: 8 }
    const every = everyState(Array.from({ length: 8 }, () => [-1, 1]))
    const bitsOf = new Map<number, number[]>()
    for (let n = 0; n < every.batch; n++) {
      const half = Array.from({ length: 8 }, (_, unit) => every.x[unit * every.batch + n]!)
      bitsOf.set(levelsOf([...half, ...half], code)[0], half)
    }
    for (let level = 1; level < 256; level++) {
      const [low, high] = [bitsOf.get(level - 1)!, bitsOf.get(level)!]
      expect(low.filter((bit, k) => bit !== high[k]).length).toBe(1)
    }
  })

  test('are refused where they are too many to list', () => {
    expect(() => digitLaw(densities.moons(), { base: 2, digits: 9 })).toThrow('2 to the power of 18 are 262144 states')
    expect(() => digitLaw(densities['two-modes'](), { base: 2, digits: 2 })).toThrow('density: its states have 1 units')
  })
})

describe('a discrete law', () => {
  test('draws states in proportion to their probabilities', () => {
    const law = twoModeTable()
    const count = 100_000
    const { points } = law.sample(count, 5, 0)
    const counts = new Float64Array(64)
    for (let n = 0; n < count; n++) counts[8 * points[2 * n]! + points[2 * n + 1]!]!++
    expect(
      Math.abs(
        excess(
          counts,
          law.probability.map((p) => p * count),
        ),
      ),
    ).toBeLessThan(4)
    expect(law.sample(10, 5, 0).points).toEqual(points.subarray(0, 20))
    expect(law.sample(10, 5, 1).points).not.toEqual(points.subarray(0, 20))
  })

  test('knows its entropy', () => {
    expect(discreteLaw([[0, 1], [0]], Float64Array.of(3, 1)).entropy).toBeCloseTo(
      -0.75 * Math.log(0.75) - 0.25 * Math.log(0.25),
      14,
    )
    expect(discreteLaw([[0, 1, 2]], Float64Array.of(1, 0, 0)).entropy).toBe(0)
  })

  test('is refused where it is none', () => {
    expect(() => discreteLaw([[0, 1]], Float64Array.of(1))).toThrow('expected 2 weights of 0 or more, got 1')
    expect(() => discreteLaw([[0, 1]], Float64Array.of(1, -1))).toThrow('expected 2 weights')
    expect(() => everyState(Array.from({ length: 17 }, () => [-1, 1]))).toThrow('there are 131072 states')
    expect(() => everyState([[]])).toThrow('there are 0 states')
  })
})

describe('the ring', () => {
  const law = ringLaw()
  const count = 100_000
  const { points } = law.sample(count, 4, 0)

  test('has the density and the entropy of its draws', () => {
    let [sum, squares] = [0, 0]
    const counts = new Float64Array(24)
    for (let n = 0; n < count; n++) {
      const log = -law.logDensity(points.subarray(4 * n, 4 * n + 4))
      sum += log / count
      squares += log ** 2 / count
      counts[8 * points[4 * n + 2]! + points[4 * n + 3]!]!++
    }
    expect(Math.abs(sum - law.entropy)).toBeLessThan(4 * Math.sqrt((squares - sum ** 2) / count))
    // Of a group and a colour: the density integrated over the plane by the midpoint rule, spectrally exact for Gaussians.
    const expected = new Float64Array(24)
    for (let n = 0; n < 24; n++)
      for (let x = -5; x < 5; x += 0.1)
        for (let y = -5; y < 5; y += 0.1)
          expected[n]! += count * 0.01 * Math.exp(law.logDensity([x, y, Math.floor(n / 8), n % 8]))
    expect(Math.abs(excess(counts, expected))).toBeLessThan(4)
    expect(expected.reduce((total, mean) => total + mean, 0)).toBeCloseTo(count, 3)
  })

  test('is averaged exactly over what is quadratic in x and y', () => {
    const f = (x: number, y: number, g: number, c: number) => [x, y * y, x * y, (x + y) * (g + 1) * Math.cos(c)]
    const exact = [0, 0, 0, 0]
    const { x, batch, weights } = law.average
    for (let n = 0; n < batch; n++)
      f(x[n]!, x[batch + n]!, x[2 * batch + n]!, x[3 * batch + n]!).forEach((value, k) => {
        exact[k]! += weights[n]! * value
      })
    const [sums, squares] = [new Float64Array(4), new Float64Array(4)]
    for (let n = 0; n < count; n++)
      f(points[4 * n]!, points[4 * n + 1]!, points[4 * n + 2]!, points[4 * n + 3]!).forEach((value, k) => {
        sums[k]! += value / count
        squares[k]! += value ** 2 / count
      })
    exact.forEach((value, k) => {
      expect(Math.abs(value - sums[k]!)).toBeLessThan(4 * Math.sqrt((squares[k]! - sums[k]! ** 2) / count))
    })
  })
})

test.each([1, 2, 5, 120])('Gauss and Legendre with %s points integrate polynomials of degree 2n - 1', (n) => {
  const { points, weights } = gaussLegendre(n)
  for (const degree of [0, 1, 2 * n - 1]) {
    const integral = points.reduce((sum, u, k) => sum + weights[k]! * u ** degree, 0)
    expect(integral).toBeCloseTo(1 / (degree + 1), 13)
  }
})
