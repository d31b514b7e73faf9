import { Matrix } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { type HeatWalk, heatKernel, heatWalks } from '../../src/learning/objectives/heat-kernel.js'
import { createPerturbation, type PerturbationOptions } from '../../src/learning/objectives/perturbation.js'

const sizes = Array.from({ length: 40 }, (_, n) => n + 1)
const times = [0, 1e-9, 0.01, 0.3, 2, 17, 300]
const walks = Object.keys({ uniform: 0, cyclic: 0, ordinal: 0, absorbing: 0 } satisfies Record<
  HeatWalk,
  0
>) as HeatWalk[]

/** The generator R of dq/dt = qR by its words alone, for a law as a column: dq/dt = R q. */
function generator(walk: HeatWalk, S: number): Matrix {
  const R = Matrix.zeros(walk === 'absorbing' ? S + 1 : S, walk === 'absorbing' ? S + 1 : S)
  const rate = (from: number, to: number, of: number) => {
    R.set(to, from, R.get(to, from) + of)
    R.set(from, from, R.get(from, from) - of)
  }
  for (let x = 0; x < S; x++) {
    if (walk === 'uniform') for (let y = 0; y < S; y++) rate(x, y, 1 / S)
    if (walk === 'cyclic') for (const y of [x + 1, x - 1 + S]) rate(x, y % S, 1)
    if (walk === 'ordinal') for (const y of [x + 1, x - 1]) if (y >= 0 && y < S) rate(x, y, 1)
    if (walk === 'absorbing') rate(x, S, 1)
  }
  return R
}

/** e^A by its series at A/2^n, squared n times: of a stochastic matrix each squaring doubles the rounding, at most. */
function exponential(A: Matrix): Matrix {
  const norm = Math.max(...A.to2DArray().map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)))
  const squarings = Math.max(0, Math.ceil(Math.log2(norm)) + 2)
  const small = Matrix.mul(A, 2 ** -squarings)
  let term = Matrix.eye(A.rows)
  let sum = Matrix.eye(A.rows)
  for (let n = 1; n <= 16; n++) {
    term = Matrix.div(term.mmul(small), n)
    sum = Matrix.add(sum, term)
  }
  for (let n = 0; n < squarings; n++) sum = sum.mmul(sum)
  return sum
}

describe.each(walks)('the heat kernel of the %s walk', (walk) => {
  test('equals the matrix exponential to 1e-12, for 1 to 40 states', () => {
    let worst = 0
    for (const S of sizes)
      for (const t of times) {
        const exact = exponential(Matrix.mul(generator(walk, S), t))
        const { outcomes, probability } = heatKernel(walk, S, t)
        expect(outcomes).toBe(exact.rows)
        for (let x = 0; x < outcomes; x++)
          for (let y = 0; y < outcomes; y++) worst = Math.max(worst, Math.abs(probability(y, x) - exact.get(y, x)))
      }
    expect(worst).toBeLessThan(1e-12)
  })

  test('leaves a state alone for no time, and forgets it for all time', () => {
    for (const S of [1, 2, 3, 8, 41]) {
      for (let x = 0; x < S; x++)
        for (let y = 0; y < S; y++) {
          expect(heatKernel(walk, S, 0).probability(y, x)).toBeCloseTo(x === y ? 1 : 0, 12)
          expect(heatKernel(walk, S, Infinity).probability(y, x)).toBeCloseTo(walk === 'absorbing' ? 0 : 1 / S, 12)
        }
      if (walk === 'absorbing') expect(heatKernel(walk, S, Infinity).probability(S, 0)).toBe(1)
    }
  })

  test('is drawn from: evenly spaced numbers land in proportion to it', () => {
    const strata = 20_000
    for (const [S, t] of [
      [1, 0.4],
      [2, 0.4],
      [5, 1.3],
      [8, 0.1],
    ] as const) {
      const kernel = heatKernel(walk, S, t)
      for (let x = 0; x < S; x++) {
        const counts = new Float64Array(kernel.outcomes)
        for (let n = 0; n < strata; n++) counts[kernel.forth(x, (n + 0.5) / strata)]! += 1 / strata
        // An outcome is at most three stretches of [0, 1], with less than a stratum gained or lost at each.
        for (let y = 0; y < kernel.outcomes; y++)
          expect(Math.abs(counts[y]! - kernel.probability(y, x))).toBeLessThan(3 / strata)
      }
    }
  })

  test('is drawn from backwards: a state comes back in proportion to the probability of going forth from it', () => {
    const strata = 20_000
    const kernel = heatKernel(walk, 5, 0.7)
    for (let y = 0; y < kernel.outcomes; y++) {
      const forth = Array.from({ length: 5 }, (_, x) => kernel.probability(y, x))
      const total = forth.reduce((sum, value) => sum + value, 0)
      const counts = new Float64Array(5)
      for (let n = 0; n < strata; n++) counts[kernel.back(y, (n + 0.5) / strata)]! += 1 / strata
      forth.forEach((value, x) => {
        expect(Math.abs(counts[x]! - value / total)).toBeLessThan(3 / strata)
      })
    }
  })

  test('refuses what has no states, or no time', () => {
    for (const S of [0, -1, 1.5, Number.NaN]) expect(() => heatKernel(walk, S, 1)).toThrow('expected 1 state or more')
    for (const t of [-1, Number.NaN]) expect(() => heatKernel(walk, 3, t)).toThrow('expected a time of 0 or more')
  })
})

