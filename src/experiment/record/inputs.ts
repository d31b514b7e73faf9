import { readFileSync } from 'node:fs'
import { sha256 } from '../files/checksum.js'
import { filesBesideData, withAbsolutePaths } from '../scenario/paths.js'
import type { Scenario } from '../scenario/schema.js'
import { scenarioHash } from './manifest.js'
import { readParameters } from './parameters-from.js'

/** All that a run depends on, by hashes: its scenario, its data, and what else it is drawn from. */
export function identityOf(scenario: Scenario, data: string | undefined, parametersFrom?: string): string {
  return [scenarioHash(withAbsolutePaths(scenario)), data, inputsHash(scenario, parametersFrom)].join(' ')
}

/**
 * SHA-256 of what a run depends on besides its scenario and its data: the parameters that it draws from, and the files that
 * its scenario names for protocol and samples; undefined where there is none of these. Where the files lie does not matter.
 */
export function inputsHash(scenario: Scenario, parametersFrom: string | undefined): string | undefined {
  const trained = parametersFrom === undefined ? [] : [readParameters(parametersFrom)]
  const named = filesBesideData(scenario).map((path) => readFileSync(path))
  const parts = [...trained, ...named]
  return parts.length === 0 ? undefined : sha256(parts.map(sha256).join())
}
