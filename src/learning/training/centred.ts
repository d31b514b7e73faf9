import type { Network } from '../../physics/network/network.js'
import type { PointSet } from '../../physics/network/states.js'
import { meanPoint } from '../../physics/observe/moments.js'
import { displacedPotential } from '../../physics/potential/displaced.js'
import { groupSlice, type Potential } from '../../physics/potential/potential.js'
import { type DriveKind, type Noising, scoreScale, signal } from '../../physics/protocol/noising.js'

/**
 * Learning on displacements from the data's mean c, x = y + m c: noising the displacements is the noising of the data. Couplings
 * and biases then have statistics that do not go along with one another, and descent is the quicker for it. It stays local: each unit
 * measures itself from a running mean of its own.
 */
export interface Frame {
  /** states of the network in displacements, [count, units] */
  centred(set: PointSet): PointSet
  /** the same landscape at time t in x, from parameters in y, [parameters] */
  parameters(theta: Float64Array, t: number): Float64Array
  /** the inverse: parameters in y from those in x, [parameters] */
  own(theta: Float64Array, t: number): Float64Array
}

/**
 * The mean of data noised so that m of their amplitude is left, [units], and data less their mean. Of many label units each is down in
 * most data: they are displaced too, and are not noised. A single one is up as often as down, about, and stays as it is.
 */
export function frameOfMean({ visible, labels }: Network, data: PointSet) {
  const mean = meanPoint(data).map((value, unit) => (unit < visible || labels > 1 ? value : 0))
  const centred = ({ points, units, count }: PointSet): PointSet => ({
    ...{ units, count },
    points: points.map((value, n) => value - mean[n % units]!),
  })
  return { meanAt: (m: number) => mean.map((value, unit) => (unit < visible ? m * value : value)), centred }
}

/** The frame in which nothing is displaced. */
export const laboratory: Frame = {
  centred: (set) => set,
  parameters: (theta) => theta.slice(),
  own: (theta) => theta.slice(),
}

/**
 * The frame of the data's mean.
 *
 * The reverse drive's force k0 x + 2kT ∇log p needs the trap's pull at the mean besides: f += trap·m c.
 *
 * @param data - states of the network, [count, units]
 * @returns null where a term does not keep its form when it is displaced
 */
export function frameOf(potential: Potential, noising: Noising, drive: DriveKind, data: PointSet): Frame | null {
  const { visible } = potential.network
  const { meanAt, centred } = frameOfMean(potential.network, data)
  const bias = potential.groups.find(({ name }) => name === 'bias')
  /** the landscape with its origin moved by so many of the noised data's means */
  const movedAt = (t: number, by: number) =>
    displacedPotential(
      potential,
      meanAt(signal(noising, t)).map((value) => by * value),
      'force',
    )
  if (bias === undefined || movedAt(noising.knots[0]!, -1)?.potential.size !== potential.size) return null
  const { trap } = scoreScale(noising, drive)
  /** adds what the trap pulls at the noised mean, so many times, to the biases of visible units */
  const addPull = (theta: Float64Array, t: number, times: number) => {
    const f = groupSlice(bias, theta)
    const mean = meanAt(signal(noising, t))
    for (let i = 0; i < visible; i++) f[i]! += times * trap * mean[i]!
  }
  return {
    centred,
    parameters(theta, t) {
      const out = new Float64Array(potential.size)
      movedAt(t, -1)!.parameters(theta, out)
      addPull(out, t, 1)
      return out
    },
    own(theta, t) {
      const [unpulled, out] = [theta.slice(), new Float64Array(potential.size)]
      addPull(unpulled, t, -1)
      movedAt(t, 1)!.parameters(unpulled, out)
      return out
    },
  }
}
