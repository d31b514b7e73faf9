import { hiddenBlock } from '../network/network.js'
import { doubleWellResponse } from './double-well-response.js'
import { createHiddenCoupling, type HiddenCoupling, hiddenParameters } from './hidden-coupling.js'
import { type Response, twoStateResponse } from './response.js'
import { type SeenFeatures, seenFeatures } from './seen-features.js'
import { scratch, type TermOn } from './term.js'

/**
 * Bistable hidden units: deep double wells with the two states s_h = ±1, ⟨s_h⟩ = tanh(u_h/T), A = -T Σ_h log 2cosh(u_h/T).
 *
 * @param kT - temperature T of the bath that the hidden units share with the visible ones, unless they have one of their own
 */
export function bistable(kT: number): TermOn {
  return hiddenUnits(twoStateResponse, kT)
}

/**
 * Quartic hidden units: oscillators in double wells w(s) = -αs²/2 + βs⁴/4 with minima at s_h = ±1, whose mean response is
 * tabulated (see doubleWellResponse). It tends to tanh(u/kT) as the barrier grows.
 *
 * @param kT - as of bistable ones
 * @param barrier - of the well, in units of T: α = β = 4·barrier·T
 */
export function quarticHidden(kT: number, barrier: number): TermOn {
  return hiddenUnits(doubleWellResponse(barrier), kT)
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
 * Categorical units act through the indicators of their states (see SeenFeatures). Parameters: V on the visible–hidden edges, of a
 * categorical unit for each of its states ("hidden-coupling"), then b on the hidden units ("hidden-bias"). Where they are in a bath
 * of their own its temperature T follows ("hidden-temperature"): it is driven, not learned, and has no statistic. The visible units
 * feel a potential whatever T is; heat flows from the hotter bath to the colder.
 *
 * Cost of force and energy: 2·edges·batch multiply-adds and hidden·batch responses; of r·∇φ̄ twice that.
 */
export function hiddenUnits(response: Response, kT: number): TermOn {
  return (network) => {
    const { units, hidden } = network
    const seen = seenFeatures(network)
    const { count: edges, start, visible } = seen.hiddenEdges
    const coupling = createHiddenCoupling(seen)
    /** the row of x that an edge acts on; -1 where it sees a name */
    const rowOf = (e: number) => seen.rows[visible[e]!]!
    const hasOwnBath = hiddenBlock(network)?.bath === 'own'
    const temperature = (theta: Float64Array) => (hasOwnBath ? theta[edges + hidden]! : kT)
    const { fieldAt, answerTo } = answersOf(seen, response, coupling, temperature)
    const [changes, pulls] = [scratch(), scratch()]
    return {
      ...hiddenParameters(network, seen),
      name: response.name,
      degree: null,
      ...(response.kernel === undefined || !seen.areNumbers ? {} : { kernel: response.kernel }),
      // In another bath than the visible units' they are not drawn from one law with them; nothing is linear in a name.
      ...(response.states === undefined || hasOwnBath || !seen.areNumbers ? {} : { hiddenStates: response.states }),
      addForceAndEnergy(theta, x, batch, force, energy) {
        const u = fieldAt(theta, x, batch)
        if (force !== null) {
          const pull = pulls(seen.units * batch)
          coupling.toVisible(theta, answerTo(theta, u).s, batch, pull)
          seen.addPull(pull, batch, force)
        }
        if (energy !== null)
          for (let h = 0; h < hidden; h++) response.addFreeEnergy(u, h * batch, batch, energy, temperature(theta))
      },
      addHessian(theta, x, hessian) {
        // -Σ_h s'_h V_ih V_jh
        const { slope } = answerTo(theta, fieldAt(theta, x, 1), 1)
        for (let h = 0; h < hidden; h++)
          for (let e = start[h]!; e < start[h + 1]!; e++) {
            if (rowOf(e) < 0) continue
            const weight = slope[h]! * theta[e]!
            const row = rowOf(e) * units
            for (let f = start[h]!; f < start[h + 1]!; f++)
              if (rowOf(f) >= 0) hessian[row + rowOf(f)]! -= weight * theta[f]!
          }
      },
      addStatistic(theta, x, batch, out, weights = null) {
        const { s } = answerTo(theta, fieldAt(theta, x, batch))
        for (let n = 0; n < s.length; n++) s[n] = -s[n]! * (weights === null ? 1 : weights[n % batch]!)
        coupling.addCorrelationAndSum(seen.of(x, batch), s, batch, out)
      },
      addDirectional(theta, x, r, batch, out) {
        // V_ih: -r_i s_h - x_i s'_h Σ_j V_jh r_j;  b_h: -s'_h Σ_j V_jh r_j
        const { s, slope } = answerTo(theta, fieldAt(theta, x, batch), 1)
        const change = changes(hidden * batch)
        const along = seen.along(r, batch)
        coupling.toHidden(theta, along, batch, change)
        for (let n = 0; n < s.length; n++) {
          change[n]! *= -slope[n]!
          s[n] = -s[n]!
        }
        coupling.addCorrelation(along, s, batch, out)
        coupling.addCorrelationAndSum(seen.of(x, batch), change, batch, out)
      },
      addSquaredGradient(theta, x, batch, out) {
        // V_ih: s_h² + 2 V_ih x_i s_h s'_h + x_i² s'_h² n_h;  b_h: s'_h² n_h
        const { s, slope } = answerTo(theta, fieldAt(theta, x, batch), 1)
        const norm = squaredNorms(seen, theta)
        const part = new Float64Array(edges)
        const product = changes(hidden * batch)
        const features = seen.of(x, batch)
        for (let n = 0; n < hidden * batch; n++) product[n] = s[n]! * slope[n]!
        coupling.addCorrelation(features, product, batch, part)
        for (let h = 0; h < hidden; h++) {
          for (let n = h * batch; n < (h + 1) * batch; n++) product[n] = norm[h]! * slope[n]! ** 2
          for (let e = start[h]!; e < start[h + 1]!; e++) {
            if (rowOf(e) < 0) continue
            out[e]! += 2 * theta[e]! * part[e]!
            for (let n = h * batch; n < (h + 1) * batch; n++) out[e]! += s[n]! * s[n]!
          }
        }
        const squares = pulls(seen.units * batch)
        for (let n = 0; n < squares.length; n++) squares[n] = features[n]! * features[n]!
        coupling.addCorrelationAndSum(squares, product, batch, out)
      },
      addLaplacian(theta, x, batch, out) {
        // V_ih: -2 V_ih s'_h - x_i s''_h n_h;  b_h: -s''_h n_h
        const { slope, bend } = answerTo(theta, fieldAt(theta, x, batch), 2)
        const norm = squaredNorms(seen, theta)
        for (let h = 0; h < hidden; h++) {
          let sum = 0
          for (let n = h * batch; n < (h + 1) * batch; n++) {
            sum += slope[n]!
            bend[n]! *= -norm[h]!
          }
          for (let e = start[h]!; e < start[h + 1]!; e++) if (rowOf(e) >= 0) out[e]! -= 2 * theta[e]! * sum
        }
        coupling.addCorrelationAndSum(seen.of(x, batch), bend, batch, out)
      },
    }
  }
}

/** What hidden units feel and what they answer, in arrays that the next call overwrites. */
function answersOf(
  seen: SeenFeatures,
  response: Response,
  coupling: HiddenCoupling,
  temperature: (theta: Float64Array) => number,
) {
  const [fields, means, slopes, bends] = [scratch(), scratch(), scratch(), scratch()]
  return {
    /** u_h, [hidden, batch] */
    fieldAt(theta: Float64Array, x: Float64Array, batch: number) {
      const u = fields(seen.hidden * batch)
      coupling.field(theta, seen.of(x, batch), batch, u)
      return u
    },
    /** ⟨s_h⟩ under fields u_h, and up to which derivative s'_h and s''_h, [hidden, batch] each */
    answerTo(theta: Float64Array, u: Float64Array, derivatives: 0 | 1 | 2 = 0) {
      const [s, slope, bend] = [means(u.length), slopes(u.length), bends(u.length)]
      const T = temperature(theta)
      response.respond(u, u.length, T, s, derivatives > 0 ? slope : null, derivatives > 1 ? bend : null)
      return { s, slope, bend }
    },
  }
}

/** n_h = Σ_i V_ih² over what a force acts through, [hidden] */
function squaredNorms(
  { hidden, rows, hiddenEdges: { start, visible } }: SeenFeatures,
  theta: Float64Array,
): Float64Array {
  const norms = new Float64Array(hidden)
  for (let h = 0; h < hidden; h++)
    for (let e = start[h]!; e < start[h + 1]!; e++) if (rows[visible[e]!]! >= 0) norms[h]! += theta[e]! * theta[e]!
  return norms
}
