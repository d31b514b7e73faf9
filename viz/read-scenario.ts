import { entry, finite, isRecord, type JsonRecord, text } from './read-values.js'
import type { ScenarioFacts } from './run-record.js'

/**
 * Picks what the report says about a scenario.
 * @param scenario the parsed scenario.yaml
 * @param manifest stands in for the name when the scenario has none
 */
export function scenarioFacts(scenario: unknown, manifest: JsonRecord): ScenarioFacts {
  const geometry = geometryOf(entry(scenario, 'network'))
  return {
    name: text(entry(scenario, 'name')) || text(entry(manifest, 'scenario', 'name')) || 'unnamed run',
    about: text(entry(scenario, 'about')),
    lattice: geometry?.shape === 'square' || geometry?.shape === 'triangular' ? geometry.lattice : undefined,
    geometry,
    learns: isRecord(entry(scenario, 'learning')) || isRecord(entry(scenario, 'data')),
    dataSource: text(entry(scenario, 'data', 'source')),
  }
}

/** The lattice, ring or chain of a network section; undefined without any. */
function geometryOf(network: unknown): ScenarioFacts['geometry'] {
  const visible = entry(network, 'visible')
  const { lattice, kind, ring, chain } = isRecord(visible) ? visible : {}
  const torus = entry(network, 'couplings', 'visible', 'periodic') === true
  const [rows, columns] = Array.isArray(lattice) ? [count(lattice[0]), count(lattice[1])] : []
  if (rows !== undefined && columns !== undefined)
    return { shape: kind === 'triangular' ? 'triangular' : 'square', lattice: [rows, columns], torus }
  const [shape, units] =
    count(ring) === undefined ? (['chain', count(chain)] as const) : (['ring', count(ring)] as const)
  return units === undefined ? undefined : { shape, lattice: [1, units], torus: false }
}

/** A number of units along a side: a page makes places for them. */
function count(value: unknown): number | undefined {
  const number = finite(value) ?? 0
  return Number.isInteger(number) && number > 0 && number <= 1_000_000 ? number : undefined
}
