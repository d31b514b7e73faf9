import { beforeAll, describe, expect, test } from 'vitest'
import { simulate } from '../../src/backend/node/simulate.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { parseFormula } from '../../src/physics/formula/parse.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { pairVariables, unitVariables } from '../../src/physics/observe/element-values.js'
import { observeEnsemble } from '../../src/physics/observe/ensemble-curves.js'
import { type Estimate, zScore } from '../../src/physics/observe/estimate.js'
import { type Observable, observeFormulas } from '../../src/physics/observe/observables.js'
import { type Recording, recordedTimes } from '../../src/physics/observe/recorded-steps.js'
import { bias, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { type Scheduled, scheduledProtocol } from '../../src/physics/protocol/protocol.js'

beforeAll(loadFormulas)

const networkOf = (units: number) => createNetwork({ visible: { units }, couplings: { visible: { edges: [] } } })
const trapOf = (units: number) => potentialOf(networkOf(units), [stiffness, bias])
const [k, kT] = [2, 0.7]
const bath = { kT, mobility: 1 }

/** An observable of all of some units, or of a pair. */
function observable(formula: string, units: number, given: Partial<Observable> = {}): Observable {
  const isPair = /\by\b/.test(formula)
  return {
    name: formula,
    formula: parseFormula(formula, isPair ? pairVariables : unitVariables),
    elements: { x: Int32Array.from(Array(isPair ? 1 : units).keys()), y: isPair ? Int32Array.of(1) : null },
    ...{ columns: 1, reduce: 'mean', from: 0, lags: [], partner: null, histogram: null },
    ...given,
  }
}

interface Asked {
  readonly units?: number
  readonly trajectories?: number
  readonly duration?: number
  readonly dt?: number
  readonly seed?: number
  readonly mean?: number
  readonly variance?: number
  readonly batch?: number
  readonly recording?: Recording
  /** the bias follows v t */
  readonly drag?: number
}

/** A trap of stiffness k, moved by the exact flow unless it is dragged: what observables and curves see along the way. */
async function inTrap(observables: readonly Observable[], asked: Asked) {
  const { units = 1, trajectories = 4000, duration = 3, dt = 0.05, seed = 3, mean = 0, variance = kT / k } = asked
  const potential = trapOf(units)
  const theta = new Float64Array(2 * units).fill(k, 0, units)
  const drag = asked.drag ?? 0
  const pushed = Array.from(
    { length: units },
    (_, i): Scheduled => ({ parameter: units + i, value: (t) => k * drag * t }),
  )
  const protocol = scheduledProtocol(theta, drag === 0 ? [] : pushed, duration, dt)
  const times = recordedTimes(protocol, asked.recording)
  const formulas = observeFormulas(observables, times, trajectories)
  const ensemble = observeEnsemble(times, Int32Array.from(Array(units).keys()), trajectories)
  const workAndHeat = createWorkAndHeat(trajectories)
  await simulate(
    {
      ...{ potential, protocol, bath, seed, trajectories, workAndHeat, batch: asked.batch ?? 256 },
      integrator: 'exact-ou',
      start: gaussianStart(seed, mean, variance),
      observers: [formulas, ensemble],
    },
    { backend: 'reference' },
  )
  return { times, found: formulas.results(), curves: ensemble.curves(), workAndHeat }
}

const within = (estimate: Estimate, truth: number) => expect(Math.abs(zScore(estimate, truth))).toBeLessThan(4)

test('the mean and the variance of a trap relax as x0 e^(-kt) and (kT/k)(1 - e^(-2kt))', async () => {
  const { times, found, curves } = await inTrap([observable('x', 1), observable('x^2', 1)], { mean: 1.5, variance: 0 })
  times.time.forEach((t, frame) => {
    const mean = 1.5 * Math.exp(-k * t)
    const variance = (kT / k) * (1 - Math.exp(-2 * k * t))
    if (frame === 0) {
      expect(found[0]!.curve.mean[0]).toBe(1.5)
      return
    }
    const at = ({ curve }: (typeof found)[number]) => ({
      value: curve.mean[frame]!,
      standardError: curve.standardError[frame]!,
    })
    within(at(found[0]!), mean)
    within(at(found[1]!), mean ** 2 + variance)
    // Of n normals the variance scatters by √(2/(n - 1)).
    within({ value: curves.x.variance[frame]!, standardError: variance * Math.sqrt(2 / 3999) }, variance)
  })
  within(found[0]!.final, 1.5 * Math.exp(-k * 3))
})

test('correlations of a trap are (kT/k) e^(-kτ), and of x with x² none', async () => {
  const lags = [0, 2, 7, 20]
  const of = [
    observable('x', 1, { lags }),
    observable('x^2', 1, { lags }),
    observable('1000 + x', 1, { lags, partner: 1 }),
  ]
  const { found } = await inTrap(of, { trajectories: 1000 })
  const [x, squares, cross] = found
  lags.forEach((lag, n) => {
    const at = ({ correlation }: (typeof found)[number]) => ({
      value: correlation!.value[n]!,
      standardError: correlation!.standardError[n]!,
    })
    const truth = (kT / k) * Math.exp(-k * lag * 0.05)
    expect(x!.correlation!.lag[n]).toBeCloseTo(lag * 0.05, 12)
    within(at(x!), truth)
    within(at(squares!), 2 * truth ** 2)
    within(at(cross!), 0)
  })
})

test.each([1, 50])('standard errors of means over time are honest, of %i trajectories', async (trajectories) => {
  const runs = 120
  const z = new Float64Array(runs)
  for (let seed = 0; seed < runs; seed++) {
    const duration = trajectories === 1 ? 400 : 4
    const { found } = await inTrap([observable('x^2', 1)], { trajectories, duration, seed: seed + 1, dt: 0.2 })
    z[seed] = zScore(found[0]!.mean, kT / k)
  }
  const known = z.filter(Number.isFinite)
  expect(known.length).toBeGreaterThan(0.9 * runs)
  // ⟨z²⟩ is 1 with a standard error √(2/runs), and blocking's own error of its error, about 1/5, adds 2·(1/5)² … at most .15.
  const mean = known.reduce((sum, value) => sum + value * value, 0) / known.length
  expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt(2 / runs) + 0.15)
})

