import { invalidValue } from '../../errors.js'
import { shownPath } from './issues.js'
import { isMapping, kindOf, show } from './shown.js'

/** Values of a scenario, lists and mappings among them: a list of 300,000 couplings has about a million. */
const mostValues = 1_000_000
/** Levels: what walks a tree is recursive, and a scenario has about six. */
const deepest = 200
const expected = 'expected text, a number, a list or a mapping'

/**
 * Makes sure that an object that a program gave is one that a file could hold, and no larger than can be looked at: text, numbers, true,
 * false, null, and lists and mappings of these. What is undefined is absent.
 *
 * @throws E_INVALID_VALUE with the path of what is not, before anything else is done with it
 *
 * Cost: O(values).
 */
export function requirePlain(input: unknown): void {
  let left = mostValues
  const path: PropertyKey[] = []
  const refuse = (text: string) => invalidValue(text, shownPath(path.slice(0, 8)))
  const within = (key: PropertyKey, value: unknown) => {
    path.push(key)
    walk(value)
    path.pop()
  }
  const walk = (value: unknown) => {
    if (typeof value !== 'object' || value === null) {
      if (['bigint', 'symbol', 'function'].includes(typeof value)) throw refuse(`${expected}, got ${show(value)}.`)
      return
    }
    if (path.length > deepest) throw refuse(`nested more than ${deepest} deep; a scenario needs about six levels.`)
    const isList = Array.isArray(value)
    if (!isList && !isMapping(value)) throw refuse(`${expected}, got a ${kindOf(value)}.`)
    const keys = isList ? [] : Object.keys(value)
    left -= isList ? value.length : keys.length
    if (left < 0) throw refuse(`more than ${mostValues.toLocaleString('en')} values; expected fewer in a scenario.`)
    if (isList) for (let n = 0; n < value.length; n++) within(n, value[n])
    else for (const key of keys) within(key, (value as Record<string, unknown>)[key])
  }
  walk(input)
}
