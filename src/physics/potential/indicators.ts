import { type Term, termDefaults } from './term.js'

/** Calls `visit` with the parameter whose indicator is 1 in a state of the batch, and the state's place b, for all of both. */
export type EachIndicator = (x: Float64Array, batch: number, visit: (parameter: number, b: number) => void) => void

/**
 * What terms U = -Σ_a θ_a [condition a] have in common, conditions being on states of units alone: U loses θ_a wherever its condition
 * holds, and nothing of it changes with the place of a continuous unit.
 */
export function indicatorTerm(each: EachIndicator) {
  return {
    ...termDefaults,
    givenStates: 'linear',
    addForceAndEnergy(theta, x, batch, _force, energy) {
      if (energy !== null)
        each(x, batch, (parameter, b) => {
          energy[b]! -= theta[parameter]!
        })
    },
    addStatistic(_theta, x, batch, out, weights = null) {
      each(x, batch, (parameter, b) => {
        out[parameter]! -= weights === null ? 1 : weights[b]!
      })
    },
    addDirectional() {},
    addSquaredGradient() {},
    addLaplacian() {},
    addHessian() {},
  } satisfies Partial<Term>
}
