import type { Keys } from '../keys.js'
import type { Say } from '../parts.js'

/** What a scenario is: a plain simulation, learning from data, or an objective. */
export function sayKind({ objective, learning, data, protocol }: Keys, say: Say): void {
  if (objective !== undefined) return
  if ((learning === undefined) !== (data === undefined))
    say([learning === undefined ? 'data' : 'learning'], 'data and learning go together; a plain simulation has neither')
  if ((protocol === undefined) === (learning === undefined))
    say(['protocol'], 'expected either protocol (a plain simulation), data and learning, or an objective')
}
