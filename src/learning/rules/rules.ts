import { hasClock } from '../../physics/formula/partials.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { DriveKind } from '../../physics/protocol/noising.js'
import { type ContrastOptions, contrastiveDivergence } from './contrastive-divergence.js'
import { forceMatching } from './force-matching.js'
import { implicitScoreMatching } from './implicit-score-matching.js'
import { type NudgeOptions, nudgedForceMatching } from './nudged-force-matching.js'
import { type PathSettings, reversePath } from './reverse-path.js'
import type { Rule } from './rule.js'

/** A rule's settings by the name of each, those of all rules together; absent ones have their defaults. */
interface Settings extends NudgeOptions {
  /** of contrastive divergence */
  readonly contrast?: ContrastOptions | undefined
  /** of the reverse path */
  readonly path?: PathSettings | undefined
}

const makers = {
  'force-matching': forceMatching,
  'implicit-score-matching': implicitScoreMatching,
  'nudged-force-matching': nudgedForceMatching,
  'contrastive-divergence': ({ contrast }) => contrastiveDivergence(contrast),
  'reverse-path': ({ path }) => reversePath({ path }),
} as const satisfies Record<string, (settings: Settings) => Rule>

/** The name of a local rule (least squares is no local rule, and has no gradient steps). */
export type RuleName = keyof typeof makers

/** The rule that is learned by where none is named. */
export const defaultRule = 'force-matching'

/** Every local rule by name. */
export const ruleNames = Object.keys(makers) as RuleName[]

/** The rule that reads each setting. */
export const settingOwners = {
  nudge: 'nudged-force-matching',
  sides: 'nudged-force-matching',
  contrast: 'contrastive-divergence',
  path: 'reverse-path',
} as const satisfies Record<keyof Settings, RuleName>

/** A rule by its name, with settings, or one of the caller's own, which has its settings in itself. */
export interface RuleSettings extends Settings {
  /** by its name, or one of one's own */
  readonly rule: RuleName | Rule
}

/** The rule that settings name, or bring. */
export function createRule({ rule, ...settings }: RuleSettings): Rule {
  return typeof rule === 'string' ? makers[rule](settings) : rule
}

/**
 * The drive that a rule trains a network for, where generation is by `drive`: that one if the rule finds its force, as least
 * squares does for any, else the one that it does find.
 */
export function trainedDrive(rule: RuleName | 'least-squares', drive: DriveKind): DriveKind {
  if (rule === 'least-squares') return drive
  const { trains } = createRule({ rule })
  return trains.includes(drive) ? drive : trains[0]!
}

/** A rule, and why it can't train a network as half a sentence; null when it can. */
export interface ApplicableRule {
  /** what scenarios call it */
  readonly name: RuleName
  /** made with default settings */
  readonly rule: Rule
  /** why it can't train, as half a sentence; null when it can */
  readonly refusal: string | null
}

/** Every local rule, with what keeps it from training a potential for a drive. */
export function rulesFor(
  potential: Pick<Potential, 'terms'>,
  drive: DriveKind,
  settings: Omit<RuleSettings, 'rule'> = {},
): ApplicableRule[] {
  return ruleNames.map((name) => {
    const rule = makers[name](settings)
    return { name, rule, refusal: refusalOf(rule, potential, drive) }
  })
}

/** What keeps a rule from training a potential for a drive, as half a sentence; null when nothing does. */
export function refusalOf(
  { hidden, trains }: Rule,
  { terms }: Pick<Potential, 'terms'>,
  drive: DriveKind,
): string | null {
  const moving = terms.find(({ formula }) => formula !== undefined && hasClock(formula))
  if (moving !== undefined)
    return `the time in the formula of "${moving.name}" runs in simulations, and what is learned has parameters at each noise time`
  const nonlinear = terms.find(({ linear }) => !linear)
  if (hidden === null && nonlinear !== undefined)
    return `it trains terms that are linear in their parameters, and "${nonlinear.name}" is not`
  return trains.includes(drive) ? null : `it trains the drive ${trains.join(', ')}, not ${drive}`
}
