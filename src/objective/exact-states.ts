import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { OverdampedError } from '../errors.js'
import { fillNormals } from '../noise/gaussian.js'
import { type DrawKey, fillUniform } from '../noise/uniform.js'
import { squareMatrix } from '../observe/moments.js'
import { forceAndEnergy, hessian, type Potential } from '../potential/potential.js'
import type { States } from '../potential/term.js'
import type { Bath } from '../protocol/bath.js'
import { type ModelDensity, modelDensity } from '../truth/partition.js'

/**
 * Independent draws from e^(-U(x; θ)/kT): Gaussian for harmonic potentials of any size, by inversion of the quadrature's
 * cumulated density for one or two units.
 *
 * @param key - where the random numbers stand; it takes `step` and, for two units, `step + 1`
 * @returns x [units, batch]
 * @throws E_INVALID_VALUE for a larger potential that is not harmonic, or one that confines nothing
 */
export function exactStates(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  batch: number,
  key: DrawKey,
): States {
  if (potential.terms.every(({ harmonic }) => harmonic))
    return { x: harmonicStates(potential, theta, bath, batch, key), batch }
  const law = modelDensity(potential, theta, bath)
  if (law === null)
    throw new OverdampedError(
      'E_INVALID_VALUE',
      'exact states are known for one or two units, or for a harmonic potential (stiffness, bias, bilinear). Use only those terms, or fewer units.',
      'objective.start',
    )
  return { x: gridStates(law, batch, key), batch }
}

function harmonicStates(potential: Potential, theta: Float64Array, bath: Bath, batch: number, key: DrawKey) {
  const { units } = potential.network
  const origin = new Float64Array(units)
  const force = new Float64Array(units)
  forceAndEnergy(potential, theta, origin, 1, force, null)
  const factor = new CholeskyDecomposition(squareMatrix(hessian(potential, theta, origin), units))
  if (!factor.isPositiveDefinite())
    throw new OverdampedError(
      'E_INVALID_VALUE',
      'the potential does not confine the units (its stiffness matrix is not positive), so it has no equilibrium. Give a larger stiffness.',
      'objective.start',
    )
  const mean = factor.solve(Matrix.columnVector(force)).to1DArray()
  const covariance = factor.solve(Matrix.eye(units)).mul(bath.kT)
  const root = new CholeskyDecomposition(Matrix.add(covariance, covariance.transpose()).mul(0.5)).lowerTriangularMatrix
  const normals = new Float64Array(units * batch)
  fillNormals(key.seed, key.stream, key.step, units, 0, batch, normals)
  const x = new Float64Array(units * batch)
  for (let i = 0; i < units; i++)
    for (let b = 0; b < batch; b++) {
      let value = mean[i]!
      for (let j = 0; j <= i; j++) value += root.get(i, j) * normals[j * batch + b]!
      x[i * batch + b] = value
    }
  return x
}

/** Inverts the cumulated density; within a cell of the grid the density counts as constant. */
function gridStates({ units, x: axis, density }: ModelDensity, batch: number, key: DrawKey): Float64Array {
  const points = axis.length
  const x = new Float64Array(units * batch)
  const first = new Float64Array(batch)
  fillUniform(key, first)
  if (units === 1) {
    const draw = inverse(axis, density)
    for (let b = 0; b < batch; b++) x[b] = draw(first[b]!).position
    return x
  }
  const second = new Float64Array(batch)
  fillUniform({ ...key, step: key.step + 1 }, second)
  const rows = Array.from({ length: points }, (_, i) => density.subarray(i * points, (i + 1) * points))
  const marginal = inverse(
    axis,
    Float64Array.from(rows, (row) => row.reduce((sum, value) => sum + value, 0)),
  )
  const conditionals = new Map<number, ReturnType<typeof inverse>>()
  for (let b = 0; b < batch; b++) {
    const { position, cell } = marginal(first[b]!)
    let along = conditionals.get(cell)
    if (along === undefined) {
      along = inverse(axis, rows[cell]!)
      conditionals.set(cell, along)
    }
    x[b] = position
    x[batch + b] = along(second[b]!).position
  }
  return x
}

/** The position below which a share u of the density lies; cells are centred on the grid's points. */
function inverse(axis: Float64Array, density: Float64Array) {
  const cumulated = new Float64Array(axis.length)
  let sum = 0
  for (let n = 0; n < axis.length; n++) {
    sum += density[n]!
    cumulated[n] = sum
  }
  const width = axis[1]! - axis[0]!
  return (u: number): { position: number; cell: number } => {
    const wanted = u * sum
    let [low, high] = [0, axis.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (cumulated[middle]! > wanted) high = middle
      else low = middle + 1
    }
    const before = low === 0 ? 0 : cumulated[low - 1]!
    return { position: axis[low]! + width * ((wanted - before) / density[low]! - 0.5), cell: low }
  }
}
