import { forceAndEnergy, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'

/** Intervals of each part of the quadrature, whose error falls as their number to the -4. */
const intervals = 10_000
/** Energies above the lowest at which the region behind the start is cut off, in kT: e^-40 ≈ 4e-18. */
const cutoff = 40

/**
 * Mean time until an oscillator in a potential of one coordinate, started at `from`, first reaches `to`, with nothing but
 * the potential to hold it on the other side (reflection at infinity):
 *
 *     ⟨τ⟩ = (1/μkT) ∫_from^to dy e^(U(y)/kT) ∫_-∞^y dz e^(-U(z)/kT)
 *
 * for to > from; mirrored otherwise.
 *
 * @param energy U(x)
 * @returns a time; Infinity where U does not grow behind `from`, so that some never come back
 *
 * Cost: 40,000 energies.
 * Source: Risken, The Fokker–Planck Equation (1989), section 5.2; Gardiner, Handbook of Stochastic Methods, section 5.2.
 */
export function meanFirstPassage(
  energy: (x: number) => number,
  { kT, mobility }: Bath,
  from: number,
  to: number,
): number {
  if (from === to) return 0
  const sign = to < from ? -1 : 1
  const u = (x: number) => energy(sign * x) / kT
  const [start, end] = [sign * from, sign * to]
  let behind = Math.max(1, end - start)
  let lowest = lowestBetween(u, start - behind, end)
  for (let doubling = 0; u(start - behind) - lowest < cutoff; doubling++) {
    if (doubling === 40) return Number.POSITIVE_INFINITY
    behind *= 2
    lowest = lowestBetween(u, start - behind, end)
  }
  const above = (x: number) => u(x) - lowest
  const { inner } = sweep(above, start - behind, start, 0)
  return sweep(above, start, end, inner).outer / (mobility * kT)
}

/** The inner integral from where it stands (`inner`) on, and the outer one from 0, over [from, to]. */
function sweep(u: (x: number) => number, from: number, to: number, inner: number): { inner: number; outer: number } {
  const h = (to - from) / intervals
  let below = inner
  let outer = 0
  let u0 = u(from)
  for (let n = 0; n < intervals; n++) {
    const middle = u(from + (n + 0.5) * h)
    const u1 = u(from + (n + 1) * h)
    const [f0, f, f1] = [Math.exp(-u0), Math.exp(-middle), Math.exp(-u1)]
    // Simpson's rule over the interval, and to its middle the integral of the same parabola.
    const toMiddle = below + (h / 24) * (5 * f0 + 8 * f - f1)
    const toEnd = below + (h / 6) * (f0 + 4 * f + f1)
    outer += (h / 6) * (Math.exp(u0) * below + 4 * Math.exp(middle) * toMiddle + Math.exp(u1) * toEnd)
    below = toEnd
    u0 = u1
  }
  return { inner: below, outer }
}

function lowestBetween(u: (x: number) => number, from: number, to: number): number {
  let lowest = Number.POSITIVE_INFINITY
  for (let n = 0; n <= intervals; n++) lowest = Math.min(lowest, u(from + ((to - from) * n) / intervals))
  return lowest
}

/**
 * Kramers' time to leave a well over a barrier, 2π e^(ΔU/kT)/(μ√(k_well·k_top)): the limit of high barriers and of a target
 * well beyond the top. For ΔU of a few kT it is off by tens of per cent; `meanFirstPassage` is exact.
 *
 * @param wellStiffness U″ at the bottom, > 0
 * @param topStiffness |U″| at the top, > 0
 * Source: Kramers, Physica 7, 284 (1940), large friction.
 */
export function kramersTime(
  barrier: number,
  wellStiffness: number,
  topStiffness: number,
  { kT, mobility }: Bath,
): number {
  return (2 * Math.PI * Math.exp(barrier / kT)) / (mobility * Math.sqrt(wellStiffness * topStiffness))
}

/** U(x) of one unit of a network, the others at 0: all there is to its motion when nothing couples them to it. */
export function energyOfUnit(potential: Potential, theta: Float64Array, unit = 0): (x: number) => number {
  const state = new Float64Array(potential.network.units)
  const energy = new Float64Array(1)
  return (x) => {
    state[unit] = x
    forceAndEnergy(potential, theta, state, 1, null, energy)
    return energy[0]!
  }
}
