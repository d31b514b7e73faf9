import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import type { Backend, LearningTask } from '../../src/backend/backend.js'
import { everyKernelTerm, networkWith } from '../../src/backend/native/small-systems.js'
import { librarySource } from '../../src/backend/node/kernel-source.js'
import { createThreaded, createThreadedWasm } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import { createWasm } from '../../src/backend/wasm/wasm.js'
import { createDescent } from '../../src/learning/rules/descent.js'
import type { RuleName } from '../../src/learning/rules/rules.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import type { Network } from '../../src/physics/network/network.js'
import { generationProtocol } from '../../src/physics/protocol/generation-protocol.js'
import { createNoising } from '../../src/physics/protocol/noising.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'
import { nativeLibrary } from '../native.js'
import { normals } from '../systems.js'

const bath = { kT: 0.7, mobility: 1.3 }
const reference = createReference()
const wasm = createThreadedWasm(1)
const threaded = [2, 3, 8].map((threads) => createThreadedWasm(threads))
const library = await nativeLibrary()
const native = library === null ? [] : [1, 2, 3, 8].map((threads) => createThreaded(librarySource(library), threads))
afterAll(() => Promise.all([reference, wasm, ...threaded, ...native].map((backend) => backend.close())))

/** Float32 against float64, in units of the largest |value|: a few hundred roundings of 2⁻²⁴ each. */
const limit = 2e-5

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
const farthest = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, value, n) => Math.max(most, Math.abs(value - b[n]!)), 0)

/** A few steps of generation, with a landscape that changes at every step. */
async function generate(backend: Backend, network: Network, trajectories: number, measured = false, seed = 5) {
  const { potential, theta } = everyKernelTerm(network)
  const noising = createNoising({ stiffness: 1, duration: 1, tMin: 0.5, slices: 3, spacing: 'geometric' }, bath)
  const knots = noising.knots.map((_, n) => theta.map((value) => value * (1 + 0.2 * n)))
  const workAndHeat = measured ? createWorkAndHeat(trajectories) : null
  const frames: { index: number; first: number; batch: number; x: Float64Array }[] = []
  const ensemble = await backend.simulate(
    {
      potential,
      protocol: generationProtocol(noising, knots, { interpolation: 'linear', slowdown: 1, dt: 0.02 }),
      bath,
      start: gaussianStart(seed, 0, 0.7),
      seed,
      trajectories,
      batch: 256,
      integrator: 'euler-maruyama',
      workAndHeat,
      observers: [
        {
          trajectories: 20,
          wants: (index) => index % 4 === 3 || index < 0,
          see: ({ index, first, batch, x }) => frames.push({ index, first, batch, x: x.slice() }),
        },
      ],
    },
    {},
  )
  return { final: ensemble!.final.points, initial: ensemble!.initial.points, frames, workAndHeat }
}

describe.each([1, 2, 3, 143, 144, 145])('an ensemble of %d units', (units) => {
  test('ends, in some steps of a moving landscape, where the float64 one does', async () => {
    for (const coupled of ['all', 'listed'] as const) {
      const network = networkWith(units, coupled, 0)
      const [a, b] = [await generate(reference, network, 33), await generate(wasm, network, 33)]
      expect(farthest(a.initial, b.initial)).toBeLessThan(1e-6)
      expect(farthest(a.final, b.final)).toBeLessThan(limit * largest(a.final))
    }
  })
})

test('hidden units move an ensemble as the float64 ones do', async () => {
  const network = networkWith(9, 'all', 6)
  const [a, b] = [await generate(reference, network, 20), await generate(wasm, network, 20)]
  expect(farthest(a.final, b.final)).toBeLessThan(limit * largest(a.final))
})

test('clamped label units stay where they are and move an ensemble as the float64 ones do', async () => {
  const network = networkWith(9, 'listed', 6, 2)
  const [a, b] = [await generate(reference, network, 20, true), await generate(wasm, network, 20, true)]
  expect(farthest(a.final, b.final)).toBeLessThan(limit * largest(a.final))
  for (const { initial, final } of [a, b])
    for (let n = 0; n < 20; n++)
      expect(final.subarray(n * 11 + 9, (n + 1) * 11)).toEqual(initial.subarray(n * 11 + 9, (n + 1) * 11))
})

