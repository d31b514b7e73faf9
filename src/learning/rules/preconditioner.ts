import { inverse, Matrix } from 'ml-matrix'
import type { States } from '../../physics/network/states.js'
import { sumOfProducts } from '../../physics/potential/dense.js'
import { type Potential, termSlice } from '../../physics/potential/potential.js'
import { edgeMatrix, sylvesterSolver, takeEdges } from '../../physics/potential/sylvester.js'

/** Adds an approximate solution of one block of parameters: z += A_block⁻¹ g; both [parameters]. */
type BlockInverse = (g: Float64Array, z: Float64Array) => void

/** Relative size of what is added to the diagonal of a unit's block, whose statistics can be collinear. */
const ridge = 1e-9

/**
 * An approximate inverse of the least-squares matrix A_ab = Σ_trajectories ∇φ_a·∇φ_b over given states: the sum of the
 * inverses of overlapping blocks (additive Schwarz), which is symmetric and positive.
 *
 * 1. For each unit its on-site terms together: near data that are almost binary x, x² and x³ are nearly collinear.
 * 2. The harmonic part ½xᵀKx, K = diag(k) + J, whose matrix maps K to CK + KC with C = Σ x xᵀ: a Sylvester equation.
 * 3. Every other pair term: its own approximate inverse, or its diagonal.
 *
 * On MNIST this saves four of five iterations of conjugate gradients.
 *
 * @returns a function from g to z ≈ A⁻¹ g, [parameters]
 */
export function leastSquaresPreconditioner(
  potential: Potential,
  states: readonly States[],
): (g: Float64Array) => Float64Array {
  const names = potential.terms.map(({ name }) => name)
  const harmonic = names.includes('stiffness') && names.includes('bilinear')
  const blocks: BlockInverse[] = [onsiteBlocks(potential, states)]
  if (harmonic) blocks.push(harmonicBlock(potential, states, names.indexOf('stiffness'), names.indexOf('bilinear')))
  potential.terms.forEach(({ support, name }, index) => {
    if ((support === 'edge' || support === 'label') && !(harmonic && name === 'bilinear'))
      blocks.push(pairBlock(potential, states, index))
  })
  return (g) => {
    const z = new Float64Array(potential.size)
    for (const block of blocks) block(g, z)
    return z
  }
}

function onsiteBlocks(potential: Potential, states: readonly States[]): BlockInverse {
  const { units, visible } = potential.network
  const indices = potential.terms.flatMap(({ support }, index) => (support === 'unit' ? [index] : []))
  const size = indices.length
  const ones = new Float64Array(visible).fill(1)
  const sums = Array.from({ length: visible }, () => Matrix.zeros(size, size))
  for (const { x, batch } of states) {
    // With all parameters 1, a term's force on a unit is -∂φ/∂x there.
    const slopes = indices.map((index) => {
      const force = new Float64Array(units * batch)
      potential.terms[index]!.addForceAndEnergy(ones, x, batch, force, null)
      return force
    })
    for (let i = 0; i < visible; i++)
      for (let p = 0; p < size; p++)
        for (let q = 0; q <= p; q++) {
          let sum = sums[i]!.get(p, q)
          for (let b = i * batch; b < (i + 1) * batch; b++) sum += slopes[p]![b]! * slopes[q]![b]!
          sums[i]!.set(p, q, sum).set(q, p, sum)
        }
  }
  const inverses = sums.map((sum) => {
    for (let p = 0; p < size; p++) sum.set(p, p, sum.get(p, p) * (1 + ridge) + Number.MIN_VALUE)
    return inverse(sum)
  })
  return (g, z) => {
    for (let i = 0; i < visible; i++)
      for (let p = 0; p < size; p++)
        for (let q = 0; q < size; q++)
          z[potential.offsets[indices[p]!]! + i]! += inverses[i]!.get(p, q) * g[potential.offsets[indices[q]!]! + i]!
  }
}

function harmonicBlock(
  potential: Potential,
  states: readonly States[],
  stiffness: number,
  bilinear: number,
): BlockInverse {
  const { visible, edges } = potential.network
  const products = sumOfProducts(visible, states)
  const solve = sylvesterSolver(new Float64Array(visible).fill(1), products)
  const couplings = new Float64Array(edges.count)
  return (g, z) => {
    const right = edgeMatrix(edges, visible, termSlice(potential, bilinear, g))
    // A stiffness enters the diagonal once, a coupling two entries: dL/dk = (KC)_ii, half of what the equation has there.
    const diagonal = termSlice(potential, stiffness, g)
    for (let i = 0; i < visible; i++) right[i * visible + i] = 2 * diagonal[i]!
    const K = solve(right)
    const zk = termSlice(potential, stiffness, z)
    const zJ = termSlice(potential, bilinear, z)
    for (let i = 0; i < visible; i++) zk[i]! += K[i * visible + i]!
    takeEdges(edges, K, visible, couplings)
    for (let e = 0; e < edges.count; e++) zJ[e]! += couplings[e]!
  }
}

function pairBlock(potential: Potential, states: readonly States[], index: number): BlockInverse {
  const term = potential.terms[index]!
  const solve = term.approximateInverse?.(states)
  const out = new Float64Array(term.size)
  const diagonal = new Float64Array(term.size)
  if (solve === undefined)
    for (const { x, batch } of states) term.addSquaredGradient(new Float64Array(term.size), x, batch, diagonal)
  return (g, z) => {
    const ownG = termSlice(potential, index, g)
    const ownZ = termSlice(potential, index, z)
    if (solve !== undefined) solve(ownG, out)
    else for (let a = 0; a < out.length; a++) out[a] = diagonal[a]! > 0 ? ownG[a]! / diagonal[a]! : 0
    for (let a = 0; a < out.length; a++) ownZ[a]! += out[a]!
  }
}
