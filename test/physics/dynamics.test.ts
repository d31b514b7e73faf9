import { describe, expect, test } from 'vitest'
import { integrate } from '../../src/backend/integrate.js'
import { OverdampedError } from '../../src/errors.js'
import { driveNetwork } from '../../src/physics/dynamics/drive.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { eulerMaruyama } from '../../src/physics/dynamics/euler-maruyama.js'
import { evolve } from '../../src/physics/dynamics/evolve.js'
import { planSteps } from '../../src/physics/dynamics/step-plan.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { bias, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { hessian, type Potential, potentialOf } from '../../src/physics/potential/potential.js'
import { generationClock, generationProtocol } from '../../src/physics/protocol/generation-protocol.js'
import { createNoising } from '../../src/physics/protocol/noising.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'
import { everyTerm, lattice, normals } from '../systems.js'

const nothing = { workAndHeat: null, observers: [] }
const bath = { kT: 0.7, mobility: 1.3 }
const one = createNetwork({ visible: { units: 1 }, couplings: { visible: { range: 'all' } } })

async function ensemble(
  potential: Potential,
  theta: Float64Array,
  duration: number,
  dt: number,
  start: [number, number],
  trajectories: number,
) {
  const drive = driveNetwork(potential, constantProtocol(theta, duration, dt))
  const observer = createWorkAndHeat(trajectories)
  const done = await integrate(
    drive,
    bath,
    eulerMaruyama,
    gaussianStart(1, ...start),
    { seed: 1, trajectories, batch: 500 },
    { workAndHeat: observer, observers: [] },
    {},
  )
  if (done === null) throw new Error('not stopped')
  return { ...done, observer }
}

const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length

test('a driven trap with bias follows the exact recursion of the scheme within 4 standard errors', async () => {
  const [k, f, h, steps, n] = [2, 0.6, 0.05, 20, 20_000]
  const potential = potentialOf(one, [stiffness, bias])
  const { final } = await ensemble(potential, Float64Array.of(k, f), h * steps, h, [1.5, 0.2], n)
  let [mean, variance] = [1.5, 0.2]
  for (let step = 0; step < steps; step++) {
    mean += bath.mobility * h * (f - k * mean)
    variance = (1 - bath.mobility * h * k) ** 2 * variance + 2 * bath.mobility * bath.kT * h
  }
  const measured = meanOf(final.points)
  const spread = meanOf(final.points.map((x) => (x - measured) ** 2))
  expect(Math.abs(measured - mean)).toBeLessThan(4 * Math.sqrt(variance / n))
  expect(Math.abs(spread - variance)).toBeLessThan(4 * variance * Math.sqrt(2 / n))
})

test('a coupled harmonic network reaches covariance kT (K - μhK²/2)⁻¹ within 4 standard errors', async () => {
  const network = lattice(2, 2, 'all')
  const potential = potentialOf(network, [stiffness, bilinear])
  const theta = Float64Array.of(2, 1.5, 1, 3, 0.4, -0.3, 0.2, 0.5, -0.2, 0.1)
  const [h, n] = [0.05, 20_000]
  const { final } = await ensemble(potential, theta, 8, h, [0, 0.5], n)
  const K = hessian(potential, theta, new Float64Array(4))
  // K - μhK²/2, and the identity that the covariance must solve: S (K - μhK²/2) = kT.
  const M = K.map((value, index) => {
    const [i, j] = [Math.floor(index / 4), index % 4]
    let square = 0
    for (let m = 0; m < 4; m++) square += K[i * 4 + m]! * K[m * 4 + j]!
    return value - (bath.mobility * h * square) / 2
  })
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < 4; j++) {
      // Σ_m S_im M_mj as a mean over trajectories of x_i (M x)_j, whose own spread gives the standard error.
      const products = Float64Array.from({ length: n }, (_, t) => {
        let sum = 0
        for (let m = 0; m < 4; m++) sum += final.points[t * 4 + m]! * M[m * 4 + j]!
        return final.points[t * 4 + i]! * sum
      })
      const mean = meanOf(products)
      const error = Math.sqrt(meanOf(products.map((p) => (p - mean) ** 2)) / n)
      expect(Math.abs(mean - (i === j ? bath.kT : 0))).toBeLessThan(4 * error)
    }
})

