import type { GaussianLaw } from '../observe/moments.js'
import { type HarmonicTerms, harmonicTerms } from '../potential/given-hidden.js'
import type { Potential } from '../potential/potential.js'
import { type Bath, ownBaths } from '../protocol/bath.js'

/** What is known of a driven harmonic network in continuous time. */
export interface HarmonicContinuumLaw extends GaussianLaw {
  /** mean work */
  readonly work: number
  /** largest |mean| of each unit on the way, [units] */
  readonly farthest: Float64Array
}

/** Error of a step of the integrator, relative to the sizes of what it integrates (or to 1 below that). */
const accuracy = 1e-9
/** Halvings of an interval, after which a jump inside it is taken as it is. */
const mostHalvings = 40
/** Steps that are tried between two times, at most: moments that run away, or never settle, are left as they are. */
const mostTried = 200_000
/** Equal intervals that are tried in one step. */
const together = 16

/**
 * Moments of a driven harmonic network U = xᵀKx/2 - f·x in continuous time, which no time step enters:
 *
 *     ṁ = -μ(Km - f),  Ṡ = -μKS - SKμ + 2μkT,  ⟨Q̇⟩ = (Km - f)ᵀμ(Km - f) + tr μKSK - tr μkT K,  ⟨W⟩ = Δ⟨U⟩ + ⟨Q⟩
 *
 * with μ and kT the diagonal matrices of the units' mobilities and temperatures
 * (the heat, so that schedules need no derivative and may jump), by the embedded Runge–Kutta pair of order 5(4) in steps of their own.
 *
 * @param parameters - θ(t)
 * @param mesh - ascending times from the start to the end, so close that no feature of a schedule is between two of them
 * @param start - law of the initial states
 *
 * Cost: O(intervals·units³).
 * Source: Dormand and Prince, J. Comput. Appl. Math. 6, 19 (1980), for the integrator.
 */
export function harmonicContinuumLaw(
  potential: Potential,
  parameters: (t: number) => Float64Array,
  mesh: Float64Array,
  bath: Bath,
  start: GaussianLaw,
): HarmonicContinuumLaw {
  const { units } = potential.network
  const own = ownBaths(bath, potential.network)
  const size = units + units * units + 1
  const y = new Float64Array(size)
  y.set(start.mean)
  y.set(start.covariance, units)
  const farthest = start.mean.map(Math.abs)
  const first = meanEnergy(potential, parameters(mesh[0]!), y)
  const rates = (t: number, at: Float64Array, out: Float64Array) =>
    momentRates(harmonicTerms(potential, parameters(t)), at, own, out)
  for (let n = 0; n + 1 < mesh.length; ) {
    const length = mesh[n + 1]! - mesh[n]!
    let last = n + 1
    while (
      last + 1 < mesh.length &&
      last - n < together &&
      Math.abs(mesh[last + 1]! - mesh[last]! - length) < 1e-6 * length
    )
      last++
    integrate(rates, mesh[n]!, mesh[last]!, y)
    for (let i = 0; i < units; i++) farthest[i] = Math.max(farthest[i]!, Math.abs(y[i]!))
    n = last
  }
  const work = meanEnergy(potential, parameters(mesh.at(-1)!), y) - first + y[size - 1]!
  return { mean: y.slice(0, units), covariance: y.slice(units, size - 1), work, farthest }
}

/** Rates of the moments (m, S, Q). */
function momentRates(
  { stiffness: K, force: f }: HarmonicTerms,
  y: Float64Array,
  { kT, mobility }: ReturnType<typeof ownBaths>,
  out: Float64Array,
) {
  const n = f.length
  const S = y.subarray(n)
  // -KS, whose row sums with K also give tr KSK.
  let heat = 0
  for (let i = 0; i < n; i++) {
    let force = f[i]!
    for (let j = 0; j < n; j++) force -= K[i * n + j]! * y[j]!
    const mu = mobility[i]!
    out[i] = mu * force
    heat += mu * (force * force - kT[i]! * K[i * n + i]!)
    for (let j = 0; j < n; j++) {
      let KS = 0
      let SK = 0
      for (let k = 0; k < n; k++) {
        KS += K[i * n + k]! * S[k * n + j]!
        SK += S[i * n + k]! * K[k * n + j]!
      }
      out[n + i * n + j] = -mu * KS - mobility[j]! * SK + (i === j ? 2 * mu * kT[i]! : 0)
      heat += mu * KS * K[j * n + i]!
    }
  }
  out[n + n * n] = heat
}

/** ⟨U⟩ = (mᵀKm + tr KS)/2 - f·m + constant. */
function meanEnergy(potential: Potential, theta: Float64Array, y: Float64Array): number {
  const { stiffness: K, force: f, energy } = harmonicTerms(potential, theta)
  const n = f.length
  let sum = energy
  for (let i = 0; i < n; i++) {
    sum -= f[i]! * y[i]!
    for (let j = 0; j < n; j++) sum += (K[i * n + j]! * (y[i]! * y[j]! + y[n + i * n + j]!)) / 2
  }
  return sum
}

/** Nodes, weights and error weights of the pair. */
const nodes = [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1]
const weights = [
  [],
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
]
const errorWeights = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40]

/** Carries y from one time to another, in halves where a step is off by more than `accuracy`. */
function integrate(
  rates: (t: number, y: Float64Array, out: Float64Array) => void,
  from: number,
  to: number,
  y: Float64Array,
): void {
  const k = nodes.map(() => new Float64Array(y.length))
  const at = new Float64Array(y.length)
  let tried = 0
  const step = (a: number, b: number, halvings: number): void => {
    tried++
    const h = b - a
    for (const [stage, node] of nodes.entries()) {
      for (let n = 0; n < y.length; n++) {
        let sum = 0
        for (const [s, weight] of weights[stage]!.entries()) sum += weight * k[s]![n]!
        at[n] = y[n]! + h * sum
      }
      rates(a + node * h, at, k[stage]!)
    }
    let worst = 0
    for (let n = 0; n < y.length; n++) {
      let error = 0
      for (const [s, weight] of errorWeights.entries()) error += weight * k[s]![n]!
      const off = Math.abs(h * error) / Math.max(1, Math.abs(y[n]!), Math.abs(at[n]!))
      worst = off <= worst ? worst : off
    }
    if (worst <= accuracy || halvings === mostHalvings || tried > mostTried) {
      y.set(at)
      return
    }
    const middle = (a + b) / 2
    step(a, middle, halvings + 1)
    step(middle, b, halvings + 1)
  }
  step(from, to, 0)
}
