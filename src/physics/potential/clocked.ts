import { hasClock, type Partials } from '../formula/partials.js'
import type { Term, TermOn } from './term.js'

/** The time at which the formulas of a term are computed. */
export interface Clock {
  t: number
}

/** How many of a term's parameters are its own: all, but for the time. */
export function ownSize({ formula, size }: Pick<Term, 'formula' | 'size'>): number {
  return formula !== undefined && hasClock(formula) ? size - 1 : size
}

/**
 * A term whose formula may hold the time: where it does, one more parameter stands after its own, the time, which the protocol fills in.
 * It is in a group of its own, `<term>.t`, is given, and has no statistic. The energy then is a function of parameters like any, so that a
 * step of the clock does the work U(x_n, t_(n+1)) - U(x_n, t_n).
 *
 * @param termOn - makes the term, whose functions take the time from the clock
 */
export function clocked(formula: Partials, termOn: (clock: Clock) => TermOn): TermOn {
  const clock = { t: 0 }
  const on = termOn(clock)
  return hasClock(formula) ? (network) => withClock(on(network), clock) : on
}

/** Each method sets the clock, and sees no more than the other parameters. */
function withClock({ alone: _, ...term }: Term, clock: Clock): Term {
  const { name, size } = term
  const at = (theta: Float64Array) => {
    clock.t = theta[size]!
    return theta.subarray(0, size)
  }
  const { addStateEnergies: stateEnergies, eachCurvature } = term
  return {
    ...term,
    size: size + 1,
    groups: [
      { name, size },
      { name: `${name}.t`, size: 1, given: true, clock: true },
    ],
    // What a parameter multiplies knows of another, the time.
    linear: false,
    addForceAndEnergy: (theta, ...to) => term.addForceAndEnergy(at(theta), ...to),
    ...(stateEnergies === undefined ? {} : { addStateEnergies: (theta, ...to) => stateEnergies(at(theta), ...to) }),
    addHessian: (theta, ...to) => term.addHessian(at(theta), ...to),
    ...(eachCurvature && { eachCurvature: (theta, ...to) => eachCurvature(at(theta), ...to) }),
    addStatistic: (theta, ...to) => term.addStatistic(at(theta), ...to),
    addDirectional: (theta, ...to) => term.addDirectional(at(theta), ...to),
    addSquaredGradient: (theta, ...to) => term.addSquaredGradient(at(theta), ...to),
    addLaplacian: (theta, ...to) => term.addLaplacian(at(theta), ...to),
  }
}
