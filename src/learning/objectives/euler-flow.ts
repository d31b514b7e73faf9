import { Matrix, solve } from 'ml-matrix'
import { arrays, copyState, type States } from '../../physics/network/states.js'
import { logAbsDeterminant } from '../../physics/observe/determinant.js'
import { squareMatrix } from '../../physics/observe/moments.js'
import { eachHessian } from '../../physics/potential/hessians.js'
import { forceAndEnergy, hessian, type Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { curvatureBound } from '../../physics/truth/curvature-bound.js'
import { addHeat, addWork, type Landscape } from './landscape.js'

/** A step without noise: x' = x + μh F(x; θ), of length h. */
export interface FlowStep {
  /** parameters during it, [size] */
  readonly theta: Float64Array
  /** its length in time */
  readonly h: number
}

/** States that went through a protocol of such steps. */
export interface Pushed extends States {
  /** Σ log |det(1 - μh∇∇U)| on the way of each, [batch] */
  readonly logVolume: Float64Array
  /** -Σ μh ∇²U, which that tends to for short steps, [batch] */
  readonly divergence: Float64Array
}

/** The landscapes before and after a protocol, for the work that goes in and the heat that comes out. */
export interface Surrounding {
  /** parameters before the first step, [size] */
  readonly before: Float64Array
  /** parameters after the last one, [size] */
  readonly after: Float64Array
}

/**
 * Takes states through noiseless steps, with what each does to the volume about it: where the steps are one-to-one the density of what
 * comes out is exactly
 *
 *     log q(x_K) = log p_0(x_0) - Σ_n log det(1 - μh_n ∇∇U_n(x_n))
 *
 * @param surrounding - where work and heat are to be measured: the first is done on states as their landscape jumps from each step's to
 *   the next, the second is what a step gives to the bath, U(x) - U(x')
 *
 * Cost: a force and a Hessian with its determinant for each state and step.
 */
export function pushForward(
  landscape: Landscape,
  steps: readonly FlowStep[],
  { x: from, batch }: States,
  surrounding?: Surrounding,
): Pushed {
  const { potential, units } = landscape
  const { mobility } = landscape.bath
  const [logVolume, divergence] = arrays(2, batch)
  const A = new Float64Array(units * units)
  const moved = move(landscape, steps, { x: from, batch }, surrounding, (x, { theta, h }) => {
    eachHessian(potential, theta)({ x, batch }, (b, H) => {
      for (let n = 0; n < A.length; n++) A[n] = -mobility * h * H[n]!
      for (let n = 0; n < A.length; n += units + 1) {
        divergence[b]! += A[n]!
        A[n]! += 1
      }
      logVolume[b]! += logAbsDeterminant(A, units)
    })
  })
  return { ...moved, logVolume, divergence }
}

/** The same without the volume. Cost: a force for each state and step. */
export function move(
  landscape: Landscape,
  steps: readonly FlowStep[],
  { x: from, batch }: States,
  surrounding?: Surrounding,
  see?: (x: Float64Array, step: FlowStep) => void,
): States {
  const { mobility } = landscape.bath
  const x = from.slice()
  const force = new Float64Array(x.length)
  const [last, next] = arrays(2, batch)
  if (surrounding !== undefined) landscape.evaluate(surrounding.before, x, batch, null, last)
  for (const step of steps) {
    landscape.evaluate(step.theta, x, batch, force, surrounding === undefined ? null : next)
    see?.(x, step)
    if (surrounding !== undefined) addWork(landscape, last, next)
    for (let n = 0; n < x.length; n++) x[n]! += mobility * step.h * force[n]!
    if (surrounding === undefined) continue
    landscape.evaluate(step.theta, x, batch, null, last)
    addHeat(landscape, next, last)
  }
  if (surrounding !== undefined) {
    landscape.evaluate(surrounding.after, x, batch, null, next)
    addWork(landscape, last, next)
  }
  return { x, batch }
}

/** Newton steps, and halvings of one, before an inversion is given up. */
const most = { newton: 100, halvings: 40 }

/**
 * Where states of the end come from, by Newton's method: each step is the slope of |x|²/2 - μhU(x), so that where it is one-to-one
 * the state before is the lowest place of a convex function.
 *
 * @returns NaN in states that it does not find
 *
 * Cost: a force, a Hessian and a linear solve for each state, step and iteration, of which there are a few.
 */
export function pullBack(potential: Potential, bath: Bath, steps: readonly FlowStep[], states: States): Pushed {
  const { x: ends, batch } = states
  const { units } = potential.network
  const x = new Float64Array(ends.length)
  const [logVolume, divergence] = arrays(2, batch)
  const state = new Float64Array(units)
  for (let b = 0; b < batch; b++) {
    copyState(states, b, state)
    for (const { theta, h } of steps.toReversed()) {
      const A = before(potential, theta, bath.mobility * h, state)
      for (let n = 0; n < A.length; n += units + 1) divergence[b]! += A[n]! - 1
      logVolume[b]! += logAbsDeterminant(A, units)
    }
    for (let i = 0; i < units; i++) x[i * batch + b] = state[i]!
  }
  return { x, batch, logVolume, divergence }
}

/** Replaces y by the x that a step takes to it; returns 1 - μh∇∇U there, [units, units]. */
function before(potential: Potential, theta: Float64Array, time: number, y: Float64Array): Float64Array {
  const units = y.length
  const force = new Float64Array(units)
  const missAt = (x: Float64Array) => {
    forceAndEnergy(potential, theta, x, 1, force, null)
    return y.map((value, i) => x[i]! + time * force[i]! - value)
  }
  const slopeAt = (x: Float64Array) => {
    const A = hessian(potential, theta, x).map((value) => -time * value)
    for (let n = 0; n < A.length; n += units + 1) A[n]! += 1
    return A
  }
  let x = y.slice()
  let miss = missAt(x)
  for (let n = 0; n < most.newton; n++) {
    const size = Math.hypot(...miss)
    if (size <= 1e-13 * (1 + Math.hypot(...y))) break
    const step = solve(squareMatrix(slopeAt(x), units), Matrix.columnVector(miss)).to1DArray()
    let share = 1
    const tried = () => x.map((value, i) => value - share * step[i]!)
    for (let halving = 0; halving < most.halvings && !(Math.hypot(...missAt(tried())) < size); halving++) share /= 2
    const closer = tried()
    const left = missAt(closer)
    if (!(Math.hypot(...left) < size)) break
    x = closer
    miss = left
  }
  const found = Math.hypot(...miss) <= 1e-9 * (1 + Math.hypot(...y))
  y.set(found ? x : x.fill(Number.NaN))
  return slopeAt(x)
}

/** By how much of 1 the bound of μhλ may be too high. */
const tolerance = 0.02

/**
 * The largest μhλ_max(∇∇U) of any step at any state: below 1 every step is one-to-one, since x - μh∇U is the slope of a strictly
 * convex function. It is a bound by interval arithmetic, not a look at samples; null where it can't be had (see curvatureBound).
 */
export function steepest(potential: Potential, { mobility }: Bath, steps: readonly FlowStep[]): number | null {
  let largest = -Infinity
  for (const { theta, h } of steps) {
    const bound = curvatureBound(potential, theta, tolerance / (mobility * h))
    if (bound === null) return null
    largest = Math.max(largest, mobility * h * bound.most)
  }
  return largest
}
