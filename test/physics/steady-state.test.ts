import { Matrix } from 'ml-matrix'
import { expect, test } from 'vitest'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { createPotential } from '../../src/physics/potential/potential.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'
import { stationaryCovariance } from '../../src/physics/truth/harmonic.js'
import { harmonicProtocolLaw } from '../../src/physics/truth/harmonic-protocol.js'
import { linearSystemOf } from '../../src/physics/truth/linear-system.js'
import {
  type LinearSystem,
  linearSteps,
  steadyCovariance,
  steadyExchange,
  steadyMean,
} from '../../src/physics/truth/steady-state.js'

await loadFormulas()
const none = (units: number) => ({ stiffness: Matrix.zeros(units, units), force: Matrix.zeros(units, 1) })

/** Units in harmonic forces and their baths. */
function system(
  stiffness: number[][],
  mobility: number[],
  kT: number[],
  more: Partial<LinearSystem> = {},
): LinearSystem {
  const units = mobility.length
  return {
    stiffness: new Matrix(stiffness),
    force: Matrix.zeros(units, 1),
    driving: none(units),
    bath: none(units),
    mobility: Float64Array.from(mobility),
    kT: Float64Array.from(kT),
    correlationTime: new Float64Array(units),
    ...more,
  }
}

const close = (matrix: Matrix, expected: number[][] | Matrix, digits = 12) => {
  const truth = expected instanceof Matrix ? expected : new Matrix(expected)
  expect(Matrix.sub(matrix, truth).norm('max')).toBeLessThan(10 ** -digits * truth.norm('max'))
}

test('a gyrator between two baths has the torque of Filliger and Reimann, and lets heat through', () => {
  const [a, b, c, mu, T1, T2] = [2, 1.2, 0.7, 1.3, 1, 2.5]
  const gyrator = system(
    [
      [a, c],
      [c, b],
    ],
    [mu, mu],
    [T1, T2],
  )
  const S = steadyCovariance(gyrator)
  const [xx, xy, yy] = [S.get(0, 0), S.get(0, 1), S.get(1, 1)]
  // ⟨x F_y - y F_x⟩. Principal stiffnesses u₁, u₂ at the angle α have c = (u₁ - u₂) sin(2α)/2 and a + b = u₁ + u₂, so that
  // 2c(T₂ - T₁)/(a + b) is (T₂ - T₁) sin(2α)(u₁ - u₂)/(u₁ + u₂).
  const torque = -c * xx + c * yy + (a - b) * xy
  expect(torque).toBeCloseTo((2 * c * (T2 - T1)) / (a + b), 12)
  const { heat, work } = steadyExchange(gyrator)
  const flow = (mu * c * c * (T2 - T1)) / (a + b)
  expect(heat[0]).toBeCloseTo(flow, 12)
  expect(heat[1]).toBeCloseTo(-flow, 12)
  expect(work).toBe(0)
})

test('an active particle in a trap has its closed form, whichever way its force counts', () => {
  const [k, strength, tau, mu, kT] = [1.5, 1.2, 0.8, 1.3, 0.6]
  const pushed = new Matrix([
    [0, -strength],
    [0, 0],
  ])
  const force = Matrix.zeros(2, 1)
  const of = (counts: 'driving' | 'bath') =>
    system(
      [
        [k, -strength],
        [0, 0],
      ],
      [mu, 0],
      [kT, kT],
      {
        correlationTime: Float64Array.of(0, tau),
        [counts]: { stiffness: pushed, force },
      },
    )
  const S = steadyCovariance(of('driving'))
  expect(S.get(1, 1)).toBeCloseTo(1, 12)
  expect(S.get(0, 0)).toBeCloseTo(kT / k + (mu * strength ** 2 * tau) / (k * (1 + mu * k * tau)), 12)
  const power = (mu * strength ** 2) / (1 + mu * k * tau)
  const counted = steadyExchange(of('driving'))
  expect(counted.work).toBeCloseTo(power, 12)
  expect(counted.heat[0]).toBeCloseTo(power, 12)
  expect(counted.heat[1]).toBe(0)
  // As a bath it takes no work, and what it gives the potential's force takes: -⟨dU/dt⟩ = 0.
  const uncounted = steadyExchange(of('bath'))
  expect(uncounted.work).toBe(0)
  expect(uncounted.heat[0]).toBeCloseTo(0, 12)
})

