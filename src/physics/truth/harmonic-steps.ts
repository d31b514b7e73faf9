import { Matrix } from 'ml-matrix'
import { squareMatrix } from '../observe/moments.js'
import { harmonicTerms } from '../potential/given-hidden.js'
import type { Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import type { Protocol } from '../protocol/protocol.js'

/** U = xᵀKx/2 - f·x + constant. */
export interface HarmonicLandscape {
  readonly K: Matrix
  /** [units, 1] */
  readonly f: Matrix
  readonly constant: number
}

/** Every step's length, with the landscapes before and after its jump: the same object when nothing changed. */
export function* harmonicSteps(potential: Potential, protocol: Protocol) {
  const theta = new Float64Array(potential.size)
  protocol.parameters(-1, theta)
  let before = harmonicLandscape(potential, theta)
  for (const [step, h] of protocol.dt.entries()) {
    const after = protocol.parameters(step, theta) ? harmonicLandscape(potential, theta) : before
    yield { h, before, after }
    before = after
  }
}

/** The landscape of a potential whose terms are all harmonic. */
export function harmonicLandscape(potential: Potential, theta: Float64Array): HarmonicLandscape {
  const { stiffness, force, energy } = harmonicTerms(potential, theta)
  return { K: squareMatrix(stiffness, potential.network.units), f: Matrix.columnVector(force), constant: energy }
}

/** A step of Euler–Maruyama as a map of Gaussian laws: m' = A m + push, S' = A S Aᵀ + noise. */
interface StepMap {
  /** A = 1 - μhK; `At` its transpose */
  readonly A: Matrix
  readonly At: Matrix
  /** μh f */
  readonly push: Matrix
  /** 2μkTh */
  readonly noise: Matrix
}

/** The maps of the steps in a bath, each kept until landscape or step length changes: most protocols repeat them. */
export function eulerMaruyamaMap({ kT, mobility }: Bath): (landscape: HarmonicLandscape, h: number) => StepMap {
  let last: { landscape: HarmonicLandscape; h: number; map: StepMap } | null = null
  return (landscape, h) => {
    if (last?.landscape !== landscape || last.h !== h) {
      const one = Matrix.eye(landscape.K.rows)
      const A = Matrix.sub(one, Matrix.mul(landscape.K, mobility * h))
      const push = Matrix.mul(landscape.f, mobility * h)
      last = { landscape, h, map: { A, At: A.transpose(), push, noise: one.mul(2 * mobility * kT * h) } }
    }
    return last.map
  }
}

/** a·b of two columns. */
export function inner(a: Matrix, b: Matrix): number {
  return a.to1DArray().reduce((sum, value, i) => sum + value * b.get(i, 0), 0)
}
