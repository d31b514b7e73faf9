import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { Backend } from '../../src/backend/backend.js'
import { packBlock } from '../../src/backend/compiled/blocks.js'
import { describeSystem } from '../../src/backend/compiled/system.js'
import { formulaSizes } from '../../src/backend/formula-rounding.js'
import { networkWith } from '../../src/backend/native/small-systems.js'
import { librarySource, wasmSource } from '../../src/backend/node/kernel-source.js'
import { openBackend } from '../../src/backend/node/open.js'
import { createPool, createThreaded, createThreadedWasm } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import type { Network } from '../../src/physics/network/network.js'
import { onsiteFromFormula, pairFromFormula } from '../../src/physics/potential/formula-term.js'
import { bistable } from '../../src/physics/potential/hidden.js'
import { labelCoupling } from '../../src/physics/potential/label.js'
import { bias, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { forceAndEnergy, type Potential, potentialOf } from '../../src/physics/potential/potential.js'
import type { TermOn } from '../../src/physics/potential/term.js'
import { createNoising } from '../../src/physics/protocol/noising.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'
import { nativeLibrary } from '../native.js'
import { normals } from '../systems.js'

await loadFormulas()
const { arena, pool } = createPool(wasmSource, 1)
const reference = createReference()
const wasm = createThreadedWasm(1)
const library = await nativeLibrary()
const threaded = [
  ...[2, 3].map((threads) => createThreadedWasm(threads)),
  ...(library === null ? [] : [1, 2].map((threads) => createThreaded(librarySource(library), threads))),
]
afterAll(() => Promise.all([pool, reference, wasm, ...threaded].map((each) => each.close())))

const lanes = 16
const roundoff = 2 ** -24
/** Roundings of an operation, relative: elementary functions are within 3 units in the last place, the rest rounds once. */
const roundings = 6

/** Forces [units, batch] and energies [batch] of one group, by the kernels. */
function byKernels(potential: Potential, theta: Float64Array, x: Float64Array) {
  const mark = arena.mark()
  const system = describeSystem(potential, 0.7, arena)
  const block = arena.take(system.blockBytes)
  arena.f32(block, system.blockBytes / 4).fill(0)
  const [state, force, energy, scratch, parameters] = [
    arena.take(system.groupBytes),
    arena.take(system.groupBytes),
    arena.take(128),
    arena.take(system.scratchBytes),
    arena.take(8 * theta.length),
  ]
  arena.f64(parameters, theta.length).set(theta)
  packBlock(arena, pool, system, parameters, potential.size, block)
  arena
    .f32(state, system.groupBytes / 4)
    .fill(0)
    .set(x)
  pool.kernels.forces(system.address, block, state, scratch, force)
  pool.kernels.energies(system.address, block, state, scratch, energy)
  const out = {
    force: Float64Array.from(arena.f32(force, potential.network.visible * lanes)),
    energy: Float64Array.from(arena.f64(energy, lanes)),
  }
  arena.release(mark)
  return out
}

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
const farthest = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, value, n) => Math.max(most, Math.abs(value - b[n]!)), 0)

/** A formula of one variable or two that is smooth and finite on normals. */
const formulaOf = (variables: readonly string[]) =>
  fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom(...variables),
      fc.constantFrom('0.5', '2', '1.7', '3'),
      fc.tuple(tie('tree'), fc.constantFrom('+', '-', '*'), tie('tree')).map(([a, sign, b]) => `(${a} ${sign} ${b})`),
      fc.tuple(fc.constantFrom('sin', 'cos', 'atan', 'tanh'), tie('tree')).map(([name, a]) => `${name}(${a})`),
      tie('tree').map((a) => `exp(-(${a})^2)`),
      tie('tree').map((a) => `sqrt(1 + (${a})^2)`),
      tie('tree').map((a) => `log(2 + (${a})^2)`),
      tie('tree').map((a) => `1/(1.5 + (${a})^4)`),
      tie('tree').map((a) => `(1 + (${a})^2)^1.3`),
      tie('tree').map((a) => `sinh(tanh(${a}))*cosh(sin(${a}))`),
    ),
  })).tree

test('random formulas have the forces and energies of float64, to what their operations round', () => {
  const network = networkWith(6, 'all', 0)
  fc.assert(
    fc.property(formulaOf(['x', 't']), formulaOf(['x', 'y', 't']), (onsite, pair) => {
      let potential: Potential
      try {
        potential = potentialOf(network, [
          onsiteFromFormula({ name: 'onsite', formula: onsite }),
          pairFromFormula({ name: 'pair', formula: pair }),
        ])
      } catch {
        // A constant part that is not finite, or a derivative that is too long.
        return fc.pre(false)
      }
      const theta = normals(potential.size, 3).map(Math.fround)
      const x = normals(network.units * lanes, 4).map(Math.fround)
      const exact = { force: new Float64Array(x.length), energy: new Float64Array(lanes) }
      forceAndEnergy(potential, theta, x, lanes, exact.force, exact.energy)
      fc.pre(largest(exact.force) < 1e30 && largest(exact.energy) < 1e30)
      const got = byKernels(potential, theta, x)
      for (let b = 0; b < lanes; b++) {
        const states = { x: Float64Array.from({ length: network.units }, (_, i) => x[i * lanes + b]!), batch: 1 }
        const { energy, force } = formulaSizes(potential, theta, states)
        const allowed = (size: number) => roundings * roundoff * size + 1e-30
        const total = energy.reduce((sum, value) => sum + value, 0)
        expect(Math.abs(got.energy[b]! - exact.energy[b]!)).toBeLessThan(allowed(total))
        for (let i = 0; i < network.units; i++)
          expect(Math.abs(got.force[i * lanes + b]! - exact.force[i * lanes + b]!)).toBeLessThan(allowed(force[i]!))
      }
    }),
    { numRuns: 30, seed: 1 },
  )
})

