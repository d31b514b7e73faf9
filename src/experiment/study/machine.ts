import { exitCode, OverdampedError } from '../../errors.js'
import { clampedData } from '../../learning/objectives/clamped-data.js'
import { dataBiases } from '../../learning/objectives/data-biases.js'
import { dataPhase } from '../../learning/objectives/objective.js'
import type { States } from '../../physics/network/states.js'
import { hasStates } from '../../physics/network/unit-states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { barCheck, type Check, statisticalCheck } from '../../physics/observe/check.js'
import { machineParameters } from '../../physics/potential/machine-parameters.js'
import { groupSlice } from '../../physics/potential/potential.js'
import type { SettingsOf } from '../scenario/objective.js'
import type { Course } from './learning.js'
import { type MachineLikelihood, machineLikelihood } from './machine-likelihood.js'
import { annealedStates, heldOutStates } from './machine-states.js'
import { drawData, type StudyProblem } from './problem.js'
import type { ArmPlan } from './study.js'

/** The kinds that a restricted Boltzmann machine learns by. */
export type MachineProblem = StudyProblem<SettingsOf<'contrastive-divergence' | 'jarzynski' | 'tap'>>

/** Whether it is a machine that learns: its units have states. */
export function isMachine({ potential }: StudyProblem): boolean {
  return hasStates(potential.network)
}

/** How a machine learns and is judged: by its likelihood, exact where a layer can be summed and annealed elsewhere. */
export function machineCourse(problem: MachineProblem, seed: number): Course {
  const { settings, potential, bath, law } = problem
  const { annealing, batch, points } = settings
  const parameters = machineParameters(potential)
  const states = drawData(problem, seed)
  const judged = law === null ? heldOutStates(problem, seed) : states
  const measured = (theta: Float64Array, where: string, always: boolean) => {
    requireFinite(theta, where)
    const own = annealing === undefined ? null : { ...annealing, always }
    return machineLikelihood(potential, bath, parameters, theta, judged, own, seed)
  }
  return {
    start: startAt(problem, states, seed),
    data: clampedData(parameters, bath, dataPhase(states, batch, seed), seed),
    states,
    leading: ['negativeLogLikelihood', 'logPseudoLikelihood'],
    points,
    figures: (theta, where) => measured(theta, where, false).figures,
    end(theta, arm, before, where) {
      const last = measured(theta, where, true)
      const { negativeLogLikelihood: found } = last.figures
      const all = [...before, last.figures].flatMap((figures) => figures.negativeLogLikelihood ?? [])
      const floor = law?.entropy
      return {
        point: last.figures,
        figures: {
          ...last.figures,
          ...(floor === undefined || found === undefined ? {} : { aboveFloor: found - floor }),
          ...(all.length === 0 ? {} : { lowestNegativeLogLikelihood: Math.min(...all) }),
        },
        checks: [...barChecks(problem, arm, found), ...annealingChecks(arm, last)],
      }
    },
    samples: (theta) => annealedStates({ potential, parameters }, bath, theta, seed),
  }
}

/**
 * Where learning begins: couplings drawn at random, so that no two hidden units are alike, and visible units that have the data's means
 * by their biases alone, unless objective.start says it.
 */
function startAt({ potential, start, settings, bath }: MachineProblem, states: States, seed: number) {
  const theta = start.slice()
  const [bias, bilinear] = ['bias', 'bilinear'].map((name) => potential.groups.find((group) => group.name === name)!)
  if (settings.start.bias === undefined) groupSlice(bias!, theta).set(dataBiases(states, bath.kT))
  const couplings = groupSlice(bilinear!, theta)
  const normals = new Float64Array(couplings.length)
  fillNormals(seed, stream.start, 0, 1, 0, normals.length, normals)
  for (let e = 0; e < couplings.length; e++) couplings[e]! += settings.scatter * bath.kT * normals[e]!
  return theta
}

function barChecks({ settings, law }: MachineProblem, { name }: ArmPlan, found: number | undefined): Check[] {
  const bars: Readonly<Record<string, number>> = settings.bars
  const bar = bars[name]
  if (bar === undefined || found === undefined) return []
  const floor = law?.entropy ?? 0
  return [barCheck(`negative log-likelihood, ${name}`, found, floor, bar - floor)]
}

/** Where log Z is known exactly and annealed too. */
function annealingChecks({ name }: ArmPlan, { logPartition, annealed }: MachineLikelihood): Check[] {
  if (logPartition === null || annealed === null || logPartition === annealed) return []
  return [statisticalCheck(`log Z by annealing, ${name}`, annealed.value, logPartition.value, annealed.standardError)]
}

/** @throws E_DIVERGED */
function requireFinite(theta: Float64Array, where: string): void {
  if (theta.every(Number.isFinite)) return
  throw new OverdampedError(
    'E_DIVERGED',
    'a parameter is no number any more. Lower objective.optimizer.rate.',
    where,
    exitCode.failed,
  )
}
