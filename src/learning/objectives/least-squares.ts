import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { type States, sliceStates } from '../../physics/network/states.js'
import { denseCorrelation } from '../../physics/potential/dense.js'
import type { Potential } from '../../physics/potential/potential.js'
import { featureSlopes } from './feature-rows.js'

/** Added to the diagonal of the normal equations, as a share of its mean: keeps θ finite where no state tells features apart. */
const ridge = 1e-6
/** States whose features are held in memory at a time. */
const atOnce = 1000
/** Rows of a symmetric product computed together. */
const block = 16

/** Which parameters are found and which stay, and the units whose forces count. */
export interface LeastSquaresOptions {
  /** 1 where a parameter stays, [size]; all are found when absent */
  readonly frozen?: Uint8Array | undefined
  /** the values of those that stay, [size]; 0 when absent */
  readonly start?: Float64Array | undefined
  /** units whose forces are compared; all when absent */
  readonly units?: readonly number[] | undefined
}

/** Forces are to be G F: writes G of state number b, [units, units] row-major. */
export type Mixing = (b: number, out: Float64Array) => void

/** Sums over states of what a linear least squares of forces needs. */
export interface ForceLeastSquares {
  /** adds states x and what their forces should be, [units, batch] both; G F in place of F where mixed */
  add(states: States, force: Float64Array, mixing?: Mixing): void
  /** A_ab = ⟨∇φ_a·∇φ_b⟩ with its ridge and b_a = ⟨∇φ_a·(F_0 - F̂)⟩ of the parameters that are found, by number in `found` */
  equations(): { readonly A: Matrix; readonly b: Matrix; readonly found: readonly number[] }
  /** θ at the minimum, [size] */
  solve(): Float64Array
  /** all parameters, from those that are found */
  parameters(found: ArrayLike<number>): Float64Array
}

/**
 * The least squares ½⟨|F(x; θ) - F̂|²⟩ of a potential that is linear in its parameters, U = U_0 + Σ_a θ_a φ_a: A θ = b, solved
 * with a ridge of 1e-6 of the mean of A's diagonal. Lower bounds of parameters are not imposed. Features that touch a few units
 * only cost no more than these: units with the same features are summed together.
 *
 * Cost: for each state, the square of the number of features that touch a unit, over all units; a factor of A, size³/6.
 */
export function forceLeastSquares(
  potential: Potential,
  { frozen, start, units: only }: LeastSquaresOptions = {},
): ForceLeastSquares {
  const { size } = potential
  const { units } = potential.network
  const counted = only ?? Array.from({ length: units }, (_, i) => i)
  const found = Array.from({ length: size }, (_, a) => a).filter((a) => frozen?.[a] !== 1)
  const stays = Array.from({ length: size }, (_, a) => a).filter((a) => frozen?.[a] === 1 && (start?.[a] ?? 0) !== 0)
  const width = size + 1
  const moments = new Float64Array(width * width)
  let states = 0
  const addPart = (part: States, target: Float64Array, mixing: Mixing | undefined, first: number) => {
    const { batch } = part
    const { slopes, fixedForce } = featureSlopes(potential, part)
    for (const a of stays)
      for (let n = 0; n < fixedForce.length; n++) fixedForce[n]! -= start![a]! * slopes[n * size + a]!
    if (mixing !== undefined) mix(mixing, { slopes, fixedForce }, units, batch, first)
    const residual = fixedForce.map((force, n) => force - target[n]!)
    for (const { members, features } of alike(slopes, counted, size, batch)) {
      const rows = rowsOf(members, features, slopes, residual, size, batch)
      addLowerTriangle(rows, [...features, size], members.length * batch, moments, width)
    }
  }
  const result: ForceLeastSquares = {
    add(all, force, mixing) {
      states += all.batch
      for (let first = 0; first < all.batch; first += atOnce) {
        const batch = Math.min(atOnce, all.batch - first)
        const target = sliceStates({ x: force, batch: all.batch }, first, batch).x
        addPart(sliceStates(all, first, batch), target, mixing, first)
      }
    },
    equations() {
      const at = (a: number, c: number) => moments[Math.max(a, c) * width + Math.min(a, c)]! / states
      const A = new Matrix(found.map((a) => found.map((c) => at(a, c))))
      A.add(Matrix.eye(found.length).mul((ridge * A.trace()) / found.length))
      return { A, b: Matrix.columnVector(found.map((a) => at(size, a))), found }
    },
    solve() {
      const { A, b } = result.equations()
      return result.parameters(new CholeskyDecomposition(A).solve(b).to1DArray())
    },
    parameters(values) {
      const theta = new Float64Array(size)
      for (const a of stays) theta[a] = start![a]!
      found.forEach((a, n) => {
        theta[a] = values[n]!
      })
      return theta
    },
  }
  return result
}

