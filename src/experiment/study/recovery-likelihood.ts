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
import { drawData, type StudyProblem } from './problem.js'
import { createRecoveryTruth } from './recovery-truth.js'
import { drawnSamples } from './sample-density.js'
import { type ArmHooks, type ArmPlan, armByArm, type RunStudy } from './study.js'

type Problem = StudyProblem<SettingsOf<'recovery-likelihood'>>

interface RecoveryArm extends ArmPlan {
  /** s of each level */
  readonly noise: readonly number[]
  readonly steps: number
  readonly cooperative: boolean
}

/** Share of the data's variance above which N(0, width²) is not the law of the last level. */
const mostSignal = 0.2

/** Learns the energies of all levels, draws ancestral samples and compares those with the law of the data. */
export const recoveryLikelihoodStudy: RunStudy<SettingsOf<'recovery-likelihood'>> = async (problem, seed, hooks) => {
  const { settings } = problem
  const truth = createRecoveryTruth(problem)
  const states = drawData(problem, seed)
  const drawn: { name: string; states: States }[] = []
  const leading = ['massError', 'covarianceError']
  const found = await armByArm(armsOf(settings), leading, hooks, async (arm, ownHooks) => {
    const { name, expected, noise } = arm
    const landscape = ownHooks.landscape(problem.potential, problem.bath)
    const learned = await learnLevels(problem, arm, landscape, states, seed, ownHooks)
    const cost = { ...landscape.cost }
    const runs = Math.min(settings.batch ?? states.batch, states.batch) * settings.iterations * noise.length
    const { width, samples: batch } = settings
    const samples = ancestralSamples(learned.levels, { units: landscape.units, batch, width }, seed)
    drawn.push({ name, states: samples })
    const judged = truth.judge({ ...arm, first: learned.levels[0]!, samples, seed })
    const bill = {
      heatPerRun: (cost.heat ?? 0) / runs,
      heat: ((landscape.cost.heat ?? 0) - (cost.heat ?? 0)) / batch,
    }
    return {
      locality: 'local',
      figures: { ...judged.figures, ...(expected === 'fails' ? {} : bill) },
      cost,
      checks: judged.checks,
      warnings: expected === 'fails' ? [] : warningsOf(arm, learned.diverged),
      samples: () => samples,
    }
  })
  return { ...found, densities: drawnSamples(truth.logDensity, drawn) }
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
  { record, progress }: ArmHooks,
): Promise<{ levels: LearnedLevel[]; diverged: number | null }> {
  const { iterations, optimizer, batch, width, step } = settings
  const levels = noiseLevels(noise, width)
  const learned: LearnedLevel[] = []
  const theta = start.slice()
  const psi = start.slice()
  let diverged: number | null = null
  for (let t = levels.length - 1; t >= 0; t--) {
    const level = levels[t]!
    const run = tetheredRun(landscape, { spread: level.spread, step, steps })
    const draws = steps + 1
    const done = learned.length * iterations
    const initialiser = cooperative ? createInitialiser(landscape, psi, level.spread, optimizer.rate) : null
    const data = dataPhase(states, batch, seed)
    const objective = recoveryObjective({
      level,
      run,
      draws,
      initialiser,
      seed,
      before: done,
      data: (iteration) => data(done + iteration),
      arithmetic: landscape.arithmetic,
    })
    const sum = new Float64Array(theta.length)
    let kept = 0
    for (const iteration of descend(landscape, objective, theta, frozen, { iterations, optimizer })) {
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
      await progress((learned.length + iteration / iterations) / levels.length)
    }
    if (kept > 0) theta.set(sum.map((value) => value / kept))
    learned.unshift({ level, theta: theta.slice(), run, draws, initialiser })
  }
  return { levels: learned, diverged }
}
