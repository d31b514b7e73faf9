import type { Network } from '../network/network.js'
import { well, wellCurvature, wellSlope } from './double-well.js'
import { createHiddenCoupling, hiddenParameters } from './hidden-coupling.js'
import { scratch, type TermEnergy, type TermOn, type TermStatistics } from './term.js'

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
    const rows = createRows(network)
    return {
      ...hiddenParameters(network),
      name: barrier === null ? 'two-state hidden units' : 'explicit hidden units',
      ...energyOf(network, rows, kT, barrier),
      ...statisticsOf(network, rows),
    }
  }
}

/** The rows of x, those of the hidden units last, and the sums over the edges between the two parts. */
function createRows({ units, hidden, ...network }: Network) {
  const seen = units - hidden
  return {
    /** how many rows come before those of the hidden units */
    seen,
    coupling: createHiddenCoupling({ ...network, units: seen, hidden }),
    /** s_h, [hidden, batch], a view */
    statesIn: (x: Float64Array, batch: number) => x.subarray(seen * batch, units * batch),
    /** x_i, [units - hidden, batch], a view */
    othersIn: (x: Float64Array, batch: number) => x.subarray(0, seen * batch),
  }
}

type Rows = ReturnType<typeof createRows>

function energyOf({ units, hidden, hiddenEdges }: Network, rows: Rows, kT: number, barrier: number | null): TermEnergy {
  const { start, visible } = hiddenEdges
  const { seen, coupling, statesIn, othersIn } = rows
  const [fields, pulls] = [scratch(), scratch()]
  return {
    addForceAndEnergy(theta, x, batch, force, energy) {
      const s = statesIn(x, batch)
      const u = fields(hidden * batch)
      coupling.field(theta, othersIn(x, batch), batch, u)
      if (energy !== null)
        for (let n = 0; n < hidden * batch; n++) {
          energy[n % batch]! -= u[n]! * s[n]!
          if (barrier !== null) energy[n % batch]! += kT * well(barrier, s[n]!)
        }
      if (force === null) return
      const pull = pulls(seen * batch)
      coupling.toVisible(theta, s, batch, pull)
      for (let n = 0; n < pull.length; n++) force[n]! += pull[n]!
      for (let n = 0; n < hidden * batch; n++)
        force[seen * batch + n]! += barrier === null ? u[n]! : u[n]! - kT * wellSlope(barrier, s[n]!)
    },
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

/** φ_ih = -x_i s_h and φ_h = -s_h. */
function statisticsOf({ hidden, hiddenEdges }: Network, { seen, coupling, statesIn, othersIn }: Rows): TermStatistics {
  const { count: edges, start, visible } = hiddenEdges
  const minus = (states: Float64Array) => states.map((value) => -value)
  return {
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
      for (let h = 0; h < hidden; h++) {
        for (let e = start[h]!; e < start[h + 1]!; e++)
          for (let n = 0; n < batch; n++) out[e]! += x[visible[e]! * batch + n]! ** 2 + x[(seen + h) * batch + n]! ** 2
        out[edges + h]! += batch
      }
    },
    addLaplacian() {
      // Every statistic is linear in each unit.
    },
  }
}