/** The slopes of some features at some units of every state, and below them F_0 - F̂: [features + 1, units·batch]. */
function rowsOf(
  members: readonly number[],
  features: readonly number[],
  slopes: Float64Array,
  residual: Float64Array,
  size: number,
  batch: number,
): Float64Array {
  const count = members.length * batch
  const rows = new Float64Array((features.length + 1) * count)
  members.forEach((i, m) => {
    for (let b = 0; b < batch; b++) {
      const [from, to] = [i * batch + b, m * batch + b]
      for (let k = 0; k < features.length; k++) rows[k * count + to] = slopes[from * size + features[k]!]!
      rows[features.length * count + to] = residual[from]!
    }
  })
  return rows
}

/** Replaces the slopes and the fixed force of each state by G times these. */
function mix(
  mixing: Mixing,
  { slopes, fixedForce }: { slopes: Float64Array; fixedForce: Float64Array },
  units: number,
  batch: number,
  first: number,
): void {
  const size = slopes.length / fixedForce.length
  const G = new Float64Array(units * units)
  const column = new Float64Array(units)
  const apply = (array: Float64Array, width: number, a: number, b: number) => {
    for (let i = 0; i < units; i++) column[i] = array[(i * batch + b) * width + a]!
    for (let i = 0; i < units; i++) {
      let sum = 0
      for (let j = 0; j < units; j++) sum += G[i * units + j]! * column[j]!
      array[(i * batch + b) * width + a] = sum
    }
  }
  for (let b = 0; b < batch; b++) {
    mixing(first + b, G)
    for (let a = 0; a < size; a++) apply(slopes, size, a, b)
    apply(fixedForce, 1, 0, b)
  }
}

/** Units that the same features touch, with these: those that have a slope in one of the states. */
function alike(slopes: Float64Array, counted: readonly number[], size: number, batch: number) {
  const groups = new Map<string, { members: number[]; features: number[] }>()
  const touched = new Uint8Array(size)
  for (const i of counted) {
    touched.fill(0)
    for (let b = 0, n = i * batch * size; b < batch; b++)
      for (let a = 0; a < size; a++, n++) if (slopes[n] !== 0) touched[a] = 1
    const features = [...touched.keys()].filter((a) => touched[a] === 1)
    const key = features.join()
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { members: [i], features })
    else group.members.push(i)
  }
  return groups.values()
}

/**
 * moments_ac += Σ_n rows_kn rows_ln for l ≤ k, a = place_k, c = place_l, a block of rows at a time; rows [places, count],
 * moments [width, width], places ascending.
 */
function addLowerTriangle(
  rows: Float64Array,
  places: readonly number[],
  count: number,
  moments: Float64Array,
  width: number,
): void {
  const part = new Float64Array(block * places.length)
  for (let top = 0; top < places.length; top += block) {
    const end = Math.min(places.length, top + block)
    denseCorrelation(rows.subarray(top * count, end * count), end - top, rows, end, count, part)
    for (let k = top; k < end; k++)
      for (let l = 0; l <= k; l++) moments[places[k]! * width + places[l]!]! += part[(k - top) * end + l]!
  }
}
