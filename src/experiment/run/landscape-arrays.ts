import ndarray from 'ndarray'
import { clampedTo } from '../../physics/network/labels.js'
import { evenRows, firstUnits } from '../../physics/network/states.js'
import type { RecordedTrajectories } from '../../physics/observe/trajectories.js'
import { forceAndEnergy, hasDriving } from '../../physics/potential/potential.js'
import { scoreScale } from '../../physics/protocol/noising.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { Problem } from '../system/problem.js'
import { inUnits } from './units-of-data.js'

/** Places along either unit at which the potential is told, and how many landscapes of a protocol, at most. */
const [places, mostMaps] = [41, 10]
/** The map reaches so far beyond the cloud on either side, over the cloud's width: walls are seen too. */
const margin = 0.15

/**
 * The plane of two units, as landscape.npz has it: where a few hundred trajectories are at the times of a film, and the potential at
 * some of the knots that were learned, or at some times of a given protocol.
 *
 * What was learned is told as -ln p of the law that the network has for noised data: with the force F = k x + s ∇log p that it
 * generates by (see scoreScale) it is (U + k x²/2)/s. Of several classes p is the mean over those that were drawn.
 *
 * @param classes - class that each trajectory's label units were clamped to, [trajectories]; null without label units
 * @returns `time` [frames], `cloud` [trajectories, frames, 2]; `x` and `y` [places]; `t` [maps] and `potential` [maps, y, x], over kT
 *   and above its lowest place. No potential where forces have none
 *
 * Cost: O(maps·classes·places²·edges).
 */
export function landscapeArrays(
  problem: Problem,
  cloud: RecordedTrajectories,
  protocol: Protocol,
  knots: readonly Float64Array[] | null,
  classes: Int32Array | null,
) {
  const { recorded, frames, time } = cloud
  const { units } = problem.generation.potential.network
  const states = firstUnits({ points: cloud.x, count: recorded * frames, units }, 2)
  const seen = { time, cloud: ndarray(Float32Array.from(inUnits(problem, states).points), [recorded, frames, 2]) }
  const landscapes = landscapesOf(problem, cloud, protocol, knots)
  if (hasDriving(problem.potential) || landscapes.length === 0) return seen
  const [x, y] = [axisOf(states.points, 0), axisOf(states.points, 1)]
  const shares = sharesOf(classes)
  const energies = landscapes.flatMap(({ theta }) => [...energyOnGrid(problem, theta, x, y, shares)])
  return {
    ...seen,
    ...inUnitsOfData(problem, x, y),
    t: Float64Array.from(landscapes, ({ t }) => t),
    potential: ndarray(Float32Array.from(energies), [landscapes.length, places, places]),
  }
}

/** Both axes at once, since the units of the data are those of whole states. */
function inUnitsOfData(problem: Problem, x: Float64Array, y: Float64Array) {
  const points = new Float64Array(2 * places).map((_, n) => (n % 2 === 0 ? x : y)[Math.floor(n / 2)]!)
  const own = inUnits(problem, { points, count: places, units: 2 }).points
  return { x: own.filter((_, n) => n % 2 === 0), y: own.filter((_, n) => n % 2 === 1) }
}

/** Parameters and the times at which they act: of knots, or of frames of a given protocol, one where nothing changes. */
function landscapesOf(
  { given, noising, potential, generation }: Problem,
  { step, time }: RecordedTrajectories,
  protocol: Protocol,
  knots: readonly Float64Array[] | null,
): { t: number; theta: Float64Array }[] {
  if (knots !== null) return evenRowsWithLast(knots.length).map((n) => ({ t: noising.knots[n]!, theta: knots[n]! }))
  // Of hidden units that move on their own the potential is no function of the plane.
  if (given === undefined || generation.potential !== potential) return []
  const chosen = given.scheduled.length === 0 ? [0] : evenRowsWithLast(step.length)
  return chosen.map((frame) => {
    const theta = new Float64Array(potential.size)
    protocol.parameters(step[frame]!, theta)
    return { t: time[frame]!, theta }
  })
}

function evenRowsWithLast(count: number): number[] {
  return [...new Set([...evenRows(count, mostMaps - 1), count - 1])]
}

/** An even grid over all but the farthest thousandth of one unit's values, and beyond. */
function axisOf(points: Float64Array, unit: number): Float64Array {
  const values = points.filter((value, n) => n % 2 === unit && Number.isFinite(value)).sort()
  const at = (share: number) => values[Math.round(share * (values.length - 1))] ?? 0
  const [low, high] = [at(0.001), at(0.999)]
  const beyond = margin * (high - low) || 1
  const [from, to] = [low - beyond, high + beyond]
  return Float64Array.from({ length: places }, (_, n) => from + ((to - from) * n) / (places - 1))
}

/** The share of each class among those that were drawn; one class without label units. */
function sharesOf(classes: Int32Array | null): { index: number; share: number }[] {
  if (classes === null) return [{ index: 0, share: 1 }]
  const indices = [...new Set(classes)].sort((a, b) => a - b)
  return indices.map((index) => ({ index, share: classes.filter((of) => of === index).length / classes.length }))
}

/** -ln p on the grid above its lowest place, [y, x], p = Σ_c share_c e^(-E_c)/Z_c with Z_c summed over the grid. */
function energyOnGrid(
  problem: Problem,
  theta: Float64Array,
  x: Float64Array,
  y: Float64Array,
  shares: readonly { index: number; share: number }[],
): Float64Array {
  const logs = shares.map(({ index, share }) => {
    const energy = reducedEnergy(problem, theta, x, y, index)
    const lowest = energy.reduce((a, b) => Math.min(a, b))
    const logZ = Math.log(energy.reduce((sum, e) => sum + Math.exp(lowest - e), 0)) - lowest
    return energy.map((e) => Math.log(share) - e - logZ)
  })
  const total = logs[0]!.map((_, n) => {
    const highest = logs.reduce((most, log) => Math.max(most, log[n]!), -Infinity)
    return -highest - Math.log(logs.reduce((sum, log) => sum + Math.exp(log[n]! - highest), 0))
  })
  const lowest = total.reduce((a, b) => Math.min(a, b))
  return total.map((e) => e - lowest)
}

/** (U + k x²/2)/s at each place of the grid, label units clamped to a class; U/kT of a given potential. */
function reducedEnergy(
  { potential, noising, drive, given, bath, data }: Problem,
  theta: Float64Array,
  x: Float64Array,
  y: Float64Array,
  index: number,
): Float64Array {
  const { trap, scale } = given === undefined ? scoreScale(noising, drive) : { trap: 0, scale: bath.kT }
  const count = places ** 2
  const states = new Float64Array(potential.network.units * count)
  for (let n = 0; n < count; n++) {
    states[n] = x[n % places]!
    states[count + n] = y[Math.floor(n / places)]!
  }
  if (potential.network.labels > 0)
    clampedTo(index, data?.classes?.names.length ?? 0).forEach((state, label) => {
      states.fill(state, (2 + label) * count, (3 + label) * count)
    })
  const energy = new Float64Array(count)
  forceAndEnergy(potential, theta, states, count, null, energy)
  return energy.map((u, n) => (u + (trap / 2) * (states[n]! ** 2 + states[count + n]! ** 2)) / scale)
}
