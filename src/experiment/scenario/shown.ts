/** Characters of a value in a message. */
const longest = 60

/**
 * A value as messages show it: as JSON has it, cut short. Of what a program gave, however large, deep or strange, no more is read than
 * is shown, and none of its own methods is called.
 */
export function show(value: unknown): string {
  const text = written(value, longest)
  return text.length > longest ? `${text.slice(0, longest - 3)}…` : text
}

/** A value's beginning: at least `room` characters where it has so many. */
function written(value: unknown, room: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, room))
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  if (value === undefined) return 'nothing'
  if (typeof value !== 'object') return `a ${typeof value}`
  const isList = Array.isArray(value)
  if (!isList && !isMapping(value)) return `a ${kindOf(value)}`
  let text = isList ? '[' : '{'
  const entries = isList ? value.values() : Object.entries(value)
  let isFirst = true
  for (const entry of entries) {
    if (text.length > room) return text
    if (!isFirst) text += ','
    isFirst = false
    const [key, inner] = isList ? ['', entry] : (entry as [string, unknown])
    text += (isList ? '' : `${written(key, room)}:`) + written(inner, room - text.length)
  }
  return text + (isList ? ']' : '}')
}

/** Whether a value is an object of keys and values and nothing else: no list, no date, no array of bytes. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && kindOf(value) === 'Object'
}

/** What an object is, in its language: `Date`, `Float64Array`. */
export function kindOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}
