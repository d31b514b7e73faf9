import { invalidValue } from '../../errors.js'
import type { DriftDiffusion } from './drift-diffusion.js'

/** Where a coordinate is: between two walls that reflect it, or, periodic, on a circle. */
export interface Box {
  readonly lower: number
  readonly upper: number
  readonly periodic?: boolean
}

/** Jumps between neighbouring cells of a grid, in place of a diffusion. */
export interface GridChain {
  /** distance of neighbours */
  readonly cell: number
  /** rates of jumps to the next cell and to the one before, [cells]; from the ends 0, or round the circle */
  readonly up: Float64Array
  readonly down: Float64Array
}

/** z/(e^z - 1) */
function bernoulli(z: number): number {
  return Math.abs(z) < 1e-5 ? 1 - z / 2 : z / Math.expm1(z)
}

/**
 * The chain whose flux between two cells is that of Scharfetter and Gummel, J = [B(-w) D_i p_i - B(w) D_(i+1) p_(i+1)]/h with
 * w = ah/D at the face and B(z) = z/(e^z - 1): exact for a constant drift and diffusion, and the law at rest is e^(∫a/D)/D up to O(h²).
 *
 * @param x centres of the cells, ascending, of equal width
 * @throws OverdampedError E_INVALID_VALUE where the drift is not finite, or the diffusion not above 0
 * Source: Scharfetter and Gummel, IEEE Trans. Electron Devices 16, 64 (1969).
 */
export function gridChain({ drift, diffusion }: DriftDiffusion, box: Box, x: Float64Array, t: number): GridChain {
  const cells = x.length
  const cell = (box.upper - box.lower) / cells
  const faces = x.map((centre) => centre + cell / 2)
  const a = drift(faces, t)
  const onFaces = diffusion(faces, t)
  const D = diffusion(x, t)
  const [up, down] = [new Float64Array(cells), new Float64Array(cells)]
  for (let i = 0; i < (box.periodic === true ? cells : cells - 1); i++) {
    const next = (i + 1) % cells
    const w = (a[i]! * cell) / onFaces[i]!
    if (!(Number.isFinite(w) && onFaces[i]! > 0 && D[i]! > 0))
      throw invalidValue(`drift ${a[i]} and diffusion ${onFaces[i]} at x = ${faces[i]}, t = ${t}.`, 'Fokker–Planck')
    up[i] = (D[i]! * bernoulli(-w)) / cell ** 2
    down[next] = (D[next]! * bernoulli(w)) / cell ** 2
  }
  return { cell, up, down }
}

/** Adds weight·L p to `out`: what the jumps bring less what they take. */
export function addChange({ up, down }: GridChain, p: Float64Array, weight: number, out: Float64Array): void {
  const n = p.length
  for (let i = 0; i < n; i++) {
    const [before, next] = [i === 0 ? n - 1 : i - 1, i === n - 1 ? 0 : i + 1]
    out[i]! += weight * (up[before]! * p[before]! + down[next]! * p[next]! - (up[i]! + down[i]!) * p[i]!)
  }
}

/** A function that solves (1 - αL) p = b, L tridiagonal but for the jumps round a circle. Cost: O(cells). */
export function chainSolver({ up, down }: GridChain, alpha: number): (b: Float64Array) => Float64Array {
  const n = up.length
  const diagonal = up.map((rate, i) => 1 + alpha * (rate + down[i]!))
  const [upper, lower] = [-alpha * up[n - 1]!, -alpha * down[0]!]
  if (upper === 0 && lower === 0) return tridiagonal(up, down, diagonal, alpha)
  // Sherman and Morrison: the corners are a product of two vectors that is added to a tridiagonal matrix.
  const gamma = -diagonal[0]!
  const u = new Float64Array(n)
  u[0] = gamma
  u[n - 1] = lower
  diagonal[0]! -= gamma
  diagonal[n - 1]! -= (lower * upper) / gamma
  const solve = tridiagonal(up, down, diagonal, alpha)
  const z = solve(u)
  const along = (p: Float64Array) => p[0]! + (upper / gamma) * p[n - 1]!
  return (b) => {
    const y = solve(b)
    const share = along(y) / (1 + along(z))
    return y.map((value, i) => value - share * z[i]!)
  }
}

/** Elimination without pivots: the columns of 1 - αL have dominant diagonals. */
function tridiagonal(up: Float64Array, down: Float64Array, diagonal: Float64Array, alpha: number) {
  const n = diagonal.length
  const [ratio, pivot] = [new Float64Array(n), new Float64Array(n)]
  for (let i = 0; i < n; i++) {
    pivot[i] = 1 / (diagonal[i]! + (i === 0 ? 0 : alpha * up[i - 1]! * ratio[i - 1]!))
    ratio[i] = i === n - 1 ? 0 : -alpha * down[i + 1]! * pivot[i]!
  }
  return (b: Float64Array): Float64Array => {
    const p = new Float64Array(n)
    for (let i = 0; i < n; i++) p[i] = (b[i]! + (i === 0 ? 0 : alpha * up[i - 1]! * p[i - 1]!)) * pivot[i]!
    for (let i = n - 2; i >= 0; i--) p[i]! -= ratio[i]! * p[i + 1]!
    return p
  }
}
