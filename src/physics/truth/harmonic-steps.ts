import { Matrix } from 'ml-matrix'
import type { Network } from '../network/network.js'
import { squareMatrix } from '../observe/moments.js'
import { harmonicTerms } from '../potential/given-hidden.js'
import type { Potential } from '../potential/potential.js'
import { type Bath, ownBaths } from '../protocol/bath.js'
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
  /** A = 1 - μhK, μ the diagonal matrix of mobilities; `At` its transpose */
  readonly A: Matrix
  readonly At: Matrix
  /** μh f */
  readonly push: Matrix
  /** 2μkTh */
  readonly noise: Matrix
}

/**
 * The maps of the steps in a bath, where units may have mobilities and temperatures of their own, each kept until landscape or step
 * length changes: most protocols repeat them.
 */
export function eulerMaruyamaMap(bath: Bath, network: Network): (landscape: HarmonicLandscape, h: number) => StepMap {
  const { mobility, kT } = ownBaths(bath, network)
  const M = Matrix.diag([...mobility])
  const noise = Matrix.diag([...mobility].map((mu, i) => 2 * mu * kT[i]!))
  let last: { landscape: HarmonicLandscape; h: number; map: StepMap } | null = null
  return (landscape, h) => {
    if (last?.landscape !== landscape || last.h !== h) {
      const A = Matrix.sub(Matrix.eye(landscape.K.rows), M.mmul(landscape.K).mul(h))
      const push = M.mmul(landscape.f).mul(h)
      last = { landscape, h, map: { A, At: A.transpose(), push, noise: Matrix.mul(noise, h) } }
    }
    return last.map
  }
}

/** a·b of two columns. */
export function inner(a: Matrix, b: Matrix): number {
  return a.to1DArray().reduce((sum, value, i) => sum + value * b.get(i, 0), 0)
}
