import type { ObjectiveSettings, SettingsOf } from '../scenario/objective.js'
import { boltznceStudy } from './boltznce.js'
import { contrastiveDivergenceStudy } from './contrastive-divergence.js'
import { diffclfStudy } from './diffclf.js'
import { jarzynskiStudy } from './jarzynski.js'
import { nceStudy } from './nce.js'
import type { StudyProblem } from './problem.js'
import type { RunStudy, Study, StudyHooks } from './study.js'

type Kind = ObjectiveSettings['kind']

/** The study of each kind of objective. */
const studies: { readonly [K in Kind]: RunStudy<SettingsOf<K>> } = {
  'contrastive-divergence': contrastiveDivergenceStudy,
  jarzynski: jarzynskiStudy,
  diffclf: diffclfStudy,
  boltznce: boltznceStudy,
  nce: nceStudy,
}

/** Runs the study of a problem's own kind. */
export function runStudy(problem: StudyProblem, hooks: StudyHooks): Promise<Study> {
  const study = studies[problem.settings.kind] as RunStudy<ObjectiveSettings>
  return study(problem, hooks)
}
