import { exitCode, OverdampedError } from '../../errors.js'
import { descend } from '../../learning/objectives/descend.js'
import type { Landscape } from '../../learning/objectives/landscape.js'
import { dataPhase, type Objective, type Phase } from '../../learning/objectives/objective.js'
import type { States } from '../../physics/network/states.js'
import { barCheck, type Check } from '../../physics/observe/check.js'
import type { ObjectiveSettings } from '../scenario/objective.js'
import { dataFigures, figureCheck, modelDensities, modelFigures } from './figures.js'
import { drawData, type StudyProblem } from './problem.js'
import { type ArmPlan, armByArm, collapseWarning, exchangeOf, type RunStudy } from './study.js'

/** What an arm learns from. */
interface LearningMaterial {
  readonly landscape: Landscape
  /** the data of an iteration */
  readonly data: (iteration: number) => Phase
  /** all of them, [units, batch] */
  readonly states: States
  readonly seed: number
}

/** A way of learning that a study compares with others. */
export interface LearningArm extends ArmPlan {
  begin(material: LearningMaterial): {
    readonly objective: Objective
    /** chains or walkers: heat and work are shown for each */
    readonly walkers: number
    /** share of the walkers whose weights count, watched for a collapse */
    effectiveShare?(): number
    /** its own figures at θ, beside those of the model */
    figures?(theta: Float64Array): Record<string, number>
    /** more of them at the end */
    ends?(theta: Float64Array): Record<string, number>
    /** false where it finds the law but not as closely as maximum likelihood, and is not held to the data's own means */
    readonly likelihood?: boolean
    /** its own checks at the end */
    checks?(theta: Float64Array): Check[]
    /** states that stand for the model at the end */
    samples?(): States
  }
}

type LearningSettings = Exclude<Extract<ObjectiveSettings, { iterations: number }>, { kind: 'continual' }>

/** How far a well's weight may be from that of the data. */
const weightBar = 0.03
/** Standard errors of the data's mean that a model's may be off by. */
const statisticBar = 3
/** Points along either axis of the quadrature for a curve, whose figures need not be exact. */
const curvePoints = 121
/** Points of a curve. */
const points = 30

/** The study that runs every arm and measures the model that each learned against quadrature. */
export function learningStudy<Settings extends LearningSettings>(
  armsOf: (problem: StudyProblem<Settings>) => readonly LearningArm[],
): RunStudy<Settings> {
  return async (problem, seed, hooks) => {
    const { settings, frozen } = problem
    const { iterations, batch } = settings
    const states = drawData(problem, seed)
    const data = dataPhase(states, batch, seed)
    const models: { name: string; theta: Float64Array }[] = []
    const leading = ['divergence', 'lastWellWeightError', 'statisticError']
    const found = await armByArm(
      armsOf(problem),
      leading,
      hooks,
      async (arm, { record, progress, landscape: landscapeOf }) => {
        const landscape = landscapeOf(problem.potential, problem.bath)
        const { cost } = landscape
        const theta = problem.start.slice()
        const { objective, walkers, figures, ...more } = arm.begin({ landscape, data, states, seed })
        let lowest = 1
        for (const done of descend(landscape, objective, theta, frozen, settings)) {
          lowest = Math.min(lowest, more.effectiveShare?.() ?? 1)
          if (done % Math.ceil(iterations / points) !== 0 && done !== iterations) continue
          const where = `${arm.name}, seed ${seed}, iteration ${done}`
          record(done, { ...figuresOrDiverged(problem, theta, where), ...figures?.(theta) })
          await progress(done / iterations)
        }
        models.push({ name: arm.name, theta })
        const own = { ...figures?.(theta), ...more.ends?.(theta), ...exchangeOf(cost, walkers) }
        const last = { ...dataFigures(problem, theta, states), ...own }
        return {
          locality: objective.locality,
          figures: last,
          cost,
          checks: [...(more.likelihood === false ? [] : endChecks(last, arm)), ...(more.checks?.(theta) ?? [])],
          warnings: collapseWarning(arm, lowest, 'Lower objective.optimizer.rate, raise objective.walkers'),
          samples: more.samples,
        }
      },
    )
    return { ...found, densities: modelDensities(problem, models) }
  }
}

/** Wells are judged by their weights, other models by their means of what they learned: within 3 s.e. of the data's. */
function endChecks(figures: Record<string, number>, { name, expected }: ArmPlan): Check[] {
  const { lastWellWeight, lastWellWeightOfData, statisticError } = figures
  if (lastWellWeight === undefined || lastWellWeightOfData === undefined)
    return figureCheck(`largest |z| of ⟨φ⟩, ${name}`, statisticError, 0, statisticBar, expected)
  return [barCheck(`weight of the last well, ${name}`, lastWellWeight, lastWellWeightOfData, weightBar, expected)]
}

/** @throws E_DIVERGED where learning has left the potentials that have an equilibrium */
function figuresOrDiverged(problem: StudyProblem, theta: Float64Array, where: string): Record<string, number> {
  try {
    if (theta.every(Number.isFinite)) return modelFigures(problem, theta, curvePoints)
  } catch (error) {
    if (!(error instanceof OverdampedError)) throw error
  }
  throw new OverdampedError(
    'E_DIVERGED',
    'the learned potential no longer confines its units. Lower objective.optimizer.rate, or freeze the terms that confine (objective.frozen).',
    where,
    exitCode.failed,
  )
}