test('a vortex in a trap takes 2μω²kT/k of work, all of it heat', async () => {
  const [k, omega, kT, mobility] = [1.4, 0.9, 0.7, 1.3]
  const network = createNetwork({ visible: { units: 2 }, couplings: { visible: { range: 'all' } } })
  const potential = createPotential(network, { onsite: ['stiffness'], force: [{ name: 'curl', x: 'y', y: '-x' }] }, kT)
  const vortex = linearSystemOf(potential, Float64Array.of(k, k, omega), { kT, mobility })!
  close(steadyCovariance(vortex), Matrix.eye(2).mul(kT / k))
  const { heat, work } = steadyExchange(vortex)
  expect(work).toBeCloseTo((2 * mobility * omega ** 2 * kT) / k, 12)
  expect(heat[0]! + heat[1]!).toBeCloseTo(work, 12)
})

test('at equal temperatures the law at rest of any steps is that of the symmetric case', () => {
  const K = [
    [2, 0.6, 0],
    [0.6, 1.2, -0.3],
    [0, -0.3, 0.8],
  ]
  const mobility = [1.3, 0.4, 2]
  const bath = { kT: 0.7, mobility: Float64Array.from(mobility) }
  for (const h of [0, 0.1, 0.3]) {
    const truth = stationaryCovariance(Float64Array.from(K.flat()), bath, h)
    close(steadyCovariance(system(K, mobility, [0.7, 0.7, 0.7]), h), Matrix.from1DArray(3, 3, truth))
  }
})

test('steps lead to the law at rest, with its means and its exchange in each of them', () => {
  const [h, steps] = [0.1, 600]
  const driven = system(
    [
      [2, 0.9, 0.3],
      [-0.4, 1.2, 0],
      [0, 0, 0],
    ],
    [1.3, 0.5, 0],
    [0.7, 1.9, 0],
    {
      force: Matrix.columnVector([0.4, -1, 0]),
      driving: {
        stiffness: new Matrix([
          [0, 0.65, 0.3],
          [-0.65, 0, 0],
          [0, 0, 0],
        ]),
        force: Matrix.columnVector([0.4, 0, 0]),
      },
      correlationTime: Float64Array.of(0, 0, 0.6),
    },
  )
  const start = { mean: Float64Array.of(1, 2, 0), covariance: new Float64Array(9) }
  const [before, after] = [steps, steps + 1].map((n) => linearSteps(driven, h, n, start)) as [
    ReturnType<typeof linearSteps>,
    ReturnType<typeof linearSteps>,
  ]
  close(after.covariance, steadyCovariance(driven, h))
  close(after.mean, steadyMean(driven))
  const { heat, work } = steadyExchange(driven, h)
  expect(after.exchange.work - before.exchange.work).toBeCloseTo(h * work, 9)
  for (const i of [0, 1, 2]) expect(after.exchange.heat[i]! - before.exchange.heat[i]!).toBeCloseTo(h * heat[i]!, 9)
  // What comes in as work goes out as heat.
  expect(heat[0]! + heat[1]!).toBeCloseTo(work, 12)
})

test('the heat on the way to equilibrium is that of the law of a harmonic protocol', () => {
  const network = createNetwork({ visible: { units: 2 }, couplings: { visible: { range: 'all' } } })
  const potential = createPotential(network, { onsite: ['stiffness', 'bias'], pair: ['bilinear'] }, 1)
  const theta = Float64Array.of(2, 1.2, 0.5, -0.3, 0.6)
  const bath = { kT: 0.7, mobility: 1.3 }
  const start = { mean: Float64Array.of(1, -2), covariance: Float64Array.of(0.5, 0.1, 0.1, 0.2) }
  const truth = harmonicProtocolLaw(potential, constantProtocol(theta, 1.2, 0.1), bath, start)
  const law = linearSteps(linearSystemOf(potential, theta, bath)!, 0.1, 12, start)
  close(law.covariance, Matrix.from1DArray(2, 2, truth.covariance))
  close(law.mean, Matrix.columnVector(truth.mean))
  expect(law.exchange.heat.reduce((sum, q) => sum + q, 0)).toBeCloseTo(truth.heat, 11)
})

test('a quartic well is not linear, and what nothing confines has no law at rest', () => {
  const network = createNetwork({ visible: { units: 1 } })
  const quartic = createPotential(network, { onsite: ['stiffness', 'quartic'] }, 1)
  expect(linearSystemOf(quartic, Float64Array.of(1, 0.5), { kT: 1, mobility: 1 })).toBeNull()
  expect(linearSystemOf(quartic, Float64Array.of(1, 0), { kT: 1, mobility: 1 })).not.toBeNull()
  expect(() => steadyCovariance(system([[-1]], [1], [1]))).toThrow('no law at rest')
  expect(() => steadyCovariance(system([[1]], [1], [1]), 2.5)).toThrow('no law at rest')
})
