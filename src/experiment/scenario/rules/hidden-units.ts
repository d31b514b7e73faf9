import { type HiddenKind, hiddenKinds } from '../../../physics/potential/hidden-kind.js'
import type { Keys } from '../keys.js'
import type { Say } from '../parts.js'

/** A well only for hidden units that have one, a mobility only for those that move. */
export function sayHiddenUnits({ network: { hidden } }: Keys, say: Say): void {
  if (hidden === undefined) return
  const { kind, well, mobility } = hidden
  if (well !== undefined && !hiddenKinds[kind].well)
    say(['network', 'hidden', 'well'], `a ${kind} unit has two states and no well; remove it, or use kind: quartic`)
  if (mobility !== undefined && !hiddenKinds[kind].moves)
    say(
      ['network', 'hidden', 'mobility'],
      `a ${kind} unit follows the visible ones at once; remove it, or use kind: ${movingLike(kind)}`,
    )
}

/** The kind that is like this one but moves. */
function movingLike(kind: HiddenKind): string | undefined {
  const kinds = Object.entries(hiddenKinds)
  return kinds.find(([, { well, moves }]) => moves && well === hiddenKinds[kind].well)?.[0]
}
