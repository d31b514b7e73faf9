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
import type { comparedPatterns, Judged } from './pattern-figures.js'
import type { Patterns } from './patterns.js'
import type { ArmPlan, Found } from './study.js'

/** Block of noising runs that likelihoods are judged on, where steps have numbers for so many; learning does not come so far. */
const keptBlock = 2 ** 20
/** Of each pattern. */
const keptCycles = 2
/** Standard errors by which samples must be nearer to the patterns than those of the same units uncoupled. */
const fewestErrors = 5
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
  /** noising runs that nothing learns from, as steps */
  readonly kept: readonly Steps[]
  /** mean log-likelihood of these without couplings, run backwards */
  readonly unlearned: number
  /** what was generated without couplings */
  readonly control: Judged
}

/** States before and after each step of a noising run, [units, steps]. */
type Steps = ReturnType<typeof stretch>

/** That samples are nearer to the patterns than uncoupled ones, all together and those of each pattern; for a control, that they are not. */
export function generationChecks({ z, least }: ReturnType<typeof comparedPatterns>, { name, expected }: ArmPlan) {
  const lacking = (of: string, errors: number) =>
    barCheck(
      `standard errors that ${of} lack of ${fewestErrors} above uncoupled ones, ${name}`,
      Math.max(0, fewestErrors - errors),
      0,
      0,
      expected,
    )
  return [lacking('its samples', z), lacking('those of its least pattern', least)]
}

/** That an arm keeps the likelihood which the first one gained. */
export function lossCheck(gain: number, first: Found['figures'], { name, expected }: ArmPlan): Check {
  const lost = Math.max(0, 1 - gain / first.likelihoodGain!)
  return barCheck(`share of the first arm's gain of likelihood that is lost, ${name}`, lost, 0, mostLost, expected)
}

/** How much likelier noising runs are, run backwards under θ, than without couplings: nats of a run. */
export function likelihoodGain({ kept, unlearned, run }: Setting, landscape: Landscape, theta: Float64Array): number {
  return meanLogLikelihood(landscape, theta, kept, run) - unlearned
}

/** Mean over noising runs, run backwards under θ. */
export function meanLogLikelihood(
  landscape: Landscape,
  theta: Float64Array,
  kept: readonly Steps[],
  { dt }: Run,
): number {
  return kept.reduce((sum, steps) => sum + backwardLogLikelihood(landscape, theta, steps, dt), 0) / kept.length
}

/** Noising runs that nothing learns from. */
export function keptRuns(computer: Computer, pulled: readonly Float64Array[], run: Run, seed: number): Steps[] {
  const { units } = computer.potential.network
  const steps = stepsOf(run)
  const block = Math.min(keptBlock, Math.floor(2 ** 32 / (2 * steps)) - 1)
  return noisingRuns(computer, pulled, run, { seed, block, cycles: keptCycles }).map((states) =>
    stretch(states, units, 0, steps),
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
  const { computer, run, seed, kept } = setting
  const steps = kept[0]!
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
