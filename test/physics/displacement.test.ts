import { expect, test } from 'vitest'
import { mixtureDerivatives } from '../../src/learning/data/mixture-law.js'
import {
  displacementGradient,
  displacementParameters,
  followDisplacement,
  relaxed,
} from '../../src/learning/objectives/displacement.js'
import { exactStates } from '../../src/learning/objectives/exact-states.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { drawNormals } from '../../src/physics/noise/gaussian.js'
import { createPotential } from '../../src/physics/potential/potential.js'

const bath = { kT: 0.5, mobility: 2 }
const sigma = 0.7
/** Two Gaussians ±c of width s0 and weights w, 1 - w. */
const [c, s0, w] = [2, 0.5, 0.65]
const v = s0 ** 2 + sigma ** 2
const components = [
  { weight: w, mean: [c], root: [[s0]] },
  { weight: 1 - w, mean: [-c], root: [[s0]] },
]
const oscillator = createPotential(
  createNetwork({ visible: { units: 1 }, hidden: { units: 1 } }),
  { onsite: ['stiffness'] },
  bath.kT,
)
const optimum = Float64Array.of(bath.kT / v, (bath.kT * c) / v, (bath.kT / 2) * Math.log(w / (1 - w)))

test('one hidden unit has the force of two noised Gaussians: a step is y + σ²∇log p_σ to 1e-12, at kT = ½ and μ = 2', () => {
  const y = Float64Array.from({ length: 81 }, (_, n) => n / 10 - 4)
  const task = { landscape: createLandscape(oscillator, bath), sigma, moving: [0] }
  const { x } = relaxed(task, optimum, { x: y, batch: y.length }, 1)
  const law = mixtureDerivatives(components, sigma)
  const slope = new Float64Array(1)
  y.forEach((value, n) => {
    law(Float64Array.of(value), slope, new Float64Array(1))
    expect(x[n]).toBeCloseTo(value + sigma ** 2 * slope[0]!, 12)
  })
})

test('the gradient is that of the loss by central differences, with a hidden unit and a unit that is held, to 1e-6', () => {
  const potential = createPotential(
    createNetwork({ visible: { units: 3 }, hidden: { units: 1 } }),
    { onsite: ['stiffness', 'quartic'], pair: ['bilinear'] },
    bath.kT,
  )
  const landscape = createLandscape(potential, bath)
  const y = { x: drawNormals({ seed: 2, stream: 1, step: 0 }, 3, 7), batch: 7 }
  const displacement = drawNormals({ seed: 2, stream: 1, step: 1 }, 3, 7)
  const theta = Float64Array.from({ length: potential.size }, (_, a) => 0.4 + 0.3 * Math.sin(3 * a))
  const task = { sigma, moving: [0, 2] }
  const [gradient, unused] = [new Float64Array(theta.length), new Float64Array(theta.length)]
  displacementGradient(landscape, theta, y, displacement, task, gradient)
  const h = 1e-5
  theta.forEach((value, a) => {
    const [above, below] = [h, -h].map((by) => {
      theta[a] = value + by
      return displacementGradient(landscape, theta, y, displacement, task, unused)
    })
    theta[a] = value
    expect(gradient[a]).toBeCloseTo((above! - below!) / (2 * h), 6)
  })
})

test('least squares of a noised oscillator beside a held one: kT/(S + σ²) and its share of the coupling, within 4 %', () => {
  const potential = createPotential(
    createNetwork({ visible: { units: 2 } }),
    { onsite: ['stiffness', 'bias'], pair: ['bilinear'] },
    bath.kT,
  )
  const theta = Float64Array.of(1.5, 2, 0.3, -0.2, 0.8)
  const data = exactStates(potential, theta, bath, 40_000, { seed: 4, stream: 6, step: 0 })
  const task = { landscape: createLandscape(potential, bath), data, sigma, moving: [0], seed: 4 }
  const found = displacementParameters(task, 2)
  // x_0 given x_1: centre (f - Jx_1)/K, variance S = kT/K.
  const k = bath.kT / (bath.kT / 1.5 + sigma ** 2)
  expect(Math.abs(found[0]! / k - 1)).toBeLessThan(0.04)
  expect(Math.abs(found[4]! / ((k * 0.8) / 1.5) - 1)).toBeLessThan(0.04)
  expect(Math.abs(found[2]! / ((k * 0.3) / 1.5) - 1)).toBeLessThan(0.04)
  // What only the held unit has acts on nothing.
  expect(Math.abs(found[1]!)).toBeLessThan(1e-9)
  const back = relaxed(task, found, data, 1)
  expect(back.x.slice(data.batch)).toEqual(data.x.slice(data.batch))
})

test('followed from elsewhere, the gradient comes to the closed form: within 3 % of its length', () => {
  const landscape = createLandscape(oscillator, bath)
  const noise = drawNormals({ seed: 8, stream: 1, step: 0 }, 1, 10_000)
  const data = { x: noise.map((xi, n) => s0 * xi + (n < 6500 ? c : -c)), batch: 10_000 }
  const theta = Float64Array.of(0.5, 0.25, 0)
  for (const _ of followDisplacement(
    { landscape, data, sigma, moving: [0], seed: 8 },
    { steps: 1200, rate: 0.02, batch: 500 },
    theta,
  ));
  const away = Math.hypot(...theta.map((value, a) => value - optimum[a]!)) / Math.hypot(...optimum)
  expect(away).toBeLessThan(0.03)
})
