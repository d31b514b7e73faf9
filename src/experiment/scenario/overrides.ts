import { didYouMean, invalidValue, listed, OverdampedError, usageError } from '../../errors.js'
import { checkKey, parseYaml } from '../files/yaml.js'

/** One change to a scenario: a dotted path, its new value, and where the user wrote it (for messages). */
export interface Override {
  readonly path: readonly string[]
  readonly value: unknown
  readonly where: string
  /** its path in the scenario file, where it stands there: in a profile */
  readonly writtenAt?: readonly string[]
}

/** Scenario files are trees of these. */
export type Tree = { [key: string]: unknown }

/** Keys in the path of one change; a scenario has six levels, and what walks a tree is recursive. */
const mostKeys = 20

/** Whether a value is a mapping (and not a list or a scalar). */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Reads `--set path=value`; the value is YAML, so `data.digits=[3,8]` and `bath.kT=0.5` mean what they say.
 *
 * @throws E_USAGE when there is no `=` or the value is not YAML
 */
export function parseSetting(setting: string): Override {
  const where = `--set ${setting.length > 80 ? `${setting.slice(0, 79)}…` : setting}`
  const equals = setting.indexOf('=')
  if (equals < 1) throw usageError('expected path=value, for example --set learning.iterations=50.', where)
  const path = setting.slice(0, equals).trim().split('.')
  if (path.length > mostKeys) throw usageError(`a path has at most ${mostKeys} keys.`, where)
  return { path, value: parseOptionValue(setting.slice(equals + 1), where, 'the value is', 'it'), where }
}

/** The YAML in an option, `what` it is of and what to quote in words. @throws E_USAGE when it is not valid */
export function parseOptionValue(text: string, where: string, what: string, it: string): unknown {
  try {
    return parseYaml(text, where).value
  } catch (error) {
    if (!(error instanceof OverdampedError)) throw error
    const reason = error.text.replace(/\.$/, '')
    throw usageError(`${what} not valid YAML (${reason}); quote ${it} if the shell took something away.`, where)
  }
}

/**
 * The changes of a named profile, from the scenario's `profiles` key.
 *
 * @throws E_USAGE for an unknown profile, naming those there are
 */
export function profileOverrides(scenario: Tree, profile: string, file: string): Override[] {
  const profiles = isTree(scenario.profiles) ? scenario.profiles : {}
  const changes = Object.hasOwn(profiles, profile) ? profiles[profile] : undefined
  if (changes === undefined) {
    const names = Object.keys(profiles)
    const known = names.length === 0 ? `${file} has no profiles` : `expected ${listed(names)}`
    throw usageError(`unknown profile "${profile}"; ${known}.${didYouMean(profile, names)}`, '--profile')
  }
  // The schema says where it is none.
  if (!isTree(changes)) return []
  const where = `${file} profiles.${profile}`
  return Object.entries(changes).map(([key, value]) => {
    const path = key.split('.')
    if (path.length > mostKeys) throw usageError(`a path has at most ${mostKeys} keys.`, where)
    return { path, value, where, writtenAt: ['profiles', profile, key] }
  })
}

/**
 * Applies a change in place, making the mappings on its way. Numbers in the path index lists; the number after the last
 * adds an entry.
 *
 * @throws E_UNKNOWN_KEY or E_INVALID_VALUE when the path leads through a value or beside a list
 */
export function applyOverride(scenario: Tree, { path, value, where }: Override): void {
  let at: Tree = scenario
  path.forEach((key, depth) => {
    checkKey(key, where)
    const here = path.slice(0, depth).join('.')
    if (Array.isArray(at) && !(/^\d+$/.test(key) && Number(key) <= at.length))
      throw invalidValue(`${here} is a list; expected a number from 0 to ${at.length}, got "${key}".`, where)
    if (depth === path.length - 1) {
      define(at, key, value)
      return
    }
    const next = Object.hasOwn(at, key) ? at[key] : undefined
    if (next === undefined || next === null) {
      const made: Tree = {}
      define(at, key, made)
      at = made
    } else if (typeof next === 'object') at = next as Tree
    else {
      const prefix = path.slice(0, depth + 1).join('.')
      throw invalidValue(`${prefix} is a value, not a mapping; it has no "${path[depth + 1]}".`, where)
    }
  })
}

/** An own property whatever its name: `__proto__` stays a key (which the schema then refuses). */
function define(target: Tree, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}
