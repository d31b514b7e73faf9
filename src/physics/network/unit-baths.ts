import { invalidValue } from '../../errors.js'
import type { Block } from './blocks.js'

/**
 * Temperatures and mobilities of units relative to the bath's: one for each visible unit, then for each hidden one with the terms of
 * visible ones; all 1 when absent. Those of clamped units are of no consequence.
 */
export interface UnitBaths {
  /** of each unit, [units] */
  readonly temperature?: readonly number[] | undefined
  /** in the place of what the blocks say */
  readonly mobility?: readonly number[] | undefined
}

/**
 * Blocks cut where the temperature or the mobility changes.
 *
 * @throws E_INVALID_VALUE for lists of another length than there are units, or beside units with states
 */
export function withBaths(blocks: readonly Block[], { temperature, mobility }: UnitBaths = {}): readonly Block[] {
  if (temperature === undefined && mobility === undefined) return blocks
  const own = (block: Block) => block.role === 'visible' || block.shared === true
  const units = blocks.reduce((sum, block) => sum + (own(block) ? block.units : 0), 0)
  for (const [what, list] of [
    ['temperatures', temperature],
    ['mobilities', mobility],
  ] as const)
    if (list !== undefined && list.length !== units)
      throw invalidValue(`expected as many ${what} as units, ${units}, got ${list.length}.`, 'network')
  let first = 0
  return blocks.flatMap((block): Block[] => {
    if (!own(block)) return [block]
    const start = first
    first += block.units
    const { change } = block
    if (change.kind === 'flips')
      throw invalidValue('units with states are tried at a rate, in the bath of all.', 'network')
    if (change.kind !== 'langevin') return [block]
    const cut: { from: number; units: number }[] = []
    for (let unit = start; unit < first; unit++) {
      const isNew =
        unit === start || [temperature, mobility].some((list) => list !== undefined && list[unit] !== list[unit - 1])
      if (isNew) cut.push({ from: unit, units: 1 })
      else cut.at(-1)!.units++
    }
    return cut.map(({ from, units }) => ({
      ...block,
      units,
      ...(temperature === undefined || temperature[from] === 1 ? {} : { temperature: temperature[from]! }),
      ...(mobility === undefined ? {} : { change: { ...change, mobility: mobility[from]! } }),
    }))
  })
}
