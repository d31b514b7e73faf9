import { expect, test } from 'vitest'
import { type FlowStep, pullBack, pushForward, steepest } from '../../src/learning/objectives/euler-flow.js'
import { learnStep } from '../../src/learning/objectives/falcon.js'
import { flowPairs, flowTrail, probabilityFlow } from '../../src/learning/objectives/fine-flow.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { createNetwork } from '../../src/physics/network/network.js'
import type { States } from '../../src/physics/network/states.js'
import { drawNormals } from '../../src/physics/noise/gaussian.js'
import { logAbsDeterminant } from '../../src/physics/observe/determinant.js'
import { createPotential, forceAndEnergy, hessian } from '../../src/physics/potential/potential.js'
import { createNoising, noiseWidth, signal } from '../../src/physics/protocol/noising.js'
import { curvatureBound } from '../../src/physics/truth/curvature-bound.js'

await loadFormulas()
const bath = { kT: 0.6, mobility: 1.7 }
const normals = (units: number, batch: number, step = 0): States => ({
  x: drawNormals({ seed: 5, stream: 1, step }, units, batch),
  batch,
})
/** On-site, pair and hidden terms at once, and two steps of them. */
const network = createNetwork({ visible: { units: 3 }, hidden: { units: 2 } })
const mixed = createPotential(network, { onsite: ['stiffness', 'quartic', 'bias'], pair: ['bilinear'] }, bath.kT)
const thetaOf = (turn: number) => Float64Array.from({ length: mixed.size }, (_, a) => 0.6 * Math.sin(2.3 * a + turn))
const steps: FlowStep[] = [
  { theta: thetaOf(1), h: 0.04 },
  { theta: thetaOf(2), h: 0.03 },
]

test('the logarithm of the volume is that of the Jacobian by central differences, at kT = .6 and μ = 1.7, to 1e-7', () => {
  const landscape = createLandscape(mixed, bath)
  const start = normals(3, 4)
  const { logVolume, divergence } = pushForward(landscape, steps, start)
  const h = 1e-5
  for (let b = 0; b < start.batch; b++) {
    const jacobian = new Float64Array(9)
    for (let j = 0; j < 3; j++) {
      const ends = [h, -h].map((by) => {
        const x = start.x.filter((_, n) => n % start.batch === b)
        x[j]! += by
        return pushForward(landscape, steps, { x, batch: 1 }).x
      })
      for (let i = 0; i < 3; i++) jacobian[i * 3 + j] = (ends[0]![i]! - ends[1]![i]!) / (2 * h)
    }
    expect(logVolume[b]).toBeCloseTo(logAbsDeterminant(jacobian, 3), 7)
  }
  // The trace is what it tends to for short steps only.
  expect(Math.abs(logVolume[0]! - divergence[0]!)).toBeGreaterThan(1e-4)
})

test('a determinant with a pivot below the diagonal, of either sign', () => {
  expect(logAbsDeterminant(Float64Array.from([0, 2, 1, -3, 1, 0, 1, 1, 4]), 3)).toBeCloseTo(Math.log(20), 12)
  expect(logAbsDeterminant(Float64Array.from([1, 2, 2, 4]), 2)).toBe(-Infinity)
})

test('going back from where states came out finds them and their volume, to 1e-9', () => {
  const start = normals(3, 50)
  const pushed = pushForward(createLandscape(mixed, bath), steps, start)
  const back = pullBack(mixed, bath, steps, pushed)
  for (let n = 0; n < start.x.length; n++) expect(back.x[n]).toBeCloseTo(start.x[n]!, 9)
  for (let b = 0; b < start.batch; b++) expect(back.logVolume[b]).toBeCloseTo(pushed.logVolume[b]!, 9)
})

test('work less heat is what the energy rose by, from the landscape before the steps to the one after', () => {
  const landscape = createLandscape(mixed, bath)
  const start = normals(3, 20)
  const around = { before: thetaOf(0), after: thetaOf(3) }
  const pushed = pushForward(landscape, steps, start, around)
  const energyOf = (theta: Float64Array, { x, batch }: States) => {
    const energy = new Float64Array(batch)
    forceAndEnergy(mixed, theta, x, batch, null, energy)
    return energy.reduce((sum, value) => sum + value, 0) / bath.kT
  }
  const rise = energyOf(around.after, pushed) - energyOf(around.before, start)
  expect(landscape.cost.work! - landscape.cost.heat!).toBeCloseTo(rise, 10)
})

/** Two units with bumps of their own and a coupling; the hidden unit bends nothing upwards. */
const bumps = (hidden: number) =>
  createPotential(
    createNetwork({ visible: { units: 2 }, ...(hidden > 0 ? { hidden: { units: hidden } } : {}) }),
    {
      onsite: [
        'stiffness',
        { name: 'left', formula: 'exp(-(x+1)^2/0.5)' },
        { name: 'right', formula: 'exp(-(x-1)^2/0.5)' },
      ],
      pair: ['bilinear'],
    },
    bath.kT,
  )

