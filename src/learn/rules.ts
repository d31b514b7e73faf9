import type { Scenario } from '../scenario/schema.js'
import { forceMatching } from './force-matching.js'
import { nudgedForceMatching } from './nudged-force-matching.js'
import type { Rule } from './rule.js'

/** The local rules that a scenario can name (least squares is no local rule, and has no gradient steps). */
export type RuleName = Exclude<NonNullable<Scenario['learning']>['rule'], 'least-squares'>

/** A rule by its name. @param nudge - of the nudged ones, see NudgeOptions */
export function ruleNamed(name: RuleName, nudge: number): Rule {
  const rules: Record<RuleName, () => Rule> = {
    'force-matching': forceMatching,
    'nudged-force-matching': () => nudgedForceMatching({ nudge }),
  }
  return rules[name]()
}
