import { type Change, twoStates, type UnitKind } from './blocks.js'

/**
 * What hidden units can be: with two states ±1 or oscillators in a double well (`states` null), which follow the visible units
 * at once when they are learned; and how they change when they generate.
 */
export const hiddenKinds = {
  bistable: { states: twoStates, generates: 'at-once' },
  quartic: { states: null, generates: 'at-once' },
  explicit: { states: null, generates: 'langevin' },
  glauber: { states: twoStates, generates: 'flips' },
} as const satisfies Record<string, Pick<UnitKind, 'states'> & { readonly generates: Change['kind'] }>

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
  /** what they are; see `hiddenKinds` */
  readonly kind?: HiddenKind | undefined
  /** height of the barrier between the two wells of each, in kT */
  readonly well?: { readonly barrier?: number | undefined } | undefined
  /** relative to the visible units' */
  readonly mobility?: number | undefined
  /** whatever it is, units in a bath of their own: its temperature is a parameter */
  readonly temperature?: unknown
}

/** Whether hidden units generate with a state of their own. */
export function hiddenMoves({ kind = defaultHidden.kind }: HiddenOptions): boolean {
  return hiddenKinds[kind].generates !== 'at-once'
}

/** Hidden units as they are learned: they follow at once, with the response of their well or of two states. */
export function learnedHidden({ kind = defaultHidden.kind, well, temperature }: HiddenOptions): UnitKind {
  const { states } = hiddenKinds[kind]
  return {
    states,
    change: { kind: 'at-once' },
    ...(states === null ? { barrier: well?.barrier ?? defaultHidden.barrier } : {}),
    ...(temperature === undefined ? {} : { bath: 'own' as const }),
  }
}

/**
 * Hidden units as they generate, for some kinds with a state of their own.
 *
 * @param relaxation - mobility μ of the bath and stiffness k0 of the trap, in whose time 1/(μ k0) attempts to flip are counted
 */
export function generatingHidden(hidden: HiddenOptions, [mobility, stiffness]: readonly [number, number]): UnitKind {
  const { kind = defaultHidden.kind, mobility: speed = defaultHidden.mobility } = hidden
  const changes = {
    'at-once': { kind: 'at-once' },
    langevin: { kind: 'langevin', mobility: speed },
    flips: { kind: 'flips', rate: speed * mobility * stiffness },
  } as const
  return { ...learnedHidden(hidden), change: changes[hiddenKinds[kind].generates] }
}
