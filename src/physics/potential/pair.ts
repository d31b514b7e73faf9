import type { Network } from '../network/network.js'
import type { States } from '../network/states.js'
import { createCoupling } from './coupling.js'
import { sumOfProducts } from './dense.js'
import { monomial, type RowFunction, type UnitFunction } from './row-functions.js'
import { edgeMatrix, sylvesterSolver, takeEdges } from './sylvester.js'
import { scratch, type TermEnergy, type TermOn, type TermOptions, type TermStatistics, termDefaults } from './term.js'

/**
 * A term with one parameter for each edge whose statistic is a product of the same function of both ends:
 * U = Σ_(ij) θ_ij u(x_i) u(x_j), F_i = -u'(x_i) Σ_j θ_ij u(x_j).
 *
 * Cost of the force and of each statistic: O(edges·batch).
 */
export function pairTerm(options: TermOptions, u: UnitFunction): TermOn {
  return (network) => {
    const pairs = createPairs(network, u)
    return {
      ...termDefaults,
      ...options,
      support: 'edge',
      size: network.edges.count,
      ...energyOf(pairs),
      ...statisticsOf(pairs),
      approximateInverse: (states) => approximateInverse(pairs, states),
    }
  }
}

/** The edges of a network, and u, u' and u'' at every unit: [units, batch], overwritten by the next call of each. */
function createPairs(network: Network, u: UnitFunction) {
  const everywhere = (f: RowFunction) => {
    const rows = scratch()
    return ({ x, batch }: States) => {
      const out = rows(network.units * batch)
      f(x, 0, network.units * batch, out)
      return out
    }
  }
  return {
    network,
    coupling: createCoupling(network),
    value: everywhere(u.value),
    slope: everywhere(u.slope),
    curvature: everywhere(u.curvature),
    /** room for [units, batch] */
    room: scratch(),
  }
}

type Pairs = ReturnType<typeof createPairs>

function energyOf({ network: { units, edges }, coupling, value, slope, curvature, room }: Pairs): TermEnergy {
  return {
    addForceAndEnergy(theta, x, batch, force, energy) {
      const ux = value({ x, batch })
      const field = room(units * batch)
      coupling.neighbourSum(theta, ux, batch, field)
      // Every edge is counted from both of its ends, hence the half.
      if (energy !== null)
        for (let i = 0; i < units; i++)
          for (let b = 0; b < batch; b++) energy[b]! += (ux[i * batch + b]! * field[i * batch + b]!) / 2
      if (force !== null) {
        const du = slope({ x, batch })
        for (let n = 0; n < units * batch; n++) force[n]! -= du[n]! * field[n]!
      }
    },
    addHessian(theta, x, hessian) {
      const state = { x, batch: 1 }
      const [ux, du, ddu] = [value(state), slope(state), curvature(state)]
      for (let e = 0; e < edges.count; e++) {
        const i = edges.a[e]!
        const j = edges.b[e]!
        hessian[i * units + j]! += theta[e]! * du[i]! * du[j]!
        hessian[j * units + i]! += theta[e]! * du[i]! * du[j]!
        hessian[i * units + i]! += theta[e]! * ddu[i]! * ux[j]!
        hessian[j * units + j]! += theta[e]! * ddu[j]! * ux[i]!
      }
    },
  }
}

/** Each is a correlation of two arrays [units, batch] on the edges, Σ_trajectories p_i q_j + p_j q_i. */
function statisticsOf({ network: { units }, coupling, value, slope, curvature, room }: Pairs): TermStatistics {
  return {
    addStatistic(_theta, x, batch, out, weights = null) {
      const ux = value({ x, batch })
      const half = room(units * batch)
      for (let n = 0; n < units * batch; n++) half[n] = (ux[n]! * (weights === null ? 1 : weights[n % batch]!)) / 2
      coupling.addEdgeCorrelation(half, ux, batch, out)
    },
    addDirectional(_theta, x, r, batch, out) {
      const weighted = slope({ x, batch })
      for (let n = 0; n < units * batch; n++) weighted[n]! *= r[n]!
      coupling.addEdgeCorrelation(weighted, value({ x, batch }), batch, out)
    },
    addSquaredGradient(_theta, x, batch, out) {
      const [ux, du] = [value({ x, batch }), slope({ x, batch })]
      for (let n = 0; n < units * batch; n++) {
        ux[n]! *= ux[n]!
        du[n]! *= du[n]!
      }
      coupling.addEdgeCorrelation(du, ux, batch, out)
    },
    addLaplacian(_theta, x, batch, out) {
      coupling.addEdgeCorrelation(curvature({ x, batch }), value({ x, batch }), batch, out)
    },
  }
}

/**
 * Were the slopes independent of the values, the least-squares matrix would map θ, as a symmetric matrix, to D θ C + C θ D with
 * D = diag⟨u'²⟩ and C = Σ u uᵀ. For the bilinear term u' = 1 and this is exact. See Term.approximateInverse.
 */
function approximateInverse({ network: { units, edges }, value, slope }: Pairs, states: readonly States[]) {
  const slopes = new Float64Array(units)
  for (const state of states)
    slope(state).forEach((du, n) => {
      slopes[Math.floor(n / state.batch)]! += du ** 2 / state.batch / states.length
    })
  const values = states.map((state) => ({ x: value(state).slice(), batch: state.batch }))
  const solve = sylvesterSolver(slopes, sumOfProducts(units, values))
  return (g: Float64Array, z: Float64Array) => takeEdges(edges, solve(edgeMatrix(edges, units, g)), units, z)
}

/** φ = x_i x_j: bilinear coupling J. */
export const bilinear = pairTerm(
  { name: 'bilinear', kernel: 'bilinear', harmonic: true },
  { value: monomial(1, 1), slope: monomial(1, 0), curvature: monomial(0, 0) },
)

/** φ = x_i² x_j²: quartic coupling G ≥ 0. */
export const pairQuartic = pairTerm(
  { name: 'pair-quartic', kernel: 'pair-quartic', lowerBound: 0 },
  { value: monomial(1, 2), slope: monomial(2, 1), curvature: monomial(2, 0) },
)
