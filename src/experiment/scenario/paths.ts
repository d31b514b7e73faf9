import { resolve } from 'node:path'
import type { IdxPair } from '../files/idx.js'
import { halves, type ImagesOf } from './conditions.js'
import type { ScheduleValue } from './schedule.js'
import type { Scenario } from './schema.js'

/**
 * The same scenario with the paths of its data and tables absolute. Until then they are relative to the current directory;
 * from then on it means the same files wherever it is read.
 */
export function withAbsolutePaths(scenario: Scenario): Scenario {
  const { data, protocol, sampling } = scenario
  return {
    ...scenario,
    ...(data && { data: dataOf(data) }),
    ...(protocol && { protocol: protocolOf(protocol, resolve) }),
    sampling: samplingOf(sampling, resolve),
  }
}

/** Paths of the files that the data of a scenario are in; none of those of a package. */
export function filesOfData({ data }: Scenario): readonly string[] {
  if (data?.source === 'array' || data?.source === 'table') return [data.path]
  if (data?.source !== 'idx') return []
  return [data, ...(data.heldOut === undefined ? [] : [data.heldOut])].flatMap(({ images, labels }) => [images, labels])
}

/** Absolute paths of the files that a scenario names besides its data: tables of its protocol, masks and images of its samples. */
export function filesBesideData({ protocol, sampling }: Scenario): readonly string[] {
  const found = new Set<string>()
  const seen = (path: string) => {
    found.add(resolve(path))
    return path
  }
  if (protocol !== undefined) protocolOf(protocol, seen)
  samplingOf(sampling, seen)
  return [...found]
}

type OfPath = (path: string) => string

function samplingOf(sampling: Scenario['sampling'], ofPath: OfPath): typeof sampling {
  const { inpaint, noised } = sampling
  const file = (text: string, names: readonly string[]) => (names.includes(text) ? text : ofPath(text))
  const images = (of: ImagesOf) => (typeof of === 'string' ? file(of, ['held-out']) : of)
  const known = (units: NonNullable<typeof inpaint>['known']) =>
    typeof units === 'string' ? file(units, halves) : units
  return {
    ...sampling,
    ...(inpaint && { inpaint: { ...inpaint, known: known(inpaint.known), of: images(inpaint.of) } }),
    ...(noised && { noised: { ...noised, of: images(noised.of) } }),
  }
}

function dataOf(data: NonNullable<Scenario['data']>): typeof data {
  if (data.source === 'array' || data.source === 'table') return { ...data, path: resolve(data.path) }
  if (data.source !== 'idx') return data
  const pair = ({ images, labels }: IdxPair) => ({ images: resolve(images), labels: resolve(labels) })
  return { ...data, ...pair(data), ...(data.heldOut && { heldOut: pair(data.heldOut) }) }
}

function protocolOf(protocol: NonNullable<Scenario['protocol']>, ofPath: OfPath): typeof protocol {
  const { kT, parameters, schedule } = protocol
  const entry = (value: ScheduleValue) => (typeof value === 'object' ? { ...value, file: ofPath(value.file) } : value)
  const located = Object.entries(parameters).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(entry) : entry(value),
  ])
  return {
    ...protocol,
    ...(kT !== undefined && { kT: entry(kT) }),
    parameters: Object.fromEntries(located),
    ...(schedule && { schedule: { ...schedule, file: ofPath(schedule.file) } }),
  }
}
