import { exitCode, invalidValue, OverdampedError } from '../../errors.js'
import { blockGibbs } from '../../learning/objectives/block-gibbs.js'
import { chainObjective } from '../../learning/objectives/contrastive-divergence.js'
import { dataBiases } from '../../learning/objectives/data-biases.js'
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
import { machineJudge } from './judged-machine.js'
import { type DescentState, keptDescent } from './kept-descent.js'
import { drawData, type StudyProblem } from './problem.js'
import {
  type Arm,
  type ArmHooks,
  type ArmPlan,
  armByArm,
  exchangeOf,
  type Found,
  type RunStudy,
  repetitionOf,
} from './study.js'

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
  judgeFor(problem)
}

/** Learns by energy discrepancy, beside what is to fail and what takes the same time, and judges each model by what is known of the data. */
export const energyDiscrepancyStudy: RunStudy<Settings> = async (problem, seed, hooks) => {
  const { settings, frozen, potential, bath, table } = problem
  const states = drawData(problem, seed)
  const judge = judgeFor(problem)
  const start = scattered(problem, states, seed)
  const found = await armByArm(armsOf(settings), hooks, async (arm, own: ArmHooks<DescentState>) => {
    const { record, progress } = own
    const landscape = own.landscape(potential, bath)
    const { iterations, objective } = arm.begin(problem, landscape, dataPhase(states, settings.batch, seed), seed)
    const theta = start.slice()
    const { course, state } = keptDescent({ landscape, objective, theta }, own, () => ({}))
    for (const done of descend(landscape, objective, theta, frozen, { ...settings, iterations }, course)) {
      if (done % Math.ceil(iterations / points) === 0 && done < iterations)
        record(done, judged(judge.figures, theta, seed, false, `${arm.name}, seed ${seed}, iteration ${done}`))
      if (done % 20 === 0) await progress(done / iterations, state)
    }
    const figures = judged(judge.figures, theta, seed, true, `${arm.name}, seed ${seed}`)
    record(iterations, figures)
    return {
      theta,
      locality: objective.locality,
      figures: { ...figures, ...exchangeOf(landscape.cost, Math.min(settings.batch ?? states.batch, states.batch)) },
      cost: landscape.cost,
      checks: arm.name === discrepancy ? judge.checks(theta) : [],
      ...(judge.reliability === undefined ? {} : { reliability: judge.reliability(theta) }),
      warnings: arm.expected === 'fails' ? [] : (judge.warnings?.(figures) ?? []).map((text) => `${arm.name}: ${text}`),
      ...samplesOf(judge.samples(theta, seed)),
    }
  })
  const repetition = repetitionOf(found, judge.leading)
  return {
    ...repetition,
    checks: [...repetition.checks, ...comparisons(settings, judge, found)],
    densities: drawnLaws(problem, found),
    warnings: [...repetition.warnings, ...warningsOf(settings), ...unseenOf(table)],
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

/** Images are judged by the likelihood of those held out; other data by their law, or as a table. */
function judgeFor(problem: Problem): Judge {
  return isOfImages(problem) ? machineJudge(problem) : judgeOf(problem)
}

function isOfImages({ scenario: { data } }: Problem): boolean {
  return data?.source === 'mnist' || data?.source === 'idx'
}

/** The start, of images with the biases of their means unless objective.start says others, and random numbers where they are asked for. */
function scattered(problem: Problem, data: States, seed: number): Float64Array {
  const { settings, potential, bath } = problem
  const theta = problem.start.slice()
  const bias = potential.groups.find(({ name }) => name === 'bias')
  if (isOfImages(problem) && bias !== undefined && settings.start.bias === undefined)
    groupSlice(bias, theta).set(dataBiases(data, bath.kT))
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
function judged(
  figuresOf: Judge['figures'],
  theta: Float64Array,
  seed: number,
  last: boolean,
  where: string,
): Record<string, number> {
  const figures = theta.every(Number.isFinite) ? figuresOf(theta, seed, last) : null
  if (figures !== null && Object.values(figures).every(Number.isFinite)) return figures
  throw new OverdampedError(
    'E_DIVERGED',
    'the learned potential has no normaliser: it no longer confines its units, or its energies are too large. Lower objective.optimizer.rate, or freeze the terms that confine (objective.frozen).',
    where,
    exitCode.failed,
  )
}

/** A bar that is to be met; and what other arms must miss: a stated one without w, and what energy discrepancy reached in the same time. */
function comparisons(
  { bar, unstabilised: without, contrastive: sweeps }: Settings,
  { measure }: Judge,
  arms: readonly Pick<Arm, 'name' | 'figures'>[],
): Check[] {
  if (measure === null) return []
  const { figure, name: title } = measure
  const found = (name: string) => arms.find((arm) => arm.name === name)?.figures[figure]
  const [reached, chains] = [found(discrepancy), found(contrastive)]
  return [
    ...(bar === undefined ? [] : figureCheck(`${title}, ${discrepancy}`, reached, 0, bar)),
    ...figureCheck(`${title}, ${unstabilised}`, found(unstabilised), 0, without?.bar ?? 0, 'fails'),
    ...(reached === undefined || chains === undefined || sweeps?.beaten !== true
      ? []
      : [barCheck(`${title}, ${contrastive}, beyond that of ${discrepancy}`, chains, 0, reached, 'fails')]),
  ]
}

function warningsOf({ w, negatives }: Settings): string[] {
  if (w > 0) return []
  return [
    `w = 0 leaves the loss without a floor: where all perturbed states of a datum (objective.negatives: ${negatives}) are improbable it pulls without end. On a table of 64 states the divergence ran to 200 nat at 4 negatives. Set objective.w: 1.`,
  ]
}

/** A line for each column with categories that only held-out rows have. */
function unseenOf(table: Problem['table']): string[] {
  const unseen = table?.unseen ?? []
  return [...new Set(unseen.map(({ column }) => column))].map((column) => {
    const own = unseen.filter((entry) => entry.column === column)
    const rows = own.reduce((sum, entry) => sum + entry.rows, 0)
    const some = own.slice(0, 5).map(({ category }) => JSON.stringify(category))
    const names = `${some.join(', ')}${own.length > some.length ? ', …' : ''}`
    const [which, whose] =
      own.length === 1
        ? [`the category ${names}`, 'Its probability is']
        : [`one of ${own.length} categories (${names})`, 'Their probabilities are']
    return `column ${JSON.stringify(column)}: ${rows} held-out ${rows === 1 ? 'row has' : 'rows have'} ${which}, which no row that is learned from has. ${whose} not learned; put rare categories together.`
  })
}
