import { hiddenBlock } from '../physics/network/network.js'
import { derivedSeed } from '../physics/noise/derived-seed.js'
import { stream } from '../physics/noise/streams.js'
import { fillUniformStates } from '../physics/noise/uniform.js'
import { wellDensity } from '../physics/potential/double-well.js'
import { groupSlice, type Potential } from '../physics/potential/potential.js'
import type { PlayNetwork } from './network.js'
import { landscapeAt, type Present } from './present.js'

/** Parameters under a name, at θ; none where the potential has no such group. */
export function named({ groups }: Potential, name: string, theta: Float64Array): Float64Array {
  const group = groups.find((other) => other.name === name)
  return group === undefined ? new Float64Array(0) : groupSlice(group, theta)
}

/**
 * Signs of the hidden units of the first trajectory, [hidden]: of their own states where they have any, else drawn from their law given x,
 * once for each step.
 */
export function shownHidden(network: PlayNetwork, now: Present): Int8Array {
  const { potential, x, step } = now
  const { units, hidden, visible, labels } = potential.network
  const block = hiddenBlock(potential.network)
  if (block === undefined) return new Int8Array(0)
  if (block.first !== null) return Int8Array.from(x.points.subarray(visible + labels, units), Math.sign)
  const theta = landscapeAt(network, step)
  const u = fieldsOf(potential, theta, x.points)
  const [kT = now.kT * network.record.bath.kT] = named(potential, 'hidden-temperature', theta)
  const uniform = new Float64Array(hidden)
  const seed = derivedSeed(now.seed, stream.stretches, now.interventions)
  // Nothing else draws in this stream where hidden units have no states of their own.
  fillUniformStates({ seed, stream: stream.hidden, step }, hidden, 0, 1, uniform)
  return Int8Array.from(u, (field, h) => (uniform[h]! < probabilityUp(field / kT, block.barrier) ? 1 : -1))
}

/** u_h = Σ_i V_ih x_i + b_h of one state, [hidden]. */
function fieldsOf(potential: Potential, theta: Float64Array, x: Float64Array): Float64Array {
  const { hidden, hiddenEdges } = potential.network
  const [V, b] = [named(potential, 'hidden-coupling', theta), named(potential, 'hidden-bias', theta)]
  const { start, visible } = hiddenEdges
  return Float64Array.from({ length: hidden }, (_, h) => {
    let sum = b[h]!
    for (let e = start[h]!; e < start[h + 1]!; e++) sum += V[e]! * x[visible[e]!]!
    return sum
  })
}

/** P(s > 0) of a unit with two states, or in a double well of so many kT, under a field y in kT. */
function probabilityUp(y: number, barrier: number | undefined): number {
  if (barrier === undefined) return 1 / (1 + Math.exp(-2 * y))
  const { top, distance, weight } = wellDensity(barrier, Math.abs(y))
  const [up, all] = weight.reduce(([up, all], w, n) => [up + (top + distance[n]! > 0 ? w : 0), all + w], [0, 0])
  return y < 0 ? 1 - up / all : up / all
}
