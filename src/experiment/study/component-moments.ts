import type { Component } from '../../learning/data/densities.js'
import { mixtureDerivatives } from '../../learning/data/mixture-law.js'
import { arrays, copyState, type States } from '../../physics/network/states.js'

/** Covariances of the components of a mixture as states show them. */
export interface ComponentMoments {
  add(states: States): void
  /** largest relative error of a component's covariance (Frobenius), and root mean square error off its diagonal */
  errors(): { covarianceError: number; offDiagonalError: number }
}

/**
 * A state belongs to each component by its responsibility r_k(x): over the mixture itself the moments weighed by r_k are
 * exactly those of component k, however much components overlap.
 */
export function createComponentMoments(components: readonly Component[]): ComponentMoments {
  const units = components[0]!.mean.length
  const law = mixtureDerivatives(components, 0)
  const [state, slope] = arrays(2, units)
  const curvature = new Float64Array(units * units)
  const responsibility = new Float64Array(components.length)
  const sums = components.map(() => ({
    weight: 0,
    first: new Float64Array(units),
    second: new Float64Array(units ** 2),
  }))
  return {
    add(states) {
      for (let b = 0; b < states.batch; b++) {
        copyState(states, b, state)
        law(state, slope, curvature, responsibility)
        sums.forEach((sum, k) => {
          const r = responsibility[k]!
          sum.weight += r
          for (let i = 0; i < units; i++) {
            sum.first[i]! += r * state[i]!
            for (let j = 0; j < units; j++) sum.second[i * units + j]! += r * state[i]! * state[j]!
          }
        })
      }
    },
    errors() {
      let covarianceError = 0
      let squares = 0
      sums.forEach(({ weight, first, second }, k) => {
        const { root } = components[k]!
        let [error, size] = [0, 0]
        for (let i = 0; i < units; i++)
          for (let j = 0; j < units; j++) {
            const exact = root[i]!.reduce((sum, value, l) => sum + value * root[j]![l]!, 0)
            const difference = second[i * units + j]! / weight - (first[i]! * first[j]!) / weight ** 2 - exact
            error += difference ** 2
            size += exact ** 2
            if (i !== j) squares += difference ** 2
          }
        covarianceError = Math.max(covarianceError, Math.sqrt(error / size))
      })
      const pairs = Math.max(1, components.length * units * (units - 1))
      return { covarianceError, offDiagonalError: Math.sqrt(squares / pairs) }
    },
  }
}
