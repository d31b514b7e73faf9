import { Matrix, solve } from 'ml-matrix'
import { expect, test } from 'vitest'
import {
  backwardGradient,
  backwardLogLikelihood,
  computerTrainer,
} from '../../src/learning/objectives/computer-training.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { noiseOfChains } from '../../src/learning/objectives/moves.js'
import {
  createComputer,
  generate,
  noisingRuns,
  pulls,
  stepsOf,
  stretch,
} from '../../src/learning/objectives/thermodynamic-computer.js'
import { advance } from '../../src/physics/dynamics/advance.js'
import { eulerMaruyama } from '../../src/physics/dynamics/euler-maruyama.js'
import { normals } from '../systems.js'

const bath = { kT: 0.1, mobility: 0.8 }
const run = { duration: 1, dt: 0.02 }
const computer = createComputer({ visible: 3, hidden: 2, stiffness: 2, quartic: 4, bath })
const { potential, uncoupled, learned } = computer
const units = 5
const landscape = () => createLandscape(potential, bath)
const patterns = [Float64Array.of(1.2, -1.2, 0), Float64Array.of(-0.7, -0.7, 1.4)]
const pulled = pulls(computer, patterns, 1)
const places = [...learned.keys()].filter((a) => learned[a] === 1)
const scattered = (seed: number, size: number) => {
  const theta = uncoupled.slice()
  normals(places.length, seed).forEach((value, k) => {
    theta[places[k]!]! += size * value
  })
  return theta
}
const stepsFrom = (block: number, cycles: number) =>
  noisingRuns(computer, pulled, run, { seed: 1, block, cycles }).map((kept) => stretch(kept, units, 0, stepsOf(run)))

test('every hidden unit is coupled to each other unit, and couplings and hidden biases alone are learned', () => {
  expect(potential.network.edges.count).toBe(3 * 2 + 1)
  expect(places).toHaveLength(7 + 2)
})

test('the gradient is the finite difference of the log-likelihood of the reversed path, parameter by parameter', () => {
  const theta = scattered(2, 0.3)
  const steps = stepsFrom(0, 1)[1]!
  const gradient = new Float64Array(potential.size)
  backwardGradient(landscape(), theta, steps, run.dt, gradient)
  for (const a of places) {
    const at = (sign: number) =>
      backwardLogLikelihood(
        landscape(),
        theta.map((value, b) => value + (a === b ? sign : 0)),
        steps,
        run.dt,
      )
    // The log-likelihood is quadratic: a difference over any distance is exact.
    expect(gradient[a]).toBeCloseTo((at(1) - at(-1)) / 2, 7)
  }
})

/** The likeliest parameters of a set of runs, by linear algebra: the gradient is linear in those that are learned. */
function likeliest(sets: readonly { before: Float64Array; after: Float64Array }[]): Float64Array {
  const slopeAt = (theta: Float64Array) => {
    const [sum, own] = [new Float64Array(potential.size), new Float64Array(potential.size)]
    for (const steps of sets) {
      backwardGradient(landscape(), theta, steps, run.dt, own)
      own.forEach((value, a) => {
        sum[a]! += value
      })
    }
    return places.map((a) => sum[a]!)
  }
  const first = slopeAt(uncoupled)
  const columns = places.map((a) => {
    const at = slopeAt(uncoupled.map((value, b) => value + (a === b ? 1 : 0)))
    return at.map((value, k) => value - first[k]!)
  })
  const found = solve(new Matrix(columns).transpose(), Matrix.columnVector(first)).to1DArray()
  return uncoupled.map((value, a) => (learned[a] === 1 ? value - found[places.indexOf(a)]! : value))
}

test('long learning by batches ends at the likeliest parameters, which linear algebra finds', () => {
  const sets = stepsFrom(0, 2)
  const truth = likeliest(sets)
  const theta = uncoupled.slice()
  const gradient = new Float64Array(potential.size)
  for (let n = 0; n < 4000; n++)
    for (const steps of sets) {
      backwardGradient(landscape(), theta, steps, run.dt, gradient)
      for (const a of places) theta[a]! += 2e-3 * gradient[a]!
    }
  // Each run in turn pulls to its own optimum: off by O(rate), and more than that from the start.
  const distance = (a: Float64Array, b: Float64Array) => Math.hypot(...a.map((value, n) => value - b[n]!))
  expect(distance(theta, truth)).toBeLessThan(0.05 * distance(uncoupled, truth))
}, 60_000)

