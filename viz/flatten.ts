import { isRecord, shown } from './read-values.js'

/**
 * Leaves of a nested mapping with their dotted paths; a list is one leaf, empty values are left out.
 * @param value parsed JSON or YAML
 * @param path of `value` itself, '' at the top
 */
export function flatten(value: unknown, path = ''): [string, string][] {
  if (isRecord(value))
    return Object.entries(value).flatMap(([key, inner]) => flatten(inner, path === '' ? key : `${path}.${key}`))
  if (value === null || value === undefined || value === '') return []
  return [[path, Array.isArray(value) ? value.map(shown).join(', ') : shown(value)]]
}
