import type { Observer } from '../../physics/dynamics/observer.js'
import { amongFirst, type Span } from '../../physics/dynamics/span.js'
import { isTwoState } from '../../physics/network/blocks.js'
import { hiddenBlock } from '../../physics/network/network.js'
import { type HiddenHeat, observeHiddenHeat } from '../../physics/observe/hidden-heat.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { Problem } from '../system/problem.js'

/** Trajectories that are followed, at most and at least: of one there is no error. */
const mostFollowed = 16
const fewestFollowed = 2
/** Multiply-adds that following them may take, some three seconds; what a response and what a step are worth in them. */
const products = 3e9
const ofResponse = 60
const ofStep = 2000

/** Whether the network that generates has hidden units in a bath of their own. */
export function hasOwnBath({ generation }: Pick<Problem, 'generation'>): boolean {
  return hiddenBlock(generation.potential.network)?.bath === 'own'
}

/**
 * What looks, in a span of an ensemble, at the heat of hidden units in a bath of their own, along a few whole trajectories; null where they have none, or it is not
 * known, of which the notes say why.
 */
export function hiddenHeatOf(
  { generation: { potential }, bath }: Problem,
  protocol: Protocol,
  span: Span,
): { readonly hiddenHeat: (Observer & HiddenHeat) | null; readonly notes: readonly string[] } {
  const { network } = potential
  const block = hiddenBlock(network)
  if (block?.bath !== 'own') return { hiddenHeat: null, notes: [] }
  const unknown = (why: string) => ({
    hiddenHeat: null,
    notes: [`heat to the hidden units' bath is not known: ${why}`],
  })
  if (!isTwoState(block.states))
    return unknown('the wells of quartic hidden units change with its temperature, and that work is not told from heat')
  const steps = protocol.dt.length
  const each = steps * (2 * network.hiddenEdges.count + ofResponse * network.hidden + ofStep)
  const followed = Math.min(mostFollowed, span.of, Math.floor(products / each))
  if (followed < Math.min(fewestFollowed, span.of))
    return unknown(`to follow whole trajectories of ${steps} steps takes too long`)
  return {
    hiddenHeat: observeHiddenHeat(potential, protocol, bath, amongFirst(span, followed).trajectories),
    notes: [],
  }
}
