import { keepBounds, lowerBounds } from '../../learning/rules/parameter-scales.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import type { Problem } from '../system/problem.js'
import { startOfLearning } from '../system/system.js'

/** Of a stiffness, and of what acts like one, in units of the trap's. */
const perturbation = 0.3

/**
 * The start parameters with each a little off, so that no gradient vanishes by symmetry: by .3 k0 ξ on a unit, .3 k0 ξ/√n on an
 * edge of n units, .3 kT ξ on a hidden unit's bias; couplings of hidden units are random already.
 */
export function perturbedStart(problem: Problem, t: number): Float64Array {
  const { potential, noising, scenario } = problem
  const theta = startOfLearning(problem, t)
  const off = new Float64Array(theta.length)
  fillNormals(scenario.seed, stream.start, 1, 1, 0, off.length, off)
  const { stiffness, bath } = noising
  for (const { name, support, offset, size, given } of potential.groups) {
    if (given === true) continue
    const width =
      name === 'hidden-bias' ? bath.kT : support === 'edge' ? stiffness / Math.sqrt(potential.network.units) : stiffness
    for (let a = offset; a < offset + size; a++) {
      const step = perturbation * width * off[a]!
      if (name !== 'hidden-coupling') theta[a]! += potential.lowerBound[a] === -Infinity ? step : Math.abs(step)
    }
  }
  keepBounds(theta, lowerBounds(potential, noising, t))
  return theta
}
