import { copyState } from '../network/states.js'
import { describedBy, type Term, type TermOn, type TermOptions } from './term.js'

/** Functions of a whole state, all evaluated at one state at a time. */
export interface FeatureMap {
  /** number of functions */
  readonly count: number
  /**
   * Writes φ_a(x), ∂φ_a/∂x_i and ∂²φ_a/∂x_i∂x_j at one state x [units]; each output may be null.
   *
   * @param value - [count]
   * @param gradient - [count, units]
   * @param hessian - [count, units, units]
   */
  evaluate(
    x: Float64Array,
    value: Float64Array | null,
    gradient: Float64Array | null,
    hessian: Float64Array | null,
  ): void
  /**
   * Adds Σ_a θ_a ∂φ_a/∂x_i to `gradient` [units] and Σ_a θ_a ∂²φ_a/∂x_i∂x_j to `hessian` [units, units]; either may be null.
   * Absent where it would be no faster than `evaluate`.
   */
  addSum?(theta: Float64Array, x: Float64Array, gradient: Float64Array | null, hessian: Float64Array | null): void
}

/** Makes features for states of so many units. */
export type FeaturesOf = (units: number) => FeatureMap

/**
 * A term whose statistics are functions of the whole state, U = Σ_a θ_a φ_a(x): a small, flexible energy for one or two
 * units. Its parameters sit on no unit and no edge, so no device with local couplings has it; objectives whose truth is a
 * quadrature do.
 *
 * Cost of each method: one evaluation of all features for each state.
 */
export function featureTerm(options: TermOptions, featuresOf: FeaturesOf): TermOn {
  return ({ units }) => {
    const features = featuresOf(units)
    const { count, evaluate, addSum = sumOf(features, units) } = features
    const state = new Float64Array(units)
    const slope = new Float64Array(units)
    const value = new Float64Array(count)
    const curvature = new Float64Array(count * units * units)
    return {
      ...describedBy(options),
      support: 'state',
      size: count,
      addForceAndEnergy(theta, x, batch, force, energy) {
        for (let b = 0; b < batch; b++) {
          copyState({ x, batch }, b, state)
          if (energy !== null) {
            evaluate(state, value, null, null)
            for (let a = 0; a < count; a++) energy[b]! += theta[a]! * value[a]!
          }
          if (force === null) continue
          addSum(theta, state, slope.fill(0), null)
          for (let i = 0; i < units; i++) force[i * batch + b]! -= slope[i]!
        }
      },
      addHessian: (theta, x, hessian) => addSum(theta, x, null, hessian),
      ...stateStatistics(units, count, (_theta, x, values, gradients) => evaluate(x, values, gradients, null)),
      addLaplacian(_theta, x, batch, out) {
        for (let b = 0; b < batch; b++) {
          evaluate(copyState({ x, batch }, b, state), null, null, curvature)
          for (let a = 0; a < count; a++)
            for (let i = 0; i < units; i++) out[a]! += curvature[(a * units + i) * units + i]!
        }
      },
    }
  }
}

/**
 * The sums over trajectories of statistics that are functions of the whole state.
 *
 * @param evaluate - writes φ_a [count] and ∂φ_a/∂x_i [count, units] at one state x [units]; each output may be null
 *
 * Cost of each: one evaluation for each state.
 */
export function stateStatistics(
  units: number,
  count: number,
  evaluate: (theta: Float64Array, x: Float64Array, value: Float64Array | null, gradient: Float64Array | null) => void,
): Pick<Term, 'addStatistic' | 'addDirectional' | 'addSquaredGradient'> {
  const state = new Float64Array(units)
  const value = new Float64Array(count)
  const gradient = new Float64Array(count * units)
  return {
    addStatistic(theta, x, batch, out, weights = null) {
      for (let b = 0; b < batch; b++) {
        const weight = weights === null ? 1 : weights[b]!
        if (weight === 0) continue
        evaluate(theta, copyState({ x, batch }, b, state), value, null)
        for (let a = 0; a < count; a++) out[a]! += weight * value[a]!
      }
    },
    addDirectional(theta, x, r, batch, out) {
      for (let b = 0; b < batch; b++) {
        evaluate(theta, copyState({ x, batch }, b, state), null, gradient)
        for (let a = 0; a < count; a++)
          for (let i = 0; i < units; i++) out[a]! += r[i * batch + b]! * gradient[a * units + i]!
      }
    },
    addSquaredGradient(theta, x, batch, out) {
      for (let b = 0; b < batch; b++) {
        evaluate(theta, copyState({ x, batch }, b, state), null, gradient)
        for (let a = 0; a < count; a++) for (let i = 0; i < units; i++) out[a]! += gradient[a * units + i]! ** 2
      }
    },
  }
}

/** FeatureMap.addSum from the features one by one. */
function sumOf({ count, evaluate }: FeatureMap, units: number): NonNullable<FeatureMap['addSum']> {
  const gradients = new Float64Array(count * units)
  const hessians = new Float64Array(count * units * units)
  return (theta, x, gradient, hessian) => {
    evaluate(x, null, gradient && gradients, hessian && hessians)
    if (gradient !== null) addWeighted(theta, gradients, gradient)
    if (hessian !== null) addWeighted(theta, hessians, hessian)
  }
}

/** out_n += Σ_a θ_a rows_an; rows [θ's length, out's length]. */
function addWeighted(theta: Float64Array, rows: Float64Array, out: Float64Array): void {
  for (let a = 0, n = 0; a < theta.length; a++) for (let i = 0; i < out.length; i++) out[i]! += theta[a]! * rows[n++]!
}

/** A fixed energy that nothing learns, U = φ(x): a feature with no parameter and a weight of one. */
export function fixedTerm(name: string, featuresOf: FeaturesOf): TermOn {
  const one = Float64Array.of(1)
  return (network) => {
    const term = featureTerm({ name }, featuresOf)(network)
    return {
      ...term,
      size: 0,
      addForceAndEnergy: (_theta, x, batch, force, energy) => term.addForceAndEnergy(one, x, batch, force, energy),
      addStatistic() {},
      addDirectional() {},
      addSquaredGradient() {},
      addLaplacian() {},
      addHessian: (_theta, x, hessian) => term.addHessian(one, x, hessian),
    }
  }
}
