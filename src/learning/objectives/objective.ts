import { invalidValue } from '../../errors.js'
import type { Memory } from '../../physics/dynamics/observer.js'
import { pickRowsAsStates, rowsOf, type States } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { uniformIntegers } from '../../physics/noise/uniform.js'
import type { Potential } from '../../physics/potential/potential.js'
import { float64 } from './arithmetic.js'

/**
 * What the gradient of an objective needs beside local statistics:
 * "local": nothing, w is constant; "three-factor": one scalar w broadcast to every replica; "sampler": it learns nothing.
 */
export type Locality = 'local' | 'three-factor' | 'sampler'

/** States that a gradient takes local statistics of, such as data, walkers of the model, or noised data. */
export interface Phase extends States {
  /** in messages */
  readonly name: string
  /** what multiplies its statistics: +1 for data, -1 for the model */
  readonly scale: number
  /** w of each state, [batch], of any sign; 1/batch when null */
  readonly weights: Float64Array | null
}

/** The data of an iteration, which may depend on θ where hidden units answer them. */
export type DataPhase = (iteration: number, theta: Float64Array) => Phase

/** A phase whose mean statistics are computed, not averaged over states: those of a model that an approximation or a sum knows. */
export interface ComputedPhase extends Pick<Phase, 'name' | 'scale'> {
  /** ⟨φ̄_a⟩, [size] */
  readonly means: Float64Array
}

/**
 * An energy-based objective whose gradient is the contrast of its phases (see contrast): it makes their states, and may let
 * these follow the energy as that changes.
 */
export interface Objective {
  /** as in records and reports */
  readonly name: string
  /** what a device would have to know where a parameter is */
  readonly locality: Locality
  /** the phases at θ ([size]), of iteration number `iteration` */
  phases(theta: Float64Array, iteration: number): readonly (Phase | ComputedPhase)[]
  /** lets the states follow a step of the parameters */
  follow?(before: Float64Array, after: Float64Array, iteration: number): void
  /** all that it carries from one iteration to the next, so that a study that was killed goes on; without it its arm begins again */
  readonly memory?: Memory
}

/**
 * The data phase of each iteration: all states, or a minibatch drawn anew with replacement, whose states hold until the next is drawn.
 * With minibatches all data are held twice.
 */
export function dataPhase(data: States, batch?: number, seed = 1): (iteration: number) => Phase {
  const all: Phase = { ...data, name: 'data', scale: 1, weights: null }
  if (batch === undefined || batch >= data.batch) return () => all
  const chosen = new Int32Array(batch)
  // Room of a few hundred kilobytes takes longer to get than to fill; and a state is nearer to itself in a row than in a batch.
  const picked = { x: new Float64Array((data.x.length / data.batch) * batch), batch }
  const rows = rowsOf(data)
  return (iteration) => {
    uniformIntegers({ seed, stream: stream.minibatch, step: iteration }, data.batch, chosen)
    pickRowsAsStates(rows, chosen, picked)
    return { ...all, ...picked }
  }
}

/**
 * The gradient of the objectives that are made of phases (contrastive divergence, Jarzynski, noise contrast, recovery
 * likelihood): writes
 *
 *     out_a = Σ_phases scale Σ_n w_n φ̄_a(x_n)
 *
 * For data minus model this is kT times the gradient of the mean negative log-likelihood. Objectives that know the scores of
 * noised data take slopes ∇φ_a too: see scoreAndClassGradient and denoisingParameters. A phase may bring its means in place of states.
 *
 * @param out - [size]; energies over those of θ
 * @param arithmetic - who sums; the reference when absent
 * @throws E_INVALID_VALUE for a phase whose arrays do not fit the network
 *
 * Cost: one local statistic for each state of each phase.
 */
export function contrast(
  potential: Potential,
  theta: Float64Array,
  phases: readonly (Phase | ComputedPhase)[],
  out: Float64Array,
  arithmetic = float64(potential),
): Float64Array {
  const part = new Float64Array(potential.size)
  out.fill(0)
  for (const phase of phases) {
    const { name, scale } = phase
    if ('means' in phase) {
      requireMeans(phase, potential.size)
      for (let a = 0; a < out.length; a++) out[a]! += scale * phase.means[a]!
      continue
    }
    const { x, batch, weights } = phase
    if (x.length !== potential.network.units * batch || (weights !== null && weights.length !== batch))
      throw invalidValue(
        `expected x of units × batch = ${potential.network.units} × ${batch} numbers and a weight for each state, got ${x.length} and ${weights?.length ?? 'null'}.`,
        `phase ${name}`,
      )
    arithmetic.statistic(theta, x, batch, part, weights)
    const factor = weights === null ? scale / batch : scale
    for (let a = 0; a < out.length; a++) out[a]! += factor * part[a]!
  }
  return out
}

function requireMeans({ name, means }: ComputedPhase, size: number): void {
  if (means.length !== size)
    throw invalidValue(`expected a mean for each of the ${size} parameters, got ${means.length}.`, `phase ${name}`)
}

/** How the model's means are found. */
export interface MeansOptions {
  /** as in records and reports */
  readonly name: string
  /** states of the data phase */
  readonly data: DataPhase
  /** ⟨φ̄_a⟩ of the model at θ, [size]; from the data of the iteration on, where that is a start */
  readonly means: (theta: Float64Array, data: Phase) => Float64Array
  /** what they carry from one iteration to the next; nothing when absent */
  readonly memory?: Memory | undefined
}

/**
 * Maximum likelihood with means of the model that are computed, exactly or by an approximation, in place of states: the gradient is
 * ⟨φ⟩_data - ⟨φ⟩_computed. Local: what a parameter learns from stands at its own units.
 */
export function meansObjective({ name, data, means, memory = {} }: MeansOptions): Objective {
  return {
    name,
    memory,
    locality: 'local',
    phases(theta, iteration) {
      const positive = data(iteration, theta)
      return [positive, { name: 'model', scale: -1, means: means(theta, positive) }]
    },
  }
}
