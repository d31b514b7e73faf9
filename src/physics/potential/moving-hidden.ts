import type { Network } from '../network/network.js'
import { well, wellCurvature, wellSlope } from './double-well.js'
import { createHiddenCoupling, hiddenParameters } from './hidden-coupling.js'
import { scratch, type Term, type TermOn } from './term.js'

/**
 * Hidden units that have a state s_h of their own, in the last rows of x (see withHiddenStates):
 *
 *     U = -Σ_ih V_ih x_i s_h - Σ_h b_h s_h + Σ_h w(s_h),   F_i = Σ_h V_ih s_h,   F_h = u_h - w'(s_h)
 *
 * with the double well w of doubleWellResponse, or none for units that are ±1 and flip (heat-bath.ts); F_h is then u_h.
 * Summed over s_h, e^(-U/kT) is e^(-A/kT) with the free energy A of the units that follow at once (hidden.ts): in equilibrium
 * the visible units can't tell the two apart, whatever the mobilities.
 * Parameters as in hidden.ts: V ("hidden-coupling"), then b ("hidden-bias"). It is not linear in them: no parameter scales the well.
 *
 * @param barrier - of the well, in kT; null for two states
 *
 * Cost of force and energy: 2·edges·batch multiply-adds.
 */
export function movingHidden(kT: number, barrier: number | null): TermOn {
  return (network) => {
    const { units, hidden } = network
    const [{ count: edges, start, visible }, seen] = [network.hiddenEdges, units - hidden]
    const coupling = createHiddenCoupling({ ...network, units: seen })
    const [fields, pulls] = [scratch(), scratch()]
    const statesIn = (x: Float64Array, batch: number) => x.subarray(seen * batch, units * batch)
    const othersIn = (x: Float64Array, batch: number) => x.subarray(0, seen * batch)
    return {
      ...hiddenParameters(network),
      name: barrier === null ? 'two-state hidden units' : 'explicit hidden units',
      addForceAndEnergy(theta, x, batch, force, energy) {
        const [s, u] = [statesIn(x, batch), fields(hidden * batch)]
        coupling.field(theta, othersIn(x, batch), batch, u)
        if (energy !== null)
          for (let n = 0; n < u.length; n++) {
            energy[n % batch]! -= u[n]! * s[n]!
            if (barrier !== null) energy[n % batch]! += kT * well(barrier, s[n]!)
          }
        if (force === null) return
        const pull = pulls(seen * batch)
        coupling.toVisible(theta, s, batch, pull)
        for (let n = 0; n < pull.length; n++) force[n]! += pull[n]!
        for (let n = 0; n < u.length; n++)
          force[pull.length + n]! += barrier === null ? u[n]! : u[n]! - kT * wellSlope(barrier, s[n]!)
      },
      addStatistic(_theta, x, batch, out, weights = null) {
        const s = minus(statesIn(x, batch))
        if (weights !== null) for (let n = 0; n < s.length; n++) s[n]! *= weights[n % batch]!
        coupling.addCorrelationAndSum(othersIn(x, batch), s, batch, out)
      },
      addDirectional(_theta, x, r, batch, out) {
        coupling.addCorrelation(othersIn(r, batch), minus(statesIn(x, batch)), batch, out)
        coupling.addCorrelationAndSum(othersIn(x, batch), minus(statesIn(r, batch)), batch, out)
      },
      addSquaredGradient(_theta, x, batch, out) {
        // V_ih: s_h² + x_i²;  b_h: 1
        const s = statesIn(x, batch)
        for (let h = 0; h < hidden; h++) {
          for (let e = start[h]!; e < start[h + 1]!; e++)
            for (let n = 0; n < batch; n++) out[e]! += x[visible[e]! * batch + n]! ** 2 + s[h * batch + n]! ** 2
          out[edges + h]! += batch
        }
      },
      ...(barrier === null ? { addStateEnergies: stateEnergies(network) } : {}),
      // Every statistic is linear in each unit.
      addLaplacian() {},
      addHessian(theta, x, hessian) {
        for (let h = 0; h < hidden; h++) {
          const row = seen + h
          for (let e = start[h]!; e < start[h + 1]!; e++) {
            hessian[row * units + visible[e]!]! -= theta[e]!
            hessian[visible[e]! * units + row]! -= theta[e]!
          }
          if (barrier !== null) hessian[row * units + row]! += kT * wellCurvature(barrier, x[row]!)
        }
      },
    }
  }
}

/** -s u of a unit that flips; those that it acts on are continuous. See Term.addStateEnergies. */
function stateEnergies({ units, hidden, hiddenEdges }: Network): NonNullable<Term['addStateEnergies']> {
  const { count, start, visible } = hiddenEdges
  const fields = scratch()
  return (theta, unit, states, x, batch, out) => {
    const h = unit - (units - hidden)
    if (h < 0) return
    const u = fields(batch).fill(theta[count + h]!)
    for (let e = start[h]!; e < start[h + 1]!; e++)
      for (let b = 0; b < batch; b++) u[b]! += theta[e]! * x[visible[e]! * batch + b]!
    for (let n = 0; n < out.length; n++) out[n]! -= states[Math.floor(n / batch)]! * u[n % batch]!
  }
}

function minus(values: Float64Array): Float64Array {
  return values.map((value) => -value)
}
