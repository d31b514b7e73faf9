import { exactStates } from '../../learning/objectives/exact-states.js'
import { type FeatureRows, featureRows } from '../../learning/objectives/feature-rows.js'
import { type Cost, createLandscape } from '../../learning/objectives/landscape.js'
import type { NoisedSampler, NoisedSource, NoisedStates, NoisePath } from '../../learning/objectives/noised-states.js'
import {
  knotSlice,
  type Losses,
  type LossShares,
  type PathEnergy,
  scoreAndClassGradient,
} from '../../learning/objectives/score-and-class.js'
import { type AdamState, adamStep, createAdam } from '../../learning/rules/adam.js'
import { keepBounds } from '../../learning/rules/parameter-scales.js'
import { stream } from '../../physics/noise/streams.js'
import type { Check } from '../../physics/observe/check.js'
import type { SettingsOf } from '../scenario/objective.js'
import { modelDensities } from './figures.js'
import { pathFigures, pathTruth } from './path-figures.js'
import { drawData, type StudyProblem } from './problem.js'
import type { Arm, Repetition, RunStudy, StudyHooks } from './study.js'

type Settings = SettingsOf<'diffclf' | 'boltznce'>
type Figures = Record<string, number>

/** What tells one objective along a path from another. */
export interface PathKind {
  readonly path: NoisePath
  sampler(source: NoisedSource): NoisedSampler
  /** from what each arm reached; `controls`: those that are expected to miss */
  checks(found: Readonly<Record<ArmName, Figures>>, controls: readonly ArmName[]): Check[]
}

type ArmName = keyof typeof arms

/** Both parts of the loss, and each alone: neither knows the density by itself. */
const arms = {
  both: { score: 1, classes: 1 },
  'score alone': { score: 1, classes: 0 },
  'classes alone': { score: 0, classes: 1 },
} as const satisfies Record<string, LossShares>
const armNames = Object.keys(arms) as ArmName[]

/** What an arm carries from one step to the next: parameters of all knots, and the sum of those of the second half. */
interface LearnerState {
  readonly theta: Float64Array
  readonly adam: AdamState
  readonly sum: Float64Array
}

/** What a repetition carries: its arms go together. */
interface PathState {
  readonly done: number
  readonly learners: readonly LearnerState[]
  readonly cost: Cost
}

/** Points of a curve. */
const points = 25

/**
 * Learns the energies of a path from data to noise, in three arms that see the same states, and measures the least noisy one
 * against the law of the data noised as much.
 */
export function alongPathStudy<Kind extends Settings>(
  kindOf: (problem: StudyProblem<Kind>) => PathKind,
): RunStudy<Kind> {
  return (problem, seed, hooks) => learnAlong(problem, kindOf(problem), seed, hooks)
}

async function learnAlong(
  problem: StudyProblem<Settings>,
  { path, sampler, checks }: PathKind,
  seed: number,
  hooks: StudyHooks,
): Promise<Repetition> {
  const { potential, bath, settings } = problem
  const energy: PathEnergy = { potential, path, kT: bath.kT }
  const truth = pathTruth(problem, path)
  const found = hooks.found as PathState | null
  const cost = found?.cost ?? createLandscape(potential, bath).cost
  const controls = controlsOf(problem)
  const draw = sampler({ path, data: drawData(problem, seed), batch: settings.batch, seed })
  const learners = armNames.map((name, n) => ({
    name,
    follow: learner(problem, energy, arms[name], found?.learners[n]),
  }))
  const carried = () => learners.map(({ follow }) => follow.state)
  for (let step = found?.done ?? 0; step < settings.steps; step++) {
    const states = draw(step)
    const features = featureRows(potential, states)
    const isPoint = (step + 1) % Math.ceil(settings.steps / points) === 0
    for (const { name, follow } of learners) {
      const losses = follow.step(states, features, step)
      if (isPoint) hooks.record({ arm: name, iteration: step + 1, figures: followed(losses, arms[name]) })
    }
    // A force and an energy at each candidate time is what a network would be asked for; the arms share the states.
    cost.forces += states.batch
    cost.energies += states.batch * states.candidates
    if (step % 20 === 0)
      await hooks.progress(step / settings.steps, (): PathState => ({ done: step + 1, learners: carried(), cost }))
  }
  const learned = learners.map(({ name, follow }) => {
    const theta = follow.averaged()
    const figures = pathFigures(problem, energy, theta, truth, seed)
    hooks.record({ arm: name, iteration: settings.steps, figures })
    return { name, theta: knotSlice(energy, theta, 0).theta.slice(), figures }
  })
  const figuresOf = Object.fromEntries(learned.map(({ name, figures }) => [name, figures])) as Record<ArmName, Figures>
  const best = learned.find(({ name }) => name === 'both')!.theta
  const key = { seed, stream: stream.evaluation, step: 0 }
  return {
    arms: learned.map(
      ({ name, figures }): Arm => ({
        name,
        expected: controls.includes(name) ? 'fails' : 'succeeds',
        locality: name === 'score alone' ? 'local' : 'three-factor',
        figures,
        cost,
      }),
    ),
    leading: ['divergence'],
    checks: checks(figuresOf, controls),
    densities: modelDensities({ ...problem, density: truth.density }, learned),
    samples: truth.density !== null || truth.gaussian !== null ? exactStates(potential, best, bath, 2000, key) : null,
    warnings: [],
  }
}

/** An arm's own parameters, and Adam's steps on them; what counts is their mean over the second half. */
function learner(
  { potential, start, settings }: StudyProblem<Settings>,
  energy: PathEnergy,
  shares: LossShares,
  found?: LearnerState,
) {
  const width = potential.size + 1
  const knots = energy.path.knots.length
  const theta = found?.theta ?? new Float64Array(knots * width)
  const bounds = new Float64Array(knots * width).fill(-Infinity)
  for (let k = 0; k < knots; k++) {
    if (found === undefined) theta.set(start, k * width)
    bounds.set(potential.lowerBound, k * width)
  }
  const adam = found?.adam ?? createAdam(theta.length)
  const gradient = new Float64Array(theta.length)
  const sum = found?.sum ?? new Float64Array(theta.length)
  const half = Math.floor(settings.steps / 2)
  return {
    step(states: NoisedStates, features: FeatureRows, step: number) {
      const losses = scoreAndClassGradient(energy, theta, states, features, shares, gradient)
      const share = (1 + Math.cos((Math.PI * step) / settings.steps)) / 2
      adamStep(adam, theta, gradient, settings.rate * Math.max(share, 0.01), { beta1: 0.9, beta2: 0.999 })
      keepBounds(theta, bounds)
      if (step >= half) for (let a = 0; a < theta.length; a++) sum[a]! += theta[a]!
      return losses
    },
    state: { theta, adam, sum },
    averaged: () => sum.map((value) => value / (settings.steps - half)),
  }
}

/** No score tells the weights of modes that lie apart, and no class a factor that all levels have in common. */
function controlsOf({ settings, density }: StudyProblem<Settings>): ArmName[] {
  if (!settings.control) return []
  const modes = density?.components?.length ?? 1
  return modes > 1 ? ['score alone', 'classes alone'] : ['classes alone']
}

/** The parts of the loss that an arm follows; the others are not taken. */
function followed({ score, classes }: Losses, shares: LossShares): Figures {
  return {
    ...(shares.score === 0 ? {} : { scoreLoss: score }),
    ...(shares.classes === 0 ? {} : { classLoss: classes }),
  }
}
