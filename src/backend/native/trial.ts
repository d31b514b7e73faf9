import { createDescent } from '../../learning/rules/descent.js'
import { gaussianStart } from '../../physics/dynamics/ensemble.js'
import type { IntegratorName } from '../../physics/dynamics/integrators.js'
import { createWorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import type { Network } from '../../physics/network/network.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { createNoising } from '../../physics/protocol/noising.js'
import { generationProtocol } from '../../physics/protocol/protocol.js'
import type { Backend } from '../backend.js'
import { everyKernelTerm, networkWith } from './small-systems.js'

/** A group beyond those of a shard, and not a full one. */
const trajectories = 70

/** Small systems that go every way through the kernels: couplings as a matrix and as a list, hidden units, label units. */
const systems: readonly (readonly [Network, IntegratorName])[] = [
  [networkWith(13, 'all', 5), 'euler-maruyama'],
  [networkWith(9, 'listed', 3, 2), 'leimkuhler-matthews'],
]

/** What came of a trial: arrays, by what they are. */
type Found = ReadonlyMap<string, Float64Array>

/**
 * The first thing, in words, in which two backends have not the same bits on small systems; null when there is none. The landscape
 * moves and stands still; work, heat, both rules and steps of descent are among what is compared.
 */
export async function firstDifference(a: Backend, b: Backend): Promise<string | null> {
  for (const [network, integrator] of systems) {
    const [first, second] = [await trial(a, network, integrator), await trial(b, network, integrator)]
    for (const [what, values] of first) if (!hasSameBits(values, second.get(what)!)) return what
  }
  return null
}

/** Bit by bit, -0 apart from 0; NaN is NaN, whose own bits nobody promises. */
function hasSameBits(a: Float64Array, b: Float64Array): boolean {
  return a.every((value, n) => Object.is(value, b[n]))
}

async function trial(backend: Backend, network: Network, integrator: IntegratorName): Promise<Found> {
  const { potential, theta } = everyKernelTerm(network)
  const bath = { kT: 0.7, mobility: 1.3 }
  const noising = createNoising({ stiffness: 1, duration: 1, tMin: 0.8, slices: 3, spacing: 'geometric' }, bath)
  const knots = noising.knots.map((_, n) => theta.map((value) => value * (1 + 0.2 * n)))
  const workAndHeat = createWorkAndHeat(trajectories)
  const { final } = await backend.simulate({
    potential,
    protocol: generationProtocol(noising, knots, { interpolation: 'hold', slowdown: 1, dt: 0.02 }),
    ...{ bath, integrator, workAndHeat, trajectories, seed: 5, batch: 256, observers: [] },
    start: gaussianStart(5, 0, 0.7),
  })
  const found = new Map([['final states', final.points], ...Object.entries(workAndHeat)])
  const points = new Float64Array(trajectories * network.units)
  fillNormals(5, 0, 0, 1, 0, points.length, points)
  const data = { points, count: trajectories, units: network.units }
  for (const rule of ['force-matching', 'nudged-force-matching'] as const) {
    const sets = { train: data, heldOut: data }
    const learner = backend.learner({ potential, noising, drive: 'reverse', seed: 4, rule, nudge: 0.01, ...sets })
    const gradient = new Float64Array(theta.length)
    const losses = [await learner.gradient(theta, 0.9, trajectories, 0, gradient)]
    const state = createDescent(theta)
    const descent = learner.descend(state, potential.lowerBound, new Float64Array(theta.length).fill(1))
    for (let step = 1; step < 3; step++) {
      const options = { rate: 0.01, beta1: 0.9, beta2: 0.99, average: true }
      losses.push(await descent.step(0.9, trajectories, step, options))
    }
    descent.sync()
    found
      .set(`the gradient of ${rule}`, gradient)
      .set(`the loss of ${rule}`, Float64Array.from(losses))
      .set(`parameters by ${rule}`, state.theta)
      .set(`their average by ${rule}`, state.average)
  }
  return found
}
