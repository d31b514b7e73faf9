import { expect, test } from 'vitest'
import type { Backend } from '../../src/backend/backend.js'
import { everyKernelTerm, networkWith } from '../../src/backend/native/small-systems.js'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import { type Arithmetic, float64, type Walk } from '../../src/learning/objectives/arithmetic.js'
import { chainObjective } from '../../src/learning/objectives/contrastive-divergence.js'
import { descend } from '../../src/learning/objectives/descend.js'
import { jarzynskiObjective, weightedByWork, weightedLangevin } from '../../src/learning/objectives/jarzynski.js'
import { createLandscape, type Landscape } from '../../src/learning/objectives/landscape.js'
import { lineIntegral, metropolisMove, simpson } from '../../src/learning/objectives/line-integral.js'
import { moveBy, moves } from '../../src/learning/objectives/moves.js'
import { nceObjective } from '../../src/learning/objectives/nce.js'
import { dataPhase, type Objective } from '../../src/learning/objectives/objective.js'
import { noiseLevels, recoveryObjective } from '../../src/learning/objectives/recovery-likelihood.js'
import { tetheredRun } from '../../src/learning/objectives/tether.js'
import { createWalkers } from '../../src/learning/objectives/walkers.js'
import { eulerMaruyama, langevinStep } from '../../src/physics/dynamics/euler-maruyama.js'
import { leimkuhlerMatthews } from '../../src/physics/dynamics/leimkuhler-matthews.js'
import { mala } from '../../src/physics/dynamics/mala.js'
import { stiffness } from '../../src/physics/potential/onsite.js'
import type { Potential } from '../../src/physics/potential/potential.js'
import { composedPotential, potentialOf } from '../../src/physics/potential/potential.js'
import { normals } from '../systems.js'

const bath = { kT: 0.7, mobility: 1.3 }
/** Not a whole number of groups, nor of shards. */
const batch = 150
const networks = {
  listed: networkWith(7, 'listed', 0),
  dense: networkWith(8, 'all', 0),
  'dense with hidden units': networkWith(9, 'all', 5),
  'hidden units alone': networkWith(8, 'none', 4),
  'labels and hidden units': networkWith(10, 'listed', 3, 2),
}

/** States of order one; labels are ±1. */
function statesOf({ network: { units, visible } }: Potential, seed: number): Float64Array {
  const x = Float64Array.from(normals(units * batch, seed))
  for (let n = visible * batch; n < x.length; n++) x[n] = x[n]! > 0 ? 1 : -1
  return x
}

/** The largest difference over the largest number. */
function apart(a: Float64Array, b: Float64Array): number {
  const size = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return a.reduce((most, value, n) => Math.max(most, Math.abs(value - b[n]!)), 0) / size
}

/** Does something with the kernels, on so many threads. */
async function withKernels<T>(threads: number, use: (backend: Backend) => T): Promise<T> {
  const backend = createThreadedWasm(threads)
  try {
    return use(backend)
  } finally {
    await backend.close()
  }
}

/** float32 rounds each number by 6e-8; a few of them in a row, or sums of some ten, stay below this share of the largest. */
const rounding = 1e-6

test.each(Object.entries(networks))('%s: what kernels compute is float64’s to rounding', async (_name, network) => {
  const { potential, theta } = everyKernelTerm(network)
  const { units, visible } = network
  const x = statesOf(potential, 5)
  const r = statesOf(potential, 6).fill(0, visible * batch)
  const weights = Float64Array.from(normals(batch, 7))
  const second = theta.map((value) => 1.1 * value)
  const measured = (arithmetic: Arithmetic) => {
    const room = (length: number) => new Float64Array(length)
    const [force, energy, first, jumped] = [room(units * batch), room(batch), room(batch), room(batch)]
    const [plain, weighted, slopes, drawn] = [
      room(potential.size),
      room(potential.size),
      room(potential.size),
      room(units * batch),
    ]
    arithmetic.forceAndEnergy(theta, x, batch, force, energy)
    arithmetic.energies(theta, second, x, batch, first, jumped)
    arithmetic.statistic(theta, x, batch, plain, null)
    arithmetic.statistic(theta, x, batch, weighted, weights)
    arithmetic.directional(theta, x, r, batch, slopes)
    arithmetic.normals({ seed: 3, stream: 2, step: 9 }, units, batch, drawn)
    return { force: force.subarray(0, visible * batch), energy, first, jumped, plain, weighted, slopes, drawn }
  }
  await withKernels(2, (backend) => {
    const [kernels, reference] = [measured(backend.arithmetic!(potential, bath)), measured(float64(potential))]
    for (const [what, values] of Object.entries(reference))
      expect(apart(kernels[what as keyof typeof kernels], values), what).toBeLessThan(rounding)
    expect(kernels.drawn).toEqual(reference.drawn)
  })
})

const walks: Record<string, Pick<Walk, 'scheme'> & { readonly tethered?: true }> = {
  'euler-maruyama': { scheme: eulerMaruyama },
  'leimkuhler-matthews': { scheme: leimkuhlerMatthews },
  mala: { scheme: mala },
  'leimkuhler-matthews on tethers': { scheme: leimkuhlerMatthews, tethered: true },
}

