import { resolve } from 'node:path'
import type { ScheduleValue } from './schedule.js'
import type { Scenario } from './schema.js'

/**
 * The same scenario with the paths of its data and tables absolute. Until then they are relative to the current directory;
 * from then on it means the same files wherever it is read.
 */
export function withAbsolutePaths(scenario: Scenario): Scenario {
  const { data, protocol } = scenario
  return {
    ...scenario,
    ...(data === undefined ? {} : { data: dataOf(data) }),
    ...(protocol === undefined ? {} : { protocol: protocolOf(protocol) }),
  }
}

function dataOf(data: NonNullable<Scenario['data']>): NonNullable<Scenario['data']> {
  if (data.source === 'array') return { ...data, path: resolve(data.path) }
  return data.source === 'idx' ? { ...data, images: resolve(data.images), labels: resolve(data.labels) } : data
}

function protocolOf(protocol: NonNullable<Scenario['protocol']>): NonNullable<Scenario['protocol']> {
  const { kT, parameters } = protocol
  const values = Object.entries(parameters).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(entryOf) : entryOf(value),
  ])
  return { ...protocol, ...(kT === undefined ? {} : { kT: entryOf(kT) }), parameters: Object.fromEntries(values) }
}

function entryOf(entry: ScheduleValue): ScheduleValue {
  return typeof entry === 'object' ? { ...entry, file: resolve(entry.file) } : entry
}
