import type { Network } from '../network/network.js'
import { bias, cubic, stiffness } from './onsite.js'
import { type Potential, potentialOf, termSlice } from './potential.js'
import type { KernelName, Term, TermOn } from './term.js'

/** A potential in displacements y from an origin o: U(o + y; θ) = U'(y; θ') + constant(θ). */
export interface DisplacedPotential {
  /** U', of built-in terms alone */
  readonly potential: Potential
  /** writes θ' of θ to `out`, [potential.size]; returns the constant. Cost: O(edges) */
  parameters(theta: Float64Array, out: Float64Array): number
}

/** Terms that stay built-in ones wherever the origin is. */
const movable: readonly (KernelName | undefined)[] = ['stiffness', 'cubic', 'quartic', 'bias', 'bilinear', 'bistable']

/**
 * The same landscape seen from an origin, where numbers of few digits are no longer spent on where a unit is. With F the force
 * of all terms but that of the hidden units,
 *
 *     k' = k + 2co + 3ao²,   c' = c + 3ao,   f' = F(o),   b_h' = b_h + Σ_i V_ih o_i,   constant = U(o)
 *
 * and every other parameter as it was.
 *
 * @param origin - [units]; 0 for label units
 * @returns null when a term does not stay one of the built-in terms: formulas, functions of the whole state, couplings of
 *   squares at a unit that is displaced, label units that pull on visible ones
 */
export function displacedPotential(potential: Potential, origin: Float64Array): DisplacedPotential | null {
  const { network, terms } = potential
  const { visible, hiddenEdges } = network
  if (!terms.every((term, n) => staysBuiltIn(term, network, origin) && n === place(terms, term.kernel))) return null
  const has = (name: KernelName) => place(terms, name) >= 0
  const bends = has('cubic') || has('quartic')
  const moved = potentialOf(network, [
    ...terms.map((term) => () => term),
    ...absent(has('stiffness') || !bends, stiffness),
    ...absent(has('cubic') || !has('quartic'), cubic),
    ...absent(has('bias'), bias),
  ])
  const force = new Float64Array(network.units)
  const energy = new Float64Array(1)
  return {
    potential: moved,
    parameters(theta, out) {
      out.fill(0)
      out.set(theta)
      const own = (name: KernelName) => slice(moved, name, out)
      force.fill(0)
      energy.fill(0)
      terms.forEach((term, n) => {
        if (term.kernel !== 'bistable') term.addForceAndEnergy(termSlice(potential, n, theta), origin, 1, force, energy)
      })
      own('bias').set(force.subarray(0, visible))
      const [k, c, a] = [own('stiffness'), own('cubic'), own('quartic')]
      for (const [i, value] of c.entries()) k[i]! += 2 * value * origin[i]!
      for (const [i, value] of a.entries()) {
        k[i]! += 3 * value * origin[i]! ** 2
        c[i]! += 3 * value * origin[i]!
      }
      const hidden = own('bistable')
      for (let e = 0; e < Math.min(hidden.length, hiddenEdges.count); e++)
        hidden[hiddenEdges.count + hiddenEdges.hidden[e]!]! += hidden[e]! * origin[hiddenEdges.visible[e]!]!
      return energy[0]!
    },
  }
}

/** Where the first term that a kernel knows by a name stands; -1 where none does. */
function place(terms: readonly Term[], name: KernelName | undefined): number {
  return terms.findIndex(({ kernel }) => kernel === name)
}

/** The parameters of that term; none where it is not there. */
function slice(potential: Potential, name: KernelName, theta: Float64Array): Float64Array {
  const index = place(potential.terms, name)
  return index < 0 ? theta.subarray(0, 0) : termSlice(potential, index, theta)
}

function absent(present: boolean, term: TermOn): TermOn[] {
  return present ? [] : [term]
}

function staysBuiltIn({ kernel }: Term, { edges }: Network, origin: Float64Array): boolean {
  if (kernel === 'pair-quartic') return edges.a.every((a, e) => origin[a] === 0 && origin[edges.b[e]!] === 0)
  return movable.includes(kernel)
}
