import { exitCode, invalidValue, OverdampedError } from '../../errors.js'
import { blockGibbs } from '../../learning/objectives/block-gibbs.js'
import { chainObjective } from '../../learning/objectives/contrastive-divergence.js'
import { descend } from '../../learning/objectives/descend.js'
import { energyDiscrepancy } from '../../learning/objectives/energy-discrepancy.js'
import { createLandscape, type Landscape } from '../../learning/objectives/landscape.js'
import { dataPhase, type Objective, type Phase } from '../../learning/objectives/objective.js'
import { createPerturbation } from '../../learning/objectives/perturbation.js'
import type { States } from '../../physics/network/states.js'
import { statesOfRows } from '../../physics/network/unit-states.js'
import { drawNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { barCheck, type Check } from '../../physics/observe/check.js'
import { groupSlice } from '../../physics/potential/potential.js'
import type { SettingsOf } from '../scenario/objective.js'
import { filledGroups, groupNamed } from '../system/named-values.js'
import { figureCheck } from './figures.js'
import { drawnLaws, type Judge, judgeOf } from './judged-laws.js'
import { drawData, type StudyProblem } from './problem.js'
import { type ArmPlan, armByArm, exchangeOf, type Found, type RunStudy } from './study.js'

type Settings = SettingsOf<'energy-discrepancy'>
type Problem = StudyProblem<Settings>

/** Points of a curve: each may take the energies of 65,536 states. */
const points = 10

/** @throws E_UNKNOWN_KEY or E_INVALID_VALUE for walks, scattered terms or a target that there are none of */
export function requireDiscrepancy(problem: Problem): void {
  const { settings, potential } = problem
  perturbationOf(problem)
  if (settings.contrastive !== undefined) blockGibbs(createLandscape(potential, problem.bath))
  for (const name of Object.keys(settings.scatter))
    groupNamed(filledGroups(potential), name, `objective.scatter.${name}`)
  judgeOf(problem)
}

/** Learns by energy discrepancy, beside what is to fail and what takes the same time, and judges each model by what is known of the data. */
export const energyDiscrepancyStudy: RunStudy<Settings> = async (problem, seed, hooks) => {
  const { settings, frozen, potential, bath, table } = problem
  const states = drawData(problem, seed)
  const judge = judgeOf(problem)
  const start = scattered(problem, seed)
  const models: { name: string; theta: Float64Array }[] = []
  const found = await armByArm(
    armsOf(settings),
    judge.leading,
    hooks,
    async (arm, { record, progress, landscape: on }) => {
      const landscape = on(potential, bath)
      const { iterations, objective } = arm.begin(problem, landscape, dataPhase(states, settings.batch, seed), seed)
      const theta = start.slice()
      for (const done of descend(landscape, objective, theta, frozen, { ...settings, iterations })) {
        if (done % Math.ceil(iterations / points) === 0 && done < iterations)
          record(done, judged(judge, theta, `${arm.name}, seed ${seed}, iteration ${done}`))
        if (done % 20 === 0) await progress(done / iterations)
      }
      const figures = judged(judge, theta, `${arm.name}, seed ${seed}`)
      record(iterations, figures)
      models.push({ name: arm.name, theta })
      return {
        locality: objective.locality,
        figures: { ...figures, ...exchangeOf(landscape.cost, Math.min(settings.batch ?? states.batch, states.batch)) },
        cost: landscape.cost,
        checks: arm.name === discrepancy ? judge.checks(theta, settings.bar) : [],
        ...(judge.reliability === undefined ? {} : { reliability: judge.reliability(theta) }),
        ...samplesOf(judge.samples(theta, seed)),
      }
    },
  )
  const divergence = (name: string) => found.arms.find((arm) => arm.name === name)?.figures.divergence
  return {
    ...found,
    checks: [...found.checks, ...comparisons(settings, divergence)],
    densities: drawnLaws(problem, models),
    warnings: [...found.warnings, ...warningsOf(settings), ...unseenOf(table)],
  }
}

const discrepancy = 'energy discrepancy'
const unstabilised = 'without w'
const contrastive = 'contrastive divergence'

/** A way of learning from data. */
interface DiscrepancyArm extends ArmPlan {
  begin(
    problem: Problem,
    landscape: Landscape,
    data: (iteration: number) => Phase,
    seed: number,
  ): { readonly iterations: number; readonly objective: Objective }
}

function armsOf(settings: Settings): DiscrepancyArm[] {
  const { iterations, negatives, w, unstabilised: without, contrastive: chains } = settings
  const arm = (name: string, expected: ArmPlan['expected'], of: { negatives: number; w: number }): DiscrepancyArm => ({
    name,
    expected,
    begin: (problem, landscape, data, seed) => ({
      iterations,
      objective: energyDiscrepancy({ ...of, landscape, data, seed, perturbation: perturbationOf(problem) }),
    }),
  })
  const sweeps: DiscrepancyArm = {
    name: contrastive,
    expected: 'succeeds',
    begin: (_, landscape, data, seed) => ({
      iterations: chains!.iterations,
      objective: chainObjective({ move: blockGibbs(landscape), steps: chains!.steps, seed, data }),
    }),
  }
  return [
    arm(discrepancy, 'succeeds', { negatives, w }),
    ...(without === undefined ? [] : [arm(unstabilised, 'fails', { negatives: without.negatives, w: 0 })]),
    ...(chains === undefined ? [] : [sweeps]),
  ]
}

function perturbationOf({ settings, potential: { network } }: Problem) {
  const { walk, time, kick } = settings.perturbation
  try {
    return createPerturbation({ states: statesOfRows(network), walk, time, kick })
  } catch (error) {
    if (error instanceof OverdampedError) throw invalidValue(error.text, `objective.perturbation.${error.where}`)
    throw error
  }
}

/** The start, with random numbers where they are asked for. */
function scattered({ settings, potential, start }: Problem, seed: number): Float64Array {
  const theta = start.slice()
  const normals = drawNormals({ seed, stream: stream.start, step: 0 }, 1, theta.length)
  for (const [name, deviation] of Object.entries(settings.scatter)) {
    const group = groupNamed(filledGroups(potential), name, `objective.scatter.${name}`)
    const own = groupSlice(group, theta)
    groupSlice(group, normals).forEach((normal, a) => {
      own[a]! += deviation * normal
    })
  }
  return theta
}

function samplesOf(samples: States | null): Pick<Found, 'samples'> {
  return samples === null ? {} : { samples: () => samples }
}

/** @throws E_DIVERGED where the model has no figures any more */
function judged(judge: Judge, theta: Float64Array, where: string): Record<string, number> {
  const figures = theta.every(Number.isFinite) ? judge.figures(theta) : null
  if (figures !== null && Object.values(figures).every(Number.isFinite)) return figures
  throw new OverdampedError(
    'E_DIVERGED',
    'the learned potential has no normaliser: it no longer confines its units, or its energies are too large. Lower objective.optimizer.rate, or freeze the terms that confine (objective.frozen).',
    where,
    exitCode.failed,
  )
}

/** What the other arms must miss: a stated bar without w, and what energy discrepancy reached in the same time. */
function comparisons(settings: Settings, divergence: (name: string) => number | undefined): Check[] {
  const reached = divergence(discrepancy)
  const chains = divergence(contrastive)
  return [
    ...figureCheck(
      `KL(data‖model), ${unstabilised}`,
      divergence(unstabilised),
      0,
      settings.unstabilised?.bar ?? 0,
      'fails',
    ),
    ...(reached === undefined || chains === undefined
      ? []
      : [barCheck(`KL(data‖model), ${contrastive}, beyond that of ${discrepancy}`, chains, 0, reached, 'fails')]),
  ]
}

function warningsOf({ w, negatives }: Settings): string[] {
  if (w > 0) return []
  return [
    `w = 0 leaves the loss without a floor: where all ${negatives} perturbed states of a datum are improbable it pulls without end. On a table of 64 states it left 2.3 to 2.6 nat at 4 negatives, and two to four times the divergence at 32. Set objective.w: 1.`,
  ]
}

function unseenOf(table: Problem['table']): string[] {
  return (table?.unseen ?? [])
    .slice(0, 5)
    .map(
      ({ column, category, rows }) =>
        `column ${JSON.stringify(column)}: ${rows} held-out ${rows === 1 ? 'row has' : 'rows have'} the category ${JSON.stringify(category)}, which no row that is learned from has. Its probability is not learned; put rare categories together.`,
    )
}
