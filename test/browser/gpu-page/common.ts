import type { Backend, Simulation } from '../../../src/backend/backend.js'
import { createGpu } from '../../../src/backend/gpu/gpu.js'
import { createReference } from '../../../src/backend/reference.js'
import { gaussianStart } from '../../../src/physics/dynamics/ensemble.js'
import type { Network } from '../../../src/physics/network/network.js'
import { constantProtocol, type Protocol } from '../../../src/physics/protocol/protocol.js'
import { type Company, everyTerm } from '../../systems.js'

export const reference = createReference()
/** of the bath, and of the hidden units in it */
export const kT = 0.7
let opened: Promise<Backend> | null = null
/** One backend for all claims that do not close it. */
export function gpu(): Promise<Backend> {
  opened ??= createGpu()
  return opened
}

/** Closes it: the next that asks has another. */
export async function closeGpu(): Promise<void> {
  await (await opened)?.close()
  opened = null
}

/** A lattice by its rows, columns and range of couplings, and who is there besides. */
export type Lattice = [rows: number, columns: number, range: 'all' | number, company?: Company]

/** Largest difference, in units of the largest expected value. */
export function deviation(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0
  let largest = 0
  for (let n = 0; n < expected.length; n++) {
    const apart = Math.abs(found[n]! - expected[n]!)
    if (!(apart <= difference)) difference = apart
    largest = Math.max(largest, Math.abs(expected[n]!))
  }
  return difference / largest
}

/** Every term on a network, for ten steps unless `given` says otherwise. */
export function simulation(network: Network, trajectories: number, given: Partial<Simulation> = {}): Simulation {
  const { potential, theta } = everyTerm(network, kT)
  return {
    potential,
    protocol: constantProtocol(theta, 0.02, 0.002),
    bath: { kT, mobility: 1.3 },
    start: gaussianStart(3, 0.1, 0.4),
    seed: 2 ** 40 + 5,
    integrator: 'euler-maruyama',
    trajectories,
    batch: 64,
    workAndHeat: null,
    observers: [],
    ...given,
  }
}

/** Where a backend brings it. */
export async function finalStates(backend: Backend, what: Simulation): Promise<Float64Array> {
  return (await backend.simulate(what, {})).final.points
}

/** The learned parameters appear with the first step: its work is the energy of the initial states. */
export function suddenly(network: Network, dt: number, steps: number): Protocol {
  const { potential, theta } = everyTerm(network, kT)
  const before = new Float64Array(theta.length)
  for (const { given, offset } of potential.groups) if (given === true) before[offset] = theta[offset]!
  return {
    dt: new Float64Array(steps).fill(dt),
    clock: Float64Array.from({ length: steps + 1 }, (_, n) => n * dt),
    parameters(step, out) {
      out.set(step < 0 ? before : theta)
      return step <= 0
    },
  }
}

/** What went wrong, in words. */
export const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