test.each(Object.entries(walks))(
  '%s: walks of kernels and of the reference stay together',
  async (_name, { scheme, tethered }) => {
    for (const network of Object.values(networks)) {
      const { potential, theta } = everyKernelTerm(network)
      const move = (landscape: Landscape) => {
        const states = { x: statesOf(potential, 8), batch }
        if (tethered === undefined) moveBy(scheme, landscape, 0.01)(theta, states, 4, 100, 5)
        else {
          const key = { seed: 4, stream: 7, step: 100 }
          tetheredRun(landscape, { spread: 0.5, step: 0.05, steps: 5 })(theta, states, statesOf(potential, 9), key)
        }
        return { x: states.x, ...landscape.cost }
      }
      await withKernels(1, (backend) => {
        const reference = move(createLandscape(potential, bath))
        const kernels = move(createLandscape(potential, bath, backend.arithmetic!(potential, bath)))
        expect(apart(kernels.x, reference.x)).toBeLessThan(10 * rounding)
        expect(kernels.heat! / reference.heat!).toBeCloseTo(1, 3)
        expect([kernels.forces, kernels.energies]).toEqual([reference.forces, reference.energies])
        // Every visible unit has moved, and no label.
        const { visible } = potential.network
        const before = statesOf(potential, 8)
        expect(kernels.x.subarray(visible * batch)).toEqual(before.subarray(visible * batch))
        expect(apart(kernels.x, before)).toBeGreaterThan(0.01)
      })
    }
  },
)

const { potential, theta } = everyKernelTerm(networks.dense)
const step = 0.01
const objectives: Record<string, (landscape: Landscape) => Objective> = {
  'contrastive divergence': (landscape) =>
    chainObjective({ ...common(), move: moveBy(moves.langevin, landscape, step), steps: 2 }),
  'persistent chains by mala': (landscape) =>
    chainObjective({ ...common(), move: moveBy(mala, landscape, step), steps: 3, chains: chains() }),
  'weighted Langevin': (landscape) =>
    jarzynskiObjective({ ...common(), walkers: walkers(), move: weightedLangevin(landscape, step), resampling: 0.5 }),
  'weighted by work': (landscape) =>
    jarzynskiObjective({
      ...common(),
      walkers: walkers(),
      move: weightedByWork(landscape, moveBy(mala, landscape, step)),
      resampling: 0.5,
    }),
  'noise contrast': (landscape) =>
    nceObjective({ landscape, data: common().data, draw: chains, refresh: 2, rate: 0.1 }),
  'recovery likelihood': (landscape) => {
    const level = noiseLevels([0.6], 1)[0]!
    const run = tetheredRun(landscape, { spread: level.spread, step: 0.1, steps: 4 })
    const { arithmetic } = landscape
    return recoveryObjective({ ...common(), level, run, draws: 5, initialiser: null, before: 0, arithmetic })
  },
  'line integrals': (landscape) =>
    chainObjective({
      ...common(),
      move: metropolisMove(landscape, step, langevinStep(), lineIntegral(simpson)),
      steps: 2,
      chains: chains(),
    }),
}
const data = { x: statesOf(potential, 20), batch }
const common = () => ({ seed: 6, data: dataPhase(data, 100, 6) })
const chains = () => ({ x: statesOf(potential, 21), batch })
const walkers = () => createWalkers(statesOf(potential, 21), batch)

/** Parameters after a few iterations. */
function learned(begin: (landscape: Landscape) => Objective, arithmetic: Arithmetic): Float64Array {
  const landscape = createLandscape(potential, bath, arithmetic)
  const found = theta.slice()
  const settings = { iterations: 4, optimizer: { kind: 'sgd', rate: 0.05 } } as const
  for (const _ of descend(landscape, begin(landscape), found, new Uint8Array(found.length), settings));
  return found.map((value, a) => value - theta[a]!)
}

test.each(Object.entries(objectives))(
  '%s: kernels learn what float64 learns, and threads change no bit',
  async (_name, begin) => {
    const reference = learned(begin, float64(potential))
    const found: Float64Array[] = []
    for (const threads of [1, 2, 3])
      found.push(await withKernels(threads, (backend) => learned(begin, backend.arithmetic!(potential, bath))))
    expect(apart(found[0]!, reference)).toBeLessThan(100 * rounding)
    expect(found[0]).not.toEqual(reference)
    expect(found[1]).toEqual(found[0])
    expect(found[2]).toEqual(found[0])
  },
)

test('kernels refuse the arithmetic of what they have no kernels for', async () => {
  const network = networkWith(4, 'none', 0)
  const twice = composedPotential(potentialOf(network, [stiffness]), 2)
  await withKernels(1, (backend) => {
    expect(() => backend.arithmetic!(twice, bath)).toThrow(/take the term "stiffness" once.*E_BACKEND/)
  })
})
