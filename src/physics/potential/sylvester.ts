import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import type { Edges } from '../network/edges.js'

/** Eigenvalues below this fraction of the largest are raised to it, so that the solution stays bounded. */
const smallestEigenvalue = 1e-9

/**
 * Solves D Z C + C Z D = R for symmetric Z, given a positive diagonal D and a positive semidefinite C: with
 * C' = D^-½ C D^-½ = V Λ Vᵀ and Z' = D^½ Z D^½ it is Z' C' + C' Z' = D^-½ R D^-½, which in the basis V is a division by
 * λ_p + λ_q.
 *
 * @param d - the diagonal, [n]
 * @param c - C, [n, n] row-major
 * @returns a function from R to Z, both symmetric [n, n] row-major; symmetric and positive as a map
 *
 * Cost: O(n³) once, O(n³) a solve.
 */
export function sylvesterSolver(d: Float64Array, c: Float64Array): (r: Float64Array) => Float64Array {
  const n = d.length
  const largest = d.reduce((a, b) => Math.max(a, b), Number.MIN_VALUE)
  const scale = d.map((value) => 1 / Math.sqrt(Math.max(value, smallestEigenvalue * largest)))
  const scaled = (matrix: Float64Array) =>
    matrix.map((value, index) => value * scale[Math.floor(index / n)]! * scale[index % n]!)
  const { realEigenvalues, eigenvectorMatrix: V } = new EigenvalueDecomposition(Matrix.from1DArray(n, n, scaled(c)), {
    assumeSymmetric: true,
  })
  const top = Math.max(...realEigenvalues, Number.MIN_VALUE)
  const eigenvalues = realEigenvalues.map((value) => Math.max(value, smallestEigenvalue * top))
  const Vt = V.transpose()
  return (r) => {
    const inBasis = Vt.mmul(Matrix.from1DArray(n, n, scaled(r))).mmul(V)
    for (let p = 0; p < n; p++)
      for (let q = 0; q < n; q++) inBasis.set(p, q, inBasis.get(p, q) / (eigenvalues[p]! + eigenvalues[q]!))
    return scaled(Float64Array.from(V.mmul(inBasis).mmul(Vt).to1DArray()))
  }
}

/** Values on edges [edges] as a symmetric matrix [units, units] with a zero diagonal. */
export function edgeMatrix({ a, b, count }: Edges, units: number, values: Float64Array): Float64Array {
  const matrix = new Float64Array(units * units)
  for (let e = 0; e < count; e++) {
    matrix[a[e]! * units + b[e]!] = values[e]!
    matrix[b[e]! * units + a[e]!] = values[e]!
  }
  return matrix
}

/** The entries of a symmetric matrix [units, units] that stand on edges, to `out` [edges]. */
export function takeEdges({ a, b, count }: Edges, matrix: Float64Array, units: number, out: Float64Array): void {
  for (let e = 0; e < count; e++) out[e] = matrix[a[e]! * units + b[e]!]!
}
