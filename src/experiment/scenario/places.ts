import { isMap, isPair, type Node } from 'yaml'
import { OverdampedError } from '../../errors.js'
import type { YamlText } from '../files/yaml.js'
import { shownPath } from './issues.js'
import type { Override } from './overrides.js'
import type { Scenario } from './schema.js'

/** Where something was written: for messages, and the line itself where it stands in a file. */
export interface Place {
  readonly where: string
  readonly excerpt: string
}

/** The place of a key by its path, or of its value. */
export type Places = (path: readonly PropertyKey[], atKey: boolean) => Place

/** Places in a text, and in what was changed of it: the last change of a key is where it was written. */
export function placesIn({ contents, place, excerpt }: YamlText, overrides: readonly Override[]): Places {
  const inText = (path: readonly PropertyKey[], atKey: boolean, within: string): Place => {
    const offset = offsetOf(contents, path, atKey)
    // Of what is not written at all, nor anything that it would stand in, there is no line to show.
    return { where: `${place(offset ?? 0)} ${within}`.trim(), excerpt: offset === null ? '' : excerpt(offset) }
  }
  return (path, atKey) => {
    const key = shownPath(path)
    const override = overrides.findLast((change) =>
      change.path.every((name, n) => n >= path.length || String(path[n]) === name),
    )
    if (override === undefined) return inText(path, atKey, key)
    const { where, writtenAt } = override
    if (writtenAt === undefined) return { where: `${where} ${key}`.trim(), excerpt: '' }
    const behind = path.slice(override.path.length)
    return inText([...writtenAt, ...behind], atKey, `${shownPath(writtenAt.slice(0, 2))} ${key}`)
  }
}

/** Of scenarios that were read from a text; whoever computes with one finds out more than the schema knows. */
const places = new WeakMap<object, Places>()

/** Remembers where the keys of a scenario were written. */
export function rememberPlaces(scenario: object, of: Places): void {
  places.set(scenario, of)
}

/** Codes of errors that name a key of a scenario as their place. */
const aboutKeys: readonly string[] = ['E_UNKNOWN_KEY', 'E_MISSING_KEY', 'E_INVALID_VALUE']

/**
 * An error with the place in the file where it is of a key of a scenario that was read from one; any other as it is.
 *
 * @param scenario - as `loadScenario` gave it
 */
export function inPlace(scenario: Scenario, error: unknown): unknown {
  const find = places.get(scenario)
  if (find === undefined || !(error instanceof OverdampedError) || !aboutKeys.includes(error.code)) return error
  const { code, text, where, exitCode } = error
  const [key = '', ...rest] = where.split(' ')
  const path = key.split('.')
  if (!Object.hasOwn(scenario, path[0]!)) return error
  const place = find(path, code === 'E_UNKNOWN_KEY')
  return Object.assign(new OverdampedError(code, text, [place.where, ...rest].join(' '), exitCode), {
    excerpts: [place.excerpt],
  })
}

/** Where in the file a key or its value is, or the nearest parent that is written there; null where none is. */
function offsetOf(contents: Node | null, path: readonly PropertyKey[], atKey: boolean): number | null {
  let node: unknown = contents
  let offset: number | null = path.length === 0 ? 0 : null
  for (const [depth, key] of path.entries()) {
    const last = depth === path.length - 1
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && String(item.key) === String(key))
      if (pair === undefined) break
      const keyRange = (pair.key as Node).range
      const valueRange = (pair.value as Node | null)?.range
      offset = (last && !atKey ? valueRange : keyRange)?.[0] ?? keyRange?.[0] ?? offset
      node = pair.value
    } else if (typeof node === 'object' && node !== null && 'items' in node) {
      const item = (node.items as Node[])[Number(key)]
      if (item === undefined) break
      offset = item.range?.[0] ?? offset
      node = item
    } else break
  }
  return offset
}
