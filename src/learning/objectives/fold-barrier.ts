import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { squareMatrix } from '../../physics/observe/moments.js'
import { hessian, type Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { curvatureBound } from '../../physics/truth/curvature-bound.js'
import type { ForceLeastSquares } from './least-squares.js'

/** The step that is guarded, and what it is measured in. */
export interface Guarded {
  /** whose force moves the states */
  readonly potential: Potential
  /** temperature and mobility */
  readonly bath: Bath
  /** kT/k0, the variance at the start, in which displacements are measured */
  readonly variance: number
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
export function guarded({ potential, bath, variance }: Guarded, h: number, squares: ForceLeastSquares): Float64Array {
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
