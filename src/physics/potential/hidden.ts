import { doubleWellResponse } from './double-well-response.js'
import { createHiddenCoupling } from './hidden-coupling.js'
import { type Response, twoStateResponse } from './response.js'
import { scratch, type TermOn } from './term.js'

/**
 * Bistable hidden units: deep double wells with the two states s_h = ±1, ⟨s_h⟩ = tanh(u_h/kT), A = -kT Σ_h log 2cosh(u_h/kT).
 *
 * @param kT - temperature of the bath that the hidden units share with the visible ones
 */
export function bistable(kT: number): TermOn {
  return hiddenUnits(twoStateResponse(kT))
}

/**
 * Quartic hidden units: oscillators in double wells w(s) = -αs²/2 + βs⁴/4 with minima at s_h = ±1, whose mean response is
 * tabulated (see doubleWellResponse). It tends to tanh(u/kT) as the barrier grows.
 *
 * @param barrier - of the well, in kT: α = β = 4·barrier·kT
 */
export function quarticHidden(kT: number, barrier: number): TermOn {
  return hiddenUnits(doubleWellResponse(kT, barrier))
}

/**
 * Hidden units, U = -Σ_ih V_ih x_i s_h - Σ_h b_h s_h + Σ_h w(s_h), which move so fast that the visible units feel their mean
 * at the present x and no more. That mean and the free energy are those of each unit's response to its field,
 *
 *     u_h = Σ_i V_ih x_i + b_h,   A = Σ_h A(u_h),   ⟨s_h⟩ = -dA/du_h,   F_i = Σ_h V_ih ⟨s_h⟩
 *
 * A is not linear in V and b; what is measured in the place of a statistic is its mean response
 *
 *     ∂A/∂V_ih = -x_i ⟨s_h⟩,   ∂A/∂b_h = -⟨s_h⟩
 *
 * and what is taken of it needs the susceptibility s' = d⟨s⟩/du and the bend s'' = d²⟨s⟩/du².
 * Parameters: V on the visible–hidden edges ("hidden-coupling"), then b on the hidden units ("hidden-bias").
 *
 * Cost of force and energy: 2·edges·batch multiply-adds and hidden·batch responses; of r·∇φ̄ twice that.
 */
