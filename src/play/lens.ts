import { invalidValue } from '../errors.js'
import { forceAndEnergy } from '../physics/potential/potential.js'
import { named } from './hidden.js'
import type { Lens } from './messages.js'
import type { PlayNetwork } from './network.js'
import { landscapeAt, type Present } from './present.js'

/** Points of the curve of a unit's potential. */
const points = 81

/**
 * What acts on a unit of one trajectory now.
 *
 * @throws E_INVALID_VALUE for a unit or a trajectory that there is not
 *
 * Cost: as many energies as the curve has points.
 */
export function lensOn(network: PlayNetwork, now: Present, unit: number, trajectory: number): Lens {
  const { potential, x } = now
  const { visible, hidden, units, edges, hiddenEdges } = potential.network
  if (!(unit >= 0 && unit < visible)) throw invalidValue(`expected 0 … ${visible - 1}, got ${unit}.`, 'unit')
  if (!(trajectory >= 0 && trajectory < x.count))
    throw invalidValue(`expected 0 … ${x.count - 1}, got ${trajectory}.`, 'trajectory')
  const theta = landscapeAt(network, now.step)
  const couplings = new Float32Array(visible).fill(Number.NaN)
  named(potential, 'bilinear', theta).forEach((J, e) => {
    const [a, b] = [edges.a[e]!, edges.b[e]!]
    if (a === unit && b < visible) couplings[b] = -J
    if (b === unit && a < visible) couplings[a] = -J
  })
  const toHidden = new Float32Array(hidden).fill(Number.NaN)
  const V = named(potential, 'hidden-coupling', theta)
  for (let h = 0; h < hidden && V.length > 0; h++)
    for (let e = hiddenEdges.start[h]!; e < hiddenEdges.start[h + 1]!; e++)
      if (hiddenEdges.visible[e] === unit) toHidden[h] = V[e]!
  const state = x.points.subarray(trajectory * units, (trajectory + 1) * units)
  return { couplings, hidden: toHidden, x: state[unit]!, ...curveOf(network, now, theta, state, unit) }
}

/** U of a unit at some positions with all others where they are, in kT above its least. */
function curveOf(
  { record, noising }: PlayNetwork,
  { potential }: Present,
  theta: Float64Array,
  state: Float64Array,
  unit: number,
): Pick<Lens, 'at' | 'potential'> {
  const { kT } = record.bath
  const [low, high] = record.range
  const reach = Math.max(Math.abs(low), Math.abs(high)) + 2 * Math.sqrt(kT / noising.stiffness)
  const at = Float32Array.from({ length: points }, (_, n) => reach * ((2 * n) / (points - 1) - 1))
  const x = new Float64Array(state.length * points)
  for (const [i, value] of state.entries()) x.fill(value, i * points, (i + 1) * points)
  x.set(at, unit * points)
  const energy = new Float64Array(points)
  forceAndEnergy(potential, theta, x, points, null, energy)
  const least = energy.reduce((lowest, value) => Math.min(lowest, value))
  return { at, potential: Float32Array.from(energy, (value) => (value - least) / kT) }
}