test.each([1, 3, 63, 65, 1000])('%d trajectories are the first of 1100, bit for bit', async (trajectories) => {
  const network = networkWith(6, 'all', 2)
  const all = (await generate(wasm, network, 1100)).final
  expect((await generate(wasm, network, trajectories)).final).toEqual(all.subarray(0, 6 * trajectories))
})

test('measuring does not change a trajectory, observers see what there is, and another seed is another ensemble', async () => {
  const network = networkWith(7, 'listed', 0)
  const plain = await generate(wasm, network, 40)
  const measured = await generate(wasm, network, 40, true)
  expect(measured.final).toEqual(plain.final)
  expect((await generate(wasm, network, 40, false, 6)).final).not.toEqual(plain.final)
  const start = plain.frames.filter(({ index }) => index < 0)
  // Twenty trajectories are looked at: two whole groups of sixteen.
  expect(start.map(({ first, batch }) => [first, batch])).toEqual([[0, 32]])
  for (const { first, batch, x } of start)
    for (let b = 0; b < batch; b++)
      for (let i = 0; i < 7; i++) expect(x[i * batch + b]).toBe(plain.initial[(first + b) * 7 + i])
})

describe('work and heat', () => {
  const of = async (backend: Backend) => {
    const { potential, theta } = everyKernelTerm(networkWith(12, 'all', 4))
    const noising = createNoising({ stiffness: 1, duration: 1, tMin: 0.5, slices: 3, spacing: 'geometric' }, bath)
    const knots = noising.knots.map((_, n) => theta.map((value) => value * (1 + 0.2 * n)))
    const workAndHeat = createWorkAndHeat(50)
    const protocol = generationProtocol(noising, knots, { interpolation: 'linear', slowdown: 1, dt: 0.02 })
    const start = gaussianStart(3, 0, 0.7)
    const common = {
      potential,
      protocol,
      bath,
      start,
      integrator: 'euler-maruyama' as const,
      seed: 3,
      trajectories: 50,
      batch: 16,
      observers: [],
    }
    await backend.simulate({ ...common, workAndHeat }, {})
    return workAndHeat
  }
  test('are those of the float64 trajectories', async () => {
    const [a, b] = [await of(reference), await of(wasm)]
    for (const key of ['work', 'heat', 'heatIntegral', 'energyChange'] as const)
      expect(farthest(a[key], b[key])).toBeLessThan(limit * largest(a.work))
  })
  test.each([
    ['reference', reference],
    ['wasm', wasm],
  ])('obey the first law to rounding on the %s backend', async (_name, backend) => {
    const { work, heat, energyChange } = await of(backend)
    for (let n = 0; n < 50; n++)
      expect(Math.abs(energyChange[n]! - work[n]! + heat[n]!)).toBeLessThan(1e-10 * (1 + Math.abs(work[n]!)))
  })
})

const rules = ['force-matching', 'nudged-force-matching'] as const

function task(network: Network, rule: RuleName): { task: LearningTask; theta: Float64Array } {
  const { potential, theta } = everyKernelTerm(network)
  const noising = createNoising({ stiffness: 1, duration: 3, tMin: 0.1, slices: 3, spacing: 'geometric' }, bath)
  const set = (step: number, count: number) => ({
    points: normals(count * network.units, step),
    count,
    units: network.units,
  })
  const data = { train: set(20, 90), heldOut: set(21, 35) }
  return { task: { potential, noising, drive: 'reverse', seed: 4, rule, nudge: 0.01, ...data }, theta }
}

