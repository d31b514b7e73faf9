import type { Potential } from '../../physics/potential/potential.js'
import type { DeviceArray, Workspace } from './workspace.js'

/** The couplings of a pair term on the device. */
export interface Couplings {
  /** dense: [units, units]; listed: [degree, units], where units with fewer neighbours have weights 0 */
  readonly weights: DeviceArray
  /** listed: the neighbours that the weights belong to, [degree, units]; null when dense */
  readonly neighbours: DeviceArray | null
}

/** A network's parameters on the device. */
export interface Landscape {
  /** k, c, a and f of each unit, [4, units]; zero for terms that the potential lacks */
  readonly onsite: DeviceArray
  /** J and G; null for terms that the potential lacks */
  readonly bilinear: Couplings | null
  readonly quartic: Couplings | null
  /** copies θ ([parameters]) to the device, rounded to float32; arrays that stay the same are not sent again */
  write(theta: Float64Array): void
}

/** Rows of the on-site parameters. */
export const onsiteRow = { stiffness: 0, cubic: 1, quartic: 2, bias: 3 } as const
const known = [...Object.keys(onsiteRow), 'bilinear', 'pair-quartic']

/** Why the kernels can't run a potential on a device whose largest array has so many bytes; null when they can. */
export function unknownTerm(potential: Potential, mostBytes: number): string | null {
  const unknown = potential.terms.find(({ kernel }) => kernel === undefined || !known.includes(kernel))
  if (unknown !== undefined) return `its kernels have no term "${unknown.name}"`
  const twice = potential.terms.find((term, n) => potential.terms.findIndex(({ kernel }) => kernel === term.kernel) < n)
  if (twice !== undefined) return `its kernels take the term "${twice.name}" once`
  const { units } = potential.network
  const bytes = 4 * units * (couplingRows(potential) ?? units)
  return bytes <= mostBytes ? null : `the couplings take ${bytes} bytes and an array of this device ${mostBytes}`
}

/** Rows of the padded neighbour lists: the most neighbours a unit has. Null when a matrix is as short or nearly so. */
function couplingRows({ network: { units, edges } }: Potential): number | null {
  let degree = 1
  for (let i = 0; i < units; i++) degree = Math.max(degree, edges.start[i + 1]! - edges.start[i]!)
  // A listed neighbour is two numbers to load, a matrix element one.
  return 2 * degree < units ? degree : null
}

/** Room for the parameters of a potential, all zero. */
export function createLandscape(potential: Potential, workspace: Workspace): Landscape {
  const { units, edges } = potential.network
  const writers: ((theta: Float64Array) => void)[] = []
  /** an array that is sent when a number in it has changed; entry n of a term's parameters stands at places[n] */
  const track = (width: number, height: number) => {
    const array = workspace.array(width, height)
    const values = new Float32Array(width * height)
    const sources: { from: number; places: Int32Array }[] = []
    writers.push((theta) => {
      let changed = false
      for (const { from, places } of sources)
        for (let n = 0; n < places.length; n++) {
          const value = Math.fround(theta[from + n]!)
          if (values[places[n]!] === value) continue
          values[places[n]!] = value
          changed = true
        }
      if (changed) workspace.write(array, values)
    })
    return { array, add: (from: number, places: Int32Array) => sources.push({ from, places }) }
  }
  const offsetOf = (kernel: string) => {
    const index = potential.terms.findIndex((term) => term.kernel === kernel)
    return index < 0 ? null : potential.offsets[index]!
  }

  const onsite = track(units, 4)
  for (const [kernel, row] of Object.entries(onsiteRow)) {
    const from = offsetOf(kernel)
    if (from !== null)
      onsite.add(
        from,
        Int32Array.from({ length: units }, (_, i) => row * units + i),
      )
  }

  const rows = couplingRows(potential)
  const forwards = new Int32Array(edges.count)
  const backwards = new Int32Array(edges.count)
  const listed = new Float32Array((rows ?? 0) * units)
  for (let i = 0; i < units; i++)
    for (let entry = edges.start[i]!; entry < edges.start[i + 1]!; entry++) {
      const neighbour = edges.neighbour[entry]!
      const place = rows === null ? i * units + neighbour : (entry - edges.start[i]!) * units + i
      listed[place] = neighbour
      ;(i < neighbour ? forwards : backwards)[edges.edge[entry]!] = place
    }
  const couplings = (kernel: string): Couplings | null => {
    const from = offsetOf(kernel)
    if (from === null || edges.count === 0) return null
    const weights = track(units, rows ?? units)
    weights.add(from, forwards)
    weights.add(from, backwards)
    if (rows === null) return { weights: weights.array, neighbours: null }
    const neighbours = workspace.array(units, rows)
    workspace.write(neighbours, listed)
    return { weights: weights.array, neighbours }
  }
  return {
    onsite: onsite.array,
    bilinear: couplings('bilinear'),
    quartic: couplings('pair-quartic'),
    write(theta) {
      for (const write of writers) write(theta)
    },
  }
}
