import { copyState, type States } from '../network/states.js'
import { type Potential, termSlice } from './potential.js'

/** Is told the number of a state and ∂²U/∂x_i∂x_j there, [units, units] row-major, in an array that the next state overwrites. */
export type SeeHessian = (b: number, hessian: Float64Array) => void

/**
 * The Hessians of U at each state of a batch: terms that are harmonic are asked once, those on single units a unit at a time,
 * others (hidden units, functions of the whole state) at every state.
 *
 * Cost: O(units²) a state, besides.
 */
export function eachHessian(potential: Potential, theta: Float64Array): (states: States, see: SeeHessian) => void {
  const { units } = potential.network
  const parts = potential.terms.map((term, index) => ({ term, own: termSlice(potential, index, theta) }))
  const state = new Float64Array(units)
  const still = new Float64Array(units * units)
  for (const { term, own } of parts) if (term.harmonic) term.addHessian(own, state, still)
  const bending = parts.filter(({ term }) => !term.harmonic)
  const others = bending.filter(({ term }) => term.alone === undefined)
  const hessian = new Float64Array(units * units)
  return ({ x, batch }, see) => {
    const diagonal = new Float64Array(x.length)
    const row = new Float64Array(batch)
    for (const { term, own } of bending)
      term.alone?.on.forEach((i, n) => {
        if (own[n] === 0) return
        term.alone!.phi.curvature(x, i * batch, batch, row)
        for (let b = 0; b < batch; b++) diagonal[i * batch + b]! += own[n]! * row[b]!
      })
    for (let b = 0; b < batch; b++) {
      hessian.set(still)
      for (let i = 0; i < units; i++) hessian[i * (units + 1)]! += diagonal[i * batch + b]!
      if (others.length > 0) copyState({ x, batch }, b, state)
      for (const { term, own } of others) term.addHessian(own, state, hessian)
      see(b, hessian)
    }
  }
}
