import { parse } from 'yaml'
import { didYouMean, listed, OverdampedError } from '../errors.js'

/** One change to a scenario: a dotted path, its new value, and where the user wrote it (for messages). */
export interface Override {
  readonly path: readonly string[]
  readonly value: unknown
  readonly where: string
}

/** Scenario files are trees of these. */
export type Tree = { [key: string]: unknown }

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
  const where = `--set ${setting}`
  const equals = setting.indexOf('=')
  if (equals < 1)
    throw new OverdampedError('E_USAGE', 'expected path=value, for example --set learning.iterations=50.', where)
  try {
    return { path: setting.slice(0, equals).trim().split('.'), value: parse(setting.slice(equals + 1)), where }
  } catch {
    throw new OverdampedError(
      'E_USAGE',
      'the value is not valid YAML; quote it if the shell took something away.',
      where,
    )
  }
}

/**
 * The changes of a named profile, from the scenario's `profiles` key.
 *
 * @throws E_USAGE for an unknown profile, naming those there are
 */
export function profileOverrides(scenario: Tree, profile: string, file: string): Override[] {
  const profiles = isTree(scenario.profiles) ? scenario.profiles : {}
  const changes = profiles[profile]
  if (!Object.hasOwn(profiles, profile) || !isTree(changes)) {
    const names = Object.keys(profiles)
    const known = names.length === 0 ? `${file} has no profiles` : `expected ${listed(names)}`
    throw new OverdampedError(
      'E_USAGE',
      `unknown profile "${profile}"; ${known}.${didYouMean(profile, names)}`,
      '--profile',
    )
  }
  return Object.entries(changes).map(([path, value]) => ({
    path: path.split('.'),
    value,
    where: `${file} profiles.${profile}`,
  }))
}

/** Applies a change in place, making the mappings on its way. Numbers in the path index lists. */
export function applyOverride(scenario: Tree, { path, value, where }: Override): void {
  let at: Tree = scenario
  path.slice(0, -1).forEach((key, depth) => {
    const next = Object.hasOwn(at, key) ? at[key] : undefined
    if (next === undefined || next === null) {
      const made: Tree = {}
      define(at, key, made)
      at = made
    } else if (typeof next === 'object') at = next as Tree
    else {
      const prefix = path.slice(0, depth + 1).join('.')
      throw new OverdampedError(
        'E_INVALID_VALUE',
        `${prefix} is a value, not a mapping; it has no "${path[depth + 1]}".`,
        where,
      )
    }
  })
  define(at, path.at(-1)!, value)
}

/** An own property whatever its name: `__proto__` stays a key (which the schema then refuses). */
function define(target: Tree, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}