test('a cycle by batches is a step along the gradient of each run in turn', () => {
  const theta = scattered(3, 0.2)
  const [expected, gradient] = [theta.slice(), new Float64Array(potential.size)]
  for (const kept of noisingRuns(computer, pulled, run, { seed: 1, block: 0, cycles: 1 })) {
    backwardGradient(landscape(), expected, stretch(kept, units, 0, stepsOf(run)), run.dt, gradient)
    for (const a of places) expected[a]! += 1e-3 * gradient[a]!
  }
  computerTrainer(computer, landscape(), pulled, { run, rate: 1e-3, online: false, seed: 1 }, theta).cycle(0)
  theta.forEach((value, a) => void expect(value).toBeCloseTo(expected[a]!, 12))
  expect(Math.hypot(...places.map((a) => theta[a]! - scattered(3, 0.2)[a]!))).toBeGreaterThan(1e-4)
})

test('online learning is that by batches but for O(rate²)', () => {
  const after = (rate: number, online: boolean) => {
    const theta = scattered(3, 0.2)
    computerTrainer(computer, landscape(), pulled.slice(0, 1), { run, rate, online, seed: 1 }, theta).cycle(0)
    return theta
  }
  const apart = (rate: number) => {
    const [a, b] = [after(rate, true), after(rate, false)]
    return Math.hypot(...a.map((value, n) => value - b[n]!))
  }
  expect(apart(1e-3)).toBeGreaterThan(0)
  // Twice the rate is four times as far apart, to terms of the next order: the rate times the curvature of a run, some 5 %.
  expect(apart(2e-3) / apart(1e-3)).toBeGreaterThan(3.7)
  expect(apart(2e-3) / apart(1e-3)).toBeLessThan(4.3)
})

test('no coupling has a part in noising: runs are those of units by themselves, pulled to where the force balances the well', () => {
  const wide = createComputer({ visible: 3, hidden: 2, stiffness: 2, quartic: 4, bath: { kT: 1e-12, mobility: 0.8 } })
  const long = { duration: 20, dt: 0.02 }
  const [kept] = noisingRuns(wide, pulled, long, { seed: 1, block: 0, cycles: 1 })
  const frames = stepsOf(long) + 1
  for (let i = 0; i < units; i++) {
    const x = kept![i * frames]!
    expect(2 * x + 4 * x ** 3).toBeCloseTo(2 * pulled[0]![i]!, 4)
    expect(kept![i * frames + frames - 1]).toBeCloseTo(0, 3)
  }
})

test('the heat of generation is, step by step, what the states lose in energy, and F·dx at mid-step to O(h)', () => {
  const theta = scattered(4, 0.4)
  const samples = 50
  const { heat, lost } = generate(computer, landscape(), theta, run, { seed: 3, samples })
  expect(heat).toBeCloseTo(lost, 10)
  // The same run by hand: heat as the work of the force along each step (Stratonovich).
  const own = landscape()
  const states = { x: new Float64Array(units * samples), batch: samples }
  const noise = noiseOfChains(own.arithmetic, 3, samples)
  let sum = 0
  for (let t = 0; t < 2 * stepsOf(run); t++) {
    const at = t < stepsOf(run) ? uncoupled : theta
    const before = states.x.slice()
    const [f, g] = [new Float64Array(before.length), new Float64Array(before.length)]
    own.arithmetic.forceAndEnergy(at, before, samples, f, null)
    advance(eulerMaruyama, own.at(at), states, { bath, dt: run.dt, from: t, steps: 1, seed: 3, ...noise })
    own.arithmetic.forceAndEnergy(at, states.x, samples, g, null)
    if (t >= stepsOf(run)) for (let n = 0; n < f.length; n++) sum += ((f[n]! + g[n]!) / 2) * (states.x[n]! - before[n]!)
  }
  // The trapezoid misses a (x + x′) dx³ of each step's quartic, whose mean is O(h): far below a hundredth of kT a unit here.
  expect(sum / samples / bath.kT).toBeCloseTo(heat, 1)
})

test('nearest rounding to few bits learns nothing online, sixteen do', () => {
  const after = (bits: number) => {
    const theta = uncoupled.slice()
    const held = { bits, rounding: 'nearest', full: 1 } as const
    const trainer = computerTrainer(
      computer,
      landscape(),
      pulled,
      { run, rate: 4e-4, online: true, held, seed: 1 },
      theta,
    )
    trainer.cycle(0)
    return Math.max(...places.map((a) => Math.abs(theta[a]!)))
  }
  expect(after(8)).toBe(0)
  expect(after(16)).toBeGreaterThan(0)
})
