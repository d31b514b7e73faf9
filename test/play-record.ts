import { type PlayNetwork, playNetwork } from '../src/play/network.js'
import { pack } from '../src/play/packed.js'
import type { NetworkRecord } from '../src/play/record.js'

/** A record of some units without geometry, whose parameters are given beside it. */
export function playRecord(changes: Partial<NetworkRecord>): NetworkRecord {
  return {
    ...{ kind: 'network', title: 'test', about: '', command: 'a test', version: '0' },
    ...{ network: { visible: { units: 1 } }, classes: null, potential: { onsite: ['stiffness'] } },
    ...{ bath: { kT: 1, mobility: 1 }, noising: {}, drive: 'reverse', learnedFor: 'reverse' },
    ...{
      integrator: 'euler-maruyama',
      generation: {},
      completion: { sweeps: 4, steps: 1 },
      seed: 1,
      denoise: false,
      range: [-1, 1],
    },
    examples: { count: 0, data: '', classes: [] },
    parameters: pack([new Float64Array(1)], [1], 16),
    ...changes,
  }
}

/** The network of a record with these parameters at its knots, not packed. */
export function networkAt(record: NetworkRecord, knots: readonly Float64Array[]): PlayNetwork {
  const network = playNetwork(record)
  for (const theta of knots) network.add(() => theta)
  return network
}
