import { descend } from '../../learning/objectives/descend.js'
import { createInitialiser } from '../../learning/objectives/initialiser.js'
import type { Landscape } from '../../learning/objectives/landscape.js'
import { dataPhase } from '../../learning/objectives/objective.js'
import {
  ancestralSamples,
  type LearnedLevel,
  noiseLevels,
  recoveryObjective,
  signalLeft,
} from '../../learning/objectives/recovery-likelihood.js'
import { tetheredRun } from '../../learning/objectives/tether.js'
import type { States } from '../../physics/network/states.js'
import type { SettingsOf } from '../scenario/objective.js'
import { type DescentState, keptDescent } from './kept-descent.js'
import { drawData, type StudyProblem } from './problem.js'
import { createRecoveryTruth } from './recovery-truth.js'
import { drawnSamples } from './sample-density.js'
import { type ArmHooks, type ArmPlan, armByArm, type RunStudy, repetitionOf } from './study.js'

type Problem = StudyProblem<SettingsOf<'recovery-likelihood'>>

interface RecoveryArm extends ArmPlan {
  /** s of each level */
  readonly noise: readonly number[]
  readonly steps: number
  readonly cooperative: boolean
}

/** What an arm carries from one iteration to the next. */
interface LevelState extends DescentState {
  /** parameters of the levels that are learned, from the noisiest on, and of the initialiser */
  readonly learned: readonly Float64Array[]
  readonly psi: Float64Array
  /** over the second half of the iterates of the level under way */
  readonly sum: Float64Array
  readonly kept: number
  readonly diverged: number | null
}

/** Share of the data's variance above which N(0, width²) is not the law of the last level. */
const mostSignal = 0.2

/** Learns the energies of all levels, draws ancestral samples and compares those with the law of the data. */
export const recoveryLikelihoodStudy: RunStudy<SettingsOf<'recovery-likelihood'>> = async (problem, seed, hooks) => {
  const { settings } = problem
  const truth = createRecoveryTruth(problem)
  const states = drawData(problem, seed)
  const found = await armByArm(armsOf(settings), hooks, async (arm, ownHooks: ArmHooks<LevelState>) => {
    const { expected, noise } = arm
    const landscape = ownHooks.landscape(problem.potential, problem.bath)
    const learned = await learnLevels(problem, arm, landscape, states, seed, ownHooks)
    const cost = { ...landscape.cost }
    const runs = Math.min(settings.batch ?? states.batch, states.batch) * settings.iterations * noise.length
    const { width, samples: batch } = settings
    const samples = ancestralSamples(learned.levels, { units: landscape.units, batch, width }, seed)
    const judged = truth.judge({ ...arm, first: learned.levels[0]!, samples, seed })
    const bill = {
      heatPerRun: (cost.heat ?? 0) / runs,
      heat: ((landscape.cost.heat ?? 0) - (cost.heat ?? 0)) / batch,
    }
    return {
      states: { x: samples.x, batch },
      locality: 'local',
      figures: { ...judged.figures, ...(expected === 'fails' ? {} : bill) },
      cost,
      checks: judged.checks,
      warnings: expected === 'fails' ? [] : warningsOf(arm, learned.diverged),
      samples: () => samples,
    }
  })
  return { ...repetitionOf(found, ['massError', 'covarianceError']), densities: drawnSamples(truth.logDensity, found) }
}

/** What is wrong with levels that leave too much signal, or that diverged. */
function warningsOf({ name, noise }: RecoveryArm, diverged: number | null): string[] {
  const left = signalLeft(noise)
  return [
    ...(left > mostSignal
      ? [
          `${name}: ${(100 * left).toPrecision(2)} % of the data's variance is left at the last level, so ancestral samples start from the wrong law. Add levels to objective.noise, or larger ones.`,
        ]
      : []),
    ...(diverged !== null
      ? [
          `${name}: the chains of level ${diverged} diverged, and it kept its last finite parameters. Lower objective.step, or use more levels with smaller objective.noise.`,
        ]
      : []),
  ]
}

function armsOf({ arms, noise, coarse, steps, refinements }: Problem['settings']): RecoveryArm[] {
  const plain = { expected: 'succeeds', noise, steps, cooperative: false } as const
  return [
    ...arms.map(
      (name): RecoveryArm =>
        name === 'short-run' ? { ...plain, name } : { ...plain, name, steps: refinements, cooperative: true },
    ),
    ...(coarse === undefined ? [] : [{ ...plain, name: 'too few levels', expected: 'fails', noise: coarse } as const]),
  ]
}

/**
 * Learns every level, from the noisiest on; each starts from the parameters of the one before, and keeps the mean of the
 * second half of its iterates.
 */
async function learnLevels(
  { settings, start, frozen }: Problem,
  { noise, steps, cooperative }: RecoveryArm,
  landscape: Landscape,
  states: States,
  seed: number,
  hooks: ArmHooks<LevelState>,
): Promise<{ levels: LearnedLevel[]; diverged: number | null }> {
  const { iterations, optimizer, batch, width, step } = settings
  const levels = noiseLevels(noise, width)
  const draws = steps + 1
  const { record, progress, found } = hooks
  const learned: LearnedLevel[] = []
  const theta = start.slice()
  const psi = found?.psi ?? start.slice()
  let diverged = found?.diverged ?? null
  for (let t = levels.length - 1; t >= 0; t--) {
    const level = levels[t]!
    const run = tetheredRun(landscape, { spread: level.spread, step, steps })
    const done = learned.length * iterations
    const initialiser = cooperative ? createInitialiser(landscape, psi, level.spread, optimizer.rate) : null
    const recovery = { level, run, draws, initialiser }
    const before = found?.learned[learned.length]
    if (before !== undefined) {
      learned.unshift({ ...recovery, theta: before })
      continue
    }
    const minibatch = dataPhase(states, batch, seed)
    const data = (iteration: number) => minibatch(done + iteration)
    const { arithmetic } = landscape
    const objective = recoveryObjective({ ...recovery, seed, before: done, data, arithmetic })
    const going = found?.learned.length === learned.length ? hooks : { ...hooks, found: null }
    const sum = going.found?.sum ?? new Float64Array(theta.length)
    let kept = going.found?.kept ?? 0
    const { course, state } = keptDescent({ landscape, objective, theta }, going, () => ({
      ...{ learned: learned.map((done) => done.theta).toReversed(), psi, sum, kept, diverged },
    }))
    for (const iteration of descend(landscape, objective, theta, frozen, { iterations, optimizer }, course)) {
      if (!theta.every(Number.isFinite)) {
        diverged ??= t + 1
        theta.set(kept > 0 ? sum.map((value) => value / kept) : start)
        break
      }
      if (2 * iteration > iterations) {
        for (let a = 0; a < theta.length; a++) sum[a]! += theta[a]!
        kept++
      }
      if (iteration % Math.ceil(iterations / 10) !== 0) continue
      record(done + iteration, { parameterNorm: Math.hypot(...theta) })
      await progress((learned.length + iteration / iterations) / levels.length, state)
    }
    if (kept > 0) theta.set(sum.map((value) => value / kept))
    learned.unshift({ ...recovery, theta: theta.slice() })
  }
  return { levels: learned, diverged }
}
