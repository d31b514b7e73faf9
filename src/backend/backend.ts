import { OverdampedError } from '../errors.js'
import { type Arithmetic, float64 } from '../learning/objectives/arithmetic.js'
import type { Apparatus } from '../learning/rules/apparatus.js'
import type { DescentOptions, DescentState } from '../learning/rules/descent.js'
import type { Rule } from '../learning/rules/rule.js'
import type { RuleName, RuleSettings } from '../learning/rules/rules.js'
import type { Ensemble, EnsembleOptions, InitialStates } from '../physics/dynamics/ensemble.js'
import type { Measured } from '../physics/dynamics/evolve.js'
import type { Integrator } from '../physics/dynamics/integrator.js'
import { defaultIntegrator, type IntegratorName, integrators, schemeOf } from '../physics/dynamics/integrators.js'
import type { PointSet } from '../physics/network/states.js'
import type { Potential } from '../physics/potential/potential.js'
import type { Bath } from '../physics/protocol/bath.js'
import type { DriveKind, Noising } from '../physics/protocol/noising.js'
import type { Protocol } from '../physics/protocol/protocol.js'
import type { SimulationHooks } from './resume.js'

/** Unit roundoff of either arithmetic. */
export const roundoff = { float64: 2 ** -53, float32: 2 ** -24 } as const

/** Why a backend can't learn from data so far out, as half a sentence; null when it can: numbers there are eight times finer than the noise. */
export function refusedByReach(unitRoundoff: number, reach = 0): string | null {
  if (16 * unitRoundoff * reach <= 1) return null
  return `its arithmetic does not resolve data ${reach.toPrecision(2)} noise widths from 0; subtract their mean`
}

/** An ensemble of trajectories of a driven network, and what is measured along them. */
export interface Simulation extends Measured, EnsembleOptions {
  /** what acts on the units */
  readonly potential: Potential
  /** its parameters in time, and the time steps */
  readonly protocol: Protocol
  /** temperature and mobility */
  readonly bath: Bath
  /** by name, or a scheme of one's own, which the reference runs */
  readonly integrator: IntegratorName | Integrator
  /** where trajectories begin */
  readonly start: InitialStates
}

/** What a backend is asked to run: a plain simulation learns by no rule, a gradient needs no integrator. */
export interface Demand {
  /** what it must compute forces and energies of */
  readonly potential: Potential
  /** what is learned by; null where nothing is */
  readonly rule: RuleName | Rule | null
  /** what moves states */
  readonly integrator: IntegratorName | Integrator
  /** of data to learn from: the largest |x|, in widths of the least noise */
  readonly reach?: number | undefined
  /** it is asked for its arithmetic, to learn by an objective: how large the numbers are whose sum is an energy (energySizes), in kT */
  readonly objective?: { readonly energies: number } | undefined
  /** whether what learning measures comes from imperfect hardware */
  readonly imperfect?: boolean | undefined
  /** the data themselves, and the width of the least noise */
  readonly data?: { readonly train: PointSet; readonly width: number } | undefined
}

/**
 * Why a backend with kernels for some schemes can't move states by this one, as half a sentence; null when it can. A scheme is known by
 * what it is: one of a user's own is another, whatever its name.
 */
export function refusedByScheme(known: readonly IntegratorName[], integrator: Simulation['integrator']): string | null {
  const scheme = schemeOf(integrator)
  if (known.some((name) => integrators[name] === scheme)) return null
  const isOwn = !Object.values<Integrator>(integrators).includes(scheme)
  return `it has no kernel for ${isOwn ? `an integrator of your own, "${scheme.name}"` : scheme.name}`
}

/**
 * Why a backend with kernels for some rules can't learn by this one, as half a sentence; null when it can. A rule with a kernel is asked
 * for by its name: what an object computes nobody can tell from what it is called.
 */
export function refusedByRule(known: readonly RuleName[], rule: Demand['rule']): string | null {
  if (rule === null || known.some((name) => name === rule)) return null
  return `it has no kernel for ${typeof rule === 'string' ? `the rule ${rule}` : `a rule of your own, "${rule.name}"`}`
}

/** Why a backend with kernels can't learn on imperfect hardware, as half a sentence; null when it need not. */
export function refusedByApparatus(imperfect: Demand['imperfect']): string | null {
  return imperfect === true ? 'its kernels learn on an ideal device, and this hardware is not' : null
}

/** What is learned from, and by which rule. */
export interface LearningTask extends RuleSettings {
  /** what is learned */
  readonly potential: Potential
  /** the path from data to noise at whose knots parameters are learned */
  readonly noising: Noising
  /** the drive that the parameters are for */
  readonly drive: DriveKind
  /** of minibatches and of their noise */
  readonly seed: number
  /** states to learn from */
  readonly train: PointSet
  /** states that losses are measured on besides */
  readonly heldOut: PointSet
  /** what is measured, and adds updates up, where that is not the simulated network itself */
  readonly apparatus?: Apparatus | undefined
}

