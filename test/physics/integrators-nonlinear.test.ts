import { describe, expect, test } from 'vitest'
import type { IntegratorName } from '../../src/physics/dynamics/integrators.js'
import { fillNormals } from '../../src/physics/noise/gaussian.js'
import { stream } from '../../src/physics/noise/streams.js'
import { type Estimate, meanOf } from '../../src/physics/observe/estimate.js'
import { bias, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { boltzmannMoments } from '../../src/physics/truth/boltzmann.js'
import { advance, bath, constant, network, seed } from './one-batch.js'

describe('in a nonlinear landscape', () => {
  const potential = potentialOf(network(1), [stiffness, quartic, bias])
  const theta = [0.8, 1, 0.4]
  const force = (x: number) => theta[2]! - theta[0]! * x - theta[1]! * x ** 3
  const [duration, start, count, fine] = [0.8, 1, 12_000, 8]

  /** The ends of the Brownian paths of a scheme's kicks, by Heun: each kick in `fine` parts with a Brownian bridge between. */
  function pathEnds(steps: number): Float64Array {
    const x = new Float64Array(count).fill(start)
    const h = duration / steps / fine
    const kick = Math.sqrt(2 * bath.mobility * bath.kT * h)
    const whole = new Float64Array(count)
    const parts = new Float64Array(fine * count)
    for (let step = 0; step < steps; step++) {
      fillNormals(seed, stream.dynamics, step, 1, 0, count, whole)
      fillNormals(seed + 1, stream.dynamics, step, fine, 0, count, parts)
      for (let b = 0; b < count; b++) {
        let mean = 0
        for (let m = 0; m < fine; m++) mean += parts[m * count + b]! / fine
        for (let m = 0; m < fine; m++) {
          const xi = kick * (parts[m * count + b]! - mean + whole[b]! / Math.sqrt(fine))
          const here = force(x[b]!)
          x[b]! += (bath.mobility * h * (here + force(x[b]! + bath.mobility * h * here + xi))) / 2 + xi
        }
      }
    }
    return x
  }
  const steps = [6, 12] as const
  const truths = steps.map(pathEnds) as [Float64Array, Float64Array]

  /** log2(e_h/e_(h/2)) and its standard error. */
  const orderOf = ([coarse, half]: [Estimate, Estimate]) => ({
    value: Math.log2(coarse.value / half.value),
    standardError: Math.hypot(coarse.standardError / coarse.value, half.standardError / half.value) / Math.LN2,
  })

  // What the next order adds to the measured one: half of μhU'' ≈ .4 at the coarse step.
  const slack = 0.3

  test.each([
    ['euler-maruyama', 1, 1],
    ['heun', 1, 2],
    ['ou-splitting', 1, 2],
  ] as const)('%s has strong order %i and weak order %i', (scheme, strong, weak) => {
    const ends = steps.map((n) =>
      advance(scheme, potential, constant(theta, duration, n), new Float64Array(count).fill(start)),
    )
    const errors = (f: (x: number, exact: number) => number) =>
      ends.map((x, level) => meanOf(x.map((value, b) => f(value, truths[level]![b]!)))) as [Estimate, Estimate]
    const squared = orderOf(errors((x, exact) => (x - exact) ** 2))
    const mean = orderOf(errors((x, exact) => x + x ** 2 - exact - exact ** 2))
    expect(Math.abs(squared.value / 2 - strong)).toBeLessThan(2 * squared.standardError + slack)
    expect(Math.abs(mean.value - weak)).toBeLessThan(4 * mean.standardError + slack)
    expect(4 * mean.standardError + slack).toBeLessThan(1)
  })

  /** ⟨x²⟩ that a scheme settles at; trajectories are independent, each gives its mean over time. */
  function settled(scheme: IntegratorName, parameters: number[], h: number, trajectories: number, kT?: number) {
    const [burnIn, total] = [Math.ceil(2 / h), Math.ceil(12 / h)]
    const x = new Float64Array(trajectories)
    const sum = new Float64Array(trajectories)
    let [step, unmoved] = [0, 0]
    const before = x.slice()
    const protocol = constant(parameters, total * h, total)
    const own = kT === undefined ? protocol : { ...protocol, kT: new Float64Array(total).fill(kT) }
    advance(scheme, potentialOf(network(1), [stiffness, quartic]), own, x, () => {
      step++
      for (let b = 0; b < trajectories; b++) {
        if (x[b] === before[b]) unmoved++
        if (step > burnIn) sum[b]! += x[b]! ** 2 / (total - burnIn)
      }
      before.set(x)
    })
    return { ...meanOf(sum), unmoved: unmoved / (total * trajectories) }
  }
  const moments = (parameters: number[], h: number) => {
    const { moments, secondOrder } = boltzmannMoments(
      potentialOf(network(1), [stiffness, quartic]),
      Float64Array.from(parameters),
      bath,
      0,
      h,
    )
    return { square: moments[2]!, secondOrder: secondOrder[2]! }
  }
  const well = [0.8, 1]

  test('the invariant measure of Euler–Maruyama is off by O(h), as derived; that of Leimkuhler–Matthews is not', () => {
    const h = 0.08
    const exact = moments(well, 0).square
    const { square, secondOrder } = moments(well, h)
    const euler = settled('euler-maruyama', well, h, 4000)
    // What the expansion leaves out, h² and h³: twice the square of what it has.
    expect(Math.abs(euler.value - square)).toBeLessThan(4 * euler.standardError + 2 * secondOrder)
    expect(euler.value - exact).toBeGreaterThan(10 * euler.standardError)
    const { value, standardError } = settled('leimkuhler-matthews', well, h, 4000)
    expect(Math.abs(value - exact)).toBeLessThan(4 * standardError + secondOrder)
  })

  test.each(['heun', 'ou-splitting'] as const)('the invariant measure of %s is off by O(h²)', (scheme) => {
    const exact = moments(well, 0).square
    const errors = [0.16, 0.08].map((h) => {
      const { value, standardError } = settled(scheme, well, h, 8000)
      return { value: exact - value, standardError }
    }) as [Estimate, Estimate]
    const { value, standardError } = orderOf(errors)
    // Here μhU'' reaches 1, and the next order of the coarse step makes up half of a unit.
    expect(value).toBeGreaterThan(2 - 3 * standardError)
    expect(2 - 3 * standardError).toBeGreaterThan(1)
    expect(value).toBeLessThan(2.5 + 4 * standardError)
  })

  test('MALA has the exact equilibrium of a double well at a step where others fail, by refusing proposals', () => {
    const doubleWell = [-2, 2]
    const { value, standardError, unmoved } = settled('mala', doubleWell, 0.25, 4000)
    expect(Math.abs(value - moments(doubleWell, 0).square)).toBeLessThan(4 * standardError)
    expect(unmoved).toBeGreaterThan(0.1)
    expect(unmoved).toBeLessThan(0.9)
  })

  test("MALA takes each step's temperature from the protocol", () => {
    const [kT, k] = [0.2, 2]
    const { value, standardError } = settled('mala', [k, 0], 0.4, 2000, kT)
    expect(Math.abs(value - kT / k)).toBeLessThan(4 * standardError)
  })
})
