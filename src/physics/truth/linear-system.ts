import { Matrix } from 'ml-matrix'
import { squareMatrix } from '../observe/moments.js'
import { drivingForce, forceAndEnergy, hessian, type Potential } from '../potential/potential.js'
import type { Term } from '../potential/term.js'
import { type Bath, ownBaths } from '../protocol/bath.js'
import type { LinearForce, LinearSystem } from './steady-state.js'

/** Farthest that a force may be off its line, over its size, roundings alone. */
const rounding = 1e-9

/**
 * A network whose forces are linear in the states, as `steady-state` takes it.
 *
 * @returns null where a force is not linear, or units follow others at once
 *
 * Cost: O(units³).
 */
export function linearSystemOf(potential: Potential, theta: Float64Array, bath: Bath): LinearSystem | null {
  const { network } = potential
  const { units } = network
  const nowhere = new Float64Array(units)
  const stiffness = squareMatrix(hessian(potential, theta, nowhere), units)
  const force = new Float64Array(units)
  forceAndEnergy(potential, theta, nowhere, 1, force, new Float64Array(1))
  if (!isLinear(potential, theta, stiffness, force)) return null
  return {
    stiffness,
    force: Matrix.columnVector(force),
    driving: drivingPart(potential, theta, 'work'),
    bath: drivingPart(potential, theta, 'bath'),
    ...ownBaths(bath, network),
    correlationTime: network.correlationTime ?? new Float64Array(units),
  }
}

/** Whether F = b - Gx, tried at two places along which no term that is not linear is so by accident. */
function isLinear(potential: Potential, theta: Float64Array, G: Matrix, b: Float64Array): boolean {
  const { units } = potential.network
  return [0.7318, -2.1173].every((size) => {
    const x = Float64Array.from({ length: units }, (_, i) => size * Math.cos(1 + 1.7 * i))
    const force = new Float64Array(units)
    forceAndEnergy(potential, theta, x, 1, force, new Float64Array(1))
    const line = Matrix.columnVector(b).sub(G.mmul(Matrix.columnVector(x)))
    const scale = G.norm('frobenius') * Math.sqrt(units) * Math.abs(size) + Math.hypot(...b)
    return force.every((value, i) => Math.abs(value - line.get(i, 0)) <= rounding * scale)
  })
}

/** The forces of one kind that have no potential, which are linear: by what they are at 0 and at each unit's 1. */
function drivingPart(potential: Potential, theta: Float64Array, kind: NonNullable<Term['driving']>): LinearForce {
  const { units } = potential.network
  const batch = units + 1
  const x = new Float64Array(units * batch)
  for (let j = 0; j < units; j++) x[j * batch + j] = 1
  const out = new Float64Array(units * batch)
  drivingForce(potential, theta, x, batch, out, kind)
  const at = (i: number, b: number) => out[i * batch + b]!
  const stiffness = new Matrix(units, units)
  for (let i = 0; i < units; i++) for (let j = 0; j < units; j++) stiffness.set(i, j, at(i, units) - at(i, j))
  return { stiffness, force: Matrix.columnVector(Array.from({ length: units }, (_, i) => at(i, units))) }
}
