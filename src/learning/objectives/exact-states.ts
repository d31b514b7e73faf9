import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { invalidValue } from '../../errors.js'
import type { States } from '../../physics/network/states.js'
import { drawNormals } from '../../physics/noise/gaussian.js'
import { type DrawKey, drawUniform } from '../../physics/noise/uniform.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { type ChainLaw, chainLaw } from '../../physics/truth/chain-law.js'
import {
  type HiddenMixture,
  hiddenMixture,
  isEnumerable,
  meanOfState,
  mostEnumerated,
} from '../../physics/truth/hidden-mixture.js'
import { type ModelDensity, modelDensity } from '../../physics/truth/partition.js'

/**
 * Independent draws from e^(-U(x; θ)/kT): Gaussian for harmonic potentials of any size, a Gaussian about the mean of a drawn
 * state where two-state hidden units stand over such, by inversion of the quadrature's cumulated density for one or two units, unit
 * after unit along a chain.
 *
 * @param key - where the random numbers stand; it takes `step` and, for hidden units, two units or a chain, `step + 1`
 * @returns x [units, batch]
 * @throws E_INVALID_VALUE for a larger potential of other terms, or one that confines nothing
 */
export function exactStates(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  batch: number,
  key: DrawKey,
): States {
  return exactSampler(potential, theta, bath)(batch, key)
}

/** The same for many draws at one θ: what they have in common, such as the root of a covariance, is computed once. */
export function exactSampler(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
): (batch: number, key: DrawKey) => States {
  if (isEnumerable(potential)) return mixtureSampler(potential, theta, bath)
  const law = modelDensity(potential, theta, bath)
  const chain = law === null ? chainLaw(potential, theta, bath) : null
  if (chain !== null) return (batch, key) => ({ x: chainStates(chain, batch, key), batch })
  if (law === null)
    throw invalidValue(
      `exact states are known for one or two units, for a chain (couplings of each unit to the next alone), or for a harmonic potential (stiffness, bias, bilinear) with up to ${mostEnumerated} two-state hidden units. Use only those, or fewer units.`,
      'objective.start',
    )
  return (batch, key) => ({ x: gridStates(law, batch, key), batch })
}

/** x = m_s + √(kT K⁻¹) ξ, s drawn by its probability. */
function mixtureSampler(potential: Potential, theta: Float64Array, bath: Bath) {
  const { units } = potential.network
  const mixture = hiddenMixture(potential, theta, bath)
  if (mixture === null)
    throw invalidValue(
      'the potential does not confine the units (its stiffness matrix is not positive), so it has no equilibrium. Give a larger stiffness.',
      'objective.start',
    )
  const covariance = mixture.factor.solve(Matrix.eye(units)).mul(bath.kT)
  if (!covariance.to1DArray().every(Number.isFinite))
    throw invalidValue(
      'the stiffness is beyond what numbers hold, so the equilibrium has no covariance. Give values nearer to 1.',
      'objective.start',
    )
  const root = new CholeskyDecomposition(Matrix.add(covariance, covariance.transpose()).mul(0.5)).lowerTriangularMatrix
  return (batch: number, key: DrawKey): States => {
    const centres = drawnCentres(mixture, batch, { ...key, step: key.step + 1 })
    const normals = drawNormals(key, units, batch)
    const x = new Float64Array(units * batch)
    for (let i = 0; i < units; i++)
      for (let b = 0; b < batch; b++) {
        let value = centres[b]![i]!
        for (let j = 0; j <= i; j++) value += root.get(i, j) * normals[j * batch + b]!
        x[i * batch + b] = value
      }
    return { x, batch }
  }
}

/** The mean of a state of the hidden units for each draw, [batch] of [units]. */
function drawnCentres(mixture: HiddenMixture, batch: number, key: DrawKey): Float64Array[] {
  const centres = Array.from(mixture.probability, (_, number) => meanOfState(mixture, number))
  const draw = inverse(mixture.probability)
  return Array.from(drawUniform(key, batch), (u) => centres[draw(u).cell]!)
}

/** Inverts the cumulated density; within a cell of the grid the density counts as constant. */
function gridStates({ units, x: axis, density }: ModelDensity, batch: number, key: DrawKey): Float64Array {
  const points = axis.length
  const x = new Float64Array(units * batch)
  const first = drawUniform(key, batch)
  if (units === 1) {
    const draw = inverseOnGrid(axis, density)
    for (let b = 0; b < batch; b++) x[b] = draw(first[b]!).position
    return x
  }
  const second = drawUniform({ ...key, step: key.step + 1 }, batch)
  const rows = Array.from({ length: points }, (_, i) => density.subarray(i * points, (i + 1) * points))
  const marginal = inverseOnGrid(
    axis,
    Float64Array.from(rows, (row) => row.reduce((sum, value) => sum + value, 0)),
  )
  const conditionals: ReturnType<typeof inverseOnGrid>[] = []
  for (let b = 0; b < batch; b++) {
    const { position, cell } = marginal(first[b]!)
    conditionals[cell] ??= inverseOnGrid(axis, rows[cell]!)
    x[b] = position
    x[batch + b] = conditionals[cell](second[b]!).position
  }
  return x
}

/** The first unit from its law, each other given the cell of the one before. */
function chainStates({ x: axis, first, next }: ChainLaw, batch: number, key: DrawKey): Float64Array {
  const points = axis.length
  const units = next.length + 1
  const uniform = drawUniform({ ...key, step: key.step + 1 }, units * batch)
  const x = new Float64Array(units * batch)
  const cells = new Int32Array(batch)
  for (let i = 0; i < units; i++) {
    const laws: ReturnType<typeof inverseOnGrid>[] = []
    for (let b = 0; b < batch; b++) {
      const given = i === 0 ? 0 : cells[b]!
      laws[given] ??= inverseOnGrid(axis, i === 0 ? first : next[i - 1]!.subarray(given * points, (given + 1) * points))
      const { position, cell } = laws[given](uniform[i * batch + b]!)
      x[i * batch + b] = position
      cells[b] = cell
    }
  }
  return x
}

/** The position below which a share u of the density lies; cells are centred on the grid's points. */
function inverseOnGrid(axis: Float64Array, density: Float64Array) {
  const draw = inverse(density)
  const width = axis[1]! - axis[0]!
  return (u: number): { position: number; cell: number } => {
    const { cell, within } = draw(u)
    return { position: axis[cell]! + width * (within - 0.5), cell }
  }
}

/** The cell below which, with a part of it, a share u of all weight lies. */
function inverse(weights: Float64Array) {
  const cumulated = new Float64Array(weights.length)
  let sum = 0
  for (let n = 0; n < weights.length; n++) {
    sum += weights[n]!
    cumulated[n] = sum
  }
  return (u: number): { cell: number; within: number } => {
    const wanted = u * sum
    let [low, high] = [0, weights.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (cumulated[middle]! > wanted) high = middle
      else low = middle + 1
    }
    const before = low === 0 ? 0 : cumulated[low - 1]!
    return { cell: low, within: (wanted - before) / weights[low]! }
  }
}
