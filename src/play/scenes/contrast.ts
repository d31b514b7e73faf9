import { isotropicMixture } from '../../learning/data/density.js'
import { createMixture } from '../../learning/data/mixture.js'
import { chainObjective } from '../../learning/objectives/contrastive-divergence.js'
import { descend } from '../../learning/objectives/descend.js'
import { jarzynskiObjective, weightedLangevin } from '../../learning/objectives/jarzynski.js'
import { createLandscape } from '../../learning/objectives/landscape.js'
import { moveBy } from '../../learning/objectives/moves.js'
import { dataPhase, type Objective } from '../../learning/objectives/objective.js'
import { logPartitionRatio, startWalkers, type Walkers } from '../../learning/objectives/walkers.js'
import { eulerMaruyama } from '../../physics/dynamics/euler-maruyama.js'
import { createNetwork } from '../../physics/network/network.js'
import { columnsOf, type States } from '../../physics/network/states.js'
import { effectiveSampleSize, normalised } from '../../physics/observe/log-weights.js'
import { createPotential, forceAndEnergy, type Potential } from '../../physics/potential/potential.js'
import { logPartition } from '../../physics/truth/partition.js'
import type { ContrastArm, ContrastFrame, Scene } from './messages.js'
import type { ContrastRecord } from './record.js'

/** Points that densities are drawn at, and widths of a well beyond the outermost centre that they are drawn to. */
const points = 241
const widths = 4

/** The ways that stand side by side: chains from the data, chains that go on, walkers that carry weights. */
const arms = ['short-run', 'persistent', 'jarzynski'] as const

/** A way of learning under way. */
interface Arm {
  readonly theta: Float64Array
  readonly going: Iterator<number>
  readonly states: () => States
  readonly walkers: Walkers | null
}

/**
 * Three ways of learning the weights of wells that no trajectory crosses between, each as its scenario's run has it: contrastive
 * divergence, its persistent form, and walkers that carry the weight of the potential's motion.
 */
export function contrastScene(record: ContrastRecord): Scene {
  const { bath, iterations, mixture, samples } = record
  const potential = createPotential(createNetwork(record.network), record.potential, bath.kT)
  const law = createMixture(mixture)
  const density = isotropicMixture(law.means, law.width, law.weights)
  const centres = law.means.map(([centre]) => centre!)
  const [low, high] = [Math.min(...centres) - widths * law.width, Math.max(...centres) + widths * law.width]
  const at = Float64Array.from({ length: points }, (_, n) => low + ((high - low) * n) / (points - 1))
  const first = logPartition(potential, new Float64Array(potential.size), bath)!
  let done = 0
  let going = begin(record, potential, record.seed)
  const frame = (): ContrastFrame => ({
    kind: 'contrast',
    iteration: done,
    arms: going.map((arm) => armNow(record, potential, arm, at, first)),
    done: done === iterations,
  })
  return {
    opened: {
      kind: 'contrast',
      data: Float32Array.from(density.sample(samples, record.seed, 0).points),
      weight: law.weights.at(-1)!,
      at: Float32Array.from(at),
      truth: Float32Array.from(at, (x) => Math.exp(density.logDensity(Float64Array.of(x)))),
      ...{ iterations, arms },
    },
    begin({ seed }) {
      done = 0
      going = begin(record, potential, seed)
      return frame()
    },
    advance({ steps }) {
      const until = Math.min(iterations, done + steps)
      for (; done < until; done++) for (const arm of going) arm.going.next()
      return frame()
    },
    set: frame,
  }
}

/** All ways at their start: equal weights, chains and walkers in the equilibrium of these. */
function begin(record: ContrastRecord, potential: Potential, seed: number): Arm[] {
  const { bath, mixture, samples, walkers: count, step, steps, iterations, rate, batch, resampling } = record
  const { means, width, weights } = createMixture(mixture)
  const states = columnsOf(isotropicMixture(means, width, weights).sample(samples, seed, 0))
  const start = new Float64Array(potential.size)
  const frozen = new Uint8Array(potential.size)
  const settings = { iterations, optimizer: { kind: 'sgd', rate } } as const
  return arms.map((name): Arm => {
    const landscape = createLandscape(potential, bath)
    const theta = start.slice()
    const data = dataPhase(states, name === 'jarzynski' ? undefined : batch, seed)
    const walkers = startWalkers(potential, start, bath, count, seed)
    const chain = { move: moveBy(eulerMaruyama, landscape, step), steps, seed, data }
    if (name === 'jarzynski') {
      const move = weightedLangevin(landscape, step)
      const objective = jarzynskiObjective({ walkers, move, resampling, seed, data })
      return { theta, going: descend(landscape, objective, theta, frozen, settings), states: () => walkers, walkers }
    }
    const { objective, seen } = watched(chainObjective(name === 'persistent' ? { ...chain, chains: walkers } : chain))
    const going = descend(landscape, objective, theta, frozen, settings)
    return { theta, going, states: () => seen() ?? walkers, walkers: null }
  })
}

/** An objective with a look at the chains of its last gradient; null before the first. */
function watched(objective: Objective): { objective: Objective; seen: () => States | null } {
  let last: States | null = null
  return {
    objective: {
      ...objective,
      phases(theta, iteration) {
        const phases = objective.phases(theta, iteration)
        const chains = phases.find((phase) => 'x' in phase && phase.scale < 0)
        if (chains !== undefined && 'x' in chains) last = chains
        return phases
      },
    },
    seen: () => last,
  }
}

function armNow(
  { bath }: ContrastRecord,
  potential: Potential,
  { theta, states, walkers }: Arm,
  at: Float64Array,
  first: number,
): ContrastArm {
  const { x, batch } = states()
  const last = logPartition(potential, theta, bath)!
  const energy = new Float64Array(at.length)
  forceAndEnergy(potential, theta, at, at.length, null, energy)
  const factors = [1, ...Array.from(theta, Math.exp)]
  return {
    weight: factors.at(-1)! / factors.reduce((sum, factor) => sum + factor, 0),
    density: Float32Array.from(energy, (u) => Math.exp(-u / bath.kT - last)),
    x: Float32Array.from(x),
    weights:
      walkers === null ? new Float32Array(batch).fill(1 / batch) : Float32Array.from(normalised(walkers.logWeights)),
    effectiveShare: walkers === null ? 1 : effectiveSampleSize(walkers.logWeights) / batch,
    logPartitionRatio: walkers === null ? null : logPartitionRatio(walkers),
    exactLogPartitionRatio: last - first,
  }
}