test('a single trajectory that is short against its correlations has no standard error', async () => {
  const { found } = await inTrap([observable('x', 1)], { trajectories: 1, duration: 1 })
  expect(found[0]!.converged).toBe(false)
  expect(found[0]!.mean.standardError).toBeNaN()
})

test('a histogram is the Boltzmann density of a double well, by quadrature, and tells what lies outside', async () => {
  const potential = potentialOf(networkOf(2), [stiffness, quartic])
  const U = (x: number) => x ** 4 / 4 - x ** 2 / 2
  const protocol = scheduledProtocol(Float64Array.of(-1, -1, 1, 1), [], 30, 0.05)
  const times = recordedTimes(protocol, { every: 10 })
  const bins = { bins: 30, from: -1.5, to: 1.5 }
  const from = times.time.findIndex((t) => t >= 6)
  const formulas = observeFormulas([observable('x', 2, { histogram: bins, from })], times, 800)
  const setting = { bath, trajectories: 800, seed: 4, start: gaussianStart(4, 0, 1), observers: [formulas] }
  await simulate({ potential, protocol, integrator: 'mala', ...setting }, { backend: 'reference' })
  // Midpoints of 4,000 intervals: an error of their width squared, 10⁻⁵.
  const weight = (a: number, b: number) => {
    const n = 4000
    const h = (b - a) / n
    let sum = 0
    for (let m = 0; m < n; m++) sum += Math.exp(-U(a + (m + 0.5) * h) / kT) * h
    return sum
  }
  const all = weight(-6, 6)
  const { density, standardError, below, within: inside, above } = formulas.results()[0]!.density!
  density.forEach((value, bin) => {
    const truth = weight(-1.5 + bin * 0.1, -1.4 + bin * 0.1) / all / 0.1
    within({ value, standardError: standardError[bin]! }, truth)
  })
  expect(below + inside + above).toBe(800 * 2 * (times.time.length - from))
  expect((below + above) / (below + inside + above)).toBeCloseTo(1 - weight(-1.5, 1.5) / all, 1)
  expect(density.reduce((sum, value) => sum + value * 0.1, 0)).toBeCloseTo(inside / (below + inside + above), 12)
})

