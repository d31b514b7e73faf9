import { bistable, quarticHidden } from './hidden.js'
import { movingHidden } from './moving-hidden.js'
import type { TermOn } from './term.js'

/**
 * What hidden units can be: two states ±1 or an oscillator in a double well (`well`), which follow the visible units at once or
 * generate with a state of their own (`moves`).
 */
export const hiddenKinds = {
  bistable: { well: false, moves: false },
  quartic: { well: true, moves: false },
  explicit: { well: true, moves: true },
  glauber: { well: false, moves: true },
} as const satisfies Record<string, { readonly well: boolean; readonly moves: boolean }>

/** One of them. */
export type HiddenKind = keyof typeof hiddenKinds

/** What hidden units are where nothing is said. */
export const defaultHidden = {
  kind: 'bistable',
  /** of the well, in kT: low enough for a moving unit to hop in time */
  barrier: 2,
  /** of moving units: relative to the bath's, or attempted flips in a time 1/(μ k0) */
  mobility: 10,
} as const

/** How hidden units are described; `defaultHidden` where absent. */
export interface HiddenOptions {
  readonly kind?: HiddenKind
  readonly well?: { readonly barrier?: number } | undefined
  readonly mobility?: number | undefined
}

/** Whether hidden units generate with a state of their own. */
export function hiddenMoves({ kind = defaultHidden.kind }: HiddenOptions): boolean {
  return hiddenKinds[kind].moves
}

/** Barrier of the well of hidden units, in kT; null for two states. */
export function barrierOf({ kind = defaultHidden.kind, well }: HiddenOptions): number | null {
  return hiddenKinds[kind].well ? (well?.barrier ?? defaultHidden.barrier) : null
}

/** Hidden units as they are learned: they follow at once, with the response of their well or of two states. */
export function learnedHidden(hidden: HiddenOptions, kT: number): TermOn {
  const barrier = barrierOf(hidden)
  return barrier === null ? bistable(kT) : quarticHidden(kT, barrier)
}

/** Hidden units as they generate, which for some kinds is with states of their own; their network must have those. */
export function generatingHidden(hidden: HiddenOptions, kT: number): TermOn {
  return hiddenMoves(hidden) ? movingHidden(kT, barrierOf(hidden)) : learnedHidden(hidden, kT)
}
