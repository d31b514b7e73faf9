import { Matrix, solve } from 'ml-matrix'
import { afterAll, describe, expect, test } from 'vitest'
import type { Backend } from '../../src/backend/backend.js'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import { driveNetwork } from '../../src/physics/dynamics/drive.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { evolve, type Measured } from '../../src/physics/dynamics/evolve.js'
import type { IntegratorName } from '../../src/physics/dynamics/integrators.js'
import { integrators } from '../../src/physics/dynamics/integrators.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { fillNormals } from '../../src/physics/noise/gaussian.js'
import { stream } from '../../src/physics/noise/streams.js'
import { bias, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { type Potential, potentialOf } from '../../src/physics/potential/potential.js'
import { constantProtocol, type Protocol } from '../../src/physics/protocol/protocol.js'
import { relaxation } from '../../src/physics/truth/ornstein-uhlenbeck.js'
import { everyTerm, lattice } from '../systems.js'
import { advance, bath, constant, network, seed } from './one-batch.js'

const schemes = ['euler-maruyama', 'heun', 'leimkuhler-matthews', 'exact-ou', 'ou-splitting'] as const

/**
 * Mean [units] and covariance of a scheme's end in a harmonic landscape, to rounding and not by sampling: the end is linear
 * in the normals that led there, and trajectories enough whose normals are known give the coefficients.
 */
function endLaw(scheme: IntegratorName, potential: Potential, protocol: Protocol, start: number[]) {
  const units = start.length
  // Leimkuhler–Matthews looks one step ahead.
  const draws = protocol.dt.length + 1
  const batch = 2 * units * draws + 16
  const x = Float64Array.from({ length: units * batch }, (_, n) => start[Math.floor(n / batch)]!)
  advance(scheme, potential, protocol, x)
  const noise = Matrix.ones(batch, units * draws + 1)
  const normals = new Float64Array(units * batch)
  for (let step = 0; step < draws; step++) {
    fillNormals(seed, stream.dynamics, step, units, 0, batch, normals)
    for (let i = 0; i < units; i++)
      for (let b = 0; b < batch; b++) noise.set(b, 1 + step * units + i, normals[i * batch + b]!)
  }
  const coefficients = solve(noise, Matrix.from1DArray(units, batch, x).transpose())
  const weights = coefficients.subMatrix(1, units * draws, 0, units - 1)
  return { mean: coefficients.getRow(0), covariance: weights.transpose().mmul(weights).to2DArray() }
}

describe('in a harmonic landscape', () => {
  const potential = potentialOf(network(1), [stiffness])
  const [k, duration] = [2, 0.75]

  test.each([
    ['euler-maruyama', 1, 1],
    ['heun', 2, 2],
    ['leimkuhler-matthews', 1, 1],
  ] as const)('%s has weak order %i in the mean and %i in the variance', (scheme, ofMean, ofVariance) => {
    const truth = relaxation(k, bath, { mean: 1.5, variance: 0 }, duration)
    const errors = [96, 192].map((steps) => {
      const { mean, covariance } = endLaw(scheme, potential, constant([k], duration, steps), [1.5])
      return { mean: Math.abs(mean[0]! - truth.mean), variance: Math.abs(covariance[0]![0]! - truth.variance) }
    })
    // The next order is smaller by a few times μkh = .02.
    const order = (of: 'mean' | 'variance') => Math.log2(errors[0]![of] / errors[1]![of])
    expect(Math.abs(order('mean') - ofMean)).toBeLessThan(0.1)
    expect(Math.abs(order('variance') - ofVariance)).toBeLessThan(0.1)
  })

  // With a = μkh, from v = A²v + B²: the shares of the exact variance kT/k that the schemes settle at.
  test.each([
    ['euler-maruyama', (a: number) => 1 / (1 - a / 2)],
    ['heun', (a: number) => (2 - a) / (2 - a + a ** 2 / 2)],
    ['leimkuhler-matthews', () => 1],
    ['exact-ou', () => 1],
    ['ou-splitting', () => 1],
  ] as const)('%s settles at its exact stationary variance', (scheme, share) => {
    const a = 0.5
    const steps = 60
    const protocol = constant([k], (steps * a) / (bath.mobility * k), steps)
    const { covariance } = endLaw(scheme, potential, protocol, [0])
    // What is left of the start is (1 - a)^120.
    expect(covariance[0]![0]! / ((bath.kT / k) * share(a))).toBeCloseTo(1, 11)
  })

  test.each(['exact-ou', 'ou-splitting'] as const)('%s is exact at any step, unstable and soft modes too', (scheme) => {
    // Modes (1, ±1)/√2 with stiffness k ± J.
    const pair = potentialOf(network(2), [stiffness, bias, bilinear])
    for (const [k, J] of [
      [3, 1],
      [1, 2],
      [1, 1],
      [0, 0],
    ] as const)
      for (const steps of [1, 7]) {
        const [f, start, t] = [[0.4, -0.9], [1.1, 0.3], 1.7]
        const { mean, covariance } = endLaw(scheme, pair, constant([k, k, ...f, J], t, steps), start)
        const modes = [1, -1].map((sign) => {
          const rate = bath.mobility * (k + sign * J)
          const along = ([p, q]: number[]) => (p! + sign * q!) / Math.SQRT2
          const elapsed = (c: number) => (rate === 0 ? t : (1 - Math.exp(-c * rate * t)) / (c * rate))
          return {
            mean: along(start) * Math.exp(-rate * t) + bath.mobility * along(f) * elapsed(1),
            variance: 2 * bath.mobility * bath.kT * elapsed(2),
          }
        }) as [{ mean: number; variance: number }, { mean: number; variance: number }]
        const scale = Math.max(1, modes[0].variance, modes[1].variance)
        const close = (value: number, truth: number) => expect(Math.abs(value - truth)).toBeLessThan(1e-11 * scale)
        close(mean[0]!, (modes[0].mean + modes[1].mean) / Math.SQRT2)
        close(mean[1]!, (modes[0].mean - modes[1].mean) / Math.SQRT2)
        close(covariance[0]![0]!, (modes[0].variance + modes[1].variance) / 2)
        close(covariance[1]![1]!, (modes[0].variance + modes[1].variance) / 2)
        close(covariance[0]![1]!, (modes[0].variance - modes[1].variance) / 2)
      }
  })

  test.each(schemes)("%s takes each step's temperature from the protocol", (scheme) => {
    const [steps, h] = [12, 0.08]
    const kT = Float64Array.from({ length: steps }, (_, n) => 0.2 + 0.3 * n)
    const { covariance } = endLaw(scheme, potential, { ...constant([k], steps * h, steps), kT }, [0.5])
    const a = bath.mobility * k * h
    // x' = A x + width·R; Leimkuhler–Matthews has R_n + R_(n+1), so that the two steps of a kick meet in one square.
    const kept =
      scheme === 'exact-ou' || scheme === 'ou-splitting'
        ? Math.exp(-a)
        : scheme === 'heun'
          ? 1 - a + (a * a) / 2
          : 1 - a
    const width = (n: number) => {
      const kick = Math.sqrt(2 * bath.mobility * kT[n]! * h)
      if (scheme === 'euler-maruyama') return kick
      if (scheme === 'heun') return kick * (1 - a / 2)
      if (scheme === 'leimkuhler-matthews') return kick / 2
      return Math.sqrt((kT[n]! / k) * (1 - kept ** 2))
    }
    const ofNormal = new Float64Array(steps + 1)
    for (let n = 0; n < steps; n++) {
      const left = width(n) * kept ** (steps - 1 - n)
      ofNormal[n]! += left
      if (scheme === 'leimkuhler-matthews') ofNormal[n + 1]! += left
    }
    expect(covariance[0]![0]! / ofNormal.reduce((sum, w) => sum + w * w, 0)).toBeCloseTo(1, 11)
  })
})

test('MALA has no work and heat, and exact-ou no way through a quartic landscape: both say so', () => {
  const refused = (scheme: IntegratorName, workAndHeat: Measured['workAndHeat']) => () => {
    const drive = driveNetwork(potentialOf(network(1), [quartic]), constant([1], 1, 2))
    evolve(drive, bath, integrators[scheme], Float64Array.of(0), seed, 0, { workAndHeat, observers: [] }).next()
  }
  expect(refused('mala', createWorkAndHeat(1))).toThrow(/mala samples an equilibrium.*E_INVALID_VALUE/)
  expect(refused('mala', null)).not.toThrow()
  expect(refused('exact-ou', null)).toThrow(/exact-ou needs a harmonic potential.*E_INVALID_VALUE/)
})

describe('kernels', () => {
  const wasm = createThreadedWasm(1)
  afterAll(() => wasm.close())

  test("Leimkuhler–Matthews on wasm is the reference's to float32, and not Euler–Maruyama", async () => {
    const { potential, theta } = everyTerm(lattice(3, 3, 'all'))
    const ends = async (backend: Backend, integrator: IntegratorName) => {
      const protocol = constantProtocol(theta, 0.4, 0.02)
      const start = gaussianStart(seed, 0, 0.5)
      const common = { potential, protocol, bath, start, seed, trajectories: 33, batch: 16 }
      const done = await backend.simulate({ ...common, integrator, workAndHeat: null, observers: [] }, {})
      return done!.final.points
    }
    const exact = await ends(createReference(), 'leimkuhler-matthews')
    const off = (other: Float64Array) => Math.max(...exact.map((x, n) => Math.abs(x - other[n]!)))
    // 20 steps of a few tens of roundings of 2⁻²⁴ each.
    expect(off(await ends(wasm, 'leimkuhler-matthews'))).toBeLessThan(2e-5)
    expect(off(await ends(wasm, 'euler-maruyama'))).toBeGreaterThan(0.01)
  })
})