/** Formula terms of every kind among built-in ones, hidden and label units. */
function mixture(network: Network): { potential: Potential; theta: Float64Array } {
  const terms: TermOn[] = [
    stiffness,
    onsiteFromFormula({ name: 'ripple', formula: '1 - cos(2*pi*x)' }),
    pairFromFormula({ name: 'josephson', formula: '1 - cos(x - y)' }),
    bilinear,
    onsiteFromFormula({ name: 'sextic', formula: 'x^6/6' }),
    quartic,
    bias,
    pairFromFormula({ name: 'yukawa', formula: 'exp(-sqrt(0.1 + (x - y)^2))/sqrt(0.1 + (x - y)^2) + x*y^2/9' }),
    onsiteFromFormula({ name: 'line', formula: '3*x - 1' }),
    onsiteFromFormula({ name: 'moving', formula: '(x - 2*sin(t))^2/2 + cos(3*t)*x*t' }),
    pairFromFormula({ name: 'swinging', formula: 'cos(x - y - t)*exp(-t^2) + t*x' }),
  ]
  if (network.labelsPull) terms.push(labelCoupling)
  if (network.hidden > 0) terms.push(bistable(0.7))
  const potential = potentialOf(network, terms)
  const theta = normals(potential.size, 11).map((value) => 0.3 * value)
  potential.terms.forEach(({ name }, n) => {
    for (let a = potential.offsets[n]!; a < potential.offsets[n + 1]!; a++)
      if (['stiffness', 'quartic', 'sextic'].includes(name)) theta[a] = 0.5 + Math.abs(theta[a]!)
  })
  return { potential, theta }
}

/** Float32 against float64, in units of the largest |value|: a few hundred roundings of 2⁻²⁴ each. */
const limit = 2e-5

describe.each([
  [1, 'none', 0, 0],
  [10, 'all', 0, 0],
  [17, 'listed', 0, 0],
  [17, 'all', 5, 2],
  [50, 'listed', 0, 1],
] as const)(
  'formulas among other terms: %d units coupled by "%s", %d hidden, %d labels',
  (units, coupled, hidden, labels) => {
    const network = networkWith(units, coupled, hidden, labels)
    const { potential, theta } = mixture(network)

    test('forces and energies are the reference’s', () => {
      const x = normals(network.units * lanes, 4).map(Math.fround)
      const force = new Float64Array(x.length)
      const energy = new Float64Array(lanes)
      forceAndEnergy(potential, theta, x, lanes, force, energy)
      const got = byKernels(potential, theta, x)
      const moving = force.subarray(0, network.visible * lanes)
      expect(farthest(moving, got.force)).toBeLessThan(limit * largest(moving))
      expect(farthest(energy, got.energy)).toBeLessThan(limit * largest(energy))
    })

    test('trajectories, work and heat are the reference’s, whatever the number of threads and the compiler', async () => {
      const of = async (backend: Backend, trajectories = 70, measured = true) => {
        const workAndHeat = measured ? createWorkAndHeat(trajectories) : null
        const changing = constantProtocol(theta, 0.06, 0.003)
        const { final } = await backend.simulate(
          simulationOf({
            potential,
            protocol: {
              ...changing,
              parameters(step, out) {
                theta.forEach((value, a) => {
                  out[a] = value * (1 + 0.01 * Math.max(0, Math.floor(step / 3)))
                })
                return step % 3 === 0
              },
            },
            bath: { kT: 0.7, mobility: 1.3 },
            start: gaussianStart(3, 0, 0.7),
            seed: 3,
            trajectories,
            workAndHeat,
          }),
        )
        return { final: final.points, ...workAndHeat }
      }
      const [exact, got] = [await of(reference), await of(wasm)]
      expect(farthest(exact.final, got.final)).toBeLessThan(limit * largest(exact.final))
      for (const key of ['work', 'heat', 'heatIntegral', 'energyChange'] as const)
        expect(farthest(exact[key]!, got[key]!)).toBeLessThan(limit * largest(exact.heat!))
      for (const backend of threaded) expect(await of(backend)).toEqual(got)
      // Neither measuring nor how groups come together changes a bit.
      expect((await of(wasm, 33, false)).final).toEqual(got.final.subarray(0, 33 * network.units))
    })

    test('force matching has the float64 gradient and loss', async () => {
      const set = (step: number, count: number) => ({
        points: normals(count * network.units, step),
        count,
        units: network.units,
      })
      const noising = createNoising(
        { stiffness: 1, duration: 3, tMin: 0.1, slices: 3, spacing: 'geometric' },
        { kT: 0.7, mobility: 1.3 },
      )
      const task = {
        ...{ potential, noising, drive: 'reverse' as const, seed: 4, rule: 'force-matching' as const },
        ...{ train: set(20, 90), heldOut: set(21, 35) },
      } as const
      const learners = [reference, wasm, threaded.at(-1)!].map((backend) => backend.learner(task))
      for (const batch of [1, 3, 65]) {
        const gradients = learners.map(() => new Float64Array(potential.size))
        const losses = await Promise.all(
          learners.map((learner, n) => learner.gradient(theta, 0.4, batch, 12, gradients[n]!)),
        )
        expect(Math.abs(losses[1]! - losses[0]!)).toBeLessThan(limit * losses[0]!)
        expect(farthest(gradients[0]!, gradients[1]!)).toBeLessThan(limit * largest(gradients[0]!))
        expect(gradients[2]).toEqual(gradients[1])
      }
    })
  },
)

