import { hiddenEdgesFromLists } from './hidden-edges.js'
import type { Network } from './network.js'

/**
 * The same network with hidden units that have a state of their own, in rows after all others.
 *
 * @param mobility - of the hidden rows, relative to the bath's; 0 for units that flip
 * @param flipRate - see Network; for units with two states
 */
export function withHiddenStates(network: Network, mobility: number, flipRate?: number): Network {
  const units = network.units + network.hidden
  const relative = new Float64Array(units).fill(1)
  if (network.mobility !== null) relative.set(network.mobility)
  relative.fill(mobility, network.units)
  return { ...network, units, mobility: relative, ...(flipRate === undefined ? {} : { flipRate }) }
}

/** The same network with every hidden unit twice: first all of them, then all of them again. */
export function withTwins(network: Network): Network {
  const { hidden, hiddenEdges, units } = network
  const { start, visible } = hiddenEdges
  const seen = Array.from({ length: hidden }, (_, h) => [...visible.subarray(start[h], start[h + 1])])
  return { ...network, hidden: 2 * hidden, hiddenEdges: hiddenEdgesFromLists(units, [...seen, ...seen]) }
}
