import type { Edges } from '../network/edges.js'
import type { Network } from '../network/network.js'
import type { States } from '../network/states.js'
import { createCoupling } from './coupling.js'
import { sumOfProducts } from './dense.js'
import { monomial, type RowFunction, type UnitFunction } from './row-functions.js'
import { edgeMatrix, sylvesterSolver, takeEdges } from './sylvester.js'
import { describedOn, entryByEntry, scratch, type Term, type TermOn, type TermOptions } from './term.js'

/**
 * A term with one parameter for each edge whose statistic is a product of the same function of both ends:
 * U = Σ_(ij) θ_ij u(x_i) u(x_j), F_i = -u'(x_i) Σ_j θ_ij u(x_j).
 *
 * Cost of the force and of each statistic: O(edges·batch).
 */
export function pairTerm(options: TermOptions, u: UnitFunction): TermOn {
  return (network) => {
    const { units, edges } = network
    const coupling = createCoupling(network)
    const value = everywhere(units, u.value)
    const slope = everywhere(units, u.slope)
    const curvature = everywhere(units, u.curvature)
    const room = scratch()
    return {
      ...describedOn(network, options),
      support: 'edge',
      size: edges.count,
      addForceAndEnergy(theta, x, batch, force, energy) {
        const ux = value(x, batch)
        const field = room(units * batch)
        coupling.neighbourSum(theta, ux, batch, field)
        // Every edge is counted from both of its ends, hence the half.
        if (energy !== null)
          for (let i = 0; i < units; i++)
            for (let b = 0; b < batch; b++) energy[b]! += (ux[i * batch + b]! * field[i * batch + b]!) / 2
        if (force !== null) {
          const du = slope(x, batch)
          for (let n = 0; n < units * batch; n++) force[n]! -= du[n]! * field[n]!
        }
      },
      addStateEnergies: stateEnergies(edges, u.value),
      ...entryByEntry(units, (theta, x, add) => {
        const [ux, du, ddu] = [value(x, 1), slope(x, 1), curvature(x, 1)]
        for (let e = 0; e < edges.count; e++) {
          const [i, j] = [edges.a[e]!, edges.b[e]!]
          const mixed = theta[e]! * du[i]! * du[j]!
          add(i, j, mixed)
          add(j, i, mixed)
          add(i, i, theta[e]! * ddu[i]! * ux[j]!)
          add(j, j, theta[e]! * ddu[j]! * ux[i]!)
        }
      }),
      // Each statistic is a correlation of two arrays on the edges, Σ_trajectories p_i q_j + p_j q_i.
      addStatistic(_theta, x, batch, out, weights = null) {
        const ux = value(x, batch)
        const half = room(units * batch)
        for (let n = 0; n < units * batch; n++) half[n] = (ux[n]! * (weights === null ? 1 : weights[n % batch]!)) / 2
        coupling.addEdgeCorrelation(half, ux, batch, out)
      },
      addDirectional(_theta, x, r, batch, out) {
        const weighted = slope(x, batch)
        for (let n = 0; n < units * batch; n++) weighted[n]! *= r[n]!
        coupling.addEdgeCorrelation(weighted, value(x, batch), batch, out)
      },
      addSquaredGradient(_theta, x, batch, out) {
        const [ux, du] = [value(x, batch), slope(x, batch)]
        for (const row of [ux, du]) for (let n = 0; n < units * batch; n++) row[n]! *= row[n]!
        coupling.addEdgeCorrelation(du, ux, batch, out)
      },
      addLaplacian: (_theta, x, batch, out) =>
        coupling.addEdgeCorrelation(curvature(x, batch), value(x, batch), batch, out),
      approximateInverse: (states) => approximateInverse(network, value, slope, states),
    }
  }
}

/** The energies of a unit's states: u of each times the field of its neighbours. See Term.addStateEnergies. */
function stateEnergies({ start, neighbour, edge }: Edges, u: RowFunction): NonNullable<Term['addStateEnergies']> {
  const [fields, rows] = [scratch(), scratch()]
  return (theta, unit, states, x, batch, out) => {
    const field = fields(batch).fill(0)
    const values = rows(Math.max(batch, states.length))
    for (let k = start[unit]!; k < start[unit + 1]!; k++) {
      u(x, neighbour[k]! * batch, batch, values)
      const weight = theta[edge[k]!]!
      for (let b = 0; b < batch; b++) field[b]! += weight * values[b]!
    }
    u(Float64Array.from(states), 0, states.length, values)
    for (let n = 0; n < out.length; n++) out[n]! += values[Math.floor(n / batch)]! * field[n % batch]!
  }
}

/** A function at every unit, [units, batch]; the next call overwrites it. */
type Everywhere = (x: Float64Array, batch: number) => Float64Array

function everywhere(units: number, f: RowFunction): Everywhere {
  const rows = scratch()
  return (x, batch) => {
    const out = rows(units * batch)
    f(x, 0, units * batch, out)
    return out
  }
}

/**
 * Were the slopes independent of the values, the least-squares matrix would map θ, as a symmetric matrix, to D θ C + C θ D with
 * D = diag⟨u'²⟩ and C = Σ u uᵀ. For the bilinear term u' = 1 and this is exact. See Term.approximateInverse.
 */
function approximateInverse(
  { units, edges }: Network,
  value: Everywhere,
  slope: Everywhere,
  states: readonly States[],
) {
  const slopes = new Float64Array(units)
  for (const { x, batch } of states)
    slope(x, batch).forEach((du, n) => {
      slopes[Math.floor(n / batch)]! += du ** 2 / batch / states.length
    })
  const values = states.map(({ x, batch }) => ({ x: value(x, batch).slice(), batch }))
  const solve = sylvesterSolver(slopes, sumOfProducts(units, values))
  return (g: Float64Array, z: Float64Array) => takeEdges(edges, solve(edgeMatrix(edges, units, g)), units, z)
}

/** φ = x_i x_j: bilinear coupling J. */
export const bilinear = pairTerm(
  { name: 'bilinear', kernel: 'bilinear', harmonic: true, degree: 2 },
  { value: monomial(1, 1), slope: monomial(1, 0), curvature: monomial(0, 0) },
)

/** φ = x_i² x_j²: quartic coupling G ≥ 0. */
export const pairQuartic = pairTerm(
  { name: 'pair-quartic', kernel: 'pair-quartic', lowerBound: 0, degree: 4 },
  { value: monomial(1, 2), slope: monomial(2, 1), curvature: monomial(2, 0) },
)
