import type { DriftDiffusion } from './drift-diffusion.js'

/** How a coordinate goes in the long run: ⟨x⟩ = drift t, Var x = 2 diffusion t. */
export interface Transport {
  readonly drift: number
  readonly diffusion: number
}

/** Intervals of a period, at least. The error of Simpson's rule falls as their number to the -4. */
const fewest = 512
/** Change of Φ within an interval, at most, as long as there are no more intervals than 8,192: (1/4)⁴/180 is 2e-5. */
const steepest = { change: 0.25, intervals: 8192 }

/**
 * Drift and diffusion in the long run of a process that repeats after `period`, by quadrature. With Φ = ½ ln D - ∫a/D (U/kT - fx/kT where
 * D is constant) and dy = √(D̄/D) dx, in which the noise is even and of strength D̄,
 *
 *     I₊(y) = ∫_(y-Y)^y e^(Φ(y) - Φ(z)) dz/Y,   I₋(y) = ∫_y^(y+Y) e^(Φ(z) - Φ(y)) dz/Y,   over a period Y of y
 *
 *     v = (D̄/Y)(1 - e^(Φ(Y) - Φ(0)))/⟨I₊⟩,   D_eff = D̄ ⟨I₊² I₋⟩/⟨I₊⟩³
 *
 * and lengths in x are those in y times period/Y.
 *
 * @param process one that does not depend on time
 *
 * Cost: a square of the intervals of exponentials, some milliseconds; a second where the force is 2,000 kT over a period.
 * Source: Stratonovich (1958), in Risken, The Fokker–Planck Equation, section 11.3; Reimann et al., PRL 87, 010602 (2001), eqs. 5 and 6.
 */
export function washboardTransport(process: DriftDiffusion, period: number): Transport {
  const n = intervalsOf(process, period)
  const h = period / n
  const ends = Float64Array.from({ length: n + 1 }, (_, i) => i * h)
  const middles = ends.subarray(0, n).map((x) => x + h / 2)
  const D = process.diffusion(ends, 0)
  const ratio = (x: Float64Array) => {
    const diffusion = process.diffusion(x, 0)
    return process.drift(x, 0).map((a, i) => a / diffusion[i]!)
  }
  const [atEnds, atMiddles] = [ratio(ends), ratio(middles)]
  const mean = D[0]!
  const phi = new Float64Array(n + 1)
  let integral = 0
  for (let i = 0; i <= n; i++) {
    if (i > 0) integral += (h / 6) * (atEnds[i - 1]! + 4 * atMiddles[i - 1]! + atEnds[i]!)
    phi[i] = Math.log(D[i]! / mean) / 2 - integral
  }
  const drop = phi[n]! - phi[0]!
  const stretch = D.map((value) => Math.sqrt(mean / value))
  const length = simpson(h, n, (i) => stretch[i]!)
  // Φ over as many periods as are asked for.
  const at = (i: number) => phi[((i % n) + n) % n]! + Math.floor(i / n) * drop
  const weight = (i: number) => stretch[((i % n) + n) % n]! / length
  const plus = ends.map((_, i) => simpson(h, n, (k) => weight(i - k) * Math.exp(at(i) - at(i - k))))
  const minus = ends.map((_, i) => simpson(h, n, (k) => weight(i + k) * Math.exp(at(i + k) - at(i))))
  const average = (f: (i: number) => number) => simpson(h, n, (i) => weight(i) * f(i))
  const first = average((i) => plus[i]!)
  return {
    drift: ((-mean / length) * Math.expm1(drop) * (period / length)) / first,
    diffusion: ((mean * average((i) => plus[i]! ** 2 * minus[i]!)) / first ** 3) * (period / length) ** 2,
  }
}

function intervalsOf({ drift, diffusion }: DriftDiffusion, period: number): number {
  const x = Float64Array.from({ length: fewest }, (_, i) => (i * period) / fewest)
  const D = diffusion(x, 0)
  const slope = drift(x, 0).reduce((most, a, i) => Math.max(most, Math.abs(a / D[i]!)), 0)
  const wanted = 2 * Math.ceil((slope * period) / steepest.change / 2)
  return Math.max(fewest, Math.min(steepest.intervals, wanted))
}

/** Simpson's rule over n (even) intervals of length h. */
function simpson(h: number, n: number, f: (i: number) => number): number {
  let sum = f(0) + f(n)
  for (let i = 1; i < n; i++) sum += (i % 2 === 1 ? 4 : 2) * f(i)
  return (sum * h) / 3
}