export function hiddenUnits(response: Response): TermOn {
  return (network) => {
    const { units, hidden } = network
    const { count: edges, start, visible } = network.hiddenEdges
    const coupling = createHiddenCoupling(network)
    const fields = scratch()
    const responses = scratch()
    const slopes = scratch()
    const bends = scratch()
    const visibleSums = scratch()
    const hiddenSums = scratch()
    const couplingsOf = (theta: Float64Array) => theta.subarray(0, edges)
    const biasesOf = (theta: Float64Array) => theta.subarray(edges)

    /** u_h, [hidden, batch] */
    const fieldAt = (theta: Float64Array, x: Float64Array, batch: number) => {
      const u = fields(hidden * batch)
      coupling.toHidden(couplingsOf(theta), x, batch, u)
      const b = biasesOf(theta)
      for (let h = 0; h < hidden; h++) for (let n = h * batch; n < (h + 1) * batch; n++) u[n]! += b[h]!
      return u
    }
    /** ⟨s_h⟩, [hidden, batch] */
    const responseTo = (u: Float64Array, batch: number) => {
      const s = responses(hidden * batch)
      response.respond(u, hidden * batch, s, null, null)
      return s
    }
    /** ⟨s_h⟩ and s'_h, [hidden, batch] both */
    const slopeAt = (theta: Float64Array, x: Float64Array, batch: number) => {
      const [s, slope] = [responses(hidden * batch), slopes(hidden * batch)]
      response.respond(fieldAt(theta, x, batch), hidden * batch, s, slope, null)
      return { s, slope }
    }
    /** n_h = Σ_i V_ih² */
    const squaredNorms = (theta: Float64Array) =>
      Float64Array.from({ length: hidden }, (_, h) =>
        theta.subarray(start[h], start[h + 1]).reduce((sum, weight) => sum + weight * weight, 0),
      )
    /** out_h += Σ_trajectories q_h */
    const addSums = (q: Float64Array, batch: number, out: Float64Array) => {
      for (let h = 0; h < hidden; h++) {
        let sum = 0
        for (let n = h * batch; n < (h + 1) * batch; n++) sum += q[n]!
        out[h]! += sum
      }
    }
    return {
      name: response.name,
      ...(response.kernel === undefined ? {} : { kernel: response.kernel }),
      support: 'hidden',
      size: edges + hidden,
      groups: [
        { name: 'hidden-coupling', size: edges },
        { name: 'hidden-bias', size: hidden },
      ],
      lowerBound: -Infinity,
      harmonic: false,
      linear: false,
      addForceAndEnergy(theta, x, batch, force, energy) {
        const u = fieldAt(theta, x, batch)
        if (force !== null) {
          const sum = visibleSums(units * batch)
          coupling.toVisible(couplingsOf(theta), responseTo(u, batch), batch, sum)
          for (let n = 0; n < units * batch; n++) force[n]! += sum[n]!
        }
        if (energy !== null) for (let h = 0; h < hidden; h++) response.addFreeEnergy(u, h * batch, batch, energy)
      },
      addStatistic(theta, x, batch, out, weights = null) {
        const s = responseTo(fieldAt(theta, x, batch), batch)
        for (let n = 0; n < hidden * batch; n++) s[n] = -s[n]! * (weights === null ? 1 : weights[n % batch]!)
        coupling.addCorrelation(x, s, batch, couplingsOf(out))
        addSums(s, batch, biasesOf(out))
      },
      addDirectional(theta, x, r, batch, out) {
        // V_ih: -r_i s_h - x_i s'_h Σ_j V_jh r_j;  b_h: -s'_h Σ_j V_jh r_j
        const { s, slope } = slopeAt(theta, x, batch)
        const change = hiddenSums(hidden * batch)
        coupling.toHidden(couplingsOf(theta), r, batch, change)
        for (let n = 0; n < hidden * batch; n++) {
          change[n]! *= -slope[n]!
          s[n] = -s[n]!
        }
        coupling.addCorrelation(r, s, batch, couplingsOf(out))
        coupling.addCorrelation(x, change, batch, couplingsOf(out))
        addSums(change, batch, biasesOf(out))
      },
      addSquaredGradient(theta, x, batch, out) {
        // V_ih: s_h² + 2 V_ih x_i s_h s'_h + x_i² s'_h² n_h;  b_h: s'_h² n_h
        const { s, slope } = slopeAt(theta, x, batch)
        const norm = squaredNorms(theta)
        const part = new Float64Array(edges)
        const product = hiddenSums(hidden * batch)
        for (let n = 0; n < hidden * batch; n++) product[n] = s[n]! * slope[n]!
        coupling.addCorrelation(x, product, batch, part)
        for (let h = 0; h < hidden; h++)
          for (let e = start[h]!; e < start[h + 1]!; e++) {
            out[e]! += 2 * theta[e]! * part[e]!
            for (let n = h * batch; n < (h + 1) * batch; n++) out[e]! += s[n]! * s[n]!
          }
        const squares = visibleSums(units * batch)
        for (let n = 0; n < units * batch; n++) squares[n] = x[n]! * x[n]!
        for (let h = 0; h < hidden; h++)
          for (let n = h * batch; n < (h + 1) * batch; n++) product[n] = norm[h]! * slope[n]! ** 2
        coupling.addCorrelation(squares, product, batch, couplingsOf(out))
        addSums(product, batch, biasesOf(out))
      },
      addLaplacian(theta, x, batch, out) {
        // V_ih: -2 V_ih s'_h - x_i s''_h n_h;  b_h: -s''_h n_h
        const [slope, bend] = [slopes(hidden * batch), bends(hidden * batch)]
        response.respond(fieldAt(theta, x, batch), hidden * batch, responses(hidden * batch), slope, bend)
        const norm = squaredNorms(theta)
        for (let h = 0; h < hidden; h++) {
          let sum = 0
          for (let n = h * batch; n < (h + 1) * batch; n++) {
            sum += slope[n]!
            bend[n]! *= -norm[h]!
          }
          for (let e = start[h]!; e < start[h + 1]!; e++) out[e]! -= 2 * theta[e]! * sum
        }
        coupling.addCorrelation(x, bend, batch, couplingsOf(out))
        addSums(bend, batch, biasesOf(out))
      },
      addHessian(theta, x, hessian) {
        // -Σ_h s'_h V_ih V_jh
        const { slope } = slopeAt(theta, x, 1)
        for (let h = 0; h < hidden; h++) {
          for (let e = start[h]!; e < start[h + 1]!; e++) {
            const weight = slope[h]! * theta[e]!
            const row = visible[e]! * units
            for (let f = start[h]!; f < start[h + 1]!; f++) hessian[row + visible[f]!]! -= weight * theta[f]!
          }
        }
      },
    }
  }
}
