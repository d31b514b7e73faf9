import { expect, test } from 'vitest'
import { fillNormals } from '../../src/physics/noise/gaussian.js'
import { observeFirstPassage } from '../../src/physics/observe/first-passage.js'

const [units, trajectories, steps, batch] = [2, 37, 60, 8]

/** Random walks of two units, [steps + 1][unit][trajectory]. */
function walks(): Float64Array[][] {
  const path = [
    Array.from({ length: units }, () => new Float64Array(trajectories).map((_, n) => (n % 2 === 0 ? -1 : 1))),
  ]
  const kick = new Float64Array(units * trajectories)
  for (let step = 0; step < steps; step++) {
    fillNormals(5, 0, step, units, 0, trajectories, kick)
    path.push(path[step]!.map((row, i) => row.map((x, n) => x + 0.4 * kick[i * trajectories + n]!)))
  }
  return path
}

test('the time is that of the first frame on the other side of the target, in any batches, from either side', () => {
  const path = walks()
  const [unit, target] = [1, 0.2]
  const observer = observeFirstPassage(trajectories, unit, target)
  for (let first = 0; first < trajectories; first += batch) {
    const size = Math.min(batch, trajectories - first)
    path.forEach((frame, n) => {
      if (!observer.wants(n - 1)) return
      const x = Float64Array.from(
        { length: units * size },
        (_, at) => frame[Math.floor(at / size)]![first + (at % size)]!,
      )
      observer.see({ index: n - 1, clock: n / 10, first, batch: size, x })
    })
  }
  const expected = Array.from({ length: trajectories }, (_, n) => {
    const start = path[0]![unit]![n]!
    const at = path.findIndex((frame) => (frame[unit]![n]! - target) * (start - target) <= 0)
    return at < 0 ? Number.POSITIVE_INFINITY : at / 10
  })
  expect([...observer.times]).toEqual(expected)
  expect(expected.filter(Number.isFinite).length).toBeGreaterThan(5)
  expect(expected.filter((t) => !Number.isFinite(t)).length).toBeGreaterThan(1)
})

test('it looks no further once every trajectory has crossed', () => {
  const observer = observeFirstPassage(2, 0, 1)
  const see = (index: number, x: number[]) =>
    observer.see({ index, clock: index + 1, first: 0, batch: 2, x: Float64Array.from(x) })
  see(-1, [0, 1])
  expect([...observer.times]).toEqual([Number.POSITIVE_INFINITY, 0])
  expect(observer.wants(0)).toBe(true)
  see(0, [2, 0])
  expect([...observer.times]).toEqual([1, 0])
  expect(observer.wants(1)).toBe(false)
})