test('what formulas can’t do on the kernels is refused with the reason, and auto says it', async () => {
  const { potential } = mixture(networkWith(3, 'all', 0))
  const demand = { potential, integrator: 'euler-maruyama' } as const
  const reason = 'its kernels learn a formula, as in the term "ripple", by force-matching alone'
  expect(wasm.refusal({ ...demand, rule: null })).toBeNull()
  expect(wasm.refusal({ ...demand, rule: 'force-matching' })).toBeNull()
  expect(wasm.refusal({ ...demand, rule: 'nudged-force-matching' })).toBe(reason)
  const chosen = await openBackend({ threads: 1 }, [{ ...demand, rule: 'nudged-force-matching' }])
  await chosen.backend.close()
  expect(chosen.backend.name).toBe('reference')
  expect(chosen.reason).toContain(reason)
  const far = potentialOf(potential.network, [onsiteFromFormula({ name: 'far', formula: 'x^2/1e60' })])
  expect(wasm.refusal({ potential: far, integrator: 'euler-maruyama', rule: null })).toBe(
    'its float32 has no 2e-60, which the formula of the term "far" needs',
  )
})

describe('where float32 does not resolve a formula', () => {
  const run = (backend: Backend, formula: string, x0: number, measured: boolean, dt = 0.001) => {
    const network = networkWith(1, 'none', 0)
    const potential = potentialOf(network, [onsiteFromFormula({ name: 'term', formula })])
    return backend.simulate(
      simulationOf({
        potential,
        protocol: constantProtocol(Float64Array.of(1), 20 * dt, dt),
        start: (x) => x.fill(x0),
        trajectories: 16,
        workAndHeat: measured ? createWorkAndHeat(16) : null,
      }),
    )
  }

  test.each([
    [
      'energies that are small differences of large numbers',
      'x^2/2 - 2000*x + 2000000',
      2000,
      true,
      /rounding changes the heat/,
    ],
    ['forces that are', '(x + 1e9)^2/2 - 1e9*x', 1, false, /rounding in a formula changes the force on unit 0 by \d+;/],
    ['numbers beyond float32', 'log(1 + exp(x^2))', 9.5, false, /a formula meets 3e\+40/],
  ])('it says so: %s', async (_, formula, x0, measured, message) => {
    await expect(run(wasm, formula, x0, measured)).rejects.toThrow(message)
    await run(reference, formula, x0, measured)
  })

  test('a trajectory that leaves float32 between looks is no divergence, where float64 has room', async () => {
    // Pushed by .4 a step, from -.5 at a look to where exp(-60x) is beyond 3e38, -1.48, before the next.
    const step = '1/(1 + exp(-60*x)) + 400*x'
    await expect(run(wasm, step, 1.5, false)).rejects.toThrow(
      /step \d, trajectory \d+, a formula has no finite force.*E_PRECISION/,
    )
    await run(reference, step, 1.5, false)
  })

  test('it is not learned there from data either', () => {
    const network = networkWith(1, 'none', 0)
    const demand = (formula: string) => ({
      potential: potentialOf(network, [onsiteFromFormula({ name: 'term', formula })]),
      ...{ integrator: 'euler-maruyama' as const, rule: 'force-matching' as const },
      data: { train: { points: normals(50, 30), count: 50, units: 1 }, width: 0.1 },
    })
    expect(wasm.refusal(demand('(x + 1e9)^2/2 - 1e9*x'))).toMatch(/does not resolve the slope of the formula "term"/)
    expect(wasm.refusal(demand('x^2/2'))).toBeNull()
    expect(reference.refusal(demand('(x + 1e9)^2/2 - 1e9*x'))).toBeNull()
  })

  test('the same landscape written otherwise passes', async () => {
    await run(wasm, '(x - 2000)^2/2', 2000, true)
    await run(wasm, 'x^2/2', 1, false)
    await run(wasm, 'x^2 + log(1 + exp(-x^2))', 9.5, false)
  })
})
