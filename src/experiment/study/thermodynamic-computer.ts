import { invalidValue } from '../../errors.js'
import { rounded } from '../../learning/hardware/rounding.js'
import {
  backwardGradient,
  backwardLogLikelihood,
  computerTrainer,
} from '../../learning/objectives/computer-training.js'
import type { Cost, Landscape } from '../../learning/objectives/landscape.js'
import {
  type Computer,
  createComputer,
  type Generated,
  generate,
  noisingRuns,
  pulls,
  type Run,
  stepsOf,
  stretch,
} from '../../learning/objectives/thermodynamic-computer.js'
import { firstUnits, rowsOf } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import { barCheck, type Check, identityCheck } from '../../physics/observe/check.js'
import type { SettingsOf } from '../scenario/objective.js'
import { comparedPatterns, type Judged, judgePatterns } from './pattern-figures.js'
import { type Patterns, patternsOf } from './patterns.js'
import type { StudyProblem } from './problem.js'
import { type ArmHooks, type ArmPlan, armByArm, type Found, type RunStudy, repetitionOf } from './study.js'

type Settings = SettingsOf<'thermodynamic-computer'>
type Problem = StudyProblem<Settings>
type ArmSettings = Settings['arms'][number]

/** The arm that nothing is learned in. */
const uncoupled = 'uncoupled'
/** Block of noising runs that likelihoods are judged on; learning does not come so far. */
const judgedBlock = 2 ** 20
/** Of each pattern. */
const judgedCycles = 2
/** Points of a curve. */
const points = 8
/** Samples that the report shows of each arm. */
const shown = 24
/** Standard errors by which samples must be nearer to the patterns than those of the same units uncoupled. */
const fewestErrors = 5
/** Share of the samples that each pattern must have, of an equal one. */
const leastShare = 0.2

/** Share of the first arm's gain of likelihood that another may lose. */
const mostLost = 0.03

/** What all arms of a repetition share. */
interface Setting {
  readonly settings: Settings
  readonly computer: Computer
  readonly patterns: Patterns
  /** [patterns][units] */
  readonly pulled: readonly Float64Array[]
  readonly run: Run
  readonly seed: number
  /** what was generated without couplings */
  readonly control: Judged
}

/** Of an arm that learns, between two cycles. */
interface ComputerState {
  readonly theta: Float64Array
  readonly cycle: number
  readonly cost: Cost
}

interface ComputerArm extends ArmPlan {
  /** null: nothing is learned */
  readonly own: ArmSettings | null
}

/** What an arm found, with the images it shows. */
interface ComputerFound extends Found {
  readonly images: Float64Array
}

/** @throws E_INVALID_VALUE where an arm has the name of the control */
export function requireComputer({ settings }: Problem): void {
  const at = settings.arms.findIndex(({ name }) => name === uncoupled)
  if (at >= 0)
    throw invalidValue('uncoupled is the control, which every study has; name it otherwise.', `objective.arms.${at}`)
}

/** Learns to run the noising of a few patterns backwards, in every way asked for, beside the same units without couplings. */
export const thermodynamicComputerStudy: RunStudy<Settings> = async (problem, seed, hooks) => {
  const setting = settingOf(problem, seed, hooks.landscape)
  const { computer, patterns } = setting
  // What one arm learned another may store: learned again where the repetition was begun anew in between.
  const known = new Map<string, Float64Array>()
  const found = await armByArm<ComputerArm, ComputerState, ComputerFound>(
    armsOf(problem.settings),
    hooks,
    async (arm, own, before) => {
      const landscape = own.landscape(computer.potential, computer.bath)
      const theta = await learned(setting, landscape, arm, own, known)
      const first = before.find(({ name }) => name === problem.settings.arms[0]!.name)
      return foundBy(setting, landscape, arm, stored(computer, theta, arm.own?.stored, seed), first?.figures ?? null)
    },
  )
  return {
    ...repetitionOf(found, ['correlation', 'heat', 'heatChange', 'likelihoodGain', 'gainLost', 'couplingSize']),
    images: [
      { name: 'patterns', images: patterns.images },
      ...found.map(({ name, images }) => ({
        name,
        images: { points: images, count: images.length / computer.visible, units: computer.visible },
      })),
    ],
  }
}

function settingOf(problem: Problem, seed: number, landscapeOf: ArmHooks['landscape']): Setting {
  const { settings, potential, bath } = problem
  const { hidden, stiffness, quartic, duration, dt } = settings
  const computer = createComputer({ visible: potential.network.visible, hidden, stiffness, quartic, bath })
  const patterns = patternsOf(problem.scenario.data)
  const run = { duration, dt }
  const landscape = landscapeOf(computer.potential, bath)
  const { samples } = settings
  const control = judgePatterns(
    visibleOf(computer, generate(computer, landscape, computer.uncoupled, run, { seed, samples })),
    patterns,
  )
  return { settings, computer, patterns, pulled: pulls(computer, patterns.standard, seed), run, seed, control }
}

function visibleOf({ visible }: Computer, { x, batch }: Generated) {
  return firstUnits(rowsOf({ x, batch }), visible)
}

function armsOf({ arms }: Settings): ComputerArm[] {
  return [
    ...arms.map((own): ComputerArm => ({ name: own.name, expected: own.expected, own })),
    { name: uncoupled, expected: 'fails', own: null },
  ]
}

