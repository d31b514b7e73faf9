import { requireLinear } from '../../learning/objectives/feature-rows.js'
import { machineParameters } from '../../physics/potential/machine-parameters.js'
import type { ObjectiveSettings, SettingsOf } from '../scenario/objective.js'
import type { Scenario } from '../scenario/schema.js'
import { boltznceStudy } from './boltznce.js'
import { continualStudy, requireTasks } from './continual.js'
import { continualProtocolStudy } from './continual-protocol.js'
import { contrastiveDivergenceStudy, requireChains } from './contrastive-divergence.js'
import { diffclfStudy } from './diffclf.js'
import { displacementStudy, requireDisplacement } from './displacement.js'
import { energyDiscrepancyStudy, requireDiscrepancy } from './energy-discrepancy.js'
import { energyFilterStudy, requirePairs } from './energy-filter.js'
import { falconStudy, requireFalcon } from './falcon.js'
import { feynmanKacStudy, requireCompositions } from './feynman-kac.js'
import { fixedTimeStudy } from './fixed-time.js'
import { imitationStudy, requireSeries } from './imitation.js'
import { jarzynskiStudy, requireJarzynski } from './jarzynski.js'
import { composedOf, lineIntegralStudy } from './line-integral.js'
import { momentMatchingStudy, requireMomentMatching } from './moment-matching.js'
import { nceStudy } from './nce.js'
import { createStudyProblem, requireNormaliser, type StudyProblem } from './problem.js'
import { recoveryLikelihoodStudy } from './recovery-likelihood.js'
import { createRecoveryTruth } from './recovery-truth.js'
import type { Repetition, RunStudy, StudyHooks } from './study.js'
import { tapStudy } from './tap.js'
import { requireComputer, thermodynamicComputerStudy } from './thermodynamic-computer.js'

type Kind = ObjectiveSettings['kind']

/** Kinds that ask a landscape of the problem's potential for all that is much work; what others compute no kernel does. */
const onLandscapes: readonly Kind[] = [
  'contrastive-divergence',
  'jarzynski',
  'nce',
  'energy-discrepancy',
  'energy-filter',
  'recovery-likelihood',
  'imitation',
  'tap',
  'continual-protocol',
  'fixed-time',
  'thermodynamic-computer',
]

/** Whether the study of a kind is computed by the backend of its run; else by the reference. */
export function takesBackend({ settings }: StudyProblem): boolean {
  return onLandscapes.includes(settings.kind)
}

/** The study of each kind of objective. */
const studies: { readonly [K in Kind]: RunStudy<SettingsOf<K>> } = {
  'contrastive-divergence': contrastiveDivergenceStudy,
  jarzynski: jarzynskiStudy,
  diffclf: diffclfStudy,
  boltznce: boltznceStudy,
  nce: nceStudy,
  'energy-discrepancy': energyDiscrepancyStudy,
  'energy-filter': energyFilterStudy,
  'recovery-likelihood': recoveryLikelihoodStudy,
  'moment-matching': momentMatchingStudy,
  displacement: displacementStudy,
  falcon: falconStudy,
  'feynman-kac': feynmanKacStudy,
  imitation: imitationStudy,
  'line-integral': lineIntegralStudy,
  tap: tapStudy,
  continual: continualStudy,
  'continual-protocol': continualProtocolStudy,
  'fixed-time': fixedTimeStudy,
  'thermodynamic-computer': thermodynamicComputerStudy,
}

/** What each kind asks of a problem beside its keys: throws where that is not met. */
const needs: { readonly [K in Kind]?: (problem: StudyProblem<SettingsOf<K>>) => unknown } = {
  'contrastive-divergence': requireChains,
  jarzynski: requireJarzynski,
  nce: (problem) => requireNormaliser(problem, problem.start, 'objective.start'),
  'energy-discrepancy': requireDiscrepancy,
  'energy-filter': requirePairs,
  diffclf: ({ potential }) => requireLinear(potential),
  boltznce: ({ potential }) => requireLinear(potential),
  'recovery-likelihood': createRecoveryTruth,
  'moment-matching': requireMomentMatching,
  displacement: requireDisplacement,
  falcon: requireFalcon,
  'feynman-kac': requireCompositions,
  imitation: requireSeries,
  'line-integral': composedOf,
  tap: ({ potential }) => machineParameters(potential),
  continual: requireTasks,
  'thermodynamic-computer': requireComputer,
}

/**
 * Builds the problem of a scenario with an objective and makes sure that its study applies.
 *
 * @throws OverdampedError for anything that `runStudy` would refuse
 */
export function prepareStudy(scenario: Scenario): StudyProblem {
  const problem = createStudyProblem(scenario)
  const require = needs[problem.settings.kind] as ((problem: StudyProblem) => void) | undefined
  require?.(problem)
  return problem
}

/** Runs one repetition of the study of a problem's own kind. */
export function runStudy(problem: StudyProblem, seed: number, hooks: StudyHooks): Promise<Repetition> {
  const study = studies[problem.settings.kind] as RunStudy<ObjectiveSettings>
  return study(problem, seed, hooks)
}
