import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { symmetricEigenvalues } from '../../src/physics/observe/eigenvalues.js'
import { scatter } from '../../src/physics/observe/moments.js'
import { normals } from './point-sets.js'

describe('eigenvalues without vectors', () => {
  const byDecomposition = (matrix: Float64Array, size: number) =>
    new EigenvalueDecomposition(Matrix.from1DArray(size, size, matrix), { assumeSymmetric: true }).realEigenvalues

  it('have the bits of a whole decomposition: of full rank, of less, with rows of 0, of one number', () => {
    for (const [count, size] of [
      [50, 20],
      [5, 30],
      [2, 1],
      [40, 2],
    ] as const) {
      const products = scatter(normals(count, size, size), new Float64Array(size))
      expect([...symmetricEigenvalues(products, size)]).toEqual(byDecomposition(products, size))
      for (let i = 0; i < size; i++) products[i * size + (size >> 1)] = products[(size >> 1) * size + i] = 0
      expect([...symmetricEigenvalues(products, size)]).toEqual(byDecomposition(products, size))
    }
    expect([...symmetricEigenvalues(new Float64Array(0), 0)]).toEqual([])
  })

  it('are those of a chain of springs, 2 - 2cos(πk/(n + 1)), to some roundings', () => {
    const size = 40
    const chain = new Float64Array(size * size)
    for (let i = 0; i < size; i++) {
      chain[i * size + i] = 2
      if (i > 0) chain[i * size + i - 1] = chain[(i - 1) * size + i] = -1
    }
    symmetricEigenvalues(chain, size).forEach((value, n) => {
      // The norm is 4, and an orthogonal step loses a rounding or two.
      expect(Math.abs(value - (2 - 2 * Math.cos((Math.PI * (n + 1)) / (size + 1))))).toBeLessThan(
        4 * size * Number.EPSILON,
      )
    })
  })
})
