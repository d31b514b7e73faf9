import { expect, test } from 'vitest'
import { defineScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { everyNth, splitDigits } from '../../src/learning/data/digits.js'
import { distorted } from '../../src/learning/data/distort.js'

const side = 28
/** A blurred spot of ink at a point, as wide as a stroke. */
const spot = (row: number, column: number, width = 2.5) =>
  Float64Array.from({ length: side * side }, (_, p) => {
    const [u, v] = [Math.floor(p / side) - row, (p % side) - column]
    return Math.exp(-(u * u + v * v) / (2 * width * width))
  })
const plus = (a: Float64Array, b: Float64Array) => a.map((value, p) => value + b[p]!)
const raw = (pixels: Float64Array, ink = 1) => ({ pixels, ink, indices: [0] })
const none = { copies: 1, rotation: 0, scale: 0, shear: 0, seed: 1 }
/** Covariance of the ink: rows, columns, and both. */
function spreadOf(image: Float64Array) {
  let [ink, row, column] = [0, 0, 0]
  image.forEach((value, p) => {
    ink += value
    row += value * Math.floor(p / side)
    column += value * (p % side)
  })
  const [r, c] = [row / ink, column / ink]
  let [rr, cc, rc] = [0, 0, 0]
  image.forEach((value, p) => {
    const [u, v] = [Math.floor(p / side) - r, (p % side) - c]
    rr += (value * u * u) / ink
    cc += (value * v * v) / ink
    rc += (value * u * v) / ink
  })
  return { ink, r, c, rr, cc, rc, angle: Math.atan2(2 * rc, rr - cc) / 2 }
}
const upright = plus(spot(9, 13.3), spot(18, 13.3))

test('no distortion gives the images themselves', () => {
  const copies = distorted(raw(upright), { ...none, copies: 2 }, 0)
  expect(copies).toHaveLength(2 * side * side)
  for (let p = 0; p < copies.length; p++) expect(copies[p]).toBeCloseTo(Math.min(1, upright[p % (side * side)]!), 12)
})

test('turns ink about its centre by angles of the stated deviation, and keeps its place and amount', () => {
  const copies = distorted(raw(upright), { ...none, copies: 400, rotation: 6 }, 0)
  const angles = Array.from({ length: 400 }, (_, n) => {
    const { angle, r, c, ink } = spreadOf(copies.subarray(n * side * side, (n + 1) * side * side))
    // Bicubic interpolation of a smooth spot is right to a part in a thousand.
    expect(Math.abs(r - 13.5)).toBeLessThan(0.01)
    expect(Math.abs(c - 13.3)).toBeLessThan(0.01)
    expect(Math.abs(ink / spreadOf(upright).ink - 1)).toBeLessThan(0.002)
    return (180 * angle) / Math.PI
  })
  const mean = angles.reduce((sum, angle) => sum + angle, 0) / 400
  const deviation = Math.sqrt(angles.reduce((sum, angle) => sum + (angle - mean) ** 2, 0) / 399)
  // 4 standard errors: of the mean σ/√n, of the deviation σ/√(2n).
  expect(Math.abs(mean)).toBeLessThan((4 * 6) / Math.sqrt(400))
  expect(Math.abs(deviation - 6)).toBeLessThan((4 * 6) / Math.sqrt(800))
})

test('scales each axis, and slants rows along columns', () => {
  const before = spreadOf(upright)
  const tall = distorted(raw(upright), { ...none, copies: 300, scale: 0.05 }, 0)
  const slant = distorted(raw(upright), { ...none, copies: 300, shear: 0.1 }, 0)
  const logs: number[] = []
  const leans: number[] = []
  for (let n = 0; n < 300; n++) {
    const part = [n * side * side, (n + 1) * side * side] as const
    // Ink that comes from e^a as far has shrunk by e^-a: log of the variance's ratio is -2a.
    logs.push(-Math.log(spreadOf(tall.subarray(...part)).rr / before.rr) / 2)
    const { rc, rr } = spreadOf(slant.subarray(...part))
    leans.push(rc / rr)
  }
  for (const [values, sigma] of [
    [logs, 0.05],
    [leans, 0.1],
  ] as const) {
    const rms = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
    expect(Math.abs(rms - sigma)).toBeLessThan((4 * sigma) / Math.sqrt(2 * values.length))
  }
})

test('ink stays within its range, and one seed gives the same copies, another others', () => {
  const block = Float64Array.from({ length: side * side }, (_, p) => (p % side > 10 && p % side < 16 ? 255 : 0))
  const make = (seed: number) => distorted(raw(block, 255), { copies: 5, rotation: 9, scale: 0.1, shear: 0.1, seed }, 3)
  const copies = make(1)
  expect(copies.every((value) => value >= 0 && value <= 255)).toBe(true)
  expect(make(1)).toEqual(copies)
  expect(make(2)).not.toEqual(copies)
})

test('held-out images are not distorted, nor in the data that are measured beside', () => {
  const pixels = Float64Array.from({ length: 20 }, (_, n) => n).reduce(
    (all, n) => {
      all.set(spot(8 + (n % 5), 10 + (n % 7)), n * side * side)
      return all
    },
    new Float64Array(20 * side * side),
  )
  const imagesOf = () => ({ pixels, ink: 1, indices: Array.from({ length: 20 }, (_, n) => n) })
  const shape = { size: 12, crop: 2 }
  const images = everyNth(imagesOf, 0.2)
  const plain = splitDigits([0, 1], shape, images)
  const more = splitDigits([0, 1], shape, images, { ...none, copies: 3, rotation: 5 })
  expect(more.train).toEqual(plain.train)
  expect(more.heldOut).toEqual(plain.heldOut)
  expect([plain.distorted.count, more.distorted.count]).toEqual([0, 3 * plain.train.count])
  expect([...more.distorted.labels.slice(0, 48)]).toEqual(Array(48).fill(0))
})

test('a network sees the copies after the data, with their classes', async () => {
  const { data } = createProblem(
    await defineScenario({
      name: 'hands',
      data: { source: 'mnist', digits: [0, 1], size: 6, distort: { copies: 1 } },
      network: { visible: { lattice: [6, 6] }, label: {} },
      potential: { onsite: ['stiffness'] },
      learning: {},
    }),
  )
  const { seen, train } = data!.states
  expect([seen.count, train.count]).toEqual([2 * data!.train.count, data!.train.count])
  const width = seen.units
  // The label of every copy is that of its digit.
  const label = (row: number) => seen.points[row * width + 36]
  for (let n = 0; n < train.count; n++) expect(label(train.count + n)).toBe(label(n))
  // The first copy of the first digit is near it, and not the same.
  const [first, copy] = [0, data!.train.count].map((row) => seen.points.subarray(row * width, row * width + 36)) as [
    Float64Array,
    Float64Array,
  ]
  expect(first).toEqual(data!.train.points.subarray(0, 36))
  const distance = Math.hypot(...first.map((value, i) => value - copy[i]!))
  expect(distance).toBeGreaterThan(0.05)
  expect(distance).toBeLessThan(2)
})
