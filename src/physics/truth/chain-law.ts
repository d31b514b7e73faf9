import { invalidValue } from '../../errors.js'
import { gridStates } from '../network/states.js'
import { hasStates } from '../network/unit-states.js'
import { type Potential, termSlice } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'

/**
 * The equilibrium of an open chain of units, each coupled to the next at most, by transfer matrices on a grid:
 *
 *     Z = Σ_(x_1 … x_n) Π_i w_i(x_i) Π_i T_i(x_i, x_(i+1)),   w = cell·e^(-u_i/kT),   T = e^(-v_i/kT)
 *
 * with the potentials u_i of single units and v_i of neighbours. It converges faster than any power of the spacing, as the
 * trapezoidal rule does for densities that vanish at the ends.
 */
export interface ChainLaw {
  /** grid along each axis, [points] */
  readonly x: Float64Array
  /** log Z */
  readonly logPartition: number
  /** probability of each cell for the first unit, [points] */
  readonly first: Float64Array
  /** for unit i + 1 given the cell of unit i, up to a factor, [units - 1] of [points, points] row-major */
  readonly next: readonly Float64Array[]
}

/** Enough for wells a thirtieth of the window wide; a draw has the place in a cell at random. */
const finePoints = 241
/** Enough to see whether a window holds the law. */
const coarsePoints = 81
/** Probability of a cell at the end of the window over the largest, e^-40, below which it holds the law. */
const negligible = Math.exp(-40)

/**
 * The law of a chain.
 *
 * @returns null for one unit, units with states, hidden or label units, functions of the whole state, or couplings other than
 *   between unit i and i + 1; what has the parameter 0 couples nothing
 * @throws E_INVALID_VALUE for a potential that does not confine the units
 *
 * Cost: 58,000 pair energies and as many multiply-adds for each two neighbours.
 */
export function chainLaw(potential: Potential, theta: Float64Array, bath: Bath): ChainLaw | null {
  if (!isChain(potential, theta)) return null
  for (let span = 1; span < 2 ** 30; span *= 2) {
    const found = lawOn(axis(span, coarsePoints), potential, theta, bath)
    if (found !== null && isInside(found)) return lawOn(axis(span, finePoints), potential, theta, bath)!
  }
  throw invalidValue(
    'the potential does not confine the units of the chain: it has no normaliser. Expected one that grows on both sides, as with a quartic term.',
    'potential',
  )
}

function isChain({ network, terms, offsets }: Potential, theta: Float64Array): boolean {
  const { units, edges, labels } = network
  if (units < 2 || labels > 0 || hasStates(network)) return false
  const isNext = (e: number) => edges.b[e] === edges.a[e]! + 1
  return terms.every(
    ({ support }, index) =>
      support === 'unit' ||
      (support === 'edge' && edges.a.every((_, e) => isNext(e) || theta[offsets[index]! + e] === 0)),
  )
}

function axis(span: number, points: number): Float64Array {
  return Float64Array.from({ length: points }, (_, n) => span * ((2 * n) / (points - 1) - 1))
}

/** Whether no unit is at an end of the window. */
function isInside({ first, next }: ChainLaw): boolean {
  let marginal = first
  const holds = () => {
    const most = marginal.reduce((a, b) => Math.max(a, b), 0)
    return Math.max(marginal[0]!, marginal.at(-1)!) < negligible * most
  }
  if (!holds()) return false
  for (const given of next) {
    marginal = nextMarginal(marginal, given)
    if (!holds()) return false
  }
  return true
}

/** p(x_(i+1)) = Σ p(x_i) p(x_(i+1)|x_i). */
function nextMarginal(marginal: Float64Array, given: Float64Array): Float64Array {
  const points = marginal.length
  const out = new Float64Array(points)
  for (let m = 0; m < points; m++) {
    const row = given.subarray(m * points, (m + 1) * points)
    const total = row.reduce((sum, value) => sum + value, 0)
    if (total > 0) for (let n = 0; n < points; n++) out[n]! += (marginal[m]! * row[n]!) / total
  }
  return out
}

/** The law with all units in a window; null where it is beyond doubles there. */
function lawOn(x: Float64Array, potential: Potential, theta: Float64Array, { kT }: Bath): ChainLaw | null {
  const { units } = potential.network
  const points = x.length
  const alone = Array.from({ length: units }, (_, i) => boltzmannFactors(unitEnergies(potential, theta, x, i), kT))
  const next: Float64Array[] = new Array(units - 1)
  /** what the units after this one leave to it, [points] */
  let after = new Float64Array(points).fill(1)
  let logPartition = units * Math.log(x[1]! - x[0]!)
  for (let i = units - 2; i >= 0; i--) {
    const pair = boltzmannFactors(pairEnergies(potential, theta, x, i), kT)
    const before = new Float64Array(points)
    for (let m = 0; m < points; m++)
      for (let n = 0; n < points; n++) {
        pair.factors[m * points + n]! *= alone[i + 1]!.factors[n]! * after[n]!
        before[m]! += pair.factors[m * points + n]!
      }
    const scale = before.reduce((a, b) => Math.max(a, b), 0)
    next[i] = pair.factors
    after = before.map((value) => value / scale)
    logPartition += Math.log(scale) - pair.lowest - alone[i + 1]!.lowest
  }
  const first = alone[0]!.factors.map((value, n) => value * after[n]!)
  const total = first.reduce((sum, value) => sum + value, 0)
  logPartition += Math.log(total) - alone[0]!.lowest
  if (!Number.isFinite(logPartition)) return null
  return { x, logPartition, first: first.map((value) => value / total), next }
}

/** e^(-(U - lowest)/kT), and lowest/kT. */
function boltzmannFactors(energy: Float64Array, kT: number) {
  const lowest = energy.reduce((a, b) => Math.min(a, b), Infinity)
  return { factors: energy.map((value) => Math.exp((lowest - value) / kT)), lowest: lowest / kT }
}

/** What unit i has alone at each place, [points]; what all units have at 0 is counted once, with the first. */
function unitEnergies(potential: Potential, theta: Float64Array, x: Float64Array, i: number): Float64Array {
  const { units } = potential.network
  const states = new Float64Array(units * x.length)
  states.set(x, i * x.length)
  const [energy, atRest] = [new Float64Array(x.length), new Float64Array(1)]
  potential.terms.forEach((term, index) => {
    if (term.support !== 'unit') return
    const own = termSlice(potential, index, theta)
    term.addForceAndEnergy(own, states, x.length, null, energy)
    if (i > 0) term.addForceAndEnergy(own, new Float64Array(units), 1, null, atRest)
  })
  return energy.map((value) => value - atRest[0]!)
}

/** What unit i and the next have together at each two places, [points, points] row-major. */
function pairEnergies(potential: Potential, theta: Float64Array, x: Float64Array, i: number): Float64Array {
  const { units, edges } = potential.network
  const plane = gridStates(x, 2)
  const states = new Float64Array(units * plane.batch)
  states.set(plane.x, i * plane.batch)
  const energy = new Float64Array(plane.batch)
  potential.terms.forEach((term, index) => {
    if (term.support !== 'edge') return
    const theirs = termSlice(potential, index, theta).map((value, e) =>
      edges.a[e] === i && edges.b[e] === i + 1 ? value : 0,
    )
    term.addForceAndEnergy(theirs, states, plane.batch, null, energy)
  })
  return energy
}
