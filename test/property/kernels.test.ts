import { afterAll, describe, expect, test } from 'vitest'
import { startDescent, takeDescentRoom } from '../../src/backend/compiled/descent.js'
import { describeSystem, type System } from '../../src/backend/compiled/system.js'
import { everyKernelTerm, networkWith } from '../../src/backend/native/small-systems.js'
import { librarySource, wasmSource } from '../../src/backend/node/kernel-source.js'
import { createPool } from '../../src/backend/node/threads.js'
import { createDescent, type DescentState, descentStep } from '../../src/learning/rules/descent.js'
import { fillNormals } from '../../src/physics/noise/gaussian.js'
import { keyOf } from '../../src/physics/noise/philox.js'
import { forceAndEnergy, type Potential } from '../../src/physics/potential/potential.js'
import { nativeLibrary } from '../native.js'
import { normals } from '../systems.js'

const lanes = 16
/** Rounding of float32 arithmetic, in units of the largest |value|: sums of some hundred terms, each off by 2⁻²⁴. */
const limit = 2e-5

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, n) => Math.max(most, Math.abs(value - b[n]!)), 0)

const library = await nativeLibrary()
describe.each([
  ['WebAssembly', wasmSource],
  ...(library === null ? [] : [['native', librarySource(library)] as const]),
] as const)('the kernels, %s:', (_kind, source) => {
  const { arena, pool } = createPool(source, 1)
  const { kernels } = pool
  afterAll(() => pool.close())

  function packed(system: System, potential: Potential, theta: Float64Array): number {
    const block = arena.take(system.blockBytes)
    arena.f32(block, system.blockBytes / 4).fill(0)
    const address = arena.take(8 * theta.length)
    arena.f64(address, theta.length).set(theta)
    kernels.pack(address, system.first, system.second, 0, potential.size, block)
    return block
  }

  test.each([
    [1, 0, 0, 0],
    [7, 12, 5, 3],
    [2 ** 52 + 12345, 1000, 2 ** 31 + 7, 2],
  ])(
    'normals are those of fillNormals, bit for bit: seed %d, group %d, step %d, stream %d',
    (seed, group, step, stream) => {
      const units = 5
      const address = arena.take(8 * lanes * 4)
      kernels.normals(address, units, group, step, stream, ...keyOf(seed))
      const expected = new Float64Array(units * lanes)
      fillNormals(seed, stream, step, units, group * lanes, lanes, expected)
      expect(Array.from(arena.f32(address, units * lanes))).toEqual(Array.from(expected))
    },
  )

  describe.each([1, 2, 3, 143, 144, 145])('with %d units', (units) => {
    test.each(['all', 'listed', 'none'] as const)(
      'coupled by "%s", forces and energies are the reference’s',
      (coupled) => {
        const { potential, theta } = everyKernelTerm(networkWith(units, coupled, 0))
        compare(potential, theta)
      },
    )
  })

  test.each([1, 3, 64])('with %d hidden units, forces and energies are the reference’s', (hidden) => {
    const { potential, theta } = everyKernelTerm(networkWith(12, 'all', hidden))
    compare(potential, theta)
  })

  test.each([
    [1, 'all', 0],
    [2, 'listed', 3],
    [3, 'none', 5],
  ] as const)('with %d label units, couplings "%s" and %d hidden units, so they are', (labels, coupled, hidden) => {
    const { potential, theta } = everyKernelTerm(networkWith(7, coupled, hidden, labels))
    compare(potential, theta)
  })

  test('the response of a hidden unit saturates without overflow', () => {
    const { potential, theta } = everyKernelTerm(networkWith(4, 'none', 2))
    compare(
      potential,
      theta.map((value, a) => (a >= potential.offsets.at(-2)! ? 3e3 * value : value)),
    )
  })

  function compare(potential: Potential, theta: Float64Array): void {
    const mark = arena.mark()
    const { units, visible } = potential.network
    const system = describeSystem(potential, 0.7, arena)
    const block = packed(system, potential, theta)
    const x = Float64Array.from(normals(units * lanes, 4)).map(Math.fround)
    const [state, force, energy, scratch] = [
      arena.take(system.groupBytes),
      arena.take(system.groupBytes),
      arena.take(128),
      arena.take(system.scratchBytes),
    ]
    arena
      .f32(state, system.groupBytes / 4)
      .fill(0)
      .set(x)
    kernels.forces(system.address, block, state, scratch, force)
    kernels.energies(system.address, block, state, scratch, energy)
    const [trueForce, trueEnergy] = [new Float64Array(units * lanes), new Float64Array(lanes)]
    forceAndEnergy(potential, theta, x, lanes, trueForce, trueEnergy)
    // Nothing asks for the force on a label unit, which is clamped.
    const moving = trueForce.subarray(0, visible * lanes)
    expect(farthest(moving, arena.f32(force, visible * lanes))).toBeLessThan(limit * largest(moving))
    expect(farthest(trueEnergy, arena.f64(energy, lanes))).toBeLessThan(limit * largest(trueEnergy))
    arena.release(mark)
  }

  describe.each([
    ['bounds and scales of their own', 5, 3, false],
    ['those of their kind, many side by side', 8, 40, true],
  ] as const)('parameters with %s', (_what, units, hidden, alike) => {
    const { potential, theta } = everyKernelTerm(networkWith(units, 'all', hidden))
    const system = describeSystem(potential, 0.7, arena)
    const shards = 3
    const words = system.sumBytes / 4
    const sums = arena.take(shards * system.sumBytes)
    arena.f32(sums, shards * words).set(normals(shards * words, 9).map(Math.fround))
    const bounds = theta.map((value, a) => (!alike && a % 3 === 0 ? value - 0.001 : -Infinity))
    const scale = theta.map((_, a) => 1 + (alike ? 0.5 : a % 4))
    const factor = -0.37
    const steps = 6
    const optionsOf = (step: number) => ({ rate: 0.02 / (step + 1), beta1: 0.9, beta2: 0.99, average: step >= 3 })

    /** Steps in as many descents as there are numbers, each to that step and from where the last one stood. */
    async function descended(...ends: number[]) {
      const state = createDescent(theta)
      const block = packed(system, potential, theta)
      const room = takeDescentRoom(arena, system)
      let step = 0
      for (const end of ends) {
        const measured = async () => ({ loss: 0, sums, shards, factor })
        const descent = startDescent(arena, pool, system, block, room, state, bounds, scale, measured)
        for (; step < end; step++) await descent.step(1, 64, step, optionsOf(step))
        descent.sync()
      }
      return { state, block, room }
    }

    test('descend as those of the reference optimizer do, to rounding', async () => {
      const { state, block, room } = await descended(steps)
      const theirs = createDescent(theta)
      const gradient = theta.map((_, a) => {
        let sum = 0
        for (let shard = 0; shard < shards; shard++)
          sum += arena.f32(sums, shards * words)[shard * words + system.sumWords[a]!]!
        return factor * sum
      })
      for (let step = 0; step < steps; step++) descentStep(theirs, gradient, bounds, scale, optionsOf(step))
      // Each step rounds a dozen times, half a unit of 2⁻²³ at most.
      const rounding = (values: Float64Array) => steps * 12 * 2 ** -24 * largest(values)
      const arrays = ({ theta, average, adam: { mean, square } }: DescentState) => [theta, average, mean, square]
      for (const [n, values] of arrays(theirs).entries())
        expect(farthest(arrays(state)[n]!, values)).toBeLessThan(rounding(values))
      expect([state.averaged, state.adam.steps]).toEqual([theirs.averaged, theirs.adam.steps])
      for (let a = 0; a < theta.length; a++) expect(state.theta[a]).toBeGreaterThanOrEqual(Math.fround(bounds[a]!))
      const fresh = packed(system, potential, state.theta)
      expect(arena.f32(block, words)).toEqual(arena.f32(fresh, words))
      const strips = arena.i32(room.strips, room.order.length / 4)
      expect(strips.filter((sum, n) => n % 4 === 0 && sum >= 0).length > 15).toBe(alike)
    })

    test('have the same bits when a descent is cut in two', async () => {
      expect((await descended(2, 4, steps)).state).toEqual((await descended(steps)).state)
    })
  })
})

if (library === null) test.skip('the kernels, native: there is no C compiler')
