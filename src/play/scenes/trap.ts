import { featureTerm } from '../../physics/potential/features.js'
import { type Potential, potentialOf } from '../../physics/potential/potential.js'
import type { Trap } from './messages.js'

/** x²/2, -x and 1 of the first unit: what κ(x - λ)²/2 = κ·x²/2 + κλ·(-x) + κλ²/2·1 is made of. */
const parts = featureTerm({ name: 'trap', harmonic: true }, (units) => ({
  count: 3,
  evaluate(x, value, gradient, hessian) {
    value?.set([x[0]! ** 2 / 2, -x[0]!, 1])
    gradient?.fill(0).set([x[0]!])
    if (gradient !== null) gradient[units] = -1
    hessian?.fill(0).set([1])
  },
}))

/** A potential with a trap on its first unit, which has the last three parameters. The constant makes work: the trap is 0 at λ. */
export function withTrap(potential: Potential): Potential {
  return potentialOf(potential.network, [...potential.terms.map((term) => () => term), parts])
}

/** Writes the parameters of a trap to the last three of θ. */
export function setTrap({ stiffness, position }: Trap, theta: Float64Array): void {
  theta.set([stiffness, stiffness * position, (stiffness * position ** 2) / 2], theta.length - 3)
}

/** The trap on the way from one to another. @param share - of the way, 1 at its end */
export function between(from: Trap, to: Trap, share: number): Trap {
  return {
    stiffness: from.stiffness + share * (to.stiffness - from.stiffness),
    position: from.position + share * (to.position - from.position),
  }
}

/** No trap at all. */
export const noTrap: Trap = { stiffness: 0, position: 0 }
