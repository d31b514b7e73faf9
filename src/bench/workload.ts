import type { IntegratorName } from '../physics/dynamics/integrators.js'
import { createNetwork } from '../physics/network/network.js'
import { fillNormals } from '../physics/noise/gaussian.js'
import { stream } from '../physics/noise/streams.js'
import { bias, quartic, stiffness } from '../physics/potential/onsite.js'
import { bilinear } from '../physics/potential/pair.js'
import { type Potential, potentialOf, termSlice } from '../physics/potential/potential.js'
import type { Bath } from '../physics/protocol/bath.js'

/**
 * A system that every contender steps in the same way:
 *
 *     U = Σ_i [k x_i²/2 + a x_i⁴/4 - f x_i] + Σ_(ij) J_ij x_i x_j,   kT = 1, μ = 1, constant parameters
 *
 * or one of formulas.ts or flips.ts.
 */
export interface Workload {
  readonly name: string
  /** which of formulas.ts it is, with its parameters; absent where it is none */
  readonly formula?: { readonly formula: string } & Readonly<Record<string, number | string>>
  /** what a step is, where it is none of Euler–Maruyama (see flips.ts) */
  readonly integrator?: IntegratorName
  readonly potential: Potential
  /** parameters in the order stiffness, quartic, bias, bilinear, those there are */
  readonly theta: Float64Array
  readonly bath: Bath
  readonly dt: number
  readonly seed: number
  readonly batch: number
  /** initial states, [units, batch] */
  readonly start: Float64Array
}

/** What `createWorkload` is asked for. */
export interface WorkloadOptions {
  readonly lattice: readonly [rows: number, columns: number]
  /** all, or the radius R of the (2R+1)×(2R+1) neighbourhood on the periodic lattice */
  readonly range: 'all' | number
  readonly batch: number
}

const dt = 0.01
const onsiteParameters = { stiffness: 1, quartic: 0.5, bias: 0.1 }
/** Couplings are normal with this deviation times 1/√neighbours; the softest mode keeps a stiffness above 1 - 2·.3. */
const couplingScale = 0.3
const startScale = 0.5

/** Pairs of sites of a periodic lattice at most `radius` apart in rows and in columns, each pair once. */
function periodicPairs(rows: number, columns: number, radius: number): [number, number][] {
  const pairs: [number, number][] = []
  for (let a = 0; a < rows * columns; a++) {
    const others = new Set<number>()
    for (let down = -radius; down <= radius; down++)
      for (let right = -radius; right <= radius; right++) {
        const row = (Math.floor(a / columns) + down + rows) % rows
        others.add(row * columns + (((a % columns) + right + columns) % columns))
      }
    for (const b of [...others].sort((p, q) => p - q)) if (b > a) pairs.push([a, b])
  }
  return pairs
}

/** Builds a workload; couplings and start are keyed normals, the same in every run. */
export function createWorkload({ lattice, range, batch }: WorkloadOptions): Workload {
  const [rows, columns] = lattice
  const units = rows * columns
  const visible = range === 'all' ? { range } : { edges: periodicPairs(rows, columns, range) }
  const network = createNetwork({ visible: { lattice: [rows, columns] }, couplings: { visible } })
  const neighbours = (2 * network.edges.count) / units
  const potential = potentialOf(network, [stiffness, quartic, bias, bilinear])
  const seed = 1
  const theta = new Float64Array(potential.size)
  potential.terms.forEach(({ name }, index) => {
    const values = termSlice(potential, index, theta)
    if (name === 'bilinear') {
      fillNormals(seed, stream.data, 0, 1, 0, values.length, values)
      for (let e = 0; e < values.length; e++) values[e]! *= couplingScale / Math.sqrt(neighbours)
    } else values.fill(onsiteParameters[name as keyof typeof onsiteParameters])
  })
  const start = new Float64Array(units * batch)
  fillNormals(seed, stream.initial, 0, units, 0, batch, start)
  for (let n = 0; n < start.length; n++) start[n]! *= startScale
  const name = range === 'all' ? 'all-to-all' : `${neighbours} neighbours`
  return { name, potential, theta, bath: { kT: 1, mobility: 1 }, dt, seed, batch, start }
}

/** What tables and results.json say of a workload. */
export interface WorkloadFacts {
  readonly name: string
  readonly units: number
  readonly couplings: number
  readonly batch: number
  readonly dt: number
}

/** The size of a workload, for documents. */
export function workloadFacts({ name, potential, batch, dt }: Workload): WorkloadFacts {
  return { name, units: potential.network.units, couplings: potential.network.edges.count, batch, dt }
}
