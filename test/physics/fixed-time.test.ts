import { expect, test } from 'vitest'
import { addErrorGradient, type Teacher } from '../../src/learning/objectives/digital-teacher.js'
import { type Goal, idealisedAction, idealisedPaths } from '../../src/learning/objectives/idealised-paths.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { forceLeastSquares } from '../../src/learning/objectives/least-squares.js'
import { frameOf, recordPaths, statesOf } from '../../src/learning/objectives/paths.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { stream } from '../../src/physics/noise/streams.js'
import { createPotential } from '../../src/physics/potential/potential.js'

const network = createNetwork({
  visible: { blocks: [{ units: 2, clamped: true }, { units: 2 }, { units: 1 }] },
  couplings: { visible: { range: 'all' } },
})
const potential = createPotential(network, { onsite: ['stiffness', 'quartic', 'bias'], pair: ['bilinear'] })
const landscape = createLandscape(potential, { kT: 0.7, mobility: 1.3 })
const held = Uint8Array.of(1, 1, 0, 0, 0)
const goal: Goal = {
  x: Float64Array.from([0.5, -1, 1, -1, 1, 0.3, 1.4, -0.8, 0.2, -1.1, 0.9, -0.4, 1.5, -0.7, 0.6]),
  paths: 3,
  held,
}
const theta = Float64Array.from({ length: potential.size }, (_, n) => 0.2 + 0.1 * Math.sin(3 * n))
const [steps, dt] = [4, 0.25]

test('the gradient of the action of idealised trajectories is that of finite differences, parameter by parameter', () => {
  const { gradient } = idealisedAction(landscape, theta, goal, dt, steps)
  // The action is quadratic, so that central differences have no error but rounding.
  const h = 1e-3
  const moved = (a: number, by: number) =>
    idealisedAction(landscape, theta.with(a, theta[a]! + by), goal, dt, steps).action
  gradient.forEach((slope, a) => {
    expect(slope).toBeCloseTo((moved(a, h) - moved(a, -h)) / (2 * h), 8)
  })
  expect(gradient.filter((slope) => Math.abs(slope) > 0.01).length).toBeGreaterThan(10)
})

test('descent comes to the minimum that linear algebra finds', () => {
  const paths = idealisedPaths(goal, steps)
  const { batch } = statesOf(paths)
  const frozen = new Uint8Array(potential.size)
  for (const { name, offset, size } of potential.groups)
    if (name === 'stiffness' || name === 'quartic') frozen.fill(1, offset, offset + size)
  const speed = new Float64Array(paths.x.length)
  // The last frame is left by no step: it counts for neither.
  const kept = { x: new Float64Array(5 * steps * 3), batch: batch - 3 }
  const force = new Float64Array(kept.x.length)
  for (let i = 0; i < 5; i++)
    for (let n = 0; n < steps * 3; n++) {
      const at = i * (steps + 1) * 3 + n
      kept.x[i * steps * 3 + n] = paths.x[at]!
      speed[at] = (paths.x[at + 3]! - paths.x[at]!) / dt
      force[i * steps * 3 + n] = speed[at]! / landscape.bath.mobility
    }
  const squares = forceLeastSquares(potential, { frozen, start: theta, units: [2, 3, 4] })
  squares.add(kept, force)
  const best = idealisedAction(landscape, squares.solve(), goal, dt, steps).action
  const found = theta.slice()
  for (let n = 0; n < 40_000; n++) {
    const { gradient } = idealisedAction(landscape, found, goal, dt, steps)
    for (let a = 0; a < found.length; a++) if (frozen[a] === 0) found[a]! -= 0.1 * gradient[a]!
  }
  const { action } = idealisedAction(landscape, found, goal, dt, steps)
  expect(action / best).toBeCloseTo(1, 4)
  expect(idealisedAction(landscape, theta, goal, dt, steps).action / best).toBeGreaterThan(1.5)
}, 30_000)

