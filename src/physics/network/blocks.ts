/** In the order of their rows in x. */
const roles = ['visible', 'label', 'hidden', 'active'] as const

/** What a unit is for: to carry data, to name the class of a datum, to push others as an active bath does, or none of these. */
export type Role = (typeof roles)[number]

/** How a unit changes. */
export type Change =
  /** dx = μF dt + sqrt(2μkT) dW, its mobility μ relative to the bath's */
  | { readonly kind: 'langevin'; readonly mobility: number }
  /** redrawn from its heat bath, tried `rate` times per unit of time */
  | { readonly kind: 'flips'; readonly rate: number }
  /** so fast that the others feel its mean at the present x: it has no row in x */
  | { readonly kind: 'at-once' }
  /** held where it is put */
  | { readonly kind: 'clamped' }
  /** a Gaussian process of its own, of variance 1 and correlations e^(-t/time), on which nothing acts */
  | { readonly kind: 'ornstein-uhlenbeck'; readonly time: number }

/** What a unit is by itself. */
export interface UnitKind {
  /** the values it can take: `twoStates`, or the numbers 0 … S-1 of S categories; null where it is continuous */
  readonly states: readonly number[] | null
  /** how its state moves */
  readonly change: Change
  /** barrier, in kT, of a double well of its own with minima at ±1; without a well when absent */
  readonly barrier?: number
  /**
   * own: units in a bath of their own, whose temperature is a parameter of the potential ("hidden-temperature"). The
   * simulation's, which all other blocks share, when absent
   */
  readonly bath?: 'own'
  /** of continuous units: temperature relative to the bath's; 1 when absent */
  readonly temperature?: number
  /** walls that reflect continuous units, null for none on a side; no walls when absent */
  readonly walls?: readonly [lower: number | null, upper: number | null]
  /** of a coordinate that is an angle: what it repeats after. States stay unwrapped; none when absent */
  readonly period?: number
}

/** Units that are alike. */
export interface Block extends UnitKind {
  /** visible, label or hidden */
  readonly role: Role
  /** how many */
  readonly units: number
  /**
   * hidden units that have the terms of visible ones, on the same lists of couplings; absent where they have a term of their own, on
   * `hiddenEdges`
   */
  readonly shared?: true
}

/** A block in its network. */
export interface PlacedBlock extends Block {
  /** its first row of x; null where it follows at once and has none */
  readonly first: number | null
}

/** The states of a unit that is up or down. */
export const twoStates: readonly number[] = [-1, 1]

/** Whether units have the two states ±1. */
export function isTwoState(states: readonly number[] | null | undefined): boolean {
  return states?.length === 2 && states[0] === -1 && states[1] === 1
}

/** The states of a unit with so many categories. */
export function categories(count: number): readonly number[] {
  return Array.from({ length: count }, (_, state) => state)
}

/** Whether units have the states 0 … S-1, which are names and no quantities. */
export function isCategorical(states: readonly number[] | null | undefined): boolean {
  return states != null && states.length > 0 && states.every((state, n) => state === n)
}

/** Why blocks can't be those of a network, as half a sentence; null when they can. */
export function refusedBlocks(blocks: readonly Block[]): string | null {
  const order = blocks.map(({ role }) => roles.indexOf(role))
  if (order.some((place, n) => n > 0 && place < order[n - 1]!))
    return `their roles are in the order ${roles.join(', ')}, got ${blocks.map(({ role }) => role).join(', ')}`
  for (const role of ['label', 'hidden'])
    if (blocks.filter((block) => block.role === role && block.shared === undefined).length > 1)
      return `${role} units are of one kind, got two blocks`
  // Units that move take what they see for numbers: ±1 are some, categories are none.
  const seesNames = blocks.some(({ role, states }) => role === 'visible' && isCategorical(states))
  for (const { role, units, states, change, barrier, bath, shared, ...coordinate } of blocks) {
    if (!Number.isInteger(units) || units < 0) return `blocks have a whole number of units, got ${units}`
    if (change.kind === 'flips' && !(Number.isFinite(change.rate) && change.rate >= 0))
      return `units with states are tried at a finite rate, at least 0, got ${change.rate}`
    if (states !== null && !isTwoState(states) && !isCategorical(states))
      return `states are -1, 1 or 0 … S-1, got ${states.join(', ')}`
    if (shared === true && (role !== 'hidden' || change.kind === 'at-once' || barrier !== undefined))
      return `hidden units with the terms of visible ones have a row and no well, got ${role} ones, ${change.kind}`
    if (role !== 'hidden' && change.kind === 'at-once') return `only hidden units follow at once, got ${role} ones`
    if (change.kind === 'langevin' && states !== null) return `units with states ${states.join(', ')} can't diffuse`
    if (change.kind === 'flips' && states === null) return "continuous units can't flip"
    if (bath === 'own' && change.kind !== 'at-once')
      return `only units that follow at once have a bath of their own, got ${change.kind}`
    if (role === 'hidden' && shared === undefined && change.kind !== 'at-once' && seesNames)
      return 'categorical visible units need hidden ones that follow at once, or that have the terms of visible ones'
    const refusal = refusedCoordinate({ role, states, change, ...coordinate })
    if (refusal !== null) return refusal
    if (barrier !== undefined && states !== null) return `units with states ${states.join(', ')} have no well`
    if (role === 'hidden' && states === null && barrier === undefined && shared === undefined)
      return 'continuous hidden units need a well: nothing else confines them'
  }
  return null
}

/** Why units can't have such a temperature, walls or period, or be such a process, as half a sentence; null when they can. */
function refusedCoordinate({ role, states, change, temperature, walls, period }: Omit<Block, 'units'>): string | null {
  if ((role === 'active') !== (change.kind === 'ornstein-uhlenbeck'))
    return `active units are Ornstein–Uhlenbeck processes, and nothing else is, got ${role} ones, ${change.kind}`
  if (change.kind === 'ornstein-uhlenbeck' && !(change.time > 0 && Number.isFinite(change.time)))
    return `a correlation time is above 0, got ${change.time}`
  const own = temperature !== undefined || walls !== undefined || period !== undefined
  if (own && (states !== null || change.kind !== 'langevin'))
    return `only continuous units that move have a temperature, walls or a period of their own, got ${role} ones, ${change.kind}`
  if (temperature !== undefined && !(temperature >= 0 && Number.isFinite(temperature)))
    return `a temperature is at least 0, got ${temperature}`
  if (walls !== undefined && !((walls[0] ?? -Infinity) < (walls[1] ?? Infinity)))
    return `the lower wall is below the upper one, got ${walls[0]} and ${walls[1]}`
  if (period !== undefined && !(period > 0 && Number.isFinite(period))) return `a period is above 0, got ${period}`
  if (period !== undefined && walls !== undefined) return 'a coordinate has walls or a period, not both'
  return null
}
