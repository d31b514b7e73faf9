import { well, wellCurvature, wellSlope } from './double-well.js'
import { createHiddenCoupling } from './hidden-coupling.js'
import { scratch, type TermOn } from './term.js'

/**
 * Hidden units that have a state s_h of their own, in the last rows of x (see withHiddenStates):
 *
 *     U = -Σ_ih V_ih x_i s_h - Σ_h b_h s_h + Σ_h w(s_h),   F_i = Σ_h V_ih s_h,   F_h = u_h - w'(s_h)
 *
 * with the double well w of doubleWellResponse, or none for units that are ±1 and flip (heat-bath.ts); F_h is then u_h.
 * Summed over s_h, e^(-U/kT) is e^(-A/kT) with the free energy A of the units that follow at once (hidden.ts): in equilibrium
 * the visible units can't tell the two apart, whatever the mobilities.
 * Parameters as in hidden.ts: V ("hidden-coupling"), then b ("hidden-bias").
 *
 * @param barrier - of the well, in kT; null for two states
 *
 * Cost of force and energy: 2·edges·batch multiply-adds.
 */
export function movingHidden(kT: number, barrier: number | null): TermOn {
  return (network) => {
    const { units, hidden } = network
    const { count: edges, start, visible } = network.hiddenEdges
    const seen = units - hidden
    const coupling = createHiddenCoupling({ ...network, units: seen })
    const fields = scratch()
    const sums = scratch()
    const couplingsOf = (theta: Float64Array) => theta.subarray(0, edges)
    const statesOf = (x: Float64Array, batch: number) => x.subarray(seen * batch, units * batch)
    const othersOf = (x: Float64Array, batch: number) => x.subarray(0, seen * batch)
    return {
      name: barrier === null ? 'two-state hidden units' : 'explicit hidden units',
      support: 'hidden',
      size: edges + hidden,
      groups: [
        { name: 'hidden-coupling', size: edges },
        { name: 'hidden-bias', size: hidden },
      ],
      lowerBound: -Infinity,
      harmonic: false,
      // But for the well, which no parameter scales.
      linear: false,
      addForceAndEnergy(theta, x, batch, force, energy) {
        const s = statesOf(x, batch)
        const u = fields(hidden * batch)
        coupling.toHidden(couplingsOf(theta), othersOf(x, batch), batch, u)
        for (let h = 0; h < hidden; h++)
          for (let n = h * batch; n < (h + 1) * batch; n++) {
            u[n]! += theta[edges + h]!
            if (energy !== null) {
              energy[n - h * batch]! -= u[n]! * s[n]!
              if (barrier !== null) energy[n - h * batch]! += kT * well(barrier, s[n]!)
            }
          }
        if (force === null) return
        const sum = sums(seen * batch)
        coupling.toVisible(couplingsOf(theta), s, batch, sum)
        for (let n = 0; n < seen * batch; n++) force[n]! += sum[n]!
        for (let n = 0; n < hidden * batch; n++)
          force[seen * batch + n]! += barrier === null ? u[n]! : u[n]! - kT * wellSlope(barrier, s[n]!)
      },
      addStatistic(_theta, x, batch, out) {
        const s = statesOf(x, batch).map((value) => -value)
        coupling.addCorrelation(othersOf(x, batch), s, batch, couplingsOf(out))
        for (let n = 0; n < hidden * batch; n++) out[edges + Math.floor(n / batch)]! += s[n]!
      },
      addDirectional(_theta, x, r, batch, out) {
        const s = statesOf(x, batch).map((value) => -value)
        const along = statesOf(r, batch).map((value) => -value)
        coupling.addCorrelation(othersOf(r, batch), s, batch, couplingsOf(out))
        coupling.addCorrelation(othersOf(x, batch), along, batch, couplingsOf(out))
        for (let n = 0; n < hidden * batch; n++) out[edges + Math.floor(n / batch)]! += along[n]!
      },
      addSquaredGradient(_theta, x, batch, out) {
        // V_ih: s_h² + x_i²;  b_h: 1
        for (let h = 0; h < hidden; h++) {
          for (let e = start[h]!; e < start[h + 1]!; e++)
            for (let n = 0; n < batch; n++)
              out[e]! += x[visible[e]! * batch + n]! ** 2 + x[(seen + h) * batch + n]! ** 2
          out[edges + h]! += batch
        }
      },
      addLaplacian() {
        // Every statistic is linear in each unit.
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
}
