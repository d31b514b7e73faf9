import { arithmeticOn, type Backend } from '../../backend/backend.js'
import { invalidValue } from '../../errors.js'
import { columnsOf, type PointSet, type States } from '../../physics/network/states.js'
import { leadingAxes } from '../../physics/observe/leading-axes.js'
import { displacedPotential } from '../../physics/potential/displaced.js'
import { groupSlice, type ParameterGroup, type Potential, potentialOf } from '../../physics/potential/potential.js'
import { type Noising, noiseWidth, scoreScale, signal } from '../../physics/protocol/noising.js'
import { frameOfMean } from './centred.js'
import type { WholeTask } from './task.js'

/** Terms whose parameters move, and how fast relative to J: what a statistic is half of, or a mean, counts twice. */
const conjugates: Readonly<Record<string, number>> = { bilinear: 1, stiffness: 2, bias: 2, 'label-coupling': 2 }

/**
 * A pass changes the stiffness of a knot by at most this part of scale/s², that of the score there: steps that resolve one resolve the
 * other. Only networks that are far off reach it.
 */
const mostStiffening = 0.25

/** The moments of noised data, and what moves parameters towards them. */
export interface Moments {
  /** variance of the data along their leading principal axis */
  readonly largest: number
  /**
   * Moves θ at time t in place, by Δθ_a ∝ η (⟨φ_a⟩ of generated states [units, batch] - that of the noised data).
   *
   * @returns the mean |z| of what the generated ⟨x_i x_j⟩ are off
   */
  move(theta: Float64Array, generated: States, t: number, eta: number): number
}

/** Those of a training task. @throws E_INVALID_VALUE for a potential without stiffness and bilinear terms */
export function momentsOf({ potential, noising, drive, data }: WholeTask, backend: Backend): Moments {
  const pair = conjugatePotential(potential)
  const measured = arithmeticOn(backend, pair, noising.bath)
  const nothing = new Float64Array(pair.size)
  /** ⟨φ⟩ over states [units, batch] */
  const meanStatistic = ({ x, batch }: States) => {
    const out = new Float64Array(pair.size)
    measured.statistic(nothing, x, batch, out, null)
    return out.map((sum) => sum / batch)
  }
  const { scale } = scoreScale(noising, drive)
  const { meanAt, centred } = frameOfMean(potential.network, data.train)
  const clean = centred(data.train)
  const ofData = meanStatistic(columnsOf(clean))
  return {
    largest: varianceAlongLeadingAxis(clean),
    move(theta, { x, batch }, t, eta) {
      const at = meanAt(signal(noising, t))
      const y = x.map((value, n) => value - at[Math.floor(n / batch)]!)
      const wanted = noisedMoments(pair, ofData, noising, t)
      const off = meanStatistic({ x: y, batch }).map((value, a) => value - wanted[a]!)
      const change = new Float64Array(pair.size)
      for (const { name, offset, size } of pair.groups)
        for (let a = offset; a < offset + size; a++) change[a] = eta * conjugates[name]! * off[a]!
      limitStiffness(pair, change, (mostStiffening * scale) / noiseWidth(noising, t) ** 2)
      addDisplaced(pair, potential, change, at, theta)
      return meanZ(pair, off, wanted, batch)
    },
  }
}

/** The terms of a potential whose parameters refinement moves. */
function conjugatePotential({ network, terms }: Potential): Potential {
  const moved = terms.filter(({ name }) => name in conjugates)
  if (moved.some(({ name }) => name === 'stiffness' || name === 'bilinear'))
    return potentialOf(
      network,
      moved.map((term) => () => term),
    )
  throw invalidValue(
    'it moves the parameters of stiffness and bilinear, and the potential has neither. Add one, or leave refine out.',
    'learning.refine',
  )
}

function groupNamed({ groups }: Potential, name: string): ParameterGroup | undefined {
  return groups.find((group) => group.name === name)
}

/** Scales a change of parameters down where ‖ΔK‖, the root of the sum of all squares, would exceed `largest`. */
function limitStiffness(pair: Potential, change: Float64Array, largest: number): void {
  const squares = (name: string) => {
    const group = groupNamed(pair, name)
    return group === undefined ? 0 : groupSlice(group, change).reduce((sum, value) => sum + value * value, 0)
  }
  // K_ij = J_ij stands twice.
  const norm = Math.sqrt(squares('stiffness') + 2 * squares('bilinear'))
  if (norm > largest) for (let a = 0; a < change.length; a++) change[a]! *= largest / norm
}

/** Mean over pairs of |z|, z what ⟨x_i x_j⟩ is off over its standard error, sqrt((⟨x_i²⟩⟨x_j²⟩ + ⟨x_i x_j⟩²)/count) of Gaussian states. */
function meanZ(pair: Potential, off: Float64Array, wanted: Float64Array, count: number): number {
  const [stiffness, bilinear] = [groupNamed(pair, 'stiffness'), groupNamed(pair, 'bilinear')]
  if (bilinear === undefined) return 0
  const { a, b } = pair.network.edges
  const square = (unit: number) => (stiffness === undefined ? 1 : 2 * wanted[stiffness.offset + unit]!)
  let sum = 0
  for (let edge = 0; edge < bilinear.size; edge++) {
    const at = bilinear.offset + edge
    sum += Math.abs(off[at]!) / Math.sqrt((square(a[edge]!) * square(b[edge]!) + wanted[at]! ** 2) / count)
  }
  return sum / Math.max(1, bilinear.size)
}

/** ⟨φ⟩ of the data noised to t, from that of the data: φ of degree n goes with mⁿ in x, and the noise adds s²/2 to x²/2. */
function noisedMoments({ groups, size }: Potential, ofData: Float64Array, noising: Noising, t: number): Float64Array {
  const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
  const out = new Float64Array(size)
  for (const group of groups) {
    const values = groupSlice(group, out)
    const factor = group.name === 'bias' || group.name === 'label-coupling' ? m : m * m
    const added = group.name === 'stiffness' ? (s * s) / 2 : 0
    groupSlice(group, ofData).forEach((value, a) => {
      values[a] = factor * value + added
    })
  }
  return out
}

/** θ += what a change in displacements from a point is in x; see displacedPotential. */
function addDisplaced(
  of: Potential,
  potential: Potential,
  change: Float64Array,
  point: Float64Array,
  theta: Float64Array,
): void {
  const seen = displacedPotential(
    of,
    point.map((value) => -value),
    'force',
  )
  if (seen === null) throw new Error('harmonic terms keep their form')
  const moved = new Float64Array(seen.potential.size)
  seen.parameters(change, moved)
  for (const group of potential.groups) {
    const own = seen.potential.groups.find(({ name }) => name === group.name)
    if (own === undefined) continue
    const values = groupSlice(group, theta)
    groupSlice(own, moved).forEach((value, a) => {
      values[a]! += value
    })
  }
}

/** Of points about 0. */
function varianceAlongLeadingAxis(set: PointSet): number {
  const axis = leadingAxes(set, new Float64Array(set.units), 1)
  let sum = 0
  for (let n = 0; n < set.count; n++) {
    let along = 0
    for (let i = 0; i < set.units; i++) along += axis[i]! * set.points[n * set.units + i]!
    sum += along * along
  }
  return sum / set.count
}
