import { forceAndEnergy, hessian, type Potential } from '../potential/potential.js'
import type { Protocol } from '../protocol/protocol.js'

/**
 * A potential-energy landscape that moves in time: all that an integrator needs to know of a system. A driven network is
 * one; the exact score of a mixture is another.
 */
export interface Drive {
  readonly units: number
  /** step lengths, [steps] */
  readonly dt: Float64Array
  /** the protocol's clock after each step, [steps + 1] */
  readonly clock: Float64Array
  /** jumps to the landscape of a step (-1: the one before the first); false when it is the same as in the step before */
  jump(step: number): boolean
  /** force [units, batch] and energy [batch] of the landscape jumped to; either may be null */
  evaluate(x: Float64Array, batch: number, force: Float64Array | null, energy: Float64Array | null): void
  /** an upper bound on the curvature of the landscape jumped to, at one state [units] */
  curvature(x: Float64Array): number
}

/** A network driven by a protocol. */
export function driveNetwork(potential: Potential, protocol: Protocol): Drive {
  const theta = new Float64Array(potential.size)
  return {
    units: potential.network.units,
    dt: protocol.dt,
    clock: protocol.clock,
    jump: (step) => protocol.parameters(step, theta),
    evaluate: (x, batch, force, energy) => forceAndEnergy(potential, theta, x, batch, force, energy),
    curvature: (x) => curvatureBound(hessian(potential, theta, x), x.length),
  }
}

/** Gershgorin's bound on the largest |eigenvalue| of a symmetric matrix [n, n]: its largest absolute row sum. */
export function curvatureBound(matrix: Float64Array, n: number): number {
  let largest = 0
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let j = 0; j < n; j++) sum += Math.abs(matrix[i * n + j]!)
    largest = Math.max(largest, sum)
  }
  return largest
}