describe.each(rules)('%s', (rule) => {
  test.each([
    [1, 'all', 0, 0],
    [5, 'listed', 0, 0],
    [13, 'all', 7, 0],
    [144, 'all', 0, 0],
    [145, 'listed', 0, 0],
    [6, 'all', 3, 1],
    [6, 'listed', 0, 3],
  ] as const)(
    'has the float64 gradient and loss: %d units coupled by "%s", %d hidden, %d labels',
    async (units, coupled, hidden, labels) => {
      const given = task(networkWith(units, coupled, hidden, labels), rule)
      const learners = [reference, wasm, ...native.slice(0, 1)].map((backend) => backend.learner(given.task))
      for (const batch of [1, 3, 65]) {
        const [a, b] = [new Float64Array(given.theta.length), new Float64Array(given.theta.length)]
        const exact = await learners[0]!.gradient(given.theta, 0.4, batch, 12, a)
        expect(await learners[1]!.gradient(given.theta, 0.4, batch, 12, b)).toBeCloseTo(exact, 5)
        // A nudge of .01 leaves float32 two digits fewer: the displaced states are rounded.
        const allowed = rule === 'force-matching' ? limit : 5 * limit
        expect(farthest(a, b)).toBeLessThan(allowed * largest(a))
        await learners[2]?.gradient(given.theta, 0.4, batch, 12, a)
        if (learners.length === 3) expect(a, 'native and wasm').toEqual(b)
      }
      for (const set of ['train', 'heldOut'] as const)
        expect(await learners[1]!.loss(given.theta, 0.4, set, 3)).toBeCloseTo(
          await learners[0]!.loss(given.theta, 0.4, set, 3),
          5,
        )
    },
  )
})

test('one-sided nudging has the float64 gradient, and other rules are refused by the kernels', async () => {
  const given = task(networkWith(5, 'all', 3), 'nudged-force-matching')
  const [a, b] = [reference, wasm].map((backend) => backend.learner({ ...given.task, sides: 'one' }))
  const [exact, measured] = [new Float64Array(given.theta.length), new Float64Array(given.theta.length)]
  await a!.gradient(given.theta, 0.4, 65, 12, exact)
  await b!.gradient(given.theta, 0.4, 65, 12, measured)
  // Half the distance between the two states of two-sided nudging: twice the rounding.
  expect(farthest(exact, measured)).toBeLessThan(10 * limit * largest(exact))
  const demand = { potential: given.task.potential, integrator: 'euler-maruyama' } as const
  for (const rule of ['implicit-score-matching', 'contrastive-divergence', 'reverse-path'] as const) {
    expect(wasm.refusal({ ...demand, rule })).toBe(`it has no kernel for the rule ${rule}`)
    expect(reference.refusal({ ...demand, rule })).toBeNull()
  }
})

