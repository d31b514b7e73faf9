import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { groupSlice, type Potential } from '../../physics/potential/potential.js'
import { type Noising, signal, stiffnessClock } from '../../physics/protocol/noising.js'

/**
 * Standard deviation, in units of its temperature, of the field on a hidden unit when learning begins, over states of the trap's width. At couplings
 * of exactly 0 a hidden unit without bias learns nothing, and alike ones would stay alike.
 */
const firstField = 0.25

/**
 * Where learning begins, [parameters]: the trap alone, stiffness k0 and nothing else. It is what either drive needs as T → ∞,
 * and what the system is in before generation starts. (From zero, quartic couplings would grow in the stiffness's place, and
 * their bound G ≥ 0 keeps them from leaving quickly.) Only the couplings of hidden units are random:
 *
 *     V_ih = .25 T sqrt(k0/(kT n)) ξ,   ξ ~ N(0, 1), n visible units seen by a hidden one on average
 *
 * @param seed - 1 when absent
 * @param temperature - T, of the hidden units' bath where it is their own; kT when absent
 */
export function startParameters(
  potential: Potential,
  { stiffness, bath }: Noising,
  seed = 1,
  temperature = bath.kT,
): Float64Array {
  const theta = new Float64Array(potential.size)
  const { hidden, hiddenEdges } = potential.network
  for (const group of potential.groups) {
    const values = groupSlice(group, theta)
    if (group.name === 'stiffness') values.fill(stiffness)
    if (group.name === 'hidden-temperature') values.fill(temperature)
    if (group.name !== 'hidden-coupling') continue
    fillNormals(seed, stream.start, 0, 1, 0, values.length, values)
    const width = firstField * temperature * Math.sqrt((stiffness * hidden) / (bath.kT * hiddenEdges.count))
    for (let e = 0; e < values.length; e++) values[e]! *= width
  }
  return theta
}

/** What hidden units are moved by, relative to the parameters of visible ones. */
export interface HiddenStep {
  /** temperature T of their bath; kT when absent */
  readonly temperature?: number | undefined
  /** their rate over that of visible units; 1 when absent */
  readonly rate?: number | undefined
  /** the rate of what does not depend on x, biases and couplings to labels, over that of couplings to visible units; 1 when absent */
  readonly bias?: number | undefined
}

/**
 * How far the optimizer moves each parameter at time t, relative to a stiffness, [parameters]. Stiffnesses and what acts like
 * them grow as k0/(1 - m²) when the noise recedes, and their steps with them (1 here). What hidden units do is told by their
 * fields u/T, whose scale is 1 at any t: couplings move in units of T sqrt(k0/kT), biases in units of T. What is given stays.
 *
 * Measured on MNIST 0/1 with 64 hidden units, 20 slices of 100 iterations: steps that grow as a stiffness's raise the held-out
 * loss at t_min from .31 to .41.
 */
export function stepScale(potential: Potential, noising: Noising, t: number, hidden: HiddenStep = {}): Float64Array {
  const { stiffness, bath } = noising
  const { visible, hiddenEdges } = potential.network
  const { temperature = bath.kT, rate = 1, bias = 1 } = hidden
  const unit = (rate * temperature) / (stiffness * stiffnessClock(noising, t))
  const scale = new Float64Array(potential.size).fill(1)
  for (const { name, offset, size, given } of potential.groups) {
    if (given === true) scale.fill(0, offset, offset + size)
    if (name === 'hidden-bias') scale.fill(bias * unit, offset, offset + size)
    if (name !== 'hidden-coupling') continue
    for (let e = 0; e < size; e++)
      scale[offset + e] = unit * (hiddenEdges.visible[e]! < visible ? Math.sqrt(stiffness / bath.kT) : bias)
  }
  return scale
}

/**
 * Parameters of a knot as a guess for the next, in place, where the noise has receded from `from` to t: what the score does there.
 *
 * Across a surface that data lie on the score is a stiffness kT/s², so that stiffnesses, couplings and biases of visible units grow
 * with the clock 1/(1 - m²). A hidden unit that marks the border between two parts of the data pulls with V tanh(Vx/kT), of which the slope V²/kT
 * is such a stiffness: V and b grow with the clock's root. A slice that begins at its neighbour's own parameters has all of that to learn,
 * and where steps are short its hidden units never come to act.
 *
 * Measured on two moons and two spirals of 3,200 points, 64 hidden units and 40 slices down to t = .003, seed 1: the mean held-out loss falls
 * from .534 to .521 and from .619 to .608.
 */
export function growParameters(potential: Potential, theta: Float64Array, noising: Noising, from: number, t: number) {
  const factor = stiffnessClock(noising, t) / stiffnessClock(noising, from)
  for (const { offset, size, support, given } of potential.groups) {
    if (given === true) continue
    const growth = support === 'hidden' ? Math.sqrt(factor) : factor
    for (let a = offset; a < offset + size; a++) theta[a]! *= growth
  }
}

/** Hidden units in a bath of another temperature T, with fields u/T as they were, in place: V and b go with T. */
export function rescaleHidden(potential: Potential, theta: Float64Array, temperature: number): void {
  const own = potential.groups.find(({ name }) => name === 'hidden-temperature')
  if (own === undefined) return
  const factor = temperature / theta[own.offset]!
  for (const group of potential.groups) {
    if (group.support !== 'hidden') continue
    const values = groupSlice(group, theta)
    for (let a = 0; a < values.length; a++) values[a]! *= factor
  }
}

/**
 * Least quartic coefficient beside a cubic one, as a fraction of its natural scale. Without it least squares sets many
 * quartic coefficients to zero, and a cubic coefficient then opens a second well hundreds of thermal lengths away, into
 * which a trajectory can escape; with it such wells stay within about ten. Measured on MNIST 0/1: the held-out loss rises
 * by less than .5 %, the Fréchet distance falls.
 */
const quarticFloor = 0.05

/**
 * Lowest value of each parameter on the slice at time t, [size].
 *
 * Quartic coefficients have a ≥ 0, and a ≥ .05·k0(k0/kT) m⁴/(1 - m²) where there is a cubic term: m⁴/(1 - m²) is how the
 * scale of a quartic coefficient grows as the noise recedes. Quartic couplings have G ≥ 0.
 */
export function lowerBounds(potential: Potential, noising: Noising, t: number): Float64Array {
  const bounds = potential.lowerBound.slice()
  const names = potential.terms.map((term) => term.name)
  const quartic = names.indexOf('quartic')
  if (quartic >= 0 && names.includes('cubic')) {
    const { stiffness, bath } = noising
    const floor = quarticFloor * (stiffness ** 2 / bath.kT) * signal(noising, t) ** 4 * stiffnessClock(noising, t)
    bounds.fill(floor, potential.offsets[quartic], potential.offsets[quartic + 1])
  }
  return bounds
}

/** Raises parameters to their bounds, in place. */
export function keepBounds(theta: Float64Array, bounds: Float64Array): void {
  for (let a = 0; a < theta.length; a++) if (theta[a]! < bounds[a]!) theta[a] = bounds[a]!
}
