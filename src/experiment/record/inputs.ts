import { readFileSync } from 'node:fs'
import { sha256 } from '../files/checksum.js'
import { filesBesideData } from '../scenario/paths.js'
import type { Scenario } from '../scenario/schema.js'
import { readParameters } from './parameters-from.js'

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
