import { isTree } from './overrides.js'
import type { Scenario } from './schema.js'

/**
 * A scenario as versions up to 0.2 wrote it, with its keys where they stand now: `sampling.record` is `record.trajectories`. One that
 * has both is left as it is, and refused.
 */
export function withPresentKeys(input: unknown): unknown {
  if (!isTree(input) || !isTree(input.sampling) || !Object.hasOwn(input.sampling, 'record')) return input
  const { record, ...sampling } = input.sampling
  const now = isTree(input.record) ? input.record : {}
  if ('trajectories' in now || (input.record !== undefined && !isTree(input.record))) return input
  return { ...input, sampling, record: { ...now, trajectories: record } }
}

/** The same scenario in their keys and in their order, which the hashes of their runs are of. */
export function inFormerKeys(scenario: Scenario): object {
  const { record, sampling, network } = scenario
  const { visible } = network.couplings
  // The range of all was written out where nothing was said.
  const couplings = { ...network.couplings, visible: Object.keys(visible).length === 0 ? { range: 'all' } : visible }
  const former = { network: { ...network, couplings }, sampling: { ...sampling, record: record.trajectories } }
  const keys = Object.entries({ ...scenario, ...former })
  return Object.fromEntries(keys.filter(([key]) => key !== 'record'))
}