test('the bound of the curvature is above every state, and by no more than its tolerance above where units bend most', () => {
  const potential = bumps(1)
  const theta = Float64Array.from([0.4, -0.2, 1.3, -0.7, -0.9, 1.1, 0.5, 0, 0, 0])
  const { most, at } = curvatureBound(potential, theta, 1e-3)!
  const largest = (x: Float64Array) => {
    const [a, b, , d] = hessian(potential, theta, x)
    return (a! + d!) / 2 + Math.hypot((a! - d!) / 2, b!)
  }
  let seen = -Infinity
  for (let x = -4; x <= 4; x += 0.05)
    for (let y = -4; y <= 4; y += 0.05) seen = Math.max(seen, largest(Float64Array.of(x, y)))
  expect(most).toBeGreaterThan(seen)
  expect(most - largest(at)).toBeLessThan(2e-3)
  // Hidden units lower it.
  const pulled = Float64Array.from([...theta.slice(0, 7), 2, -1, 0.3])
  expect(curvatureBound(potential, pulled, 1e-3)!.most).toBe(most)
  expect(hessian(potential, pulled, at)[0]).toBeLessThan(hessian(potential, theta, at)[0]!)
})

test('what bends without bound has none, and functions of the whole state are not proved', () => {
  const quartic = createPotential(createNetwork({ visible: { units: 1 } }), { onsite: ['stiffness', 'quartic'] }, 1)
  expect(curvatureBound(quartic, Float64Array.of(1, 1), 0.01)).toBeNull()
  expect(curvatureBound(quartic, Float64Array.of(1, -1), 0.01)!.most).toBeCloseTo(1.01, 6)
  const plane = createPotential(
    createNetwork({ visible: { units: 2 } }),
    { onsite: ['stiffness'], features: { radial: { centres: [[0, 0]], width: 1 } } },
    1,
  )
  expect(curvatureBound(plane, Float64Array.of(1, 1, 1), 0.01)).toBeNull()
})

test('steps are learned from displacements: those of a step of the same potential are found, to 1e-4', () => {
  const potential = bumps(0)
  const theta = Float64Array.from([0.4, -0.2, 0.3, -0.7, -0.5, 0.6, 0.5])
  const from = normals(2, 4000)
  const h = 0.2
  const to = pushForward(createLandscape(potential, bath), [{ theta, h }], from)
  const found = learnStep({ potential, bath, variance: 1 }, { from, to, h }, 'none')
  expect(found.h).toBe(h)
  for (const [a, value] of found.theta.entries()) expect(Math.abs(value - theta[a]!)).toBeLessThan(1e-4)
})

test('a step that folds is held open by the barrier, everywhere, and is not by the data alone', () => {
  const potential = bumps(0)
  const from = normals(2, 2000)
  // The sign of x: at 0 the slope of the step would be without bound, further out it is flat.
  const to = { x: from.x.map((x) => 1.2 * Math.sign(x)), batch: from.batch }
  const task = { potential, bath, variance: 1 }
  const bendOf = (safeguard: 'none' | 'barrier') =>
    steepest(potential, bath, [learnStep(task, { from, to, h: 0.5 }, safeguard)])!
  expect(bendOf('none')).toBeGreaterThan(1)
  expect(bendOf('barrier')).toBeLessThan(1)
})

/** Normals of mean 0 and variance 1 exactly. */
function standardised(batch: number, step: number): Float64Array {
  const { x } = normals(1, batch, step)
  const { mean, variance } = momentsOf(x)
  return x.map((xi) => (xi - mean) / Math.sqrt(variance))
}

function momentsOf(x: Float64Array) {
  const mean = x.reduce((sum, value) => sum + value / x.length, 0)
  return { mean, variance: x.reduce((sum, value) => sum + (value - mean) ** 2 / x.length, 0) }
}

test('the probability flow takes N(0, kT/k0) to noised Gaussian data, at kT = .6, μ = 1.7, k0 = 1.4: both moments within 3 %', async () => {
  const onsite = ['stiffness', 'bias'] as const
  const potential = createPotential(createNetwork({ visible: { units: 1 } }), { onsite }, bath.kT)
  const noising = createNoising({ stiffness: 1.4, duration: 1.5, tMin: 0.005, slices: 24 }, bath)
  const [mean, width, batch] = [0.9, 0.35, 8000]
  const data = { x: standardised(batch, 1).map((xi) => mean + width * xi), batch }
  const flow = probabilityFlow({ potential, noising, data, seed: 3 }, 12)
  const start = { x: standardised(batch, 2).map((xi) => Math.sqrt(bath.kT / 1.4) * xi), batch }
  const trail = await flowTrail(createLandscape(potential, bath), flow, start, async () => {})
  const found = momentsOf(trail.end.x)
  const [m, s] = [signal(noising, 0.005), noiseWidth(noising, 0.005)]
  expect(Math.abs(found.mean / (m * mean) - 1)).toBeLessThan(0.03)
  expect(Math.abs(found.variance / (m ** 2 * width ** 2 + s ** 2) - 1)).toBeLessThan(0.03)
  // Every map is linear: its volume is the ratio of the widths.
  const stretch = Math.sqrt(found.variance / momentsOf(start.x).variance)
  expect(trail.end.logVolume[0]).toBeCloseTo(Math.log(stretch), 10)
  const pairs = flowPairs(trail, 4)
  expect(pairs.reduce((sum, { h }) => sum + h, 0)).toBeCloseTo(1.5 - 0.005, 10)
})
