import type { Estimate } from './learned-record.js'

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
  return Array.isArray(value) ? value.map(text) : []
}

/** The mappings of a list; none where it is no list. */
export function records(value: unknown): JsonRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
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

export function named(value: unknown): [string, JsonRecord][] {
  return isRecord(value) ? Object.entries(value).filter((pair): pair is [string, JsonRecord] => isRecord(pair[1])) : []
}

/** The entries of a mapping that are finite numbers. */
export function numbers(value: unknown): Record<string, number> {
  const pairs = isRecord(value) ? Object.entries(value) : []
  return Object.fromEntries(pairs.filter((pair): pair is [string, number] => finite(pair[1]) !== undefined))
}

/** The value when it is text, else ''. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
