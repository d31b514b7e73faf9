import { exitCode, OverdampedError } from '../../errors.js'
import { descend } from '../../learning/objectives/descend.js'
import type { Landscape } from '../../learning/objectives/landscape.js'
import { type DataPhase, dataPhase, type Objective } from '../../learning/objectives/objective.js'
import type { States } from '../../physics/network/states.js'
import { barCheck, type Check } from '../../physics/observe/check.js'
import type { ObjectiveSettings } from '../scenario/objective.js'
import { dataFigures, figureCheck, modelDensities, modelFigures } from './figures.js'
import { type DescentState, keptDescent } from './kept-descent.js'
import { drawData, type StudyProblem } from './problem.js'
import {
  type ArmHooks,
  type ArmPlan,
  armByArm,
  collapseWarning,
  exchangeOf,
  type RunStudy,
  repetitionOf,
} from './study.js'

/** What an arm learns from. */
interface LearningMaterial {
  readonly landscape: Landscape
  /** where it begins, [size] */
  readonly start: Float64Array
  /** the data of an iteration, states of the whole network */
  readonly data: DataPhase
  /** all of them, [data units, batch] */
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

/** What all arms of a repetition begin with, and how the model that each learns is judged. */
export interface Course extends Pick<LearningMaterial, 'start' | 'data' | 'states'> {
  /** figures that stand for a run */
  readonly leading: readonly string[]
  /** of a curve */
  readonly points: number
  /** figures of a model on the way. @throws E_DIVERGED; `where` says of which */
  figures(theta: Float64Array, where: string): Record<string, number>
  /** the last point of the curve, whose former ones are `before`; what stands in results.json; and checks where likelihood is followed */
  end(
    theta: Float64Array,
    arm: ArmPlan,
    before: readonly Record<string, number>[],
    where: string,
  ): { readonly point: Record<string, number>; readonly figures: Record<string, number>; readonly checks: Check[] }
  /** states that stand for a model, where an arm has none of its own */
  samples?(theta: Float64Array): States
}

/** Series are learned from whole, without minibatches. */
type LearningSettings = Exclude<Extract<ObjectiveSettings, { iterations: number }>, { kind: 'imitation' | 'continual' }>

/** What an arm carries from one iteration to the next. */
interface ArmState extends DescentState {
  /** figures of the curve so far */
  readonly before: readonly Record<string, number>[]
  /** least share of the walkers whose weights counted */
  readonly lowest: number
}

/** Iterations between two chances to be stopped, or kept. */
const turnEvery = 20
/** How far a well's weight may be from that of the data. */
const weightBar = 0.03
/** Standard errors of the data's mean that a model's may be off by. */
const statisticBar = 3
/** Points along either axis of the quadrature for a curve, whose figures need not be exact. */
const curvePoints = 121
/** The study that runs every arm and measures the model that each learned, against quadrature where nothing else is said. */
export function learningStudy<Settings extends LearningSettings>(
  armsOf: (problem: StudyProblem<Settings>) => readonly LearningArm[],
  courseOf: (problem: StudyProblem<Settings>, seed: number) => Course = densityCourse,
): RunStudy<Settings> {
  return async (problem, seed, hooks) => {
    const { settings, frozen } = problem
    const { iterations } = settings
    const course = courseOf(problem, seed)
    const { start, data, states, points } = course
    const found = await armByArm(armsOf(problem), hooks, async (arm, own: ArmHooks<ArmState>) => {
      const { record, progress } = own
      const landscape = own.landscape(problem.potential, problem.bath)
      const theta = start.slice()
      const { objective, walkers, ...learned } = arm.begin({ landscape, start, data, states, seed })
      const before = [...(own.found?.before ?? [])]
      let lowest = own.found?.lowest ?? 1
      const kept = keptDescent({ landscape, objective, theta }, own, () => ({ before, lowest }))
      const where = (done: number) => `${arm.name}, seed ${seed}, iteration ${done}`
      for (const done of descend(landscape, objective, theta, frozen, settings, kept.course)) {
        lowest = Math.min(lowest, learned.effectiveShare?.() ?? 1)
        const isPoint = done % Math.ceil(iterations / points) === 0 && done < iterations
        if (isPoint) {
          const figures = course.figures(theta, where(done))
          before.push(figures)
          record(done, { ...figures, ...learned.figures?.(theta) })
        }
        if (isPoint || done % turnEvery === 0) await progress(done / iterations, kept.state)
      }
      const end = course.end(theta, arm, before, where(iterations))
      record(iterations, { ...end.point, ...learned.figures?.(theta) })
      await progress(1)
      return {
        theta,
        locality: objective.locality,
        figures: {
          ...end.figures,
          ...learned.figures?.(theta),
          ...learned.ends?.(theta),
          ...exchangeOf(landscape.cost, walkers),
        },
        cost: landscape.cost,
        checks: [...(learned.likelihood === false ? [] : end.checks), ...(learned.checks?.(theta) ?? [])],
        warnings: collapseWarning(
          arm,
          lowest,
          'Lower objective.optimizer.rate, raise objective.walkers, or resample sooner (objective.resampling: 0.5)',
        ),
        samples: learned.samples ?? (course.samples && (() => course.samples!(theta))),
      }
    })
    return { ...repetitionOf(found, course.leading), densities: modelDensities(problem, found) }
  }
}

/** Models of continuous units, by quadrature or closed forms. */
function densityCourse(problem: StudyProblem<LearningSettings>, seed: number): Course {
  const states = drawData(problem, seed)
  return {
    start: problem.start,
    data: dataPhase(states, problem.settings.batch, seed),
    states,
    leading: ['divergence', 'lastWellWeightError', 'statisticError'],
    points: 30,
    figures: (theta, where) => figuresOrDiverged(problem, theta, where),
    end(theta, arm, _before, where) {
      const point = figuresOrDiverged(problem, theta, where)
      const figures = dataFigures(problem, theta, states)
      return { point, figures, checks: endChecks(figures, arm) }
    },
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
