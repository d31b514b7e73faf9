import { eachHessian } from '../../physics/potential/hessians.js'
import { type FlowStep, move } from './euler-flow.js'
import type { FlowPairs } from './fine-flow.js'
import { type Guarded, guarded } from './fold-barrier.js'
import { createLandscape } from './landscape.js'
import { forceLeastSquares, type LeastSquaresOptions, type Mixing } from './least-squares.js'

/** How a step is kept one-to-one: not at all, by a barrier that is proved to hold everywhere, or by the way back being learned too. */
export const safeguards = ['none', 'barrier', 'cycle'] as const

/** One of them. */
export type Safeguard = (typeof safeguards)[number]

/** What steps are learned for. */
export interface StepTask extends Guarded, Pick<LeastSquaresOptions, 'frozen' | 'start'> {}

/**
 * A step by mean-velocity matching: the θ at the minimum of
 *
 *     ½⟨|F(x; θ) - (x' - x)/(μh)|²⟩
 *
 * over the states before and after it, whose gradient -⟨r·∇φ⟩ is local: force matching with displacements.
 *
 * Source: Rehman et al., arXiv:2512.09914; mean velocities: Geng et al., arXiv:2505.13447.
 */
export function learnStep(task: StepTask, pairs: FlowPairs, safeguard: Safeguard): FlowStep {
  const squares = velocities(task, pairs)
  if (safeguard === 'cycle') return { h: pairs.h, theta: cycled(task, pairs, squares.solve()) }
  return { h: pairs.h, theta: safeguard === 'none' ? squares.solve() : guarded(task, pairs.h, squares) }
}

function velocities({ potential, bath, frozen, start }: StepTask, { from, to, h }: FlowPairs) {
  const squares = forceLeastSquares(potential, { frozen, start })
  squares.add(
    from,
    to.x.map((value, n) => (value - from.x[n]!) / (bath.mobility * h)),
  )
  return squares
}

/** What the error of the way back counts beside the step's own, and how often the two are learned in turn. */
const cycle = { weight: 10, rounds: 8 }

/**
 * The step with a cycle loss in place of a barrier: a second one of the same form is learned to lead back, x'' = y + μhB(y), and
 *
 *     ½⟨|F - (x' - x)/(μh)|²⟩ + ½·10⟨|x''(y) - x|²⟩/(μh)²,   y = x + μhF(x)
 *
 * is made least, both in turn, the second term to first order in the change of F. Only where data are does it ask anything.
 */
function cycled(task: StepTask, pairs: FlowPairs, from: Float64Array): Float64Array {
  const { potential, bath } = task
  const { h, from: states } = pairs
  const { x, batch } = states
  const { units } = potential.network
  const time = bath.mobility * h
  const landscape = createLandscape(potential, bath)
  const weight = Math.sqrt(cycle.weight)
  let theta = from
  for (let round = 0; round < cycle.rounds; round++) {
    const y = move(landscape, [{ theta, h }], states)
    const back = velocities(task, { from: y, to: states, h }).solve()
    const returned = move(landscape, [{ theta: back, h }], y)
    /** G = ∂x''/∂y = 1 - μh∇∇U_B, [batch] of [units, units] */
    const G = new Float64Array(batch * units * units)
    eachHessian(potential, back)(y, (b, H) => {
      for (let n = 0; n < H.length; n++) G[b * H.length + n] = weight * ((n % (units + 1) === 0 ? 1 : 0) - time * H[n]!)
    })
    const mixing: Mixing = (b, out) => out.set(G.subarray(b * out.length, (b + 1) * out.length))
    const squares = velocities(task, pairs)
    const target = new Float64Array(x.length)
    for (let b = 0; b < batch; b++)
      for (let i = 0; i < units; i++) {
        const n = i * batch + b
        target[n] = (-weight * (returned.x[n]! - x[n]!)) / time
        for (let j = 0; j < units; j++) {
          const m = j * batch + b
          target[n]! += (G[(b * units + i) * units + j]! * (y.x[m]! - x[m]!)) / time
        }
      }
    squares.add(states, target, mixing)
    theta = squares.solve()
  }
  return theta
}
