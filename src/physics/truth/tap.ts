import { arrays } from '../network/states.js'
import { createHiddenCoupling, type HiddenCoupling } from '../potential/hidden-coupling.js'
import {
  type LayerFields,
  layerFields,
  type MachineMeans,
  type RestrictedBoltzmann,
} from '../potential/restricted-boltzmann.js'

/**
 * How far the expansion goes: 1 is mean field, 2 adds the reaction of Thouless, Anderson and Palmer, 3 the next term.
 */
export type TapOrder = 1 | 2 | 3

/** Magnetisations of both layers: as many solutions as there are states in the batch, each of its own start. */
export interface Magnetisations {
  /** m_x, [units, batch] */
  readonly visible: Float64Array
  /** m_s, [hidden, batch] */
  readonly hidden: Float64Array
  /** number of solutions */
  readonly batch: number
}

/** How a fixed point is looked for. */
export interface Relaxation {
  /** sweeps over both layers, at most */
  readonly sweeps: number
  /** share of the old magnetisation that a sweep keeps, in [0, 1): without it coupled layers can swing from side to side */
  readonly damping: number
  /** ends once no magnetisation changes by more; never sooner when 0 */
  readonly tolerance: number
}

/** What an expansion says of a machine at magnetisations. */
export interface TapExpansion {
  /** Sweeps towards the fixed point, in place. @returns the largest distance of a magnetisation from where the last sweep led, and sweeps made */
  relax(m: Magnetisations, relaxation: Relaxation): { readonly change: number; readonly sweeps: number }
  /** F(m), [batch]; at a fixed point -F is the estimate of log Z */
  freeEnergy(m: Magnetisations): Float64Array
  /** -∂F/∂f, -∂F/∂J and -∂F/∂b at fixed m, averages over the batch: the estimates of ⟨x⟩, ⟨xs⟩ on each edge, and ⟨s⟩ */
  means(m: Magnetisations): MachineMeans
}

/**
 * The free energy of a restricted Boltzmann machine at given magnetisations m, expanded in its couplings (Plefka). For units ±1
 * with c = 1 - m², everything over kT, powers of J edge by edge,
 *
 *     F = -S(m) - f·m_x - b·m_s - m_x J m_s - ½ c_x J² c_s - ⅔ (c_x m_x) J³ (c_s m_s)
 *     S = -Σ ½(1 + m) ln ½(1 + m) + ½(1 - m) ln ½(1 - m)
 *
 * the last term of order 3 and the last but one from order 2 on. It is stationary where
 *
 *     m_x = tanh(f + J m_s - m_x J² c_s + ⅔(1 - 3m_x²) J³ (c_s m_s)),   m_s likewise with the new m_x
 *
 * (no triangles of edges exist between two layers, so that the third order has no more). A fixed point's total derivative is the partial
 * one, -∂F/∂J = m_x m_s + J c_x c_s + 2J² (c_x m_x)(c_s m_s).
 *
 * With units v = ½(1 + x) of 0 and 1, magnetisation ½(1 + m), c' = c/4, ½ - m' = -m/2 and W = 4J, these are the formulas of the source
 * term by term; the expansion in the couplings at fixed magnetisations does not know how the states are called.
 *
 * Cost of a sweep: 2·order·edges·batch multiply-adds.
 * Source: Gabrié, Tramel & Krzakala, NIPS 28 (2015), arXiv:1506.02914; Plefka, J. Phys. A 15, 1971 (1982); Georges & Yedidia, J. Phys.
 * A 24, 2173 (1991).
 */
export function tapExpansion(machine: RestrictedBoltzmann, order: TapOrder): TapExpansion {
  const { layers, coupling } = machine
  const expansion: Expansion = {
    machine,
    order,
    sums: createHiddenCoupling(layers),
    fields: layerFields(layers),
    square: coupling.map((J) => J * J),
    cube: coupling.map((J) => J * J * J),
  }
  return {
    relax: (m, relaxation) => relax(expansion, m, relaxation),
    freeEnergy: (m) => freeEnergyAt(expansion, m),
    means: (m) => meansAt(expansion, m),
  }
}

/** What the expansion of a machine is computed from. */
interface Expansion {
  readonly machine: RestrictedBoltzmann
  readonly order: TapOrder
  readonly sums: HiddenCoupling
  readonly fields: LayerFields
  /** J² and J³, [edges] */
  readonly square: Float64Array
  readonly cube: Float64Array
}

