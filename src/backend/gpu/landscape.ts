import { hasStates } from '../../physics/network/unit-states.js'
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
export interface DeviceLandscape {
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
export function refusedByDevice(potential: Potential, mostBytes: number): string | null {
  if (hasStates(potential.network)) return 'its kernels have no units with states'
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

/** Where the parameters of the term with that kernel begin in θ; null when the potential lacks it. */
export function offsetOf({ terms, offsets }: Potential, kernel: string): number | null {
  const index = terms.findIndex((term) => term.kernel === kernel)
  return index < 0 ? null : offsets[index]!
}

/** An array of the device, and where entries of θ go in it. */
interface Tracked {
  readonly array: DeviceArray
  /** entry n of the parameters from `from` on stands at places[n] */
  add(from: number, places: Int32Array): void
  /** sends the array when a number in it has changed */
  write(theta: Float64Array): void
}

function track(workspace: Workspace, width: number, height: number): Tracked {
  const array = workspace.array(width, height)
  const values = new Float32Array(width * height)
  const sources: { from: number; places: Int32Array }[] = []
  return {
    array,
    add: (from, places) => sources.push({ from, places }),
    write(theta) {
      let changed = false
      for (const { from, places } of sources)
        for (let n = 0; n < places.length; n++) {
          const value = Math.fround(theta[from + n]!)
          if (values[places[n]!] === value) continue
          values[places[n]!] = value
          changed = true
        }
      if (changed) workspace.write(array, values)
    },
  }
}

/** Where the two entries of each edge stand among the couplings, and the neighbours of a list, [rows, units]. */
function placesOf({ network: { units, edges } }: Potential, rows: number | null) {
  const forwards = new Int32Array(edges.count)
  const backwards = new Int32Array(edges.count)
  const neighbours = new Float32Array((rows ?? 0) * units)
  for (let i = 0; i < units; i++)
    for (let entry = edges.start[i]!; entry < edges.start[i + 1]!; entry++) {
      const neighbour = edges.neighbour[entry]!
      const place = rows === null ? i * units + neighbour : (entry - edges.start[i]!) * units + i
      neighbours[place] = neighbour
      ;(i < neighbour ? forwards : backwards)[edges.edge[entry]!] = place
    }
  return { forwards, backwards, neighbours }
}

/** Room for the parameters of a potential, all zero. */
export function createDeviceLandscape(potential: Potential, workspace: Workspace): DeviceLandscape {
  const { units, edges } = potential.network
  const onsite = track(workspace, units, 4)
  const tracked = [onsite]
  for (const [kernel, row] of Object.entries(onsiteRow)) {
    const from = offsetOf(potential, kernel)
    const places = Int32Array.from({ length: units }, (_, i) => row * units + i)
    if (from !== null) onsite.add(from, places)
  }
  const rows = couplingRows(potential)
  const { forwards, backwards, neighbours } = placesOf(potential, rows)
  const couplings = (kernel: string): Couplings | null => {
    const from = offsetOf(potential, kernel)
    if (from === null || edges.count === 0) return null
    const weights = track(workspace, units, rows ?? units)
    tracked.push(weights)
    weights.add(from, forwards)
    weights.add(from, backwards)
    if (rows === null) return { weights: weights.array, neighbours: null }
    const listed = workspace.array(units, rows)
    workspace.write(listed, neighbours)
    return { weights: weights.array, neighbours: listed }
  }
  return {
    onsite: onsite.array,
    bilinear: couplings('bilinear'),
    quartic: couplings('pair-quartic'),
    write(theta) {
      for (const { write } of tracked) write(theta)
    },
  }
}
