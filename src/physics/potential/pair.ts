import { createCoupling } from './coupling.js'
import { denseCorrelation } from './dense.js'
import type { TermOptions } from './onsite.js'
import { edgeMatrix, sylvesterSolver, takeEdges } from './sylvester.js'
import { type RowFunction, scratch, type TermOn, type UnitFunction } from './term.js'

/**
 * A term with one parameter for each edge whose statistic is a product of the same function of both ends:
 * U = Σ_(ij) θ_ij u(x_i) u(x_j), F_i = -u'(x_i) Σ_j θ_ij u(x_j).
 *
 * Cost of the force and of each statistic: O(edges·batch).
 */
export function pairTerm(options: TermOptions, u: UnitFunction): TermOn {
  const { name, kernel, lowerBound = -Infinity, harmonic = false } = options
  return (network) => {
    const { units, edges } = network
    const coupling = createCoupling(network)
    const values = scratch()
    const others = scratch()
    const field = scratch()
    const map = (f: RowFunction, x: Float64Array, batch: number, out: Float64Array) => {
      f(x, 0, units * batch, out)
      return out
    }
    return {
      name,
      ...(kernel === undefined ? {} : { kernel }),
      support: 'edge',
      size: edges.count,
      lowerBound,
      harmonic,
      linear: true,
      addForceAndEnergy(theta, x, batch, force, energy) {
        const length = units * batch
        const ux = map(u.value, x, batch, values(length))
        const sum = field(length)
        coupling.neighbourSum(theta, ux, batch, sum)
        // Every edge is counted from both of its ends, hence the half.
        if (energy !== null)
          for (let i = 0; i < units; i++)
            for (let b = 0; b < batch; b++) energy[b]! += (ux[i * batch + b]! * sum[i * batch + b]!) / 2
        if (force !== null) {
          const slope = map(u.slope, x, batch, others(length))
          for (let n = 0; n < length; n++) force[n]! -= slope[n]! * sum[n]!
        }
      },
      addStatistic(_theta, x, batch, out, weights = null) {
        const ux = map(u.value, x, batch, values(units * batch))
        const half = others(units * batch)
        for (let n = 0; n < units * batch; n++) half[n] = (ux[n]! * (weights === null ? 1 : weights[n % batch]!)) / 2
        coupling.addEdgeCorrelation(half, ux, batch, out)
      },
      addDirectional(_theta, x, r, batch, out) {
        const ux = map(u.value, x, batch, values(units * batch))
        const weighted = map(u.slope, x, batch, others(units * batch))
        for (let n = 0; n < units * batch; n++) weighted[n]! *= r[n]!
        coupling.addEdgeCorrelation(weighted, ux, batch, out)
      },
      addSquaredGradient(_theta, x, batch, out) {
        const ux = map(u.value, x, batch, values(units * batch))
        const slope = map(u.slope, x, batch, others(units * batch))
        for (let n = 0; n < units * batch; n++) {
          ux[n]! *= ux[n]!
          slope[n]! *= slope[n]!
        }
        coupling.addEdgeCorrelation(slope, ux, batch, out)
      },
      addLaplacian(_theta, x, batch, out) {
        const ux = map(u.value, x, batch, values(units * batch))
        coupling.addEdgeCorrelation(map(u.curvature, x, batch, others(units * batch)), ux, batch, out)
      },
      approximateInverse(states) {
        // Were the slopes independent of the values, A would map θ, as a symmetric matrix, to D θ C + C θ D with
        // D = diag⟨u'²⟩ and C = Σ u uᵀ. For the bilinear term u' = 1 and this is exact.
        const slopes = new Float64Array(units)
        const products = new Float64Array(units * units)
        const part = new Float64Array(units * units)
        for (const { x, batch } of states) {
          const ux = map(u.value, x, batch, values(units * batch))
          denseCorrelation(ux, units, ux, units, batch, part)
          for (let n = 0; n < part.length; n++) products[n]! += part[n]!
          const slope = map(u.slope, x, batch, others(units * batch))
          for (let n = 0; n < units * batch; n++)
            slopes[Math.floor(n / batch)]! += slope[n]! ** 2 / batch / states.length
        }
        const solve = sylvesterSolver(slopes, products)
        return (g, z) => takeEdges(edges, solve(edgeMatrix(edges, units, g)), units, z)
      },
      addHessian(theta, x, hessian) {
        const ux = map(u.value, x, 1, values(units))
        const slope = map(u.slope, x, 1, others(units))
        const curvature = map(u.curvature, x, 1, field(units))
        for (let e = 0; e < edges.count; e++) {
          const i = edges.a[e]!
          const j = edges.b[e]!
          hessian[i * units + j]! += theta[e]! * slope[i]! * slope[j]!
          hessian[j * units + i]! += theta[e]! * slope[i]! * slope[j]!
          hessian[i * units + i]! += theta[e]! * curvature[i]! * ux[j]!
          hessian[j * units + j]! += theta[e]! * curvature[j]! * ux[i]!
        }
      },
    }
  }
}

/** φ = x_i x_j: bilinear coupling J. */
export const bilinear = pairTerm(
  { name: 'bilinear', kernel: 'bilinear', harmonic: true },
  {
    value: (x, from, length, out) => {
      for (let n = 0; n < length; n++) out[n] = x[from + n]!
    },
    slope: (_x, _from, length, out) => {
      out.fill(1, 0, length)
    },
    curvature: (_x, _from, length, out) => {
      out.fill(0, 0, length)
    },
  },
)

/** φ = x_i² x_j²: quartic coupling G ≥ 0. */
export const pairQuartic = pairTerm(
  { name: 'pair-quartic', kernel: 'pair-quartic', lowerBound: 0 },
  {
    value: (x, from, length, out) => {
      for (let n = 0; n < length; n++) out[n] = x[from + n]! * x[from + n]!
    },
    slope: (x, from, length, out) => {
      for (let n = 0; n < length; n++) out[n] = 2 * x[from + n]!
    },
    curvature: (_x, _from, length, out) => {
      out.fill(2, 0, length)
    },
  },
)
