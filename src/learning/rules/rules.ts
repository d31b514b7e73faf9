import type { Scenario } from '../../experiment/scenario/schema.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { DriveKind } from '../../physics/protocol/noising.js'
import { type ContrastOptions, contrastiveDivergence } from './contrastive-divergence.js'
import { forceMatching } from './force-matching.js'
import { implicitScoreMatching } from './implicit-score-matching.js'
import type { PathOptions } from './noised-batch.js'
import { type NudgeOptions, nudgedForceMatching } from './nudged-force-matching.js'
import { reversePath } from './reverse-path.js'
import type { Rule } from './rule.js'

/** The local rules that a scenario can name (least squares is no local rule, and has no gradient steps). */
export type RuleName = Exclude<NonNullable<Scenario['learning']>['rule'], 'least-squares'>

/** A rule by its name, with the settings of all of them; absent ones have their defaults. */
export interface RuleSettings extends NudgeOptions {
  readonly rule: RuleName
  readonly contrast?: ContrastOptions | undefined
  readonly path?: PathSettings | undefined
}

/** Of the reverse-path rule. */
export interface PathSettings {
  readonly dt?: number | undefined
  readonly steps?: number | undefined
  /** apply the gradient of every step of a path at once */
  readonly online?: boolean | undefined
}

const makers: Record<RuleName, (settings: Omit<RuleSettings, 'rule'>) => Rule> = {
  'force-matching': forceMatching,
  'implicit-score-matching': implicitScoreMatching,
  'nudged-force-matching': nudgedForceMatching,
  'contrastive-divergence': ({ contrast }) => contrastiveDivergence(contrast),
  'reverse-path': () => reversePath(),
}

/** The rule that settings name. */
export function createRule({ rule, ...settings }: RuleSettings): Rule {
  return makers[rule](settings)
}

/** Paths of noising where none are asked for: .4 of a relaxation time, centred on the knot. */
const defaultPath: PathOptions = { dt: 0.05, steps: 8 }

/** The paths that the reverse-path rule learns from. */
export function pathOptions({ dt, steps }: PathSettings = {}): PathOptions {
  return { dt: dt ?? defaultPath.dt, steps: steps ?? defaultPath.steps }
}

/** A rule, and why it can't train a network as half a sentence; null when it can. */
export interface ApplicableRule {
  readonly name: RuleName
  readonly rule: Rule
  readonly refusal: string | null
}

/** Every local rule, with what keeps it from training a potential for a drive. */
export function rulesFor(
  potential: Pick<Potential, 'terms'>,
  drive: DriveKind,
  settings: Omit<RuleSettings, 'rule'> = {},
): ApplicableRule[] {
  return (Object.keys(makers) as RuleName[]).map((name) => {
    const rule = makers[name](settings)
    return { name, rule, refusal: refusalOf(rule, potential, drive) }
  })
}

function refusalOf({ hidden, trains }: Rule, { terms }: Pick<Potential, 'terms'>, drive: DriveKind): string | null {
  const nonlinear = terms.find(({ linear }) => !linear)
  if (hidden === null && nonlinear !== undefined)
    return `it trains terms that are linear in their parameters, and "${nonlinear.name}" is not`
  return trains.includes(drive) ? null : `it trains the drive ${trains.join(', ')}, not ${drive}`
}
