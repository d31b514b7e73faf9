import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import type { Network } from '../network/network.js'
import type { States } from '../network/states.js'
import { hasStates, statesOfRows } from '../network/unit-states.js'
import { fillNormals } from '../noise/gaussian.js'
import { type DrawKey, fillUniformStates } from '../noise/uniform.js'
import { logSumExp } from '../observe/log-weights.js'
import type { GaussianLaw } from '../observe/moments.js'
import { isHarmonicGivenStates } from '../potential/given-hidden.js'
import { forceAndEnergy, hessian, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'

/** Joint states of the units that have any, at most. */
export const mostJointStates = 65_536
/** Joint states whose energies are taken at a time. */
const atATime = 1024

/**
 * The equilibrium e^(-U/kT)/Z of a network whose units have states, all joint states d of these enumerated and the continuous units
 * x, Gaussian given them, integrated in closed form:
 *
 *     U(x, d) = U(0, d) - F(d)·x + xᵀKx/2,   p_d ∝ e^(-U(0, d)/kT + F(d)ᵀK⁻¹F(d)/2kT),   x|d ~ N(K⁻¹F(d), kT K⁻¹)
 *     log Z = log Σ_d e^(…) + (n/2) log 2πkT - ½ log det K
 */
export interface EnumeratedLaw {
  /** log Z */
  readonly logPartition: number
  /** p_d, [joint states], the last unit's state the fastest */
  readonly probability: Float64Array
  /**
   * Visits states [units, batch] with weights [batch] so that Σ weight·f(state) over all of them is ⟨f⟩, for any f that is a polynomial
   * of degree 3 at most in the continuous units once the states of the others are given. The arrays are reused.
   */
  average(visit: (states: States, weights: Float64Array) => void): void
  /** Writes independent draws of trajectories first … first + batch - 1 to x, [units, batch]; it takes `step` and `step + 1`. */
  draw(key: DrawKey, first: number, batch: number, x: Float64Array): void
}

/**
 * That of a potential; of the units that are free, given those that are clamped.
 *
 * @param held - values of the clamped units, [units]: entries of free ones are not read
 * @returns null where no unit has states, or free ones have more than 65,536 joint ones; where a unit is clamped and nothing says where;
 *   where the continuous units are not Gaussian given the others, or not confined
 *
 * Cost: an energy of every joint state, and units² operations of the continuous units.
 */
export function enumeratedLaw(
  potential: Potential,
  theta: Float64Array,
  { kT }: Pick<Bath, 'kT'>,
  held: ArrayLike<number> | null = null,
): EnumeratedLaw | null {
  const { network } = potential
  const rows = rowsOf(potential, held)
  if (rows === null || !(rows.count <= mostJointStates)) return null
  const gaussian = gaussianPart(potential, theta, rows.continuous, kT)
  if (gaussian === null) return null
  const { count, continuous } = rows
  const logWeights = new Float64Array(count)
  const centres = new Float64Array(count * continuous.length)
  const x = new Float64Array(network.units * atATime)
  const [force, energy] = [new Float64Array(x.length), new Float64Array(atATime)]
  for (let from = 0; from < count; from += atATime) {
    const batch = Math.min(atATime, count - from)
    rows.write(from, batch, x)
    forceAndEnergy(potential, theta, x, batch, force, energy)
    for (let b = 0; b < batch; b++) {
      const pull = Float64Array.from(continuous, (row) => force[row * batch + b]!)
      const centre = gaussian.centreOf(pull)
      centres.set(centre, (from + b) * continuous.length)
      logWeights[from + b] = (pull.reduce((sum, f, n) => sum + f * centre[n]!, 0) / 2 - energy[b]!) / kT
    }
  }
  const logSum = logSumExp(logWeights)
  const probability = logWeights.map((weight) => Math.exp(weight - logSum))
  const place = { ...rows, ...gaussian, probability, centres, units: network.units }
  return {
    logPartition: logSum + gaussian.logVolume,
    probability,
    average: (visit) => averageOver(place, visit),
    draw: drawFrom(place),
  }
}

/** The free rows of x by their kind, and the joint states of those that have any. */
function rowsOf({ network, ...potential }: Potential, held: ArrayLike<number> | null) {
  const { units } = network
  const clamped = clampedRows(network)
  if (!hasStates(network) || (clamped.size > 0 && held === null)) return null
  const states = statesOfRows(network)
  const [discrete, continuous] = [0, 1].map((kind) =>
    Int32Array.from(states.keys()).filter((row) => !clamped.has(row) && (states[row] === null ? 1 : 0) === kind),
  ) as [Int32Array, Int32Array]
  if (continuous.length > 0 && !isHarmonicGivenStates({ network, ...potential })) return null
  return {
    count: discrete.reduce((product, row) => product * states[row]!.length, 1),
    continuous,
    /** joint states from number `from` on, to x [units, batch], the continuous units at 0 and the clamped ones where they are */
    write(from: number, batch: number, x: Float64Array) {
      x.fill(0, 0, units * batch)
      for (const row of clamped) x.fill(held![row]!, row * batch, (row + 1) * batch)
      for (let b = 0; b < batch; b++)
        for (let n = discrete.length - 1, left = from + b; n >= 0; n--) {
          const own = states[discrete[n]!]!
          x[discrete[n]! * batch + b] = own[left % own.length]!
          left = Math.floor(left / own.length)
        }
    },
  }
}

/** Rows of units that are held where they are put. */
export function clampedRows({ blocks }: Pick<Network, 'blocks'>): Set<number> {
  return new Set(
    blocks.flatMap(({ first, units, change }) =>
      first !== null && change.kind === 'clamped' ? Array.from({ length: units }, (_, n) => first + n) : [],
    ),
  )
}

/** What the continuous units are given the others: K of theirs, and N(K⁻¹F, kT K⁻¹); null where K is not positive. */
function gaussianPart(potential: Potential, theta: Float64Array, continuous: Int32Array, kT: number) {
  const { units } = potential.network
  const n = continuous.length
  if (n === 0) return { logVolume: 0, centreOf: () => new Float64Array(0), root: new Float64Array(0) }
  const whole = hessian(potential, theta, new Float64Array(units))
  const K = new Matrix(n, n)
  continuous.forEach((i, row) => {
    continuous.forEach((j, column) => {
      K.set(row, column, whole[i * units + j]!)
    })
  })
  const factor = new CholeskyDecomposition(K)
  if (!factor.isPositiveDefinite()) return null
  let logDeterminant = 0
  for (let i = 0; i < n; i++) logDeterminant += 2 * Math.log(factor.lowerTriangularMatrix.get(i, i))
  const covariance = factor.solve(Matrix.eye(n)).mul(kT)
  const root = new CholeskyDecomposition(Matrix.add(covariance, covariance.transpose()).mul(0.5)).lowerTriangularMatrix
  return {
    logVolume: (n / 2) * Math.log(2 * Math.PI * kT) - logDeterminant / 2,
    centreOf: (force: Float64Array) => Float64Array.from(factor.solve(Matrix.columnVector(force)).to1DArray()),
    /** A with AAᵀ = kT K⁻¹, [n, n] row-major */
    root: Float64Array.from(root.to1DArray()),
  }
}

/** What averages and draws are made of. */
interface Mixture extends NonNullable<ReturnType<typeof rowsOf>> {
  readonly units: number
  readonly probability: Float64Array
  /** K⁻¹F of each joint state, [joint states, continuous] */
  readonly centres: Float64Array
  readonly root: Float64Array
}

/**
 * The average as one over points: of n continuous units the 2n points m ± √n·(column of the root), whose mean and covariance are those of
 * the Gaussian, and whose third moments about it are 0 as well.
 */
function averageOver(
  { count, continuous, write, units, probability, centres, root }: Mixture,
  visit: (states: States, weights: Float64Array) => void,
): void {
  const n = continuous.length
  for (let from = 0; from < count; from += atATime) {
    const batch = Math.min(atATime, count - from)
    const x = new Float64Array(units * batch)
    write(from, batch, x)
    const points = Math.max(1, 2 * n)
    const weights = probability.subarray(from, from + batch).map((p) => p / points)
    for (let point = 0; point < points; point++) {
      const step = (point % 2 === 0 ? 1 : -1) * Math.sqrt(n)
      continuous.forEach((row, i) => {
        const along = step * root[i * n + (point >> 1)]!
        for (let b = 0; b < batch; b++) x[row * batch + b] = centres[(from + b) * n + i]! + along
      })
      visit({ x, batch }, weights)
    }
  }
}

function drawFrom({ continuous, write, units, probability, centres, root }: Mixture): EnumeratedLaw['draw'] {
  const n = continuous.length
  const below = new Float64Array(probability.length)
  probability.forEach((p, number) => {
    below[number] = (below[number - 1] ?? 0) + p
  })
  return ({ seed, stream, step }, first, batch, x) => {
    const [uniform, normals, state] = [new Float64Array(batch), new Float64Array(n * batch), new Float64Array(units)]
    fillUniformStates({ seed, stream, step }, 1, first, batch, uniform)
    if (n > 0) fillNormals(seed, stream, step + 1, n, first, batch, normals)
    for (let b = 0; b < batch; b++) {
      const number = firstAbove(below, uniform[b]! * below.at(-1)!)
      write(number, 1, state)
      continuous.forEach((row, i) => {
        state[row] = centres[number * n + i]!
        for (let k = 0; k <= i; k++) state[row]! += root[i * n + k]! * normals[k * batch + b]!
      })
      for (let i = 0; i < units; i++) x[i * batch + b] = state[i]!
    }
  }
}

/** The first place of an increasing array whose value is above a target. */
function firstAbove(values: Float64Array, target: number): number {
  let [low, high] = [0, values.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! > target) high = middle
    else low = middle + 1
  }
  return low
}

/** Mean and covariance of all rows, categories as their numbers: [units], [units, units] row-major. */
export function momentsOfLaw({ average }: EnumeratedLaw, units: number): GaussianLaw {
  const mean = new Float64Array(units)
  const covariance = new Float64Array(units * units)
  average(({ x, batch }, weights) => {
    for (let i = 0; i < units; i++)
      for (let b = 0; b < batch; b++) {
        const share = weights[b]! * x[i * batch + b]!
        mean[i]! += share
        for (let j = 0; j < units; j++) covariance[i * units + j]! += share * x[j * batch + b]!
      }
  })
  return { mean, covariance: covariance.map((value, n) => value - mean[Math.floor(n / units)]! * mean[n % units]!) }
}