test('work and heat of a dragged trap so far follow the closed form of its steps, and ⟨U⟩ changes by W - Q', async () => {
  const [v, dt] = [0.8, 0.05]
  const energy = observable(`${k}*x^2/2 - ${k * v}*t*x`, 1)
  const { times, found, curves, workAndHeat } = await inTrap([energy], { drag: v, dt })
  // A step: the trap jumps to v t, then ⟨x⟩ relaxes towards it; W gains -(change of the bias)⟨x⟩.
  const [work, mean] = [[0], [0]]
  for (let n = 0; n < 60; n++) {
    work.push(work[n]! - k * v * dt * mean[n]!)
    const place = v * dt * (n + 1)
    mean.push(place + (mean[n]! - place) * Math.exp(-k * dt))
  }
  times.time.forEach((_, frame) => {
    if (frame === 0) return
    within({ value: curves.work!.mean[frame]!, standardError: curves.work!.standardError[frame]! }, work[frame]!)
    const gained = found[0]!.curve.mean[frame]! - found[0]!.curve.mean[0]!
    expect(gained).toBeCloseTo(curves.work!.mean[frame]! - curves.heat!.mean[frame]!, 10)
  })
  const last = times.time.length - 1
  expect(curves.work!.mean[last]).toBeCloseTo(workAndHeat.work.reduce((sum, w) => sum + w, 0) / 4000, 12)
})

describe('formulas', () => {
  test('of units, pairs, times and places have the values of their states', async () => {
    const units = 6
    const of = [
      observable('cos(2*pi*row/6)*x', units, { reduce: 'sum' }),
      observable('x*sin(t) + column', units, { columns: 3, elements: { x: Int32Array.of(5, 2), y: null } }),
      observable('(x - y)^2', units, { elements: { x: Int32Array.of(0, 4), y: Int32Array.of(3, 1) } }),
      observable('7', units),
    ]
    const all = Array.from({ length: units }, (_, i) =>
      observable('x', units, { elements: { x: Int32Array.of(i), y: null } }),
    )
    const { times, found } = await inTrap([...of, ...all], { units, trajectories: 1, duration: 1, mean: 1 })
    times.time.forEach((t, frame) => {
      const x = found.slice(of.length).map(({ curve }) => curve.mean[frame]!)
      const wave = x.reduce((sum, value, i) => sum + Math.cos((2 * Math.PI * i) / 6) * value, 0)
      const expected = [
        wave,
        (x[5]! * Math.sin(t) + 2 + x[2]! * Math.sin(t) + 2) / 2,
        ((x[0]! - x[3]!) ** 2 + (x[4]! - x[1]!) ** 2) / 2,
        7,
      ]
      expected.forEach((value, n) => {
        expect(found[n]!.curve.mean[frame]).toBeCloseTo(value, 12)
      })
    })
  })

  test('that are not finite somewhere name the lowest trajectory and the time', async () => {
    const asked = { trajectories: 30, mean: 0.9, variance: 0, duration: 2 }
    const { times, found } = await inTrap([observable('log(x)', 1), observable('x', 1)], { ...asked, batch: 7 })
    const { notFinite } = found[0]!
    expect(notFinite!.trajectory).toBe(0)
    expect(times.time).toContain(notFinite!.time)
    expect(notFinite!.time).toBeGreaterThan(0)
    expect(found[0]!.mean.value).toBeNaN()
    expect(found[1]!.notFinite).toBeNull()
  })
})

test('batches change no bit', async () => {
  const histogram = { bins: 9, from: -1, to: 1 }
  const of = [
    observable('x', 3, { lags: [0, 3], histogram, from: 5 }),
    observable('x*y + t', 3, { lags: [1], partner: 0, reduce: 'sum' }),
  ]
  const asked = { units: 3, trajectories: 100, drag: 1 }
  const [one, other] = [await inTrap(of, { ...asked, batch: 100 }), await inTrap(of, { ...asked, batch: 7 })]
  expect(other.found).toEqual(one.found)
  expect(other.curves).toEqual(one.curves)
})

test.each([
  ['so many times', { frames: 10 }, 11, 0.3],
  ['every so many steps', { every: 7 }, 10, 0.35],
] as const)('recorded times are %s, the last one among them', (_, recording, frames, spacing) => {
  const { step, time } = recordedTimes(scheduledProtocol(new Float64Array(2), [], 3, 0.05), recording)
  expect([step[0], step.at(-1), step.length]).toEqual([-1, 59, frames])
  expect(time[0]).toBe(0)
  expect(time[1]).toBeCloseTo(spacing, 12)
  expect(time.at(-1)).toBe(3)
})
