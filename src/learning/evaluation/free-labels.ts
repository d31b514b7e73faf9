import { Matrix, solve } from 'ml-matrix'
import { clampedTo } from '../../physics/network/labels.js'
import type { Network } from '../../physics/network/network.js'
import type { States } from '../../physics/network/states.js'

/** Writes the energies of states [units, batch] at θ to `energy`, [batch]. */
export type Energies = (theta: Float64Array, x: Float64Array, batch: number, energy: Float64Array) => void

/**
 * What the label units, left free, weigh for and against each class: -A(x, c)/kT' of every state, [classes][batch]. In equilibrium
 * with the network they are in class c with probability
 *
 *     p_c(x) ∝ exp(b_c - A(x, c)/kT'),   kT' = 2kT (drive reverse), kT (quasi-static)
 *
 * which for one unit s = ±1 is ⟨s⟩ = tanh((A(x, -1) - A(x, +1))/(2kT') + b). kT' is that of the visible units' bath also where hidden
 * units have one of their own: forces on visible units are kT'∇log p_c(x), and those come from A, whatever made it.
 *
 * @param states - their label units are overwritten
 * @param scale - kT'
 * Cost: an energy for each class and state.
 */
export function classEvidence(
  { visible, labels }: Pick<Network, 'visible' | 'labels'>,
  energies: Energies,
  theta: Float64Array,
  { x, batch }: States,
  classes: number,
  scale: number,
): Float64Array[] {
  return Array.from({ length: classes }, (_, index) => {
    const clamped = clampedTo(index, classes)
    for (let l = 0; l < labels; l++) x.fill(clamped[l]!, (visible + l) * batch, (visible + l + 1) * batch)
    const energy = new Float64Array(batch)
    energies(theta, x, batch, energy)
    return energy.map((value) => -value / scale)
  })
}

/** p_c ∝ exp(b_c + evidence_c) of state n; written to `out`, [classes]. */
export function classProbabilities(
  evidence: readonly Float64Array[],
  biases: Float64Array,
  n: number,
  out: Float64Array,
): Float64Array {
  for (let c = 0; c < out.length; c++) out[c] = evidence[c]![n]! + biases[c]!
  const largest = Math.max(...out)
  let total = 0
  for (let c = 0; c < out.length; c++) total += out[c] = Math.exp(out[c]! - largest)
  for (let c = 0; c < out.length; c++) out[c]! /= total
  return out
}

/** The class at a quantile of the probabilities p_c. */
export function classAt(p: Float64Array, quantile: number): number {
  let index = 0
  for (let left = quantile - p[0]!; left > 0 && index + 1 < p.length; left -= p[index]!) index++
  return index
}

/** Sum of |gradient| below which the biases are known: the classes' shares to a ten-millionth. */
const converged = 1e-7
const mostIterations = 60
/** In kT: where no datum is near the border of two classes the likelihood is flat, and says nothing of how far to go. */
const longestStep = 4

/** Biases of the label units, and the mean log likelihood of the classes that they were learned from. */
export interface LabelBiases {
  /** b_c, [classes] */
  readonly biases: Float64Array
  readonly logLikelihood: number
}

/**
 * The biases b_c under which the free labels are in each class as often as the data are, by Newton's method on the concave mean log
 * likelihood of the classes. Forces on visible units teach them nothing, since they do not act on them; its gradient
 * ⟨[class is c] - p_c⟩ is what a label unit can measure by itself.
 *
 * @param evidence - of the data, [classes][data]
 * @param of - class of each datum
 * Cost: O(data·classes²) an iteration, some ten of them.
 */
export function labelBiases(evidence: readonly Float64Array[], of: Int32Array): LabelBiases {
  let biases = new Float64Array(evidence.length)
  let here = likelihood(evidence, of, biases)
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    if (here.gradient.reduce((sum, value) => sum + Math.abs(value), 0) < converged) break
    const step = solve(here.curvature, Matrix.columnVector(here.gradient)).to1DArray()
    const largest = step.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    let share = Math.min(1, longestStep / largest)
    let next = biases
    let there = here
    // Far from the maximum a whole step may lead past it.
    do {
      next = biases.map((bias, c) => bias + share * step[c]!)
      there = likelihood(evidence, of, next)
      share /= 2
    } while (there.value < here.value && share > 1e-6)
    biases = next
    here = there
  }
  return { biases, logLikelihood: here.value }
}

/** Mean log likelihood of the classes under these biases, its gradient and minus its second derivative. */
function likelihood(evidence: readonly Float64Array[], of: Int32Array, biases: Float64Array) {
  const classes = biases.length
  const p = new Float64Array(classes)
  const gradient = new Array<number>(classes).fill(0)
  // A common shift of all biases changes nothing: it is held at 0, and softly so is what the data leave open.
  const curvature = Matrix.ones(classes, classes)
    .mul(1 / classes)
    .add(Matrix.eye(classes, classes, 1e-9))
  let value = 0
  for (let n = 0; n < of.length; n++) {
    classProbabilities(evidence, biases, n, p)
    value += Math.log(Math.max(p[of[n]!]!, Number.MIN_VALUE)) / of.length
    for (let c = 0; c < classes; c++) {
      gradient[c]! += ((c === of[n] ? 1 : 0) - p[c]!) / of.length
      for (let d = 0; d < classes; d++)
        curvature.set(c, d, curvature.get(c, d) + ((c === d ? p[c]! : 0) - p[c]! * p[d]!) / of.length)
    }
  }
  return { value, gradient, curvature }
}
