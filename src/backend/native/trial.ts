import { createDescent } from '../../learning/rules/descent.js'
import type { RuleName } from '../../learning/rules/rules.js'
import { schemeOf } from '../../physics/dynamics/integrators.js'
import { createWorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { generationProtocol } from '../../physics/protocol/generation-protocol.js'
import { createNoising } from '../../physics/protocol/noising.js'
import type { Simulation } from '../backend.js'
import { createKernelLearner } from '../compiled/learner.js'
import type { Arena } from '../compiled/memory.js'
import type { Pool } from '../compiled/programs.js'
import { simulateWithKernels } from '../compiled/simulate.js'
import { drivenSystem, everyOperationTerm, type Landscape } from './operations.js'
import { everyKernelTerm, networkWith, twoStateSystem } from './small-systems.js'

/** Kernels to be tried, and their memory. */
interface Tried {
  readonly arena: Arena
  readonly pool: Pool
}

/** A group beyond those of a shard, and that not a full one. */
const trajectories = 70

/** A small system, and the rules that it learns by. */
type System = readonly [Landscape, Simulation['integrator'], readonly RuleName[]]

/** Small systems that go every way through the kernels: couplings as a matrix and as a list, hidden units, label
 * units, formulas, units that move in ways of their own, flips. */
const systems = (): System[] => [
  [everyKernelTerm(networkWith(13, 'all', 5)), 'euler-maruyama', ['force-matching', 'nudged-force-matching']],
  [everyKernelTerm(networkWith(9, 'listed', 3, 2)), 'leimkuhler-matthews', ['force-matching', 'nudged-force-matching']],
  [everyOperationTerm(networkWith(7, 'all', 0)), 'euler-maruyama', ['force-matching']],
  [drivenSystem(), 'euler-maruyama', []],
  [twoStateSystem('listed'), 'euler-maruyama', []],
  [twoStateSystem('layers'), 'euler-maruyama', []],
  [twoStateSystem('all'), 'gibbs', []],
  [twoStateSystem('followed'), 'gibbs', []],
]

/** What came of a trial: arrays, by what they are. */
type Found = ReadonlyMap<string, Float64Array>

/**
 * The first thing, in words, in which two kinds of kernels have not the same bits on small systems; null when there is none. The
 * landscape moves and stands still; work, heat, both rules and steps of descent are among what is compared.
 */
export async function firstDifference(one: Tried, other: Tried): Promise<string | null> {
  for (const system of systems()) {
    const [first, second] = [await trial(one, system), await trial(other, system)]
    for (const [what, values] of first) if (!hasSameBits(values, second.get(what)!)) return what
  }
  return null
}

/** Bit by bit, -0 apart from 0; NaN is NaN, whose own bits nobody promises. */
function hasSameBits(a: Float64Array, b: Float64Array): boolean {
  return a.every((value, n) => Object.is(value, b[n]))
}

/** Fills with numbers from -1 to 1: that they are no normals saves a start the time to make them. */
function fill(x: Float64Array, first = 0): void {
  for (let n = 0; n < x.length; n++) x[n] = (((first + n) * 389) % 1009) / 504.5 - 1
}

async function trial({ arena, pool }: Tried, [{ potential, theta }, integrator, rules]: System): Promise<Found> {
  const { units } = potential.network
  const bath = { kT: 0.7, mobility: 1.3 }
  const noising = createNoising({ stiffness: 1, duration: 1, tMin: 0.8, slices: 2, spacing: 'geometric' }, bath)
  const knots = noising.knots.map((_, n) => theta.map((value) => value * (1 + 0.2 * n)))
  const workAndHeat = schemeOf(integrator).dynamical ? createWorkAndHeat(trajectories, potential.network) : null
  const simulation = {
    potential,
    protocol: generationProtocol(noising, knots, { interpolation: 'hold', slowdown: 1, dt: 0.04 }),
    ...{ bath, integrator, workAndHeat, trajectories, seed: 5, batch: 256, observers: [], start: fill },
  }
  const { final } = await simulateWithKernels(arena, pool, simulation, {})
  const { heatOfBath = [], ...exchanged } = workAndHeat ?? {}
  const heats = heatOfBath.map((heat, bath): [string, Float64Array] => [`the heat of bath ${bath}`, heat])
  const found = new Map([['final states', final.points], ...Object.entries<Float64Array>(exchanged), ...heats])
  const points = new Float64Array(trajectories * units)
  fill(points)
  const data = { points, count: trajectories, units }
  for (const rule of rules) {
    const sets = { train: data, heldOut: data }
    const task = { potential, noising, drive: 'reverse', seed: 4, rule, nudge: 0.01, ...sets } as const
    const learner = createKernelLearner(arena, pool, task)
    const gradient = new Float64Array(theta.length)
    const losses = [await learner.gradient(theta, 0.9, trajectories, 0, gradient)]
    const state = createDescent(theta)
    const descent = learner.descend(state, potential.lowerBound, new Float64Array(theta.length).fill(1))
    const options = { rate: 0.01, beta1: 0.9, beta2: 0.99, average: true }
    for (const step of [1, 2]) losses.push(await descent.step(0.9, trajectories, step, options))
    descent.sync()
    found
      .set(`the gradient of ${rule}`, gradient)
      .set(`the loss of ${rule}`, Float64Array.from(losses))
      .set(`parameters by ${rule}`, state.theta)
      .set(`their average by ${rule}`, state.average)
  }
  return found
}
