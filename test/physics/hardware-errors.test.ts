import { expect, test } from 'vitest'
import { noErrors, slowErrors } from '../../src/learning/hardware/errors.js'
import { levelWidth, rounded } from '../../src/learning/hardware/rounding.js'
import { drawUniform } from '../../src/physics/noise/uniform.js'

const key = { seed: 3, stream: 111 } as const

test('bits hold 2^bits - 1 levels, the nearest within half a width, and what is beyond at the end', () => {
  for (const bits of [2, 3, 5, 8]) {
    const values = Array.from({ length: 4001 }, (_, n) => -2 + n / 1000)
    const levels = new Set(values.map((x) => rounded(x, bits, 1)))
    expect(levels.size).toBe(2 ** bits - 1)
    for (const x of values.filter((x) => Math.abs(x) <= 1))
      expect(Math.abs(rounded(x, bits, 1) - x)).toBeLessThanOrEqual(levelWidth(bits, 1) / 2 + 1e-12)
    expect([rounded(9, bits, 1), rounded(-9, bits, 1)]).toEqual([1, -1])
  }
  expect(rounded(3, 4, 0)).toBe(0)
})

test('stochastic rounding leaves the mean', () => {
  const n = 100_000
  const u = drawUniform({ seed: 1, stream: 110, step: 0 }, n)
  const width = levelWidth(4, 1)
  for (const x of [0.3 * width, -0.61 * width, 2.5 * width]) {
    const part = x / width - Math.floor(x / width)
    const mean = u.reduce((sum, each) => sum + rounded(x, 4, 1, each), 0) / n
    expect(Math.abs(mean - x)).toBeLessThan((4 * width * Math.sqrt(part * (1 - part))) / Math.sqrt(n))
  }
})

test('a drift is stationary and forgets as e^(-n/time); an offset stays', () => {
  const size = 20_000
  const at = slowErrors({ ...noErrors, drift: 0.5, driftTime: 10 }, key, size)
  const [first, later, last] = [at(0).slice(), at(7).slice(), at(60).slice()]
  const moment = (x: Float64Array, y: Float64Array) => x.reduce((sum, each, a) => sum + each * y[a]!, 0) / size
  for (const x of [first, later, last])
    expect(Math.abs(moment(x, x) - 0.25)).toBeLessThan(4 * 0.25 * Math.sqrt(2 / size))
  const kept = Math.exp(-0.7)
  const spread = 0.25 * Math.sqrt((1 + kept * kept) / size)
  expect(Math.abs(moment(first, later) - 0.25 * kept)).toBeLessThan(4 * spread)
  expect(Math.abs(moment(first, last))).toBeLessThan(4 * (0.25 / Math.sqrt(size)) + 0.25 * Math.exp(-6))
  const fixed = slowErrors({ ...noErrors, offset: 2 }, key, size)
  const before = fixed(0).slice()
  expect(fixed(500)).toEqual(before)
  expect(Math.abs(moment(before, before) - 4)).toBeLessThan(4 * 4 * Math.sqrt(2 / size))
})

test('what a drift is at a time does not hang on the times that were asked for before', () => {
  const errors = { ...noErrors, offset: 0.1, drift: 1, driftTime: 30 }
  const [one, other] = [slowErrors(errors, key, 5), slowErrors(errors, key, 5)]
  one(3)
  one(200)
  expect(one(50)).toEqual(other(50))
})
