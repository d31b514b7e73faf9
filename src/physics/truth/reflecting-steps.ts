import type { Bath } from '../protocol/bath.js'

/** Mirror images on either side: a kick that is so many widths long does not come. */
const images = 8

/**
 * The law at rest of Euler–Maruyama between two walls that reflect, under a constant force F: the mean and the variance of what
 *
 *     x → mirrored(x + μFh + √(2μkTh) R)
 *
 * leaves as it is. The walls' mirror images make a kernel of normal densities, which is applied to a density at the middles of cells until it
 * rests. As h → 0 it is e^(Fx/kT), and uniform for F = 0 at any h.
 *
 * @param lower - and `upper`: the walls
 * @param cells - narrow against a kick
 *
 * Cost: O(cells²) for the kernel and each of some 100 rounds.
 */
export function reflectingSteps(
  force: number,
  { kT, mobility }: Bath,
  { lower, upper }: { readonly lower: number; readonly upper: number },
  h: number,
  cells: number,
): { readonly mean: number; readonly variance: number } {
  const width = upper - lower
  const cell = width / cells
  const x = Float64Array.from({ length: cells }, (_, n) => (n + 0.5) * cell)
  const variance = 2 * mobility * kT * h
  const kernel = new Float64Array(cells * cells)
  for (let from = 0; from < cells; from++) {
    const centre = x[from]! + mobility * force * h
    const row = kernel.subarray(from * cells, (from + 1) * cells)
    for (let to = 0; to < cells; to++)
      for (let n = -images; n <= images; n++)
        for (const at of [x[to]! + 2 * n * width, -x[to]! + 2 * n * width])
          row[to]! += Math.exp(-((at - centre) ** 2) / (2 * variance))
    const sum = row.reduce((total, value) => total + value, 0)
    for (let to = 0; to < cells; to++) row[to]! /= sum
  }
  let density = x.map((at) => Math.exp((force * (at - width)) / kT))
  for (let round = 0; ; round++) {
    const next = new Float64Array(cells)
    for (let from = 0; from < cells; from++)
      for (let to = 0; to < cells; to++) next[to]! += density[from]! * kernel[from * cells + to]!
    const moved = next.reduce((sum, value, n) => sum + Math.abs(value - density[n]!), 0)
    const total = next.reduce((sum, value) => sum + value, 0)
    density = next.map((value) => value / total)
    if (round > 0 && moved < 1e-10 * total) break
  }
  const average = (of: (at: number) => number) => density.reduce((sum, p, n) => sum + p * of(lower + x[n]!), 0)
  const mean = average((at) => at)
  return { mean, variance: average((at) => (at - mean) ** 2) }
}