test('alternating knots act in the shares that interpolation gives them, to a step of each slice', () => {
  const noising = createNoising({ stiffness: 1, duration: 3, tMin: 0.05, slices: 5, spacing: 'geometric' }, bath)
  const clockOf = (interpolation: 'linear' | 'alternate') => generationClock(noising, { interpolation, slowdown: 1 })
  const [linear, alternate] = [clockOf('linear'), clockOf('alternate')]
  expect([...new Set(alternate.weight)].sort()).toEqual([0, 1])
  for (let n = 0; n < 5; n++) {
    const steps = [...linear.slice.keys()].filter((step) => linear.slice[step] === n)
    const share = (weight: Float64Array) => steps.reduce((sum, step) => sum + weight[step]!, 0)
    expect(steps.length).toBeGreaterThan(5)
    expect(Math.abs(share(linear.weight) - share(alternate.weight))).toBeLessThanOrEqual(0.5 + 1e-12)
  }
})

describe('work and heat', () => {
  const network = lattice(3, 3, 'all')
  const { potential, theta } = everyTerm(network)
  const noising = createNoising({ stiffness: 1, duration: 1, tMin: 0.1, slices: 4, spacing: 'geometric' }, bath)
  const knots = noising.knots.map((_, n) => theta.map((value) => value * (1 + 0.3 * n)))

  test.each(['linear', 'alternate', 'hold'] as const)(
    'obey the first law on every trajectory of a %s protocol',
    async (interpolation) => {
      const drive = driveNetwork(potential, generationProtocol(noising, knots, { interpolation, slowdown: 1 }))
      const observer = createWorkAndHeat(50)
      await integrate(
        drive,
        bath,
        eulerMaruyama,
        gaussianStart(3, 0, 0.7),
        { seed: 3, trajectories: 50, batch: 16 },
        { workAndHeat: observer, observers: [] },
        {},
      )
      const { work, heat, energyChange } = observer
      expect(Math.max(...work.map(Math.abs))).toBeGreaterThan(0.1)
      for (let n = 0; n < 50; n++)
        expect(Math.abs(energyChange[n]! - work[n]! + heat[n]!)).toBeLessThanOrEqual(
          1e-10 * (Math.abs(work[n]!) + Math.abs(heat[n]!) + 1),
        )
    },
  )

  test('heat equals Σ½(F+F′)·dx to rounding in a harmonic potential', async () => {
    const harmonic = potentialOf(network, [stiffness, bias, bilinear])
    const parameters = normals(harmonic.size, 2).map((value, a) => (a < 9 ? 4 + Math.abs(value) : 0.3 * value))
    const { observer } = await ensemble(harmonic, parameters, 1, 0.02, [0.5, 1], 40)
    for (let n = 0; n < 40; n++)
      expect(Math.abs(observer.heat[n]! - observer.heatIntegral[n]!)).toBeLessThanOrEqual(
        1e-12 * (Math.abs(observer.heat[n]!) + 100),
      )
  })

  test('otherwise Σ½(F+F′)·dx converges to the heat as dt → 0', async () => {
    const gap = async (dt: number) => {
      const { observer } = await ensemble(potential, theta, 0.5, dt, [0, 0.5], 200)
      return Math.sqrt(meanOf(observer.heat.map((q, n) => (q - observer.heatIntegral[n]!) ** 2)))
    }
    const coarse = await gap(0.008)
    const fine = await gap(0.0005)
    // Local error O(dx³) with random sign: the root mean square falls as dt, here by 16; a factor 2 of slack for noise.
    expect(coarse / fine).toBeGreaterThan(8)
  })
})

