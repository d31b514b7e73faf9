import { hiddenBlock } from '../network/network.js'
import { bistable, quarticHidden } from './hidden.js'
import { movingHidden } from './moving-hidden.js'
import type { TermOn } from './term.js'

/** The term of a network's hidden units, as their block has them. */
export function hiddenTerm(kT: number): TermOn {
  return (network) => {
    const { change, barrier = null } = hiddenBlock(network)!
    if (change.kind !== 'at-once') return movingHidden(kT, barrier)(network)
    return (barrier === null ? bistable(kT) : quarticHidden(kT, barrier))(network)
  }
}
