import { isCategorical, isTwoState } from './blocks.js'
import type { Network } from './network.js'

/** What the value of a unit stands for: any number, one of the numbers ±1, or the number of a category. */
export type ValueKind = 'real' | 'two-state' | 'categorical'

/** Which of them a unit of these states has. */
export function kindOf(states: readonly number[] | null): ValueKind {
  if (states === null) return 'real'
  return isTwoState(states) || !isCategorical(states) ? 'two-state' : 'categorical'
}

/** The states of every row of x, [units]; null where it is continuous. */
export function statesOfRows({ blocks, units }: Pick<Network, 'blocks' | 'units'>): (readonly number[] | null)[] {
  const states: (readonly number[] | null)[] = new Array(units).fill(null)
  for (const block of blocks)
    if (block.first !== null) states.fill(block.states, block.first, block.first + block.units)
  return states
}

/** Whether visible units, or hidden ones that have their terms, have states: x is then no point of a space. */
export function hasStates({ blocks }: Pick<Network, 'blocks'>): boolean {
  return blocks.some(({ role, shared, states }) => states !== null && (role === 'visible' || shared === true))
}

/** Whether the visible units are two numbers: a point of a plane. */
export function isPlane(network: Pick<Network, 'blocks' | 'visible' | 'coordinates'>): boolean {
  return network.visible === 2 && network.coordinates === null && !hasStates(network)
}

/** The rows that terms of units are on (see Network.ordinary) whose values are of these kinds. */
export function rowsOfKind(network: Network, kinds: readonly ValueKind[]): Int32Array {
  if (!hasStates(network)) return kinds.includes('real') ? network.ordinary : new Int32Array(0)
  const states = statesOfRows(network)
  return network.ordinary.filter((row) => kinds.includes(kindOf(states[row]!)))
}

/** Where each row of x stands in a list of rows, [units]; -1 where it doesn't. */
export function placesOf(rows: Int32Array, units: number): Int32Array {
  const places = new Int32Array(units).fill(-1)
  rows.forEach((row, n) => {
    places[row] = n
  })
  return places
}

/** The number of a state among a unit's states; -1 for a value that is none of them. */
export function stateNumber(states: readonly number[], value: number): number {
  if (states[0] !== 0) return states.indexOf(value)
  return value >= 0 && value < states.length && Number.isInteger(value) ? value : -1
}
