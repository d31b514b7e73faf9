import type { Network } from '../network/network.js'
import type { Term, TermOn } from './term.js'

/** A method of a term that does not follow from its energy. */
export interface TermFault {
  /** which */
  readonly method: `add${string}` & keyof Term
  /** largest error, relative to the largest number that it should have written */
  readonly error: number
}

/** Step of the central differences: truncation h² ≈ 1e-10, rounding 1e-16·|A|/h ≈ 1e-10 for |A| ≈ 10. */
const h = 1e-5
/** Errors above this are no rounding. */
const limit = 1e-6
/** States in a batch, so that a stride that is off shows. */
const batch = 3

/**
 * Compares every method of a term with central differences of its own energy, at a few parameters and states of order 1: force and
 * statistic with ∂A/∂x and ∂A/∂θ (0 for parameters that are given), the others with derivatives of these.
 *
 * @returns the methods that are off by more than 1e-6 of the largest number, or do not add to what is there; none for a sound term
 *
 * Cost: O(units²) evaluations of the term on a batch of three.
 */
export function auditTerm(termOn: TermOn, network: Network): TermFault[] {
  const term = termOn(network)
  const { size, lowerBound } = term
  const x = spread(network.units * batch, 1)
  const theta = spread(size, 4).map((value) => (lowerBound === -Infinity ? value : lowerBound + 0.5 + Math.abs(value)))
  return [...slopesOfEnergy(term, theta, x), ...slopesOfSlopes(term, theta, x)]
    .map(({ method, written, expected }) => ({ method, error: relativeError(written, expected) }))
    .filter(({ error }) => !(error <= limit))
}

/** What a method wrote, and what it should have. */
interface Row {
  readonly method: TermFault['method']
  readonly written: Float64Array
  readonly expected: Float64Array
}

/** Force and statistic beside the derivatives of the energy. */
function slopesOfEnergy(term: Term, theta: Float64Array, x: Float64Array): Row[] {
  const { energy, force, statistic } = methodsOf(term, theta)
  const weights = spread(batch, 3)
  const alongUnits = rowsOf(x).map((row) => slope((by) => energy(moved(x, by, row))))
  const given = (term.groups ?? [term]).flatMap((group) =>
    Array.from({ length: group.size }, () => 'given' in group && group.given === true),
  )
  const alongParameters = Array.from(theta, (_, a) => {
    if (given[a] === true) return new Float64Array(batch)
    const unit = theta.map((_value, other) => (other === a ? 1 : 0))
    return slope((by) => energy(x, moved(theta, by, unit)))
  })
  const weighed = (w: Float64Array) =>
    Float64Array.from(alongParameters, (of) => of.reduce((sum, value, b) => sum + w[b]! * value, 0))
  return [
    {
      method: 'addForceAndEnergy',
      written: force(x),
      expected: x.map((_, n) => -alongUnits[Math.floor(n / batch)]![n % batch]!),
    },
    { method: 'addStatistic', written: statistic(x, weights), expected: weighed(weights) },
    { method: 'addStatistic', written: statistic(x, null), expected: weighed(new Float64Array(batch).fill(1)) },
  ]
}

/** What is made of the statistic's and the force's derivatives beside these. */
function slopesOfSlopes(term: Term, theta: Float64Array, x: Float64Array): Row[] {
  const { size } = term
  const { force, statistic, directional } = methodsOf(term, theta)
  const rows = rowsOf(x)
  const r = spread(x.length, 2)
  const everyFirst = (values: Float64Array) => values.filter((_, n) => n % batch === 0)
  const bends = rows.map((row) => slope((by) => directional(moved(x, by, row), row)))
  const squares = Array.from(x, (_, n) =>
    directional(
      x,
      x.map((_value, other) => (other === n ? 1 : 0)),
    ).map((value) => value ** 2),
  )
  return [
    {
      method: 'addDirectional',
      written: directional(x, r),
      expected: slope((by) => statistic(moved(x, by, r), null)),
    },
    {
      method: 'addHessian',
      written: added(rows.length ** 2, (out) => term.addHessian(theta, everyFirst(x), out)),
      expected: Float64Array.from(
        rows.flatMap((row) => [...everyFirst(slope((by) => force(moved(x, by, row))))].map((value) => -value)),
      ),
    },
    {
      method: 'addLaplacian',
      written: added(size, (out) => term.addLaplacian(theta, x, batch, out)),
      expected: total(bends, size),
    },
    {
      method: 'addSquaredGradient',
      written: added(size, (out) => term.addSquaredGradient(theta, x, batch, out)),
      expected: total(squares, size),
    },
  ]
}

/** For each unit an array like x that is 1 in its row, 0 elsewhere. */
function rowsOf(x: Float64Array): Float64Array[] {
  return Array.from({ length: x.length / batch }, (_, unit) =>
    x.map((_value, n) => (Math.floor(n / batch) === unit ? 1 : 0)),
  )
}

/** What the methods of a term write at θ for a batch of states. */
function methodsOf(term: Term, theta: Float64Array) {
  return {
    energy: (at: Float64Array, of = theta) => added(batch, (out) => term.addForceAndEnergy(of, at, batch, null, out)),
    force: (at: Float64Array) => added(at.length, (out) => term.addForceAndEnergy(theta, at, batch, out, null)),
    statistic: (at: Float64Array, w: Float64Array | null) =>
      added(term.size, (out) => term.addStatistic(theta, at, batch, out, w)),
    directional: (at: Float64Array, along: Float64Array) =>
      added(term.size, (out) => term.addDirectional(theta, at, along, batch, out)),
  }
}

/** Numbers in (-1, 1) that repeat, none like another: multiples of the golden ratio. */
function spread(length: number, offset: number): Float64Array {
  return Float64Array.from({ length }, (_, n) => 2 * (((n + 1 + offset * 0.37) * 0.6180339887498949) % 1) - 1)
}

/** What a method adds to an array that is not empty. */
function added(length: number, method: (out: Float64Array) => void): Float64Array {
  const out = new Float64Array(length).fill(1)
  method(out)
  return out.map((value) => value - 1)
}

function moved(x: Float64Array, by: number, along: Float64Array): Float64Array {
  return x.map((value, n) => value + by * along[n]!)
}

function slope(f: (by: number) => Float64Array): Float64Array {
  const before = f(-h)
  return f(h).map((value, n) => (value - before[n]!) / (2 * h))
}

function total(parts: readonly Float64Array[], length: number): Float64Array {
  return Float64Array.from({ length }, (_, a) => parts.reduce((sum, part) => sum + part[a]!, 0))
}

function relativeError(written: Float64Array, expected: Float64Array): number {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
  return written.reduce((worst, value, n) => {
    const error = Math.abs(value - expected[n]!) / largest
    return error <= worst ? worst : error
  }, 0)
}
