import { EigenvalueDecomposition } from 'ml-matrix'
import { type Bounds, compileBounds } from '../formula/bounds.js'
import { add, everywhere, exactly, type Interval, magnitude, multiply, power } from '../formula/interval.js'
import type { Partials } from '../formula/partials.js'
import { squareMatrix } from '../observe/moments.js'
import { type Potential, termSlice } from '../potential/potential.js'
import type { Term } from '../potential/term.js'

/** The most that U bends in any direction, at any state. */
export interface CurvatureBound {
  /** not below λ_max(∇∇U) at any state within reach */
  readonly most: number
  /** a state that bends about as much, [units]: each unit where its own potential bends most */
  readonly at: Float64Array
}

/** A coordinate beyond which every run ends (E_DIVERGED): no state is there. */
const reach = 2 ** 20
/** Intervals of an axis that are looked at before a bound is given up. */
const mostIntervals = 20_000

/**
 * A bound of λ_max(∇∇U) over all states with |x_i| < 10⁶, proved by interval arithmetic. With u_i the potential of unit i alone
 * and J what is harmonic,
 *
 *     λ_max(∇∇U) ≤ λ_max(J + diag(max_x u_i''(x)))
 *
 * with equality where each unit bends most. Hidden units that follow at once bend no direction upwards, -Σ_h s'_h V_h V_hᵀ ≤ 0,
 * and are left out. Each maximum is found by bisection wherever the bounds of φ'' allow more than what was met.
 *
 * @param tolerance - by how much a unit's maximum may be taken too high
 * @returns null where it can't be proved: terms that are neither harmonic, nor on single units with known bounds, nor hidden; or where
 *   a unit bends without bound
 */
export function curvatureBound(potential: Potential, theta: Float64Array, tolerance: number): CurvatureBound | null {
  const { units } = potential.network
  const at = new Float64Array(units)
  const most = new Float64Array(units * units)
  const bending: Bend[][] = Array.from({ length: units }, () => [])
  for (const [index, term] of potential.terms.entries()) {
    const own = termSlice(potential, index, theta)
    const bounds = boundsOf(term)
    if (term.harmonic) term.addHessian(own, at, most)
    else if (term.alone !== undefined && bounds !== null) {
      const { on, phi } = term.alone
      on.forEach((i, n) => {
        if (own[n] !== 0) bending[i]!.push({ weight: own[n]!, bounds, curvature: phi.curvature })
      })
    } else if (term.support !== 'hidden') return null
  }
  for (let i = 0; i < units; i++) {
    const found = mostBent(bending[i]!, tolerance)
    if (found === null) return null
    at[i] = found.at
    most[i * (units + 1)]! += found.most
  }
  const { realEigenvalues } = new EigenvalueDecomposition(squareMatrix(most, units), { assumeSymmetric: true })
  return { most: Math.max(...realEigenvalues), at }
}

/** A part of a unit's own potential, weight·φ. */
interface Bend {
  readonly weight: number
  /** of φ'' and its slope between two places */
  readonly bounds: (from: number, to: number) => Bounds
  readonly curvature: NonNullable<Term['alone']>['phi']['curvature']
}

/** Bounds of φ'' and φ''': those of a formula, of xⁿ/n, or of what a term says of itself, which knows the first alone. */
function boundsOf({ formula, curvatureBounds, degree }: Term): Bend['bounds'] | null {
  if (formula !== undefined) return compiled(formula)
  if (curvatureBounds !== undefined)
    return (...between) => ({ value: curvatureBounds(...between, 0), slope: everywhere })
  if (typeof degree !== 'number' || degree < 3) return null
  return (lo, hi) => ({
    value: multiply(exactly(degree - 1), power({ lo, hi }, degree - 2)),
    slope: multiply(exactly((degree - 1) * (degree - 2)), power({ lo, hi }, degree - 3)),
  })
}

/** What compiling a formula's bounds gave: a barrier asks for those of the same terms hundreds of times. */
const known = new WeakMap<Partials, Bend['bounds']>()

function compiled(formula: Partials): Bend['bounds'] {
  const found = known.get(formula) ?? compileBounds(formula.curvatures[0]!)
  known.set(formula, found)
  return found
}

/** The largest u'' of a unit, from above to within the tolerance, and where; null where that takes too many intervals. */
function mostBent(bends: readonly Bend[], tolerance: number): { most: number; at: number } | null {
  const place = new Float64Array(1)
  const value = new Float64Array(1)
  const valueAt = (x: number) => {
    place[0] = x
    return bends.reduce((sum, { weight, curvature }) => {
      curvature(place, 0, 1, value)
      return sum + weight * value[0]!
    }, 0)
  }
  /** by the bounds of φ'', or by its value in the middle and the bounds of its slope, which in short intervals are nearer */
  const upper = (from: number, to: number, middle: number) => {
    let [value, slope]: Interval[] = [exactly(0), exactly(0)]
    for (const { weight, bounds } of bends) {
      const between = bounds(from, to)
      value = add(value!, multiply(exactly(weight), between.value))
      slope = add(slope!, multiply(exactly(weight), between.slope))
    }
    return Math.min(value!.hi, middle + (1 + 1e-9) * magnitude(slope!) * ((to - from) / 2) + 1e-12 * Math.abs(middle))
  }
  let best = { most: valueAt(0), at: 0 }
  const waiting = intervals()
  for (let n = 0; waiting.length > 0; n++) {
    if (n > mostIntervals) return null
    const [from, to] = waiting.pop()!
    const middle = (from + to) / 2
    const most = valueAt(middle)
    if (most > best.most) best = { most, at: middle }
    if (upper(from, to, most) > best.most + tolerance) waiting.push([from, middle], [middle, to])
  }
  return { ...best, most: best.most + tolerance }
}

/** Intervals that cover all that is within reach: short ones in the middle, which are looked at first, ever longer ones outside. */
function intervals(): [number, number][] {
  const all: [number, number][] = []
  for (let far = reach; far > 8; far /= 2) all.push([-far, -far / 2], [far / 2, far])
  for (let n = -16; n < 16; n++) all.push([n / 2, (n + 1) / 2])
  return all
}
