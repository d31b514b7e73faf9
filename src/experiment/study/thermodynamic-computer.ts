import { invalidValue } from '../../errors.js'
import { rounded } from '../../learning/hardware/rounding.js'
import { computerTrainer } from '../../learning/objectives/computer-training.js'
import type { Cost, Landscape } from '../../learning/objectives/landscape.js'
import {
  type Computer,
  createComputer,
  type Generated,
  generate,
  pulls,
  stepsOf,
} from '../../learning/objectives/thermodynamic-computer.js'
import { firstUnits, rowsOf } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import type { SettingsOf } from '../scenario/objective.js'
import {
  firstLaw,
  generationChecks,
  keptRuns,
  likelihoodGain,
  lossCheck,
  meanLogLikelihood,
  type Setting,
  slopeCheck,
} from './computer-checks.js'
import { comparedPatterns, judgePatterns } from './pattern-figures.js'
import { patternsOf } from './patterns.js'
import type { StudyProblem } from './problem.js'
import { type ArmHooks, type ArmPlan, armByArm, type Found, type RunStudy, repetitionOf } from './study.js'

type Settings = SettingsOf<'thermodynamic-computer'>
type Problem = StudyProblem<Settings>
type ArmSettings = Settings['arms'][number]

/** The arm that nothing is learned in. */
const uncoupled = 'uncoupled'
/** Points of a curve. */
const points = 8
/** Samples that the report shows of each arm. */
const shown = 24

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
  const pulled = pulls(computer, patterns.standard, seed)
  const kept = keptRuns(computer, pulled, run, seed)
  const unlearned = meanLogLikelihood(landscape, computer.uncoupled, kept, run)
  return { settings, computer, patterns, pulled, run, seed, kept, unlearned, control }
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
      leastPatternZ: compared.least,
      likelihoodGain: gain,
      couplingSize: Math.sqrt(couplings.reduce((sum, value) => sum + value * value, 0) / couplings.length),
      heat,
      ...(first === null ? {} : { heatChange: heat - first.heat!, gainLost: 1 - gain / first.likelihoodGain! }),
    },
    checks: [
      ...(first === null || own === null ? generationChecks(compared, { name, expected }) : []),
      ...(first === null || own === null ? [] : [lossCheck(gain, first, { name, expected })]),
      ...(own === null
        ? []
        : [firstLaw(name, generated, landscape, stepsOf(run)), slopeCheck(setting, landscape, name, theta)]),
    ],
    images: points.points.slice(0, shown * computer.visible),
    samples: () => ({ x: generated.x.slice(0, computer.visible * generated.batch), batch: generated.batch }),
  }
}
