import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { arrays, type States } from '../../physics/network/states.js'
import { squareMatrix } from '../../physics/observe/moments.js'
import { eachHessian } from '../../physics/potential/hessians.js'
import { groupSlice, hessian, type Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { type Noising, noiseWidth, signal } from '../../physics/protocol/noising.js'
import { curvatureBound } from '../../physics/truth/curvature-bound.js'
import { denoisingParameters } from './denoising.js'
import { type FlowStep, move, type Pushed, pushForward } from './euler-flow.js'
import { createLandscape, type Landscape } from './landscape.js'
import { forceLeastSquares, type LeastSquaresOptions, type Mixing } from './least-squares.js'

/** What a flow is learned from. */
export interface FlowTask extends Pick<LeastSquaresOptions, 'frozen' | 'start'> {
  /** linear in its parameters; a stiffness of each unit, which is learned, takes the trap of the noising in */
  readonly potential: Potential
  readonly noising: Noising
  readonly data: States
  readonly seed: number
}

/**
 * The probability flow from N(0, kT/k0) to the data in many short steps, dx/dt = μ(k0 x + kT ∇log p_t(x)) towards less noise: its
 * score is learned at each knot of the noising by denoising, and linear in time between two.
 *
 * @param substeps - of each slice
 * @returns for each slice its steps, [slices][substeps]
 *
 * Cost: a least squares of all data at each knot.
 * Source: Song et al., arXiv:2011.13456, eq. 13.
 */
export function probabilityFlow(
  { potential, noising, data, seed, ...given }: FlowTask,
  substeps: number,
): FlowStep[][] {
  const { knots, stiffness, bath } = noising
  const thetas = knots.map((t, n) => {
    const m = signal(noising, t)
    const noised = { x: data.x.map((value) => m * value), batch: data.batch }
    const sigma = noiseWidth(noising, t)
    const theta = denoisingParameters({
      potential,
      kT: bath.kT,
      data: noised,
      sigma,
      draws: 1,
      first: n,
      seed,
      ...given,
    })
    const trap = stiffnessOf(potential, theta)
    for (let i = 0; i < trap.length; i++) trap[i]! -= stiffness
    return theta
  })
  return knots.slice(1).map((t, n) => {
    const h = (knots[n]! - t) / substeps
    return Array.from({ length: substeps }, (_, s): FlowStep => {
      const share = (s + 0.5) / substeps
      return { h, theta: thetas[n]!.map((value, a) => value + share * (thetas[n + 1]![a]! - value)) }
    })
  })
}

/** The stiffnesses among a potential's parameters; empty where it has none. */
export function stiffnessOf({ groups }: Potential, theta: Float64Array): Float64Array {
  const group = groups.find(({ name }) => name === 'stiffness')
  return group === undefined ? new Float64Array(0) : groupSlice(group, theta)
}

/** A fine flow with the states that went through it. */
export interface FlowTrail {
  readonly flow: readonly (readonly FlowStep[])[]
  /** at the start and after each slice, [slices + 1] */
  readonly stops: readonly States[]
  /** where they came out, with what happened to the volume about them */
  readonly end: Pushed
}

/** Takes states through a flow. @param told - the share of it that is done */
export async function flowTrail(
  landscape: Landscape,
  flow: FlowTrail['flow'],
  start: States,
  told: (share: number) => Promise<void>,
): Promise<FlowTrail> {
  const stops = [start]
  const [logVolume, divergence] = arrays(2, start.batch)
  for (const [n, slice] of flow.entries()) {
    const pushed = pushForward(landscape, slice, stops[n]!)
    for (let b = 0; b < start.batch; b++) {
      logVolume[b]! += pushed.logVolume[b]!
      divergence[b]! += pushed.divergence[b]!
    }
    stops.push(pushed)
    await told((n + 1) / flow.length)
  }
  return { flow, stops, end: { ...stops.at(-1)!, logVolume, divergence } }
}

/** Where states stand before and after a step of length h that is to be learned, [units, batch]. */
export interface FlowPairs {
  readonly from: States
  readonly to: States
  readonly h: number
}

/** Cuts a flow into `count` steps of about evenly many slices. */
export function flowPairs({ flow, stops }: FlowTrail, count: number): FlowPairs[] {
  const cut = (n: number) => Math.round((n * flow.length) / count)
  return Array.from({ length: count }, (_, n) => ({
    from: stops[cut(n)]!,
    to: stops[cut(n + 1)]!,
    h: flow.slice(cut(n), cut(n + 1)).reduce((sum, slice) => sum + slice.reduce((time, { h }) => time + h, 0), 0),
  }))
}

/** How a step is kept one-to-one: not at all, by a barrier that is proved to hold everywhere, or by the way back being learned too. */
export const safeguards = ['none', 'barrier', 'cycle'] as const

/** One of them. */
export type Safeguard = (typeof safeguards)[number]

/** What steps are learned for. */
export interface StepTask extends Pick<LeastSquaresOptions, 'frozen' | 'start'> {
  readonly potential: Potential
  readonly bath: Bath
  /** kT/k0, the variance at the start, in which displacements are measured */
  readonly variance: number
}

/**
 * A step by mean-velocity matching: the θ at the minimum of
 *
 *     ½⟨|F(x; θ) - (x' - x)/(μh)|²⟩
 *
 * over the states before and after it, whose gradient -⟨r·∇φ⟩ is local: force matching with displacements.
 *
 * Source: Rehman et al., arXiv:2512.09914; mean velocities: Geng et al., arXiv:2505.13447.
 */
export function learnStep(task: StepTask, pairs: FlowPairs, safeguard: Safeguard): FlowStep {
  const squares = velocities(task, pairs)
  if (safeguard === 'cycle') return { h: pairs.h, theta: cycled(task, pairs, squares.solve()) }
  return { h: pairs.h, theta: safeguard === 'none' ? squares.solve() : guarded(task, pairs.h, squares) }
}

function velocities({ potential, bath, frozen, start }: StepTask, { from, to, h }: FlowPairs) {
  const squares = forceLeastSquares(potential, { frozen, start })
  squares.add(
    from,
    to.x.map((value, n) => (value - from.x[n]!) / (bath.mobility * h)),
  )
  return squares
}

/** What a step leaves of the volume along any direction, at least; and the weight ν of the barrier, in the variance at the start. */
const barrier = { least: 0.05, weight: 1e-4, rounds: 40 }

/**
 * The same minimum with a barrier,
 *
 *     ½(μh)²⟨|r|²⟩k0/kT - ν Σ_x log det(1 - μh∇∇U(x) - .05),   ν = 10⁻⁴
 *
 * over the states x that bend most, wherever they are: each round proves how much the potential bends at most, and adds the place
 * where it does, until μhλ_max is below .99 everywhere. The loss stays convex. The barrier is no local rule.
 *
 * @returns the last θ, which `steepest` tells from one that holds
 */
function guarded(task: StepTask, h: number, squares: ReturnType<typeof forceLeastSquares>): Float64Array {
  const { potential, bath, variance } = task
  const time = bath.mobility * h
  const { A, b, found } = squares.equations()
  const scale = time ** 2 / variance
  const problem: Barred = { A: Matrix.mul(A, scale), b: Matrix.mul(b, scale), walls: [] }
  const nothing = squares.parameters(found.map(() => 0))
  let values = new CholeskyDecomposition(A).solve(b).to1DArray()
  for (let round = 0; round < barrier.rounds; round++) {
    const theta = squares.parameters(values)
    const bound = curvatureBound(potential, theta, (0.4 * barrier.least) / time)
    if (bound === null || time * bound.most < 1 - barrier.least / 5) return theta
    problem.walls.push(wallAt(potential, nothing, found, time, bound.at))
    const inside = lowestInside(problem, values)
    if (inside === null) return theta
    values = inside
  }
  return squares.parameters(values)
}

/** A least squares with walls: p at the minimum of ½pᵀAp - bᵀp - ν Σ log det(room - Σ_a p_a bends_a). */
interface Barred {
  readonly A: Matrix
  readonly b: Matrix
  readonly walls: { readonly room: Matrix; readonly bends: readonly Matrix[] }[]
}

/** 1 - .05 - μh∇∇U_0 and μh∇∇φ_a at a state. */
function wallAt(
  potential: Potential,
  nothing: Float64Array,
  found: readonly number[],
  time: number,
  at: Float64Array,
): Barred['walls'][number] {
  const { units } = potential.network
  const fixed = squareMatrix(hessian(potential, nothing, at), units)
  const bends = found.map((a) => {
    const one = nothing.slice()
    one[a] = 1
    return squareMatrix(hessian(potential, one, at), units)
      .sub(fixed)
      .mul(time)
  })
  return {
    room: Matrix.eye(units)
      .mul(1 - barrier.least)
      .sub(Matrix.mul(fixed, time)),
    bends,
  }
}

/** What is left at each wall, which must be positive. */
function leftAt({ walls }: Barred, p: readonly number[]): CholeskyDecomposition[] | null {
  const left = walls.map(({ room, bends }) => {
    const M = room.clone()
    bends.forEach((bend, a) => {
      if (p[a] !== 0) M.sub(Matrix.mul(bend, p[a]!))
    })
    return new CholeskyDecomposition(M)
  })
  return left.every((factor) => factor.isPositiveDefinite()) ? left : null
}

/** Newton's method from as much of `from` as is inside all walls; null where nothing is. */
function lowestInside(problem: Barred, from: readonly number[]): number[] | null {
  const { A, b, walls } = problem
  const lossAt = (p: readonly number[]) => {
    const left = leftAt(problem, p)
    if (left === null) return Number.POSITIVE_INFINITY
    const at = Matrix.columnVector([...p])
    const logs = left.reduce(
      (sum, { lowerTriangularMatrix: L }) =>
        sum + 2 * L.diagonal().reduce((total, value) => total + Math.log(value), 0),
      0,
    )
    return at.transpose().mmul(A.mmul(at)).get(0, 0) / 2 - b.dot(at) - barrier.weight * logs
  }
  let p = [...from]
  for (let n = 0; n < 60 && leftAt(problem, p) === null; n++) p = p.map((value) => 0.8 * value)
  let loss = lossAt(p)
  if (loss === Number.POSITIVE_INFINITY) return null
  for (let n = 0; n < 60; n++) {
    const slope = A.mmul(Matrix.columnVector(p)).sub(b)
    const bend = A.clone()
    walls.forEach(({ bends }, w) => {
      const inverted = leftAt(problem, p)![w]!.solve(Matrix.eye(bends[0]!.rows))
      const shares = bends.map((matrix) => inverted.mmul(matrix))
      shares.forEach((share, a) => {
        slope.set(a, 0, slope.get(a, 0) + barrier.weight * share.trace())
        const turned = share.transpose()
        shares.forEach((other, c) => {
          bend.set(a, c, bend.get(a, c) + barrier.weight * turned.dot(other))
        })
      })
    })
    const step = new CholeskyDecomposition(bend).solve(slope)
    const decrement = slope.dot(step)
    if (!(decrement > 1e-14)) break
    let share = 1
    const tried = () => p.map((value, a) => value - share * step.get(a, 0))
    while (share > 1e-9 && !(lossAt(tried()) < loss - 0.1 * share * decrement)) share /= 2
    if (share <= 1e-9) break
    p = tried()
    loss = lossAt(p)
  }
  return p
}

/** What the error of the way back counts beside the step's own, and how often the two are learned in turn. */
const cycle = { weight: 10, rounds: 8 }

/**
 * The step with a cycle loss in place of a barrier: a second one of the same form is learned to lead back, x'' = y + μhB(y), and
 *
 *     ½⟨|F - (x' - x)/(μh)|²⟩ + ½·10⟨|x''(y) - x|²⟩/(μh)²,   y = x + μhF(x)
 *
 * is made least, both in turn, the second term to first order in the change of F. Only where data are does it ask anything.
 */
function cycled(task: StepTask, pairs: FlowPairs, from: Float64Array): Float64Array {
  const { potential, bath } = task
  const { h, from: states } = pairs
  const { x, batch } = states
  const { units } = potential.network
  const time = bath.mobility * h
  const landscape = createLandscape(potential, bath)
  const weight = Math.sqrt(cycle.weight)
  let theta = from
  for (let round = 0; round < cycle.rounds; round++) {
    const y = move(landscape, [{ theta, h }], states)
    const back = velocities(task, { from: y, to: states, h }).solve()
    const returned = move(landscape, [{ theta: back, h }], y)
    /** G = ∂x''/∂y = 1 - μh∇∇U_B, [batch] of [units, units] */
    const G = new Float64Array(batch * units * units)
    eachHessian(potential, back)(y, (b, H) => {
      for (let n = 0; n < H.length; n++) G[b * H.length + n] = weight * ((n % (units + 1) === 0 ? 1 : 0) - time * H[n]!)
    })
    const mixing: Mixing = (b, out) => out.set(G.subarray(b * out.length, (b + 1) * out.length))
    const squares = velocities(task, pairs)
    const target = new Float64Array(x.length)
    for (let b = 0; b < batch; b++)
      for (let i = 0; i < units; i++) {
        const n = i * batch + b
        target[n] = (-weight * (returned.x[n]! - x[n]!)) / time
        for (let j = 0; j < units; j++) {
          const m = j * batch + b
          target[n]! += (G[(b * units + i) * units + j]! * (y.x[m]! - x[m]!)) / time
        }
      }
    squares.add(states, target, mixing)
    theta = squares.solve()
  }
  return theta
}