test('every walk is tested', () => {
  expect(walks).toEqual(heatWalks)
})

describe('a perturbation', () => {
  const bits = [-1, 1]
  const five = [0, 1, 2, 3, 4]
  const batch = 4000
  const count = 3
  const mixed: PerturbationOptions = { states: [five, null, bits], walk: 'uniform', time: 0.5, kick: 0.3 }
  const at = (values: readonly number[]) => ({
    x: Float64Array.from(values.flatMap((v) => Array(batch).fill(v))),
    batch,
  })
  const given = at([3, 0.4, -1])
  const row = (x: Float64Array, unit: number) => x.subarray(unit * batch * count, (unit + 1) * batch * count)

  test('moves each unit as its kernels say, forth and back', () => {
    for (const walk of heatWalks) {
      const { x } = createPerturbation({ ...mixed, walk }).recovered(given, count, 7, 0)
      for (const [unit, values, from] of [
        [0, five, 3],
        [2, bits, 0],
      ] as const) {
        const S = values.length
        const kernel = heatKernel(walk, S, walk === 'cyclic' || walk === 'ordinal' ? 0.5 * S * S : 0.5)
        values.forEach((value, to) => {
          let exact = 0
          for (let y = 0; y < kernel.outcomes; y++) {
            const into = five.slice(0, S).reduce((sum, from) => sum + kernel.probability(y, from), 0)
            if (into > 0) exact += (kernel.probability(y, from) * kernel.probability(y, to)) / into
          }
          const share = row(x, unit).filter((state) => state === value).length / (batch * count)
          // States that come back from one y are not independent: at worst there are `batch` of them. 4 standard errors.
          expect(Math.abs(share - exact)).toBeLessThan(4 * Math.sqrt(0.25 / batch))
        })
      }
    }
  })

  test('kicks a continuous unit twice, the first kick shared', () => {
    const { x } = createPerturbation(mixed).recovered(given, count, 7, 0)
    const kicks = row(x, 1).map((value) => value - 0.4)
    let variance = 0
    let shared = 0
    for (let b = 0; b < batch; b++) {
      variance += kicks[b * count]! ** 2 / batch
      shared += (kicks[b * count]! * kicks[b * count + 1]!) / batch
    }
    // Standard error of a variance v of n normals is v sqrt(2/n); of their covariance at most v/sqrt(n). 4 of each.
    expect(Math.abs(variance - 0.6)).toBeLessThan(4 * 0.6 * Math.sqrt(2 / batch))
    expect(Math.abs(shared - 0.3)).toBeLessThan((4 * 0.6) / Math.sqrt(batch))
  })

  test('by grid changes at most one unit with states of each, the same one for all that come back', () => {
    const states = [five, bits, five, [0]]
    const from = at([3, 1, 2, 0])
    const { x } = createPerturbation({ states, walk: 'grid', time: 0, kick: 0 }).recovered(from, count, 7, 0)
    const changes = new Float64Array(states.length)
    for (let b = 0; b < batch; b++) {
      const changed = new Set<number>()
      for (let j = 0; j < count; j++)
        states.forEach((_, unit) => {
          if (row(x, unit)[b * count + j] !== from.x[unit * batch]) changed.add(unit)
        })
      expect(changed.size).toBeLessThan(2)
      for (const unit of changed) changes[unit]! += 1 / batch
    }
    // Picked one time in four, and left unchanged by all three draws with probability S^-3.
    states.forEach(({ length: S }, unit) => {
      expect(Math.abs(changes[unit]! - (1 - S ** -3) / 4)).toBeLessThan(4 * Math.sqrt(0.19 / batch))
    })
  })

  test('repeats itself bit by bit, and differs between draws and seeds', () => {
    const drawn = (seed: number, draw: number) =>
      createPerturbation(mixed).recovered(given, count, seed, draw).x.slice().toString()
    expect(drawn(7, 1)).toBe(drawn(7, 1))
    expect(drawn(7, 1)).not.toBe(drawn(7, 2))
    expect(drawn(7, 1)).not.toBe(drawn(8, 1))
  })

  test('refuses states that are not equally spaced, and walks for other units', () => {
    const made = (more: Partial<PerturbationOptions>) => () => createPerturbation({ ...mixed, ...more })
    expect(made({ states: [[0, 1, 3]] })).toThrow('unit 0: expected states that are increasing and equally spaced')
    expect(made({ states: [[]] })).toThrow('equally spaced')
    expect(made({ states: [[1, 0]] })).toThrow('equally spaced')
    expect(made({ walk: ['uniform'] })).toThrow('walk: expected one for each of 2 units with states, got 1')
    expect(made({ time: [1, 2, 3] })).toThrow('time: expected one for each of 2 units with states, got 3')
    expect(made({ kick: -1 })).toThrow('expected a variance of 0 or more')
  })
})
