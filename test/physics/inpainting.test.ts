import { Matrix } from 'ml-matrix'
import { afterAll, describe, expect, test } from 'vitest'
import { openBackend } from '../../src/backend/node/open.js'
import { complete } from '../../src/learning/generation/complete.js'
import type { PointSet } from '../../src/physics/network/states.js'
import { clampUnits } from '../../src/physics/potential/clamped-units.js'
import { forceAndEnergy } from '../../src/physics/potential/potential.js'
import { type DriveKind, noiseWidth, signal } from '../../src/physics/protocol/noising.js'
import { conditional, exactNetwork, largestZ, options, units } from './conditional-gaussian.js'

// Gaussian data, of which a harmonic network at its optimum knows everything: the law of its left half given its right is Gaussian
// with a mean and a covariance in closed form, so what is off is the method's.
const unknown = [0, 2, 5]
const known = [1, 3, 4]
const held = Array.from({ length: units }, (_, i) => known.includes(i))
const y = [-1.2, 0.9, 0.8]
const count = 4000

const backends = await Promise.all(
  (['reference', 'wasm'] as const).map(async (backend) => {
    const asked = { potential: exactNetwork({ duration: 4, tMin: 0.1, slices: 1 }, 'reverse').whole, rule: null }
    return (await openBackend({ threads: 1, backend }, [{ ...asked, integrator: 'euler-maruyama' }], {})).backend
  }),
)
afterAll(async () => {
  for (const backend of backends) await backend.close()
})

/** Clean units x/m at t_min, and the width σ = s/m of the noise that is left in them. */
async function completed(
  backend: (typeof backends)[number],
  tMin: number,
  steps: number,
  drive: DriveKind = 'reverse',
  sweeps = 2,
  trajectories = count,
) {
  const { noising, whole, knots } = exactNetwork({ duration: 4, tMin, slices: 32 }, drive)
  const values = Float64Array.from(
    { length: trajectories * units },
    (_, n) => y[known.indexOf(n % units)] ?? Number.NaN,
  )
  const { final, workAndHeat } = await complete(
    {
      ...{ whole, knots, noising, drive, held, sweeps, steps, bath: { kT: 1, mobility: 1 }, classes: null },
      ...{ clamped: clampUnits(whole, options, 1, held), known: { points: values, count: trajectories, units } },
      ...{ integrator: 'euler-maruyama', seed: 5, batch: 512, measuresEnergies: true },
    },
    backend,
  )
  const t = noising.knots.at(-1)!
  const m = signal(noising, t)
  const clean: PointSet = { ...final, points: final.points.map((x) => x / m) }
  return { clean, final, width: noiseWidth(noising, t) / m, workAndHeat: workAndHeat! }
}

const [reference, wasm] = backends as [(typeof backends)[number], (typeof backends)[number]]

test('are the same on every backend, but for the rounding of their arithmetic', async () => {
  const [exact, rounded] = await Promise.all([reference, wasm].map((on) => completed(on, 0.003, 4, 'reverse', 2, 100)))
  const farthest = exact!.final.points.reduce(
    (most, x, n) => Math.max(most, Math.abs(x - rounded!.final.points[n]!)),
    0,
  )
  // Float32 rounds a state to 2^-24, some hundred steps of it contract or stretch by factors of order one.
  expect(farthest).toBeLessThan(1e-4)
  const heat = (of: typeof exact) => of!.workAndHeat.heat.reduce((sum, q) => sum + q / 100, 0)
  expect(heat(rounded)).toBeCloseTo(heat(exact), 2)
}, 60_000)

describe('units given others', () => {
  const backend = wasm

  test('have the exact conditional mean and covariance of Gaussian data within 4 s.e. where t_min is small', async () => {
    // Noise of variance .0006 is left: its bias is a tenth of the standard errors.
    const { clean, final, width } = await completed(backend, 0.0003, 48)
    expect(width).toBeLessThan(0.025)
    expect(largestZ(clean, unknown, conditional(unknown, known, y))).toBeLessThan(4)
    expect(final.points.every(Number.isFinite)).toBe(true)
  }, 60_000)

  test('have it with the quasi-static drive too, whose landscape is at rest by itself', async () => {
    const { clean } = await completed(backend, 0.0003, 48, 'quasi-static')
    expect(largestZ(clean, unknown, conditional(unknown, known, y))).toBeLessThan(4)
  }, 60_000)

  test('are drawn given y + σε where noise of width σ is left: the bias of a larger t_min is the derived one', async () => {
    const { clean, width } = await completed(backend, 0.03, 48)
    const noise = width ** 2
    const { gain, mean, covariance } = conditional(unknown, known, y, noise)
    const spread = gain.mmul(gain.transpose()).add(Matrix.eye(unknown.length)).mul(noise)
    expect(largestZ(clean, unknown, { mean, covariance: Matrix.add(covariance, spread) })).toBeLessThan(4)
    expect(largestZ(clean, unknown, conditional(unknown, known, y))).toBeGreaterThan(10)
  }, 60_000)

  test('have another law when they are plainly clamped: the same test rejects it', async () => {
    const { clean } = await completed(backend, 0.0003, 0)
    expect(largestZ(clean, unknown, conditional(unknown, known, y))).toBeGreaterThan(10)
  }, 60_000)
})

describe('a network with held units', () => {
  test('has the forces of the whole network on those that move, and its energy but for a constant', () => {
    const { whole, knots } = exactNetwork({ duration: 4, tMin: 0.1, slices: 1 }, 'reverse')
    const { potential, order, parameters } = clampUnits(whole, options, 1, held)
    const of = (states: Float64Array) => {
      const [force, energy] = [new Float64Array(units), new Float64Array(1)]
      forceAndEnergy(whole, knots[1]!, states, 1, force, energy)
      const row = Float64Array.from(order, (unit) => states[unit]!)
      const [own, ownEnergy] = [new Float64Array(units), new Float64Array(1)]
      forceAndEnergy(potential, parameters(knots[1]!), row, 1, own, ownEnergy)
      return { force, energy: energy[0]!, own, ownEnergy: ownEnergy[0]! }
    }
    const states = Float64Array.from([0.3, -1.2, 0.8, 0.9, 0.8, -0.4])
    const { force, energy, own, ownEnergy } = of(states)
    for (const [row, unit] of order.entries()) if (!held[unit]) expect(own[row]).toBeCloseTo(force[unit]!, 12)
    const moved = of(states.map((x, i) => (held[i] ? x : x + 0.5)))
    expect(moved.ownEnergy - ownEnergy).toBeCloseTo(moved.energy - energy, 12)
  })
})