/** Parameters after all cycles. What an arm before has learned in the same way is no cost of this one, even where it is learned again. */
async function learned(
  setting: Setting,
  landscape: Landscape,
  { own }: ComputerArm,
  { found, progress, record }: ArmHooks<ComputerState>,
  known: Map<string, Float64Array>,
): Promise<Float64Array> {
  const { settings, computer, pulled, run, seed } = setting
  if (own === null) return computer.uncoupled
  const { online, errors, held } = own
  const first = settings.arms.find((arm) => wayOf(arm) === wayOf(own))!
  const before = known.get(wayOf(own))
  if (before !== undefined) return before
  const { cost } = landscape
  const theta = found?.theta.slice() ?? computer.uncoupled.slice()
  if (found !== null) Object.assign(cost, found.cost)
  const training = { run, rate: settings.rate, online, errors, held, seed }
  const trainer = computerTrainer(computer, landscape, pulled, training, theta)
  const each = Math.ceil(settings.cycles / points)
  for (let cycle = found?.cycle ?? 0; cycle < settings.cycles; cycle++) {
    trainer.cycle(cycle)
    const done = cycle + 1
    if (first === own && (done % each === 0 || done === settings.cycles))
      record(done, { likelihoodGain: likelihoodGain(setting, landscape, theta) })
    await progress(done / settings.cycles, () => ({ theta, cycle: done, cost }))
  }
  known.set(wayOf(own), theta)
  if (first !== own) Object.assign(cost, { forces: 0, energies: 0, work: null, heat: null })
  return theta
}

/** All that decides what an arm learns. */
function wayOf({ online, errors, held }: ArmSettings): string {
  return JSON.stringify({ online, errors, held })
}

/** The learned parameters as a device holds them. */
function stored({ learned, uncoupled }: Computer, theta: Float64Array, levels: ArmSettings['stored'], seed: number) {
  if (levels === undefined) return theta
  const { bits, rounding, full = largestLearned(learned, theta) } = levels
  const u =
    rounding === 'stochastic'
      ? drawUniform({ seed, stream: stream.computerRounding, step: 2 ** 31 }, theta.length)
      : null
  return theta.map((value, a) => (learned[a] === 1 ? rounded(value, bits, full, u?.[a]) : uncoupled[a]!))
}

function largestLearned(learned: Uint8Array, theta: Float64Array): number {
  return theta.reduce((most, value, a) => (learned[a] === 1 ? Math.max(most, Math.abs(value)) : most), 0)
}

/** Generates with what was learned, and judges it. */
function foundBy(
  setting: Setting,
  landscape: Landscape,
  { name, expected, own }: ComputerArm,
  theta: Float64Array,
  first: Found['figures'] | null,
): ComputerFound {
  const { computer, patterns, run, seed, settings, control } = setting
  const generated = generate(computer, landscape, theta, run, { seed, samples: settings.samples })
  const points = visibleOf(computer, generated)
  const judged = judgePatterns(points, patterns)
  const { heat } = generated
  const gain = likelihoodGain(setting, landscape, theta)
  const compared = comparedPatterns(judged, control)
  const couplings = theta.filter((_, a) => computer.learned[a] === 1)
  return {
    locality: 'local',
    cost: { ...landscape.cost },
    figures: {
      ...judged.figures,
      correlationUncoupled: control.figures.correlation!,
      correlationZ: compared.z,
      likelihoodGain: gain,
      couplingSize: Math.sqrt(couplings.reduce((sum, value) => sum + value * value, 0) / couplings.length),
      heat,
      ...(first === null ? {} : { heatChange: heat - first.heat!, gainLost: 1 - gain / first.likelihoodGain! }),
    },
    checks: [
      ...(first === null || own === null ? generationChecks(setting, judged, compared.z, { name, expected }) : []),
      ...(first === null || own === null ? [] : [lossCheck(gain, first, { name, expected })]),
      ...(own === null
        ? []
        : [firstLaw(name, generated, landscape, stepsOf(run)), slopeCheck(setting, landscape, name, theta)]),
    ],
    images: points.points.slice(0, shown * computer.visible),
    samples: () => ({ x: generated.x.slice(0, computer.visible * generated.batch), batch: generated.batch }),
  }
}

/** That samples are nearer to the patterns than uncoupled ones, and no pattern is missing; for a control, that they are not. */
function generationChecks(
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
function lossCheck(gain: number, first: Found['figures'], { name, expected }: ArmPlan): Check {
  const lost = Math.max(0, 1 - gain / first.likelihoodGain!)
  return barCheck(`share of the first arm's gain of likelihood that is lost, ${name}`, lost, 0, mostLost, expected)
}

/** How much likelier noising runs are, run backwards under θ, than without couplings: nats of a run. */
function likelihoodGain(setting: Setting, landscape: Landscape, theta: Float64Array): number {
  const { computer, run } = setting
  const runs = judgedRuns(setting, judgedCycles)
  const of = (at: Float64Array) =>
    runs.reduce((sum, steps) => sum + backwardLogLikelihood(landscape, at, steps, run.dt), 0) / runs.length
  return of(theta) - of(computer.uncoupled)
}

function judgedRuns({ computer, pulled, run, seed }: Setting, cycles: number) {
  const { units } = computer.potential.network
  return noisingRuns(computer, pulled, run, { seed, block: judgedBlock, cycles }).map((kept) =>
    stretch(kept, units, 0, stepsOf(run)),
  )
}

/** That samples give off as heat, read stretch by stretch, what they lose in energy from the first to the last. */
function firstLaw(name: string, { heat, lost }: Generated, { arithmetic, units }: Landscape, steps: number): Check {
  const tolerance = arithmetic.roundoff * steps * Math.max(units, Math.abs(lost))
  return identityCheck(`heat less the energy lost in generation, in kT, ${name}`, heat - lost, 0, tolerance)
}

/**
 * That the gradient is the slope of the likelihood, which is quadratic in the parameters: along any direction u the central difference
 * is exact, (log p(θ + u) - log p(θ - u))/2 = u·∂log p.
 */
function slopeCheck(setting: Setting, landscape: Landscape, name: string, theta: Float64Array): Check {
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
