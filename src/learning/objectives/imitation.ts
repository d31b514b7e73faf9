import { stream } from '../../physics/noise/streams.js'
import type { Landscape } from './landscape.js'
import type { Objective } from './objective.js'
import { actionGradient, pathAction } from './path-action.js'
import { frameOf, type Paths, recordPaths } from './paths.js'

/** What paths are told apart from. */
export interface ImitationOptions {
  /** the network whose steps are to look like the data's */
  readonly landscape: Landscape
  /** what was measured */
  readonly data: Paths
  /** h, the time of a step */
  readonly dt: number
  /** iterations between two policies; null: it stays what the network was at first */
  readonly refresh: number | null
  /** step of the offset c, as of a parameter */
  readonly rate: number
  /** of the policy's noise */
  readonly seed: number
}

/** What the objective is at, beside θ. */
export interface Imitation extends Objective {
  /** c, which is 0 where both actions are normalised */
  offset(): number
  /** -⟨log σ(l)⟩_data - ⟨log(1 - σ(l))⟩_policy of the last phases; 2 ln 2 when nothing tells them apart */
  loss(): number
}

/**
 * Contrastive imitation of time series. Energy of a path is its Onsager–Machlup action A_θ in the network; data are told from paths of
 * a local policy, a network of the same kind that moves by its own forces from where the data's paths begin:
 *
 *     l(τ) = -[A_θ(τ) - A_π(τ)] + c,   gradient ⟨(1 - σ)∂A⟩_data - ⟨σ∂A⟩_policy
 *
 * The policy is the network itself when it was last renewed (cooperative), or what it was at first (static). Where windows are long a static
 * policy's paths are told apart at once, and teach little. Three-factor: 1 - σ and σ are one scalar for each path, which comes at its end.
 *
 * Cost of an iteration: a force and a statistic of each frame of data and policy.
 * Source: reconstructed from the abstract of Jarrett, Bica & van der Schaar, 2311.01388 (2021, TimeGCI).
 */
export function imitationObjective({ landscape, data, dt, refresh, rate, seed }: ImitationOptions): Imitation {
  const { bath } = landscape
  const seen = (theta: Float64Array, paths: Paths) => pathAction(landscape, theta, bath, paths, dt)
  /** paths of the policy, how often it was renewed, its actions of them and of the data, c and the loss */
  const memory = {
    paths: new Float64Array(data.x.length),
    renewals: new Int32Array(1),
    own: new Float64Array(data.paths),
    onData: new Float64Array(data.paths),
    offset: new Float64Array(1),
    loss: Float64Array.of(2 * Math.LN2),
  }
  const { renewals, own, onData, offset, loss } = memory
  const imagined: Paths = { ...data, x: memory.paths }
  let slope = 0
  const renew = (theta: Float64Array, iteration: number) => {
    const recording = { dt, steps: data.frames - 1, seed, stream: stream.policyPaths, from: iteration * data.frames }
    imagined.x.set(recordPaths(landscape, theta, bath, frameOf(data, 0), recording).x)
    own.set(seen(theta, imagined).action)
    onData.set(seen(theta, data).action)
    offset[0] = 0
    renewals[0]!++
  }
  return {
    name: refresh === null ? 'static policy' : 'cooperative policy',
    locality: 'three-factor',
    memory,
    phases(theta, iteration) {
      if (renewals[0] === 0 || (refresh !== null && iteration % refresh === 0)) renew(theta, iteration)
      const sides = [
        { name: 'data', scale: 1, paths: data, action: seen(theta, data), policy: onData },
        { name: 'policy', scale: -1, paths: imagined, action: seen(theta, imagined), policy: own },
      ]
      slope = 0
      loss[0] = 0
      return sides.map(({ name, scale, paths, action, policy: other }) => {
        // The probability of the wrong answer, σ(-l) for data and σ(l) for the policy.
        const weights = action.action.map((found, n) => {
          const l = scale * (other[n]! - found + offset[0]!)
          loss[0]! += (Math.max(-l, 0) + Math.log1p(Math.exp(-Math.abs(l)))) / paths.paths
          return 1 / (1 + Math.exp(l)) / paths.paths
        })
        slope -= scale * weights.reduce((sum, w) => sum + w, 0)
        const means = actionGradient(landscape, theta, paths, action, weights).map((sum) => sum * bath.kT)
        return { name, scale, means }
      })
    },
    follow() {
      offset[0]! -= rate * slope
    },
    offset: () => offset[0]!,
    loss: () => loss[0]!,
  }
}
