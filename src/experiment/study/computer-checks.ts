import { backwardGradient, backwardLogLikelihood } from '../../learning/objectives/computer-training.js'
import type { Landscape } from '../../learning/objectives/landscape.js'
import {
  type Computer,
  type Generated,
  noisingRuns,
  type Run,
  stepsOf,
  stretch,
} from '../../learning/objectives/thermodynamic-computer.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import { barCheck, type Check, identityCheck } from '../../physics/observe/check.js'
import type { SettingsOf } from '../scenario/objective.js'
import type { Judged } from './pattern-figures.js'
import type { Patterns } from './patterns.js'
import type { ArmPlan, Found } from './study.js'

/** Block of noising runs that likelihoods are judged on, where steps have numbers for so many; learning does not come so far. */
const judgedBlock = 2 ** 20
/** Of each pattern. */
const judgedCycles = 2
/** Standard errors by which samples must be nearer to the patterns than those of the same units uncoupled. */
const fewestErrors = 5
/** Share of the samples that each pattern must have, of an equal one. */
const leastShare = 0.2
/** Share of the first arm's gain of likelihood that another may lose. */
const mostLost = 0.03

/** What all arms of a repetition share. */
export interface Setting {
  /** the keys of the objective */
  readonly settings: SettingsOf<'thermodynamic-computer'>
  /** the network, nothing coupled */
  readonly computer: Computer
  /** what is learned */
  readonly patterns: Patterns
  /** the pulls of noising, [patterns][units] */
  readonly pulled: readonly Float64Array[]
  /** of noising and of generation */
  readonly run: Run
  /** of the repetition */
  readonly seed: number
  /** what was generated without couplings */
  readonly control: Judged
}

/** That samples are nearer to the patterns than uncoupled ones, and no pattern is missing; for a control, that they are not. */
export function generationChecks(
  { patterns }: Setting,
  { leastShare: share }: Judged,
  z: number,
  { name, expected }: ArmPlan,
) {
  const lacking = Math.max(0, fewestErrors - z)
  const missing = Math.max(0, leastShare / patterns.standard.length - share)
  const near = `standard errors that its samples lack of ${fewestErrors} above uncoupled ones, ${name}`
  const rarest = `share that the rarest pattern lacks of a fifth of its part, ${name}`
  return [barCheck(near, lacking, 0, 0, expected), ...(expected === 'fails' ? [] : [barCheck(rarest, missing, 0, 0)])]
}

/** That an arm keeps the likelihood which the first one gained. */
export function lossCheck(gain: number, first: Found['figures'], { name, expected }: ArmPlan): Check {
  const lost = Math.max(0, 1 - gain / first.likelihoodGain!)
  return barCheck(`share of the first arm's gain of likelihood that is lost, ${name}`, lost, 0, mostLost, expected)
}

/** How much likelier noising runs are, run backwards under θ, than without couplings: nats of a run. */
export function likelihoodGain(setting: Setting, landscape: Landscape, theta: Float64Array): number {
  const { computer, run } = setting
  const runs = judgedRuns(setting, judgedCycles)
  const of = (at: Float64Array) =>
    runs.reduce((sum, steps) => sum + backwardLogLikelihood(landscape, at, steps, run.dt), 0) / runs.length
  return of(theta) - of(computer.uncoupled)
}

function judgedRuns({ computer, pulled, run, seed }: Setting, cycles: number) {
  const { units } = computer.potential.network
  const last = Math.floor(2 ** 32 / (2 * stepsOf(run))) - 1
  return noisingRuns(computer, pulled, run, { seed, block: Math.min(judgedBlock, last), cycles }).map((kept) =>
    stretch(kept, units, 0, stepsOf(run)),
  )
}

/** That samples give off as heat, read stretch by stretch, what they lose in energy from the first to the last. */
export function firstLaw(
  name: string,
  { heat, lost }: Generated,
  { arithmetic, units }: Landscape,
  steps: number,
): Check {
  const tolerance = arithmetic.roundoff * steps * Math.max(units, Math.abs(lost))
  return identityCheck(`heat less the energy lost in generation, in kT, ${name}`, heat - lost, 0, tolerance)
}

/**
 * That the gradient is the slope of the likelihood, which is quadratic in the parameters: along any direction u the central difference
 * is exact, (log p(θ + u) - log p(θ - u))/2 = u·∂log p.
 */
export function slopeCheck(setting: Setting, landscape: Landscape, name: string, theta: Float64Array): Check {
  const { computer, run, seed } = setting
  const steps = judgedRuns(setting, 1)[0]!
  const u = drawUniform({ seed, stream: stream.computerErrors, step: 2 ** 31 }, theta.length).map((value, a) =>
    computer.learned[a] === 1 ? (value - 0.5) / computer.potential.network.units : 0,
  )
  const at = (sign: number) =>
    backwardLogLikelihood(
      landscape,
      theta.map((value, a) => value + sign * u[a]!),
      steps,
      run.dt,
    )
  const gradient = new Float64Array(theta.length)
  backwardGradient(landscape, theta, steps, run.dt, gradient)
  const slope = gradient.reduce((sum, value, a) => sum + value * u[a]!, 0)
  const [up, down] = [at(1), at(-1)]
  // Forces of a few units of length, each rounded, and a sum of as many squares.
  const tolerance = landscape.arithmetic.roundoff * 64 * Math.sqrt(steps.after.length) + 2 ** -50 * Math.abs(up)
  return identityCheck(
    `slope of the log-likelihood less its finite difference, ${name}`,
    slope - (up - down) / 2,
    0,
    tolerance,
  )
}
