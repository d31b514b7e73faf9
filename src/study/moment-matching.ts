import type { SettingsOf } from '../scenario/objective.js'
import type { StudyProblem } from './problem.js'
import type { Study, StudyHooks } from './study.js'
export function momentMatchingStudy(_p: StudyProblem<SettingsOf<'moment-matching'>>, _h: StudyHooks): Promise<Study> { throw new Error('x') }
