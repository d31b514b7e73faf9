import type { UnitKind } from './blocks.js'
import { hiddenEdgesFromLists } from './hidden-edges.js'
import { type Network, networkOf } from './network.js'

/** The same network with hidden units of another kind: with states of their own, for example, in rows after all others. */
export function withHiddenStates(network: Network, kind: UnitKind): Network {
  const blocks = network.blocks.map((block) =>
    block.role === 'hidden' ? { role: block.role, units: block.units, ...kind } : block,
  )
  return networkOf(blocks, network)
}

/** The same network with every hidden unit twice: first all of them, then all of them again. */
export function withTwins(network: Network): Network {
  const { blocks, hidden, hiddenEdges, units } = network
  const { start, visible } = hiddenEdges
  const seen = Array.from({ length: hidden }, (_, h) => [...visible.subarray(start[h], start[h + 1])])
  return networkOf(
    blocks.map((block) => (block.role === 'hidden' ? { ...block, units: 2 * block.units } : block)),
    { ...network, hiddenEdges: hiddenEdgesFromLists(units, [...seen, ...seen]) },
  )
}