function relax(
  expansion: Expansion,
  { visible, hidden, batch }: Magnetisations,
  { sweeps: most, damping, tolerance }: Relaxation,
) {
  const { machine, sums, fields } = expansion
  const [onVisible, onHidden] = [new Float64Array(visible.length), new Float64Array(hidden.length)]
  let change = Number.POSITIVE_INFINITY
  let sweeps = 0
  for (; sweeps < most && change > tolerance; sweeps++) {
    fields.toVisible(machine, hidden, batch, onVisible)
    addReaction(expansion, visible, hidden, batch, sums.toVisible, onVisible)
    change = approach(visible, onVisible, damping)
    fields.toHidden(machine, visible, batch, onHidden)
    addReaction(expansion, hidden, visible, batch, sums.toHidden, onHidden)
    change = Math.max(change, approach(hidden, onHidden, damping))
  }
  return { change, sweeps }
}

/** Adds what the expansion puts beside the plain field of a layer n on another of magnetisations m; `across` sums over the edges. */
function addReaction(
  { order, square, cube }: Expansion,
  m: Float64Array,
  n: Float64Array,
  batch: number,
  across: HiddenCoupling['toHidden'],
  fields: Float64Array,
): void {
  if (order === 1) return
  const sum = new Float64Array(m.length)
  across(square, n.map(spread), batch, sum)
  for (let k = 0; k < m.length; k++) fields[k]! -= m[k]! * sum[k]!
  if (order === 2) return
  across(cube, n.map(skew), batch, sum)
  for (let k = 0; k < m.length; k++) fields[k]! += (2 / 3) * (1 - 3 * m[k]! * m[k]!) * sum[k]!
}

function freeEnergyAt(expansion: Expansion, { visible, hidden, batch }: Magnetisations): Float64Array {
  const { machine, order, sums, fields, square, cube } = expansion
  const out = new Float64Array(batch)
  const field = new Float64Array(hidden.length)
  const addProduct = (p: Float64Array, q: Float64Array, scale: number) => {
    for (let k = 0; k < q.length; k++) out[k % batch]! -= scale * p[k]! * q[k]!
  }
  fields.toHidden(machine, visible, batch, field)
  addProduct(hidden, field, 1)
  for (let k = 0; k < visible.length; k++) out[k % batch]! -= machine.visibleBias[Math.floor(k / batch)]! * visible[k]!
  for (const m of [visible, hidden]) for (let k = 0; k < m.length; k++) out[k % batch]! -= entropy(m[k]!)
  if (order > 1) {
    sums.toHidden(square, visible.map(spread), batch, field)
    addProduct(hidden.map(spread), field, 1 / 2)
  }
  if (order > 2) {
    sums.toHidden(cube, visible.map(skew), batch, field)
    addProduct(hidden.map(skew), field, 2 / 3)
  }
  return out
}

function meansAt(
  { machine, order, sums, square }: Expansion,
  { visible, hidden, batch }: Magnetisations,
): MachineMeans {
  const { coupling, visibleBias, hiddenBias } = machine
  const edges = new Float64Array(coupling.length)
  const [second, third] = arrays(2, coupling.length)
  sums.addCorrelation(visible, hidden, batch, edges)
  if (order > 1) sums.addCorrelation(visible.map(spread), hidden.map(spread), batch, second)
  if (order > 2) sums.addCorrelation(visible.map(skew), hidden.map(skew), batch, third)
  for (let e = 0; e < edges.length; e++)
    edges[e] = (edges[e]! + coupling[e]! * second[e]! + 2 * square[e]! * third[e]!) / batch
  return { visible: rowMeans(visible, visibleBias.length), edges, hidden: rowMeans(hidden, hiddenBias.length) }
}

/** c = 1 - m², the variance of a unit. */
function spread(m: number): number {
  return 1 - m * m
}

/** c·m, half its third central moment with the sign turned. */
function skew(m: number): number {
  return (1 - m * m) * m
}

/** -½(1 + m) ln ½(1 + m) - ½(1 - m) ln ½(1 - m), which is 0 at m = ±1. */
function entropy(m: number): number {
  const part = (p: number) => (p > 0 ? -p * Math.log(p) : 0)
  return part((1 + m) / 2) + part((1 - m) / 2)
}

/** Goes a share 1 - damping of the way to tanh(fields), in place. @returns the largest distance to there */
function approach(m: Float64Array, fields: Float64Array, damping: number): number {
  let most = 0
  for (let k = 0; k < m.length; k++) {
    const step = Math.tanh(fields[k]!) - m[k]!
    most = Math.max(most, Math.abs(step))
    m[k]! += (1 - damping) * step
  }
  return most
}

/** The mean of each row of [rows, batch]. */
function rowMeans(values: Float64Array, rows: number): Float64Array {
  const batch = values.length / rows
  return Float64Array.from({ length: rows }, (_, r) => {
    let sum = 0
    for (let n = r * batch; n < (r + 1) * batch; n++) sum += values[n]!
    return sum / batch
  })
}
