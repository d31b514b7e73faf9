import { descend } from '../objective/descend.js'
import type { Cost, Landscape } from '../objective/landscape.js'
import type { Objective, Phase } from '../objective/objective.js'
import type { Check } from '../observe/check.js'
import type { States } from '../potential/term.js'
import type { ObjectiveSettings } from '../scenario/objective.js'
import { dataFigures, modelDensities, modelFigures } from './figures.js'
import { dataPhase, drawData, freshLandscape, type StudyProblem } from './problem.js'
import { type Arm, barCheck, overSeeds, type Study, type StudyHooks } from './study.js'

/** What one repetition of an arm learns from. */
interface Repetition {
  readonly landscape: Landscape
  /** the data of an iteration */
  readonly data: (iteration: number) => Phase
  /** all of them, [units, batch] */
  readonly states: States
  readonly seed: number
}

/** A way of learning that a study compares with others. */
export interface LearningArm {
  readonly name: string
  readonly expected: Arm['expected']
  begin(repetition: Repetition): {
    readonly objective: Objective
    /** its own figures at θ, beside those of the model; `effectiveSampleShare` is watched for a collapse */
    figures?(theta: Float64Array): Record<string, number>
    /** its own checks at the end */
    checks?(theta: Float64Array): Check[]
    /** states that stand for the model at the end */
    samples?(): States
  }
}

type LearningSettings = Extract<ObjectiveSettings, { iterations: number }>

/** How far a well's weight may be from that of the data. */
const weightBar = 0.03
/** Share of the walkers whose weights count, below which the gradient rests on a handful of them. */
const collapse = 0.05
/** Points of a curve. */
const points = 60

/** Runs every arm at every seed and measures the model that each learned against quadrature. */
export async function learningStudy(
  problem: StudyProblem<LearningSettings>,
  arms: readonly LearningArm[],
  hooks: StudyHooks,
): Promise<Study> {
  const { settings, seeds, frozen } = problem
  const { iterations, batch } = settings
  const found: Arm[] = []
  const checks: Check[] = []
  const warnings: string[] = []
  const models: { name: string; theta: Float64Array }[] = []
  const metrics: Record<string, ReturnType<typeof overSeeds>> = {}
  let samples: States | null = null

  for (const [index, { name, expected, begin }] of arms.entries()) {
    const perSeed: Record<string, number>[] = []
    let last: { objective: Objective; cost: Cost } | null = null
    for (const [turn, seed] of seeds.entries()) {
      const landscape = freshLandscape(problem)
      const states = drawData(problem, seed)
      const data = dataPhase(states, batch, seed)
      const theta = problem.start.slice()
      const { objective, figures, ...ends } = begin({ landscape, data, states, seed })
      let lowest = 1
      for (const done of descend(landscape, objective, theta, frozen, settings)) {
        const own = figures?.(theta) ?? {}
        lowest = Math.min(lowest, own.effectiveSampleShare ?? 1)
        if (done % Math.ceil(iterations / points) !== 0 && done !== iterations) continue
        hooks.record({ arm: name, seed, iteration: done, figures: { ...modelFigures(problem, theta), ...own } })
        await hooks.progress((index + (turn + done / iterations) / seeds.length) / arms.length)
      }
      if (lowest < collapse) warnings.push(collapsed(name, seed, lowest))
      perSeed.push({ ...dataFigures(problem, theta, states), ...(figures?.(theta) ?? {}) })
      checks.push(...weightChecks(perSeed.at(-1)!, `${name}, seed ${seed}`, expected), ...(ends.checks?.(theta) ?? []))
      if (turn === 0) {
        models.push({ name, theta })
        if (expected === 'succeeds') samples ??= ends.samples?.() ?? null
      }
      last = { objective, cost: landscape.cost }
    }
    const means = meansOf(perSeed)
    found.push({ name, expected, locality: last!.objective.locality, figures: means, cost: last!.cost })
    for (const figure of ['divergence', 'weightError'])
      if (perSeed[0]?.[figure] !== undefined)
        metrics[`${figure}:${name}`] = overSeeds(perSeed.map((row) => row[figure]!))
  }
  return { arms: found, metrics, checks, densities: modelDensities(problem, models), samples, warnings }
}

function weightChecks(figures: Record<string, number>, name: string, expected: Arm['expected']): Check[] {
  const { weight, dataWeight } = figures
  if (weight === undefined || dataWeight === undefined) return []
  return [barCheck(`weight of the last well, ${name}`, weight, dataWeight, weightBar, expected)]
}

function collapsed(name: string, seed: number, lowest: number): string {
  return `${name}, seed ${seed}: the weights of only ${(100 * lowest).toPrecision(2)} % of the walkers counted at one time, so the gradient rested on few of them. Lower objective.optimizer.rate, raise objective.walkers, or resample sooner (objective.resampling: 0.5).`
}

function meansOf(rows: readonly Record<string, number>[]): Record<string, number> {
  return Object.fromEntries(Object.keys(rows[0]!).map((key) => [key, overSeeds(rows.map((row) => row[key]!)).value]))
}
