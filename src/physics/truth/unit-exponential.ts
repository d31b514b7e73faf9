import { forceAndEnergy, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import type { Protocol } from '../protocol/protocol.js'
import { type UncoupledLaw, uncoupledLaw } from './uncoupled-law.js'

/** ln⟨e^(-W/kT)⟩ and ln⟨e^(-2W/kT)⟩. */
export interface ExponentialWork {
  readonly logMean: number
  readonly logSquare: number
}

/** Spacing of the grid over the kick of the shortest step: the rule of trapezia is off by 2e^(-2π²/.8²) ≈ 1e-13 of a Gaussian. */
const spacing = 0.8
/** Kicks that count, in standard deviations: erfc(7/√2) ≈ 3e-12. */
const reach = 7
/** Landscapes on the way that the grid spans the laws of. */
const looks = 12
/** Mass that may leave the grid, whose ends are e^-46 below the top of every landscape that was looked at. */
const mostLost = 1e-6
/** Multiply-adds that it may take, some five seconds. */
const mostProducts = 3e9

/**
 * ⟨e^(-λW/kT)⟩, λ = 1 and 2, of units that do not act on one another, in any potential, from their Boltzmann law and in the steps of
 * Euler–Maruyama: what an exponential average of simulated works must give. (At λ = 1 it differs from -ΔF/kT by O(h).) On a grid, the
 * density weighted by the work so far is moved from step to step,
 *
 *     p(x) *= e^(-λ[U(x; after) - U(x; before)]/kT),   p'(x') = ∫ p(x) N(x'; x + μF(x; after)h, 2μkTh) dx
 *
 * @returns null where units are coupled on the way, or leave where a dozen looks at it expect them; or where it would take too long: steps
 *   are so short that a grid which resolves their kicks is too fine
 *
 * Cost: for each unit that differs from the others, steps·(width of the law)/√(2μkTh)·50 multiply-adds.
 */
export function unitExponentialWork(potential: Potential, protocol: Protocol, bath: Bath): ExponentialWork | null {
  const laws = lawsOnTheWay(potential, protocol, bath)
  if (laws === null) return null
  const { units } = potential.network
  const shortest = protocol.dt.reduce((a, b) => Math.min(a, b), Infinity)
  const cell = spacing * Math.sqrt(2 * bath.mobility * bath.kT * shortest)
  // Units that share their law in every landscape that was looked at have the same parameters throughout, or a schedule nobody writes.
  const first = Array.from({ length: units }, (_, unit) =>
    laws[0]!.units.findIndex((_, other) => laws.every((law) => law.units[other] === law.units[unit])),
  )
  const grids = first.map((unit) => gridOf(laws, unit, cell))
  const products = grids.reduce((sum, { length }, unit) => (first[unit] === unit ? sum + length : sum), 0)
  if (products * protocol.dt.length * ((4 * reach) / spacing) > mostProducts) return null
  const found = new Map<number, ExponentialWork | null>()
  let [logMean, logSquare] = [0, 0]
  for (const unit of first) {
    const own = found.has(unit) ? found.get(unit)! : workOfUnit(potential, protocol, bath, unit, grids[unit]!)
    if (own === null) return null
    found.set(unit, own)
    logMean += own.logMean
    logSquare += own.logSquare
  }
  return { logMean, logSquare }
}

function lawsOnTheWay(potential: Potential, protocol: Protocol, { kT }: Bath): UncoupledLaw[] | null {
  const theta = new Float64Array(potential.size)
  const laws: UncoupledLaw[] = []
  const steps = protocol.dt.length
  for (let look = 0; look <= looks; look++) {
    protocol.parameters(Math.round((look * steps) / looks) - 1, theta)
    const law = uncoupledLaw(potential, theta, kT)
    if (law === null) return null
    laws.push(law)
  }
  return laws
}

/** Places that hold a unit's law throughout. */
function gridOf(laws: readonly UncoupledLaw[], unit: number, cell: number): Float64Array {
  const low = Math.min(...laws.map(({ units }) => units[unit]!.x[0]!))
  const high = Math.max(...laws.map(({ units }) => units[unit]!.x.at(-1)!))
  return Float64Array.from({ length: Math.min(1e7, Math.ceil((high - low) / cell) + 1) }, (_, n) => low + n * cell)
}

function workOfUnit(
  potential: Potential,
  protocol: Protocol,
  { kT, mobility }: Bath,
  unit: number,
  x: Float64Array,
): ExponentialWork | null {
  const { units } = potential.network
  const points = x.length
  const theta = new Float64Array(potential.size)
  const states = new Float64Array(units * points)
  states.set(x, unit * points)
  const force = new Float64Array(units * points)
  const own = force.subarray(unit * points, (unit + 1) * points)
  let [before, energy] = [new Float64Array(points), new Float64Array(points)]
  protocol.parameters(-1, theta)
  forceAndEnergy(potential, theta, states, points, force, before)
  const lowest = before.reduce((a, b) => Math.min(a, b), Infinity)
  const start = normalised(before.map((u) => Math.exp((lowest - u) / kT))).p
  const walks = [1, 2].map((lambda) => ({ lambda, log: 0, lost: 0, p: start }))
  for (let step = 0; step < protocol.dt.length; step++) {
    const changed = protocol.parameters(step, theta)
    if (changed || step === 0) forceAndEnergy(potential, theta, states, points, force, energy)
    const h = protocol.dt[step]!
    for (const walk of walks) {
      const weighted = changed
        ? walk.p.map((p, n) => (p === 0 ? 0 : p * Math.exp((-walk.lambda * (energy[n]! - before[n]!)) / kT)))
        : walk.p
      const { p, total } = normalised(weighted)
      walk.log += Math.log(total)
      walk.p = kicked(x, p, own, mobility * h, Math.sqrt(2 * mobility * kT * h))
      walk.lost += 1 - walk.p.reduce((sum, mass) => sum + mass, 0)
    }
    if (changed) [before, energy] = [energy, before]
  }
  // A share that is lost would be, in e^(-W/kT), as large.
  if (walks.some(({ lost }) => !(Math.abs(lost) < mostLost))) return null
  return { logMean: walks[0]!.log, logSquare: walks[1]!.log }
}

function normalised(weights: Float64Array): { p: Float64Array; total: number } {
  const total = weights.reduce((sum, w) => sum + w, 0)
  return { p: weights.map((w) => w / total), total }
}

/** Masses at the places of a grid after a drift and a kick. */
function kicked(x: Float64Array, p: Float64Array, force: Float64Array, drift: number, width: number): Float64Array {
  const out = new Float64Array(p.length)
  const cell = x[1]! - x[0]!
  const [s, q] = [cell / width, Math.exp(-((cell / width) ** 2))]
  for (let n = 0; n < p.length; n++) {
    // What is so far up a wall that it drifts through the grid is nothing.
    if (p[n]! < Number.MIN_VALUE / Number.EPSILON) continue
    const to = (x[n]! + drift * force[n]! - x[0]!) / cell
    const from = Math.max(0, Math.ceil(to - reach / s))
    const until = Math.min(p.length - 1, Math.floor(to + reach / s))
    // Gaussians at equal spacing by their ratios: g_(k+1) = g_k r_k, r_(k+1) = r_k q.
    const z = (from - to) * s
    let g = (p[n]! * s * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)
    let r = Math.exp(-s * z - (s * s) / 2)
    for (let k = from; k <= until; k++) {
      out[k]! += g
      g *= r
      r *= q
    }
  }
  return out
}