describe('threads', () => {
  const network = networkWith(10, 'all', 5)
  const trained = async (backend: Backend, other = network, rule: RuleName = 'force-matching') => {
    const given = task(other, rule)
    const learner = backend.learner(given.task)
    const state = createDescent(given.theta)
    const descent = learner.descend(
      state,
      given.theta.map(() => -1),
      given.theta.map(() => 1),
    )
    const losses: number[] = []
    for (let step = 0; step < 50; step++)
      losses.push(await descent.step(0.4, 200, step, { rate: 0.01, beta1: 0.9, beta2: 0.99, average: step > 25 }))
    descent.sync()
    const gradient = new Float64Array(given.theta.length)
    await learner.gradient(state.theta, 0.4, 200, 77, gradient)
    return { state, losses, gradient, samples: await generate(backend, other, 300, true) }
  }
  test('1, 2, 3 and 8 give the same samples, gradients and 50 iterations of training, bit for bit', async () => {
    const alone = await trained(wasm)
    for (const backend of threaded) expect(await trained(backend)).toEqual(alone)
    expect(alone.losses.at(-1)).toBeLessThan(alone.losses[0]!)
  })

  describe.skipIf(library === null)('of native kernels give those of WebAssembly, bit for bit:', () => {
    test.each([
      ['force-matching', 'all', 5, 0],
      ['nudged-force-matching', 'listed', 6, 2],
    ] as const)(
      'samples, work, heat, gradients and training by %s, couplings "%s", %d hidden units, %d labels, on 1, 2, 3 and 8',
      async (rule, coupled, hidden, labels) => {
        const other = networkWith(13, coupled, hidden, labels)
        const expected = await trained(wasm, other, rule)
        for (const backend of native) expect(await trained(backend, other, rule)).toEqual(expected)
      },
    )

    test.each([3, 145])('ensembles of %d units', async (units) => {
      for (const coupled of ['all', 'listed'] as const) {
        const other = networkWith(units, coupled, 0)
        expect(await generate(native[0]!, other, 97, true)).toEqual(await generate(wasm, other, 97, true))
      }
    })
  })

  test('one thread on memory that is not shared gives them too, bit for bit, while it grows under a learner', async () => {
    const plain = await createWasm({ kernels: readFileSync('dist/wasm/kernels.wasm') })
    const work = async (backend: Backend) => {
      const given = task(network, 'nudged-force-matching')
      const learner = backend.learner(given.task)
      const state = createDescent(given.theta)
      const bounds = given.theta.map(() => -1)
      const descent = learner.descend(state, bounds, new Float64Array(bounds.length).fill(1))
      const options = { rate: 0.01, beta1: 0.9, beta2: 0.99, average: true }
      const losses: number[] = []
      // Each batch and each ensemble is larger than the one before: all of it moves as memory is added.
      for (const [step, size] of [60, 400, 3000].entries()) {
        losses.push(await descent.step(0.4, size, step, options))
        losses.push((await generate(backend, network, 10 * size, true)).final.reduce((sum, x) => sum + x, 0))
      }
      descent.sync()
      const { initial, final } = await generate(backend, network, 20_000, true)
      return { state, losses, initial, final }
    }
    const [a, b] = [await work(plain), await work(threaded[0]!)]
    expect([a.state, a.losses]).toEqual([b.state, b.losses])
    expect([farthest(a.initial, b.initial), farthest(a.final, b.final)]).toEqual([0, 0])
    expect(await trained(plain)).toEqual(await trained(wasm))
    await plain.close()
    await expect(generate(plain, network, 100)).rejects.toThrow('the backend was closed')
  })

  test('bytes that are no kernels are refused, and so are those of threads', async () => {
    const refused = /the kernels do not load .*Expected the bytes of overdamped\/kernels\.wasm.*\[E_BACKEND\]$/
    await expect(createWasm({ kernels: Uint8Array.of(1, 2, 3) })).rejects.toThrow(refused)
    await expect(createWasm({ kernels: readFileSync('dist/wasm/kernels-shared.wasm') })).rejects.toThrow(refused)
  })
})

test.each([
  ['reference', reference],
  ['wasm', wasm],
])(
  'on the %s backend a harmonic network relaxes to the covariance of its scheme within 4 standard errors',
  async (_name, backend) => {
    // One stiff and one soft mode of two coupled units: kT/(K - μhK²/2) for K = k ± J.
    const [k, J, h, n] = [2, 1.2, 0.05, 20_000]
    const { potential } = everyKernelTerm(networkWith(2, 'all', 0))
    const theta = new Float64Array(potential.size)
    theta.set([k, k])
    theta[potential.offsets[4]!] = J
    const ensemble = await backend.simulate(
      {
        potential,
        protocol: constantProtocol(theta, 120 * h, h),
        bath,
        start: gaussianStart(8, 0, bath.kT),
        seed: 8,
        trajectories: n,
        batch: 512,
        integrator: 'euler-maruyama',
        workAndHeat: null,
        observers: [],
      },
      {},
    )
    for (const sign of [1, -1]) {
      const K = k + sign * J
      const variance = bath.kT / (K - (bath.mobility * h * K * K) / 2)
      let sum = 0
      for (let row = 0; row < n; row++) {
        const mode = (ensemble!.final.points[2 * row]! + sign * ensemble!.final.points[2 * row + 1]!) / Math.SQRT2
        sum += mode * mode
      }
      expect(Math.abs(sum / n - variance)).toBeLessThan(4 * variance * Math.sqrt(2 / n))
    }
  },
)
