import type { Network } from '../network/network.js'
import { bias, cubic, stiffness } from './onsite.js'
import { type Potential, potentialOf, termSlice } from './potential.js'
import type { Term, TermOn } from './term.js'

/** A potential in displacements y from an origin o: U(o + y; θ) = U'(y; θ') + constant(θ). */
export interface DisplacedPotential {
  /** U', of built-in terms alone */
  readonly potential: Potential
  /** writes θ' of θ to `out`, [potential.size]; returns the constant. Cost: O(edges) */
  parameters(theta: Float64Array, out: Float64Array): number
}

/**
 * The same landscape seen from an origin, where numbers of few digits are no longer spent on where a unit is. With F the force
 * of all terms but that of the hidden units,
 *
 *     k' = k + 2co + 3ao²,   c' = c + 3ao,   f' = F(o),   b_h' = b_h + Σ_i V_ih o_i,   constant = U(o)
 *
 * and every other parameter as it was.
 *
 * @param origin - [units]; 0 for label units where energies are kept
 * @param keep - energy, or only the force: label units s that pull on visible ones add a constant -L·o s of their own to the energy
 * @returns null when a term does not stay one of the built-in terms: formulas, functions of the whole state, couplings of
 *   squares at a unit that is displaced, label units that pull on visible ones unless only the force is kept
 */
export function displacedPotential(
  potential: Potential,
  origin: Float64Array,
  keep: 'energy' | 'force' = 'energy',
): DisplacedPotential | null {
  const { network, terms } = potential
  const { visible, hiddenEdges } = network
  const keepsForm = (term: Term) =>
    (keep === 'force' && term.support === 'label') || keepsItsForm(term, network, origin)
  if (!terms.every((term, n) => keepsForm(term) && n === firstLike(term, terms))) return null
  const has = (degree: number) => terms.some((term) => term.support === 'unit' && term.degree === degree)
  const bends = has(3) || has(4)
  const moved = potentialOf(seenFrom(network, origin), [
    ...terms.map((term) => () => term),
    ...absent(has(2) || !bends, stiffness),
    ...absent(has(3) || !has(4), cubic),
    ...absent(has(1), bias),
  ])
  const force = new Float64Array(network.units)
  const energy = new Float64Array(1)
  return {
    potential: moved,
    parameters(theta, out) {
      out.fill(0)
      out.set(theta)
      force.fill(0)
      energy.fill(0)
      terms.forEach((term, n) => {
        const own = termSlice(potential, n, out)
        if (term.support !== 'hidden') term.addForceAndEnergy(own, origin, 1, force, energy)
        else
          for (let e = 0; e < hiddenEdges.count; e++)
            own[hiddenEdges.count + hiddenEdges.hidden[e]!]! += own[e]! * origin[hiddenEdges.visible[e]!]!
      })
      const [f, k, c, a] = [1, 2, 3, 4].map((degree) => onsiteParameters(moved, degree, out)) as Four
      f.set(force.subarray(0, visible))
      for (const [i, value] of c.entries()) k[i]! += 2 * value * origin[i]!
      for (const [i, value] of a.entries()) {
        k[i]! += 3 * value * origin[i]! ** 2
        c[i]! += 3 * value * origin[i]!
      }
      return energy[0]!
    },
  }
}

type Four = [Float64Array, Float64Array, Float64Array, Float64Array]

/** The same units, whose walls stand elsewhere. */
function seenFrom({ coordinates, ...network }: Network, origin: Float64Array): Network {
  if (coordinates === null) return { ...network, coordinates }
  const less = (walls: Float64Array) => walls.map((wall, unit) => wall - origin[unit]!)
  return { ...network, coordinates: { ...coordinates, lower: less(coordinates.lower), upper: less(coordinates.upper) } }
}

/** The parameters of the on-site term φ = xⁿ/n (n = 1: -x), a view of θ; none where the potential lacks it. */
export function onsiteParameters(potential: Potential, degree: number, theta: Float64Array): Float64Array {
  const index = potential.terms.findIndex((term) => term.support === 'unit' && term.degree === degree)
  return index < 0 ? theta.subarray(0, 0) : termSlice(potential, index, theta)
}

/** Where the first term stands that is of the same form as this one. */
function firstLike({ support, degree }: Term, terms: readonly Term[]): number {
  return terms.findIndex((term) => term.support === support && term.degree === degree)
}

function absent(present: boolean, term: TermOn): TermOn[] {
  return present ? [] : [term]
}

/** Whether a term is the same seen from an origin, but for on-site terms of lower degree or what the hidden units feel. */
function keepsItsForm({ support, degree }: Term, { edges }: Network, origin: Float64Array): boolean {
  if (support === 'hidden') return true
  if (typeof degree !== 'number') return false
  if (support === 'unit') return degree <= 4
  if (support !== 'edge') return false
  return degree <= 2 || edges.a.every((a, e) => origin[a] === 0 && origin[edges.b[e]!] === 0)
}