test('trajectories are the same bits for batches of 1, 7, 64 and 1000', async () => {
  const { potential, theta } = everyTerm(lattice(3, 3, 1))
  const final = async (batch: number) => {
    const drive = driveNetwork(potential, constantProtocol(theta, 0.05, 0.01))
    const done = await integrate(
      drive,
      bath,
      eulerMaruyama,
      gaussianStart(2, 0, 1),
      { seed: 2, trajectories: 130, batch },
      nothing,
      {},
    )
    return done?.final.points
  }
  const whole = await final(1000)
  for (const batch of [1, 7, 64]) expect(await final(batch)).toEqual(whole)
})

describe('divergence', () => {
  const start = (value: number) => Float64Array.from([value, value])
  const runaway = (potential: Potential, theta: number[], dt: number, x0: number, duration = 20) => {
    const drive = driveNetwork(potential, constantProtocol(Float64Array.from(theta), duration, dt))
    for (const _step of evolve(drive, bath, eulerMaruyama, start(x0), 1, 40, nothing));
  }
  const caught = (run: () => void): OverdampedError => {
    try {
      run()
    } catch (error) {
      if (error instanceof OverdampedError) return error
      throw error
    }
    throw new Error('it did not diverge')
  }
  test.each([
    ['a stiff trap', [stiffness], [50], 1],
    ['a quartic wall', [quartic], [1], 6],
    ['a double well', [stiffness, quartic], [-2, 4], 5],
  ] as const)('in %s is reported with step, trajectory and a dt that holds', (_name, terms, theta, x0) => {
    const potential = potentialOf(one, [...terms])
    const error = caught(() => runaway(potential, [...theta], 0.5, x0))
    expect(error.message).toMatch(
      /^step \d+, trajectory 4[01]: \|x\| > 1e6\. dt 0\.5 is too large here; try dt ≤ [\d.e-]+ \[E_DIVERGED\]$/,
    )
    const dt = Number(/try dt ≤ ([\d.e-]+)/.exec(error.message)?.[1])
    runaway(potential, [...theta], dt, x0)
  })

  test('of a potential that is not bounded below is called that', () => {
    const error = caught(() => runaway(potentialOf(one, [stiffness]), [-2], 0.01, 1))
    expect(error.message).toContain('not bounded below')
  })
})

/** Default steps of a plain simulation that starts at 0. */
const stepsOf = (potential: Potential, theta: readonly number[], initial = Float64Array.of(0)) =>
  planSteps(
    {
      ...{ potential, theta: Float64Array.from(theta), scheduled: [], kT: null, bath: { kT: 1, mobility: 1 } },
      ...{ initial, duration: 1 },
    },
    Infinity,
  )

test('the default time step resolves a trap', () => {
  expect(stepsOf(potentialOf(one, [stiffness]), [400]).dt[0]).toBeCloseTo(0.02 / 400, 12)
})

test('the default time step resolves the root mean square curvature of a double well', () => {
  // -x² + x⁴/8 bends by -2 + 3x²/2; by quadrature, over Boltzmann's distribution, 4.33 in the root mean square.
  const { dt } = stepsOf(potentialOf(one, [stiffness, quartic]), [-2, 0.5])
  expect(dt[0]).toBeLessThan(0.02 / 4.2)
  expect(dt[0]).toBeGreaterThan(0.02 / 4.5)
})

test('a start far up a wall falls in short steps, and sets no others', () => {
  const potential = potentialOf(one, [stiffness, quartic])
  const near = stepsOf(potential, [-2, 0.5])
  const far = stepsOf(potential, [-2, 0.5], Float64Array.of(0, 300))
  expect(far.dt.length).toBeLessThan(near.dt.length + 120)
  expect(far.dt.at(-1)).toBeCloseTo(near.dt[0]!, 4)
  // μ dt κ = .2 where x = 300 bends by 135,000.
  expect(far.dt[0]! * (1.5 * 300 ** 2 - 2)).toBeCloseTo(0.2, 6)
})