/** Losses are measured on at most so many states of a set. */
export const mostMeasured = 4096

/** Measures gradients and losses of one learning task. A task's random numbers do not depend on the backend. */
export interface Learner {
  /**
   * Draws minibatch number `step` of `size` data noised to time t and writes the rule's dL/dθ to `gradient` ([parameters]).
   *
   * @returns the dimensionless loss of force matching, whatever the rule (see noisedLoss)
   */
  gradient(theta: Float64Array, t: number, size: number, step: number, gradient: Float64Array): Promise<number>
  /**
   * Begins descent on a slice. Until `sync`, the state's arrays are the backend's: read them only after it.
   *
   * @param bounds - lowest value of each parameter; `scale`: how far each moves relative to the others; [parameters]
   */
  descend(state: DescentState, bounds: Float64Array, scale: Float64Array): Descent
  /** the loss over the data of a set, `mostMeasured` of them evenly taken where it has more, noised once; `draw` numbers the repetitions */
  loss(theta: Float64Array, t: number, set: 'train' | 'heldOut', draw: number): Promise<number>
}

/** A descent under way. It ends when its learner is asked for something else: `sync` before that. */
export interface Descent {
  /** one step of the optimizer on minibatch number `step`; returns its loss, as `gradient` does */
  step(t: number, size: number, step: number, options: DescentOptions): Promise<number>
  /** brings the state's arrays up to date */
  sync(): void
}

/**
 * What computes the dynamics and the gradients: float64 TypeScript (reference), SIMD kernels on threads (wasm), a graphics
 * card (gpu). They differ in rounding and in speed; the random numbers are the same, keyed by (seed, stream, step, unit,
 * trajectory). On one backend the results do not depend on threads or on how an ensemble is cut into batches.
 */
export interface Backend {
  /** what it is called in options and records */
  readonly name: string
  /** what it runs on, for manifests and reports: "float64, one thread", "f32x4, 2 threads", an adapter's name */
  readonly device: string
  /** how many it computes on */
  readonly threads: number
  /** unit roundoff of its arithmetic, which checks take their tolerances from */
  readonly roundoff: number
  /** why it can't run what is asked, as half a sentence; null when it can */
  refusal(demand: Demand): string | null
  /**
   * Runs an ensemble; work and heat, and the observers, are filled on the way.
   *
   * @throws StoppedError when `signal` stopped it, its state kept; E_DIVERGED naming step, trajectory and a step length that would hold;
   *   E_BACKEND when the device fails
   */
  simulate(simulation: Simulation, hooks?: SimulationHooks): Promise<Ensemble>
  /** iterations of a rule on a slice after another; refused tasks are to be asked for before, by `refusal` */
  learner(task: LearningTask): Learner
  /**
   * Computes what objectives ask of a potential, at once; absent where nothing is computed at once, or nobody wrote it.
   *
   * @throws E_BACKEND for a potential that it refuses
   */
  arithmetic?(potential: Potential, bath: Bath): Arithmetic
  /** gives back threads and devices; nothing may run after it */
  close(): Promise<void>
}

/**
 * A backend of kernels that refuses what it has none for: run all the same, its kernels would compute something else.
 *
 * @throws E_BACKEND from `simulate` and `learner`, with the reason
 */
export function refusing(backend: Backend): Backend {
  const requireAble = (demand: Demand) => {
    const refusal = backend.refusal(demand)
    if (refusal !== null) throw new OverdampedError('E_BACKEND', `${refusal}. Use the reference.`, backend.name, 1)
  }
  const { arithmetic } = backend
  return {
    ...backend,
    async simulate(simulation, hooks) {
      requireAble({ rule: null, ...simulation })
      return backend.simulate(simulation, hooks)
    },
    learner(task) {
      requireAble({ integrator: defaultIntegrator, imperfect: task.apparatus !== undefined, ...task })
      return backend.learner(task)
    },
    ...(arithmetic === undefined
      ? {}
      : {
          arithmetic(potential: Potential, bath: Bath) {
            requireAble({ potential, rule: null, integrator: defaultIntegrator, objective: { energies: 0 } })
            return arithmetic(potential, bath)
          },
        }),
  }
}

/** A backend's arithmetic of a potential, or the reference's where it has none for it. */
export function arithmeticOn(backend: Backend, potential: Potential, bath: Bath): Arithmetic {
  const demand = { potential, rule: null, integrator: defaultIntegrator, objective: { energies: 0 } }
  const own = backend.refusal(demand) === null ? backend.arithmetic?.(potential, bath) : undefined
  return own ?? float64(potential)
}

/** How a backend is called that was asked for by name, or brought along. */
export function nameOf(backend: string | Pick<Backend, 'name'>): string {
  return typeof backend === 'string' ? backend : backend.name
}
