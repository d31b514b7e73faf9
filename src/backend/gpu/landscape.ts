import { hiddenBlock } from '../../physics/network/network.js'
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

/** Hidden units that follow at once, on the device. */
export interface DeviceHidden {
  /** how many */
  readonly units: number
  /** V, [hidden, units]; 0 where there is no coupling */
  readonly weights: DeviceArray
  /** b of each, then in the first column T of all, [2, hidden] */
  readonly own: DeviceArray
}

/** A network's parameters on the device. */
export interface DeviceLandscape {
  /** k, c, a and f of each unit, zero for terms that the potential lacks; its relative mobility and the root of that; [6, units] */
  readonly onsite: DeviceArray
  /** J and G; null for terms that the potential lacks. A label is a unit that is coupled by -L */
  readonly bilinear: Couplings | null
  readonly quartic: Couplings | null
  /** null without hidden units */
  readonly hidden: DeviceHidden | null
  /** copies θ ([parameters]) to the device, rounded to float32; arrays that stay the same are not sent again */
  write(theta: Float64Array): void
}

/** Rows of the on-site parameters. */
export const onsiteRow = { stiffness: 0, cubic: 1, quartic: 2, bias: 3 } as const
const known = [...Object.keys(onsiteRow), 'bilinear', 'pair-quartic', 'label-coupling', 'bistable']

/** Why the kernels can't run a potential on a device whose largest array has so many bytes; null when they can. */
export function refusedByDevice(potential: Potential, mostBytes: number): string | null {
  if (hasStates(potential.network)) return 'its kernels have no units with states'
  const terms = potential.terms.filter(({ size }) => size > 0)
  const unknown = terms.find(({ kernel }) => kernel === undefined || !known.includes(kernel))
  if (unknown !== undefined) return `its kernels have no term "${unknown.name}"`
  const twice = terms.find((term, n) => terms.findIndex(({ kernel }) => kernel === term.kernel) < n)
  if (twice !== undefined) return `its kernels take the term "${twice.name}" once`
  const { units, hidden } = potential.network
  const bytes = 4 * units * Math.max(hidden, couplingRows(potential) ?? units)
  return bytes <= mostBytes ? null : `the couplings take ${bytes} bytes and an array of this device ${mostBytes}`
}

/** Rows of the padded neighbour lists: the most neighbours a unit has. Null when a matrix is as short or nearly so, as with labels. */
function couplingRows(potential: Potential): number | null {
  const { units, edges } = potential.network
  if (offsetOf(potential, 'label-coupling') !== null) return null
  let degree = 1
  for (let i = 0; i < units; i++) degree = Math.max(degree, edges.start[i + 1]! - edges.start[i]!)
  // A listed neighbour is two numbers to load, a matrix element one.
  return 2 * degree < units ? degree : null
}

/** Where the parameters of the term with that kernel begin in θ; null when the potential lacks it. */
export function offsetOf({ terms, offsets }: Potential, kernel: string): number | null {
  const index = terms.findIndex((term) => term.kernel === kernel && term.size > 0)
  return index < 0 ? null : offsets[index]!
}

/** An array of the device, and where entries of θ go in it. */
interface Tracked {
  readonly array: DeviceArray
  /** entry n of the parameters from `from` on stands at places[n], times `sign` */
  add(from: number, places: Int32Array, sign?: 1 | -1): void
  /** sends the array when a number in it has changed */
  write(theta: Float64Array): void
}

/** An array with what stays as it is in it, [height, width]. */
function track(
  workspace: Workspace,
  width: number,
  height: number,
  values = new Float32Array(width * height),
): Tracked {
  const array = workspace.array(width, height)
  workspace.write(array, values)
  const sources: { from: number; places: Int32Array; sign: number }[] = []
  return {
    array,
    add: (from, places, sign = 1) => sources.push({ from, places, sign }),
    write(theta) {
      let changed = false
      for (const { from, places, sign } of sources)
        for (let n = 0; n < places.length; n++) {
          const value = Math.fround(sign * theta[from + n]!)
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

/** Parameters of units, with their mobilities. */
function trackUnits(potential: Potential, workspace: Workspace): Tracked {
  const { units, ordinary, mobility } = potential.network
  const values = new Float32Array(6 * units)
  for (let i = 0; i < units; i++) {
    values[4 * units + i] = mobility?.[i] ?? 1
    values[5 * units + i] = Math.sqrt(mobility?.[i] ?? 1)
  }
  const tracked = track(workspace, units, 6, values)
  for (const [kernel, row] of Object.entries(onsiteRow)) {
    const from = offsetOf(potential, kernel)
    if (from !== null)
      tracked.add(
        from,
        ordinary.map((unit) => row * units + unit),
      )
  }
  return tracked
}

/** Parameters of hidden units that follow at once, in a bath of kT unless they have one of their own; null without any. */
function trackHidden(potential: Potential, kT: number, workspace: Workspace) {
  const { network } = potential
  const { units, hidden, hiddenEdges } = network
  const from = offsetOf(potential, 'bistable')
  if (from === null) return null
  const weights = track(workspace, units, hidden)
  weights.add(
    from,
    hiddenEdges.visible.map((unit, e) => hiddenEdges.hidden[e]! * units + unit),
  )
  const own = track(workspace, hidden, 2, new Float32Array(2 * hidden).fill(kT, hidden))
  const hasOwnBath = hiddenBlock(network)?.bath === 'own'
  own.add(
    from + hiddenEdges.count,
    Int32Array.from({ length: hidden + (hasOwnBath ? 1 : 0) }, (_, h) => h),
  )
  return { units: hidden, weights, own }
}

/** Room for the parameters of a potential, all zero. `kT`: of the bath */
export function createDeviceLandscape(potential: Potential, kT: number, workspace: Workspace): DeviceLandscape {
  const { units, visible, labels, edges } = potential.network
  const onsite = trackUnits(potential, workspace)
  const hidden = trackHidden(potential, kT, workspace)
  const tracked = [onsite, ...(hidden === null ? [] : [hidden.weights, hidden.own])]
  const rows = couplingRows(potential)
  const { forwards, backwards, neighbours } = placesOf(potential, rows)
  const pulls = Array.from(
    { length: labels * visible },
    (_, n) => [n % visible, visible + Math.floor(n / visible)] as const,
  )
  const couplings = (kernel: string): Couplings | null => {
    const from = edges.count === 0 ? null : offsetOf(potential, kernel)
    const fromLabels = kernel === 'bilinear' ? offsetOf(potential, 'label-coupling') : null
    if (from === null && fromLabels === null) return null
    const weights = track(workspace, units, rows ?? units)
    tracked.push(weights)
    if (from !== null) for (const places of [forwards, backwards]) weights.add(from, places)
    if (fromLabels !== null) {
      weights.add(
        fromLabels,
        Int32Array.from(pulls, ([i, l]) => i * units + l),
        -1,
      )
      weights.add(
        fromLabels,
        Int32Array.from(pulls, ([i, l]) => l * units + i),
        -1,
      )
    }
    if (rows === null) return { weights: weights.array, neighbours: null }
    const listed = workspace.array(units, rows)
    workspace.write(listed, neighbours)
    return { weights: weights.array, neighbours: listed }
  }
  return {
    onsite: onsite.array,
    bilinear: couplings('bilinear'),
    quartic: couplings('pair-quartic'),
    hidden: hidden && { units: hidden.units, weights: hidden.weights.array, own: hidden.own.array },
    write(theta) {
      for (const { write } of tracked) write(theta)
    },
  }
}
