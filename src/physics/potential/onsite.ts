import { placesOf, rowsOfKind, type ValueKind } from '../network/unit-states.js'
import { monomial, type RowFunction, type UnitFunction } from './row-functions.js'
import { describedOn, entryByEntry, scratch, type Term, type TermOn, type TermOptions } from './term.js'

/**
 * A term with one parameter for each visible unit: U = Σ_i θ_i φ(x_i), F_i = -θ_i φ'(x_i). Where units have states, it is on the
 * continuous ones, or on those whose values are of the given kinds.
 *
 * Cost of each method: O(units·batch).
 */
export function onsiteTerm(options: TermOptions, phi: UnitFunction, values: readonly ValueKind[] = ['real']): TermOn {
  return (network) => {
    const { units } = network
    const on = rowsOfKind(network, values)
    const row = scratch()
    const accumulate = rowSums(on)
    return {
      ...describedOn(network, options),
      support: 'unit',
      size: on.length,
      alone: { on, phi },
      addForceAndEnergy(theta, x, batch, force, energy) {
        const values = row(batch)
        for (let n = 0; n < on.length; n++) {
          const i = on[n]!
          const parameter = theta[n]!
          if (parameter === 0) continue
          if (force !== null) {
            phi.slope(x, i * batch, batch, values)
            for (let b = 0; b < batch; b++) force[i * batch + b]! -= parameter * values[b]!
          }
          if (energy !== null) {
            phi.value(x, i * batch, batch, values)
            for (let b = 0; b < batch; b++) energy[b]! += parameter * values[b]!
          }
        }
      },
      addStatistic: (_theta, x, batch, out, weights = null) => accumulate(phi.value, x, weights, batch, out, 0),
      addDirectional: (_theta, x, r, batch, out) => accumulate(phi.slope, x, r, batch, out),
      addSquaredGradient(_theta, x, batch, out) {
        const values = row(batch)
        for (let n = 0; n < on.length; n++) {
          const i = on[n]!
          phi.slope(x, i * batch, batch, values)
          for (let b = 0; b < batch; b++) out[n]! += values[b]! * values[b]!
        }
      },
      addLaplacian: (_theta, x, batch, out) => accumulate(phi.curvature, x, null, batch, out),
      ...entryByEntry(units, (theta, x, add) => {
        const values = row(units)
        phi.curvature(x, 0, units, values)
        for (let n = 0; n < on.length; n++) add(on[n]!, on[n]!, theta[n]! * values[on[n]!]!)
      }),
      addStateEnergies: stateEnergies(placesOf(on, units), phi.value),
    }
  }
}

/** Adds Σ_b f(x_ib) r_ib to out_i of each of these rows, with r = 1 when it is null; a row of r serves every unit where `stride` is 0. */
function rowSums(on: Int32Array) {
  const row = scratch()
  return (
    f: RowFunction,
    x: Float64Array,
    r: Float64Array | null,
    batch: number,
    out: Float64Array,
    stride = batch,
  ) => {
    const values = row(batch)
    for (let n = 0; n < on.length; n++) {
      const i = on[n]!
      f(x, i * batch, batch, values)
      let sum = 0
      if (r === null) for (let b = 0; b < batch; b++) sum += values[b]!
      else for (let b = 0; b < batch; b++) sum += values[b]! * r[i * stride + b]!
      out[n]! += sum
    }
  }
}

/** The energies of a unit's states. See Term.addStateEnergies. @param place - of each unit's parameter, -1 without one */
function stateEnergies(place: Int32Array, phi: RowFunction): NonNullable<Term['addStateEnergies']> {
  const row = scratch()
  return (theta, unit, states, _x, batch, out) => {
    const n = place[unit]!
    if (n < 0) return
    const values = row(states.length)
    phi(Float64Array.from(states), 0, states.length, values)
    for (let m = 0; m < out.length; m++) out[m]! += theta[n]! * values[Math.floor(m / batch)]!
  }
}

/** φ = x²/2: harmonic stiffness k. */
export const stiffness = onsiteTerm(
  { name: 'stiffness', kernel: 'stiffness', harmonic: true, degree: 2 },
  { value: monomial(1 / 2, 2), slope: monomial(1, 1), curvature: monomial(1, 0) },
)

/** φ = x³/3: cubic coefficient c; unbounded below unless a quartic term outweighs it. */
export const cubic = onsiteTerm(
  { name: 'cubic', kernel: 'cubic', degree: 3 },
  {
    // No monomial(1/3, 3): that would round a third first.
    value: (x, from, length, out) => {
      for (let n = 0; n < length; n++) out[n] = (x[from + n]! * x[from + n]! * x[from + n]!) / 3
    },
    slope: monomial(1, 2),
    curvature: monomial(2, 1),
  },
)

/** φ = x⁴/4: quartic coefficient a ≥ 0. */
export const quartic = onsiteTerm(
  { name: 'quartic', kernel: 'quartic', lowerBound: 0, degree: 4 },
  { value: monomial(1 / 4, 4), slope: monomial(1, 3), curvature: monomial(3, 2) },
)

/** φ = -x: bias force f, so that F = +f; of two-state units too. */
export const bias = onsiteTerm(
  { name: 'bias', kernel: 'bias', harmonic: true, degree: 1 },
  { value: monomial(-1, 1), slope: monomial(-1, 0), curvature: monomial(0, 0) },
  ['real', 'two-state'],
)
