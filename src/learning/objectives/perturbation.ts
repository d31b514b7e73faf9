import { invalidValue } from '../../errors.js'
import type { States } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { fillUniformStates } from '../../physics/noise/uniform.js'
import { scratch } from '../../physics/potential/term.js'
import { type HeatKernel, type HeatWalk, heatKernel, heatWalks } from './heat-kernel.js'

/**
 * How units with states are perturbed: each by a walk of its own, or `grid`: one of them, drawn at random, is masked and takes any of
 * its states, which is a step on the lattice of all states. Continuous units are kicked in either case.
 */
export const perturbations = [...heatWalks, 'grid'] as const
/** One of them. */
export type PerturbationName = (typeof perturbations)[number]

/** What perturbs states, and how far. */
export interface PerturbationOptions {
  /** the values that each unit can take, equally spaced and increasing; null where it is continuous. One entry a unit */
  readonly states: readonly (readonly number[] | null)[]
  /** of all units with states, or of each in turn (then not `grid`) */
  readonly walk: PerturbationName | readonly HeatWalk[]
  /** t of all walks, or of each; of cyclic and ordinal ones in units of S², the time in which they mix. `grid` has none */
  readonly time: number | readonly number[]
  /** variance of a kick of continuous units, dq/dt = ½ d²q/dx² at this time */
  readonly kick: number
}

/** A perturbation and its way back, as energy discrepancy needs them. */
export interface Perturbation {
  /**
   * Draws y ~ q_t(·|x) for each state x, and `count` states x_j ~ q_t(·|y) of each y.
   *
   * @param draw - number of the draw, below 2³¹, which keys its random numbers
   * @returns [units, batch·count], those of state b in columns b·count to b·count + count - 1; they hold until the next draw
   */
  recovered(states: States, count: number, seed: number, draw: number): States
}

/**
 * Makes a perturbation.
 *
 * @throws E_INVALID_VALUE for states that are not equally spaced, a list of walks of another length, or times that can't be
 *
 * Cost: a draw of each unit's of each state; memory of a batch of them.
 */
export function createPerturbation({ states, walk, time, kick }: PerturbationOptions): Perturbation {
  if (!(kick >= 0)) throw invalidValue(`expected a variance of 0 or more, got ${kick}.`, 'kick')
  const units = states.map((values, unit) => (values === null ? null : { unit, values, ...spacingOf(values, unit) }))
  const discrete = units.filter((entry) => entry !== null)
  const continuous = units.flatMap((entry, unit) => (entry === null ? [unit] : []))
  const each = <Entry>(given: Entry | readonly Entry[], what: string): readonly Entry[] => {
    if (!Array.isArray(given)) return discrete.map(() => given as Entry)
    if (given.length === discrete.length) return given
    throw invalidValue(`expected one for each of ${discrete.length} units with states, got ${given.length}.`, what)
  }
  const [names, times] = [each<PerturbationName>(walk, 'walk'), each(time, 'time')]
  const walkers = discrete.map((entry, k): Walker => {
    const name = names[k]!
    const kernel = kernelOf(name === 'grid' ? 'absorbing' : name, entry.values.length, times[k]!)
    return { ...entry, kernel }
  })
  const buffers = { x: scratch(), forth: scratch(), back: scratch(), normals: scratch() }
  return {
    recovered(given, count, seed, draw) {
      const { batch } = given
      const x = buffers.x(units.length * batch * count)
      const key = { seed, stream: stream.perturbation, step: 2 * draw }
      const forth = buffers.forth(walkers.length * batch)
      const back = buffers.back(walkers.length * batch * count)
      fillUniformStates(key, walkers.length, 0, batch, forth)
      fillUniformStates({ ...key, step: key.step + 1 }, walkers.length, 0, batch * count, back)
      if (walk === 'grid') stepOnGrid(walkers, given, count, forth, back, x)
      else
        walkers.forEach((walker, k) => {
          wander(walker, k, given, count, forth, back, x)
        })
      const normals = buffers.normals(continuous.length * batch * (count + 1))
      kicked(continuous, given, count, Math.sqrt(kick), { seed, draw, normals }, x)
      return { x, batch: batch * count }
    },
  }
}

/** A unit with states and its walk: value n is low + n·spacing. */
interface Walker {
  readonly unit: number
  readonly low: number
  readonly spacing: number
  readonly kernel: HeatKernel
}

function kernelOf(walk: HeatWalk, states: number, time: number): HeatKernel {
  const toNeighbours = walk === 'cyclic' || walk === 'ordinal'
  return heatKernel(walk, states, toNeighbours ? time * states ** 2 : time)
}

function spacingOf(values: readonly number[], unit: number): { low: number; spacing: number } {
  const low = values[0] ?? Number.NaN
  const spacing = values.length > 1 ? values[1]! - low : 1
  const off = values.findIndex((value, n) => !(Math.abs(value - (low + n * spacing)) <= 1e-9 * spacing))
  if (values.length === 0 || off >= 0 || !(spacing > 0))
    throw invalidValue(
      'expected states that are increasing and equally spaced, such as -1, 1 or 0, 1, 2.',
      `unit ${unit}`,
    )
  return { low, spacing }
}

/** One unit of every state goes forth once, and back `count` times. */
function wander(
  { unit, low, spacing, kernel }: Walker,
  k: number,
  { x: from, batch }: States,
  count: number,
  forth: Float64Array,
  back: Float64Array,
  x: Float64Array,
): void {
  for (let b = 0; b < batch; b++) {
    const state = Math.round((from[unit * batch + b]! - low) / spacing)
    const y = kernel.forth(state, forth[k * batch + b]!)
    for (let j = 0, n = b * count; j < count; j++, n++)
      x[unit * batch * count + n] = low + spacing * kernel.back(y, back[k * batch * count + n]!)
  }
}

/** One unit of each state, picked by its first uniform number, is masked: its walk back is from there. */
function stepOnGrid(
  walkers: readonly Walker[],
  { x: from, batch }: States,
  count: number,
  forth: Float64Array,
  back: Float64Array,
  x: Float64Array,
): void {
  walkers.forEach(({ unit, low, spacing, kernel }, k) => {
    for (let b = 0; b < batch; b++) {
      const isMasked = Math.min(walkers.length - 1, Math.floor(forth[b]! * walkers.length)) === k
      for (let j = 0, n = b * count; j < count; j++, n++)
        x[unit * batch * count + n] = isMasked
          ? low + spacing * kernel.back(kernel.states, back[k * batch * count + n]!)
          : from[unit * batch + b]!
    }
  })
}

/** Continuous units: two Gaussian kicks, the first shared by all states that come back from one y. */
function kicked(
  continuous: readonly number[],
  { x: from, batch }: States,
  count: number,
  width: number,
  { seed, draw, normals }: { seed: number; draw: number; normals: Float64Array },
  x: Float64Array,
): void {
  if (continuous.length === 0) return
  const first = normals.subarray(0, continuous.length * batch)
  const second = normals.subarray(first.length)
  fillNormals(seed, stream.kicks, 2 * draw, continuous.length, 0, batch, first)
  fillNormals(seed, stream.kicks, 2 * draw + 1, continuous.length, 0, batch * count, second)
  continuous.forEach((unit, k) => {
    for (let b = 0; b < batch; b++) {
      const y = from[unit * batch + b]! + width * first[k * batch + b]!
      for (let j = 0, n = b * count; j < count; j++, n++)
        x[unit * batch * count + n] = y + width * second[k * batch * count + n]!
    }
  })
}
