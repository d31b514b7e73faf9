import { defaultBarrier } from '../../experiment/scenario/network.js'
import type { Scenario } from '../../experiment/scenario/schema.js'
import { bistable, quarticHidden } from './hidden.js'
import { movingHidden } from './moving-hidden.js'
import type { TermOn } from './term.js'

/** A scenario's hidden units. */
export type HiddenUnits = NonNullable<Scenario['network']['hidden']>

/** Whether hidden units of a kind generate with a state of their own. */
export function hiddenMoves({ kind }: HiddenUnits): boolean {
  return kind === 'explicit' || kind === 'glauber'
}

/** Barrier of the well of hidden units, in kT; null for two states. */
export function barrierOf({ kind, well }: HiddenUnits): number | null {
  return kind === 'quartic' || kind === 'explicit' ? (well?.barrier ?? defaultBarrier) : null
}

/** Hidden units as they are learned: they follow at once, with the response of their well or of two states. */
export function learnedHidden(hidden: HiddenUnits, kT: number): TermOn {
  const barrier = barrierOf(hidden)
  return barrier === null ? bistable(kT) : quarticHidden(kT, barrier)
}

/** Hidden units as they generate, which for some kinds is with states of their own; their network must have those. */
export function generatingHidden(hidden: HiddenUnits, kT: number): TermOn {
  return hiddenMoves(hidden) ? movingHidden(kT, barrierOf(hidden)) : learnedHidden(hidden, kT)
}
