import { afterAll, describe, expect, test } from 'vitest'
import type { Simulation } from '../../src/backend/backend.js'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { withOwnStart } from '../../src/physics/dynamics/own-start.js'
import { createWorkAndHeat, type WorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { bathsOf } from '../../src/physics/network/baths.js'
import type { Block } from '../../src/physics/network/blocks.js'
import { edgesFromPairs } from '../../src/physics/network/edges.js'
import { createNetwork, networkOf } from '../../src/physics/network/network.js'
import { meanOf, zScore } from '../../src/physics/observe/estimate.js'
import { createPotential, type PotentialOptions } from '../../src/physics/potential/potential.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'

await loadFormulas()
const backends = { reference: createReference(), wasm: createThreadedWasm(1) }
afterAll(() => backends.wasm.close())
const plain = createNetwork({ visible: { units: 1 } })
const unit: Block = { role: 'visible', units: 1, states: null, change: { kind: 'langevin', mobility: 1 } }
const trajectories = 20_000
type Kind = keyof typeof backends
/** What rounding may do to a heat: 16 standard deviations of a unit's energy, which the worst of the trajectories has below 100 kT. */
const rounding = (on: Kind, steps: number) => 1600 * { reference: 2 ** -53, wasm: 2 ** -24 }[on] * Math.sqrt(2 * steps)

/** A network of these blocks, every two of whose visible units are coupled. */
function networkWith(...blocks: Block[]) {
  const units = blocks.reduce((sum, block) => sum + block.units, 0)
  const visible = blocks.reduce((sum, { role, units }) => sum + (role === 'visible' ? units : 0), 0)
  return networkOf(blocks, { ...plain, edges: edgesFromPairs(units, visible === 2 ? [[0, 1]] : []) })
}

/** Runs `steps` of dt from 0 (active units from their own law), in a landscape that stands still. */
async function run(
  network: ReturnType<typeof networkWith>,
  options: PotentialOptions,
  theta: number[],
  [steps, dt]: [number, number],
  { on = 'reference', ...rest }: Partial<Simulation> & { readonly on?: Kind } = {},
) {
  const potential = createPotential(network, options, 1)
  const workAndHeat = createWorkAndHeat(trajectories, network)
  const simulation = simulationOf({
    potential,
    protocol: constantProtocol(Float64Array.from(theta), steps * dt, dt),
    start: withOwnStart((x) => x.fill(0), 3, network),
    seed: 3,
    trajectories,
    workAndHeat,
    ...rest,
  })
  const { initial, final } = await backends[on].simulate(simulation)
  const row = (of: typeof final, i: number) => of.points.filter((_, n) => n % network.units === i)
  return { ...workAndHeat, initial: (i: number) => row(initial, i), final: (i: number) => row(final, i) }
}

const product = (a: Float64Array, b: Float64Array) => a.map((value, n) => value * b[n]!)
const expectMean = (values: Float64Array, expected: number) =>
  expect(Math.abs(zScore(meanOf(values), expected))).toBeLessThan(4)

function expectFirstLaw({ work, heat, energyChange }: WorkAndHeat) {
  for (let n = 0; n < trajectories; n++)
    expect(Math.abs(energyChange[n]! - work[n]! + heat[n]!)).toBeLessThan(1e-12 * (1 + Math.abs(heat[n]!)))
}

describe.each([
  ['euler-maruyama', 'reference'],
  ['heun', 'reference'],
  ['euler-maruyama', 'wasm'],
] as const)('%s on %s', (integrator, on) => {
  test('an active unit has variance 1 and correlations e^(-t/τ) from the first step on, at any dt', async () => {
    const network = networkWith(unit, {
      role: 'active',
      units: 1,
      states: null,
      change: { kind: 'ornstein-uhlenbeck', time: 0.5 },
    })
    const { initial, final } = await run(network, { onsite: [], active: {} }, [1], [1, 0.7], { integrator, on })
    const [before, after] = [initial(1), final(1)]
    // Variances of a normal's square and of the product of two.
    for (const of of [before, after]) expectMean(product(of, of), 1)
    expectMean(product(before, after), Math.exp(-1.4))
    // The other follows the force at its start: x = μ θ η dt + kick (Heun: the mean of both ends).
    const pull = integrator === 'heun' ? (1 + Math.exp(-1.4)) / 2 : 1
    expectMean(product(before, final(0)), 0.7 * pull)
  })

  test('what a step throws beyond walls is reflected, as often as it takes: free diffusion is its folded law', async () => {
    const between = networkWith({ ...unit, walls: [-1, 1.5] })
    // From 0, width 1: the mean of the characters cos(nπ(x + 1)/2.5) decays by e^(-n²π²σ²/2·2.5²), at any dt.
    const { final } = await run(between, { onsite: [] }, [], [1, 0.5], { integrator, on })
    for (const n of [1, 2, 3]) {
      const q = (n * Math.PI) / 2.5
      expectMean(
        final(0).map((x) => Math.cos(q * (x + 1))),
        Math.cos(q) * Math.exp((-q * q) / 2),
      )
    }
    // Forty widths of the box in a step: uniform.
    const far = (await run(between, { onsite: [] }, [], [2, 5000], { integrator, on })).final(0)
    expect(far.every((x) => x >= -1 && x <= 1.5)).toBe(true)
    expectMean(far, 0.25)
    expectMean(product(far, far), 0.25 ** 2 + 2.5 ** 2 / 12)
    const above = (
      await run(networkWith({ ...unit, walls: [0, null] }), { onsite: [] }, [], [3, 0.5], { integrator, on })
    ).final(0)
    // |x| of variance 2·3·.5
    expectMean(above, Math.sqrt((2 * 3) / Math.PI))
    expectMean(product(above, above), 3)
  })
})

/** The exact mean of each unit's Σ½(F + F')dx over steps of Euler–Maruyama from 0, in a harmonic landscape K of two units. */
function heatOfSteps(K: number[][], kT: number[], mobility: number[], [steps, h]: [number, number]) {
  const times = (A: number[][], B: number[][]) =>
    A.map((row) => B[0]!.map((_, j) => row.reduce((s, a, k) => s + a * B[k]![j]!, 0)))
  const A = K.map((row, i) => row.map((value, j) => (i === j ? 1 : 0) - mobility[i]! * h * value))
  const noise = [0, 1].map((i) => [0, 1].map((j) => (i === j ? 2 * mobility[i]! * kT[i]! * h : 0)))
  const transposed = (M: number[][]) => M[0]!.map((_, j) => M.map((row) => row[j]!))
  let S = [
    [0, 0],
    [0, 0],
  ]
  const heat = [0, 0]
  for (let n = 0; n < steps; n++) {
    // dx = B x + ξ with B = A - 1; ½(F + F') = -K x - ½ K dx
    const B = A.map((row, i) => row.map((value, j) => value - (i === j ? 1 : 0)))
    const xdx = times(S, transposed(B))
    const dxdx = times(times(B, S), transposed(B)).map((row, i) => row.map((value, j) => value + noise[i]![j]!))
    const [first, second] = [times(K, xdx), times(K, dxdx)]
    for (const i of [0, 1]) heat[i]! -= first[i]![i]! + second[i]![i]! / 2
    S = times(times(A, S), transposed(A)).map((row, i) => row.map((value, j) => value + noise[i]![j]!))
  }
  return { heat, covariance: S }
}

describe.each(['reference', 'wasm'] as const)('on %s', (on) => {
  test('between two baths heat flows into the colder one, at the rate of a harmonic pair', async () => {
    const network = networkWith(
      { ...unit, temperature: 3 },
      { ...unit, temperature: 0.5, change: { kind: 'langevin', mobility: 2 } },
    )
    expect([...bathsOf(network).temperature]).toEqual([0.5, 3])
    expect([...bathsOf(network).ofUnit]).toEqual([1, 0])
    const steps: [number, number] = [200, 0.02]
    const found = await run(network, { onsite: ['stiffness'], pair: ['bilinear'] }, [1, 1, 0.8], steps, { on })
    const K = [
      [1, 0.8],
      [0.8, 1],
    ]
    const { heat, covariance } = heatOfSteps(K, [3, 0.5], [1, 2], steps)
    expectMean(found.heatOfBath![0]!, heat[1]!)
    expectMean(found.heatOfBath![1]!, heat[0]!)
    expect(heat[1]!).toBeGreaterThan(0)
    expectMean(product(found.final(0), found.final(1)), covariance[0]![1]!)
    found.heatIntegral.forEach((q, n) => {
      expect(Math.abs(found.heatOfBath![0]![n]! + found.heatOfBath![1]![n]! - q)).toBeLessThan(rounding(on, steps[0]))
      expect(Math.abs(found.heat[n]! - q)).toBeLessThan(rounding(on, steps[0]))
    })
    expectFirstLaw(found)
  })

  test('a curl in a trap leaves the law of the trap but for the step, and its work rate is 2 μ kT c²/k', async () => {
    const network = networkWith({ ...unit, units: 2 })
    const [k, c, h, steps] = [1, 2, 0.05, 60]
    const found = await run(
      network,
      { onsite: ['stiffness'], force: [{ name: 'curl', x: 'y', y: '-x' }] },
      [k, k, c],
      [steps, h],
      { on },
    )
    // ⟨x²⟩ of a unit obeys v' = ((1 - kh)² + (ch)²) v + 2kT h, and each step does the work c²(x² + y²) h.
    let [v, work] = [0, 0]
    for (let n = 0; n < steps; n++) {
      work += 2 * c * c * v * h
      v = ((1 - k * h) ** 2 + (c * h) ** 2) * v + 2 * h
    }
    expectMean(product(found.final(0), found.final(0)), v)
    expectMean(found.work, work)
    expectFirstLaw(found)
    // The whole force's integral is the heat, where the potential is harmonic.
    found.heatIntegral.forEach((q, n) => {
      expect(Math.abs(found.heat[n]! - q)).toBeLessThan(rounding(on, steps))
    })
  })

  test('an active particle in a trap: variance by step, and its force counts as work or as the bath’s', async () => {
    const [tau, k, s, h, steps] = [0.5, 2, 1.5, 0.02, 200]
    const network = networkWith(unit, {
      role: 'active',
      units: 1,
      states: null,
      change: { kind: 'ornstein-uhlenbeck', time: tau },
    })
    const of = (counts: 'work' | 'bath') =>
      run(network, { onsite: ['stiffness'], active: { counts } }, [k, s], [steps, h], { on })
    const [asWork, asBath] = [await of('work'), await of('bath')]
    // ⟨x²⟩, ⟨xη⟩ from step to step, ⟨η²⟩ = 1; x' = a x + s h η + ξ, η' = e η + …
    const [a, e] = [1 - k * h, Math.exp(-h / tau)]
    let [v, cross, work] = [0, 0, 0]
    for (let n = 0; n < steps; n++) {
      // ½(f + f') dx with f = s η: ½ s ⟨(η + η')(x' - x)⟩, ⟨η'x'⟩ = e(a c + s h), ⟨η'x⟩ = e c, ⟨ηx'⟩ = a c + s h
      work += (s / 2) * (1 + e) * (a * cross + s * h - cross)
      v = a * a * v + 2 * a * s * h * cross + (s * h) ** 2 + 2 * h
      cross = e * (a * cross + s * h)
    }
    expectMean(product(asWork.final(0), asWork.final(0)), v)
    expectMean(asWork.work, work)
    expectFirstLaw(asWork)
    expect(asBath.work.every((w) => w === 0)).toBe(true)
    expectFirstLaw(asBath)
    // The potential gives up the same either way.
    asBath.heat.forEach((q, n) => {
      expect(Math.abs(q - (asWork.heat[n]! - asWork.work[n]!))).toBeLessThan(rounding(on, steps))
      expect(Math.abs(q - asBath.heatIntegral[n]!)).toBeLessThan(rounding(on, steps))
    })
  })
})

test('MALA stays within walls and samples the density there', async () => {
  const network = networkWith({ ...unit, walls: [0, null] })
  const { final } = await run(network, { onsite: ['stiffness'] }, [1], [60, 0.5], {
    integrator: 'mala',
    workAndHeat: null,
  })
  const x = final(0)
  expect(x.every((value) => value >= 0)).toBe(true)
  // Half a normal.
  expectMean(x, Math.sqrt(2 / Math.PI))
  expectMean(product(x, x), 1)
})

test.each([
  ['leimkuhler-matthews', { temperature: 2 }, 'leimkuhler-matthews knows no units at temperatures of their own'],
  ['exact-ou', { walls: [0, 1] }, 'exact-ou knows no walls'],
  ['mala', { temperature: 2 }, 'mala knows no units at temperatures of their own'],
] as const)('%s refuses what it can’t move', async (integrator, own, message) => {
  const asked = run(networkWith({ ...unit, ...own }), { onsite: ['stiffness'] }, [1], [1, 0.1], {
    integrator,
    workAndHeat: null,
  })
  await expect(asked).rejects.toThrow(message)
})

test('a unit at temperature 0 follows its force alone', async () => {
  const network = networkWith({ ...unit, temperature: 0 }, unit)
  const { final, heatOfBath } = await run(network, { onsite: ['stiffness'], force: [] }, [1, 1], [20, 0.05], {
    start: (x) => x.fill(1),
  })
  for (const x of final(0)) expect(Math.abs(x - 0.95 ** 20)).toBeLessThan(1e-15)
  // All of its energy, but for what the steps are off by.
  for (const q of heatOfBath![0]!) expect(Math.abs(q - (1 - 0.95 ** 40) / 2)).toBeLessThan(1e-14)
})
