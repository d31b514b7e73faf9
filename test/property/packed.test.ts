import { expect, test } from 'vitest'
import { fillNormals } from '../../src/physics/noise/gaussian.js'
import { stream } from '../../src/physics/noise/streams.js'
import { fromBase64, toBase64 } from '../../src/play/base64.js'
import { pack, unpack } from '../../src/play/packed.js'
import { packings } from '../../src/play/packings.js'

const groups = [1, 700, 0, 299]
const size = groups.reduce((sum, count) => sum + count)

/** Knots that change slowly, grow, and turn: groups of different size and scale. */
function knotsOf(seed: number, count: number): Float64Array[] {
  const noise = Array.from({ length: count }, (_, knot) => {
    const row = new Float64Array(size)
    fillNormals(seed, stream.dynamics, knot, 1, 0, size, row)
    return row
  })
  let before = new Float64Array(size)
  return noise.map((row, knot) => {
    before = row.map((value, a) => (knot === 0 ? 1 : -1.2) * before[a]! + value * (a < 701 ? 100 : 1e-7))
    return before
  })
}

const within = (groups: readonly number[], theta: Float64Array) => {
  const ends = groups.map((_, g) => groups.slice(0, g + 1).reduce((sum, count) => sum + count))
  return groups.map((count, g) => theta.subarray(ends[g]! - count, ends[g]))
}

test.each(packings)('at %d bits every parameter is within half a step of what it was, group by group', async (bits) => {
  const knots = knotsOf(3, 5)
  const back = await unpack(pack(knots, groups, bits))
  expect(back).toHaveLength(5)
  back.forEach((theta, knot) => {
    within(groups, theta).forEach((values, g) => {
      const were = within(groups, knots[knot]!)[g]!
      const step = Math.max(0, ...were.map(Math.abs)) / (2 ** (bits - 1) - 1)
      values.forEach((value, a) => {
        expect(Math.abs(value - were[a]!)).toBeLessThanOrEqual(step / 2 + 1e-12 * step)
      })
    })
  })
})

test('what was packed once is packed again without a change', async () => {
  const once = await unpack(pack(knotsOf(4, 4), groups, 8))
  expect(await unpack(pack(once, groups, 8))).toEqual(once)
})

test('extremes of either sign, one after the other, and groups of nothing come back', async () => {
  const knots = [1, -1, 1, 0, 1].map((sign) =>
    new Float64Array(4).fill(sign).map((value, a) => (a === 3 ? 0 : value * 7)),
  )
  expect(await unpack(pack(knots, [3, 1], 16))).toEqual(knots)
})

test('a knot like the one before costs little, and one of noise its bits', () => {
  const [first] = knotsOf(5, 1)
  const bytes = (knots: readonly Float64Array[]) =>
    pack(knots, groups, 16).data.reduce((sum, data) => sum + fromBase64(data).length, 0)
  const alone = bytes([first!])
  expect(bytes([first!, first!.map((value) => 1.3 * value)])).toBeLessThan(1.25 * alone)
  expect(alone).toBeGreaterThan(1.5 * size)
})

test('other bits, and bytes of other parameters, are refused with what is expected', async () => {
  const packed = pack(knotsOf(6, 2), groups, 8)
  expect(() => pack(knotsOf(6, 2), groups, 9)).toThrow(/expected 16, 12, 8, 6 bits for a parameter, got 9/)
  await expect(unpack({ ...packed, size: size + 1 })).rejects.toThrow(/bytes, expected .* Write the page again/)
  const damaged = { ...packed, data: packed.data.map((data) => data.slice(0, 400)) }
  await expect(unpack(damaged)).rejects.toThrow(/damaged bytes, expected .* Write the page again/)
})

test('base64 gives back all bytes, whatever their number', () => {
  for (const length of [0, 1, 2, 3, 0x6000, 0x6001, 70_000]) {
    const bytes = Uint8Array.from({ length }, (_, n) => (n * 7919) >> 3)
    expect(fromBase64(toBase64(bytes))).toEqual(bytes)
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
  }
})
