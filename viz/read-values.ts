import type { Estimate } from './learned-record.js'
import { unreadable } from './unreadable.js'

/** A parsed JSON or YAML mapping whose values are not known yet. */
export type JsonRecord = Record<string, unknown>

/** True for a mapping, false for lists, null and scalars. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value when it is a finite number; JSON writes NaN as null, which counts as absent. */
export function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** The value at a path of keys, `undefined` as soon as one is missing. */
export function entry(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value)
}

export function texts(value: unknown): string[] {
  return few(Array.isArray(value) ? value.map(text) : [], mostRows)
}

/** Rows of a table that a page can carry: a few mappings in a file could ask for a table of all of them by all of them. */
const mostRows = 2000

/** The mappings of a list; none where it is no list. @throws OverdampedError E_FORMAT where a page could not show them */
export function records(value: unknown, most = mostRows): JsonRecord[] {
  return few(Array.isArray(value) ? value.filter(isRecord) : [], most)
}

function few<T>(rows: T[], most: number): T[] {
  if (rows.length <= most) return rows
  throw unreadable('results.json', `holds ${rows.length} entries in one place, where a report shows at most ${most}`)
}

export function meanAsEstimate(value: unknown): Estimate {
  return { value: finite(entry(value, 'mean')), standardError: finite(entry(value, 'standardError')) }
}

export function estimate(value: unknown): Estimate {
  return { value: finite(entry(value, 'value')), standardError: finite(entry(value, 'standardError')) }
}

/** A comparison figure is a number or `{ value, … }`. */
export function figure(value: unknown): number | undefined {
  return finite(value) ?? finite(entry(value, 'value'))
}

export function named(value: unknown, most = mostRows): [string, JsonRecord][] {
  const pairs = isRecord(value) ? Object.entries(value) : []
  return few(
    pairs.filter((pair): pair is [string, JsonRecord] => isRecord(pair[1])),
    most,
  )
}

/** The entries of a mapping that are finite numbers, and nothing under names that every object knows, such as `constructor`. */
export function numbers(value: unknown): Record<string, number> {
  const pairs = isRecord(value) ? Object.entries(value) : []
  const known = few(
    pairs.filter((pair): pair is [string, number] => finite(pair[1]) !== undefined),
    mostRows,
  )
  return Object.assign(Object.create(null), Object.fromEntries(known))
}

/** What a table of ours says of a name from a file; nothing of names that every object knows, such as `constructor`. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** Any value as text; what is no text or number stands as JSON, since it may say itself what it is as text. */
export function shown(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The value when it is text, else ''. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