const start = () => ({ x: goal.x.map((value, n) => (held[Math.floor(n / 3)] === 1 ? value : 0)), batch: 3 })
const run = (kT: number, count: number) =>
  recordPaths(landscape, theta, { kT, mobility: 1.3 }, start(), {
    ...{ dt: 1 / count, steps: count, seed: 4 },
    ...{ stream: stream.answers, from: 0 },
  })

test('without noise the answer is that of the differential equation; held units stay', () => {
  const end = frameOf(run(1e-20, 4000), 4000).x
  const x = start().x
  const slope = (at: Float64Array) => {
    const force = new Float64Array(15)
    landscape.evaluate(theta, at, 3, force, null)
    return force.map((value, n) => (held[Math.floor(n / 3)] === 1 ? 0 : 1.3 * value))
  }
  const ahead = (by: Float64Array, h: number) => x.map((value, n) => value + h * by[n]!)
  // Runge–Kutta of fourth order.
  for (let n = 0; n < 100; n++) {
    const h = 0.01
    const a = slope(x)
    const b = slope(ahead(a, h / 2))
    const c = slope(ahead(b, h / 2))
    const d = slope(ahead(c, h))
    for (let m = 0; m < 15; m++) x[m]! += (h * (a[m]! + 2 * b[m]! + 2 * c[m]! + d[m]!)) / 6
  }
  end.forEach((value, n) => {
    expect(value).toBeCloseTo(x[n]!, 3)
  })
  expect(end.subarray(0, 6)).toEqual(goal.x.subarray(0, 6))
  expect(Math.max(...end.subarray(6).map(Math.abs))).toBeGreaterThan(0.2)
})

test('the heat of an answer, the work of the force along each step, is the energy that the network loses, to rounding', () => {
  const count = 50
  const paths = run(0.7, count)
  const at = (frame: number) => frameOf(paths, frame).x
  const forceAt = (x: Float64Array) => {
    const force = new Float64Array(15)
    landscape.evaluate(theta, x, 3, force, null)
    return force
  }
  const energyAt = (frame: number) => {
    const energy = new Float64Array(3)
    landscape.evaluate(theta, at(frame), 3, null, energy)
    return energy
  }
  const heat = new Float64Array(3)
  for (let t = 0; t < count; t++) {
    const [x, y] = [at(t), at(t + 1)]
    const middle = x.map((value, n) => (value + y[n]!) / 2)
    const [a, b, c] = [x, middle, y].map(forceAt) as [Float64Array, Float64Array, Float64Array]
    // Stratonovich by Simpson's rule, which has no error for the cubic force of a quartic energy.
    for (let n = 0; n < 15; n++) heat[n % 3]! += ((a[n]! + 4 * b[n]! + c[n]!) / 6) * (y[n]! - x[n]!)
  }
  const [first, last] = [energyAt(0), energyAt(count)]
  heat.forEach((value, n) => {
    expect(Math.abs(value)).toBeGreaterThan(0.01)
    expect(value).toBeCloseTo(first[n]! - last[n]!, 12)
  })
})

test("the digital teacher's gradient is that of finite differences", () => {
  const weights = Float64Array.from({ length: (3 + 1 + 2) * 4 + 2 }, (_, n) => Math.sin(5 * n))
  const teacher: Teacher = { inputs: 3, hidden: 4, outputs: 2, weights }
  const data = { rows: Float64Array.from([0.3, -0.8, 0.5]), classes: Int32Array.of(1), count: 1 }
  const gradient = new Float64Array(weights.length)
  const active = new Float64Array(6)
  addErrorGradient(teacher, data, 0, active, gradient)
  const error = (a: number, by: number) => {
    const moved = { ...teacher, weights: weights.with(a, weights[a]! + by) }
    addErrorGradient(moved, data, 0, active, new Float64Array(weights.length))
    return ((active[4]! + 1) ** 2 + (active[5]! - 1) ** 2) / 2
  }
  gradient.forEach((slope, a) => {
    expect(slope).toBeCloseTo((error(a, 1e-5) - error(a, -1e-5)) / 2e-5, 7)
  })
})
