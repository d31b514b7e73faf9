import { z } from 'zod'
import type { UnitBaths } from '../../physics/network/unit-baths.js'
import { type Bath, defaultBath } from '../../physics/protocol/bath.js'
import { activeSchema } from './active.js'
import { positive } from './parts.js'

const ofUnits = z
  .union([positive, z.array(positive).min(1)])
  .describe('a number, or a list with one for each unit: visible ones, then hidden ones with states or blocks')

/** The section `bath`: what kicks the units and slows them. */
export const bathSchema = z.strictObject({
  kT: ofUnits
    .default(defaultBath.kT)
    .describe('temperature; of a list, results are in units of the first, whose bath is that of all else'),
  mobility: ofUnits
    .default(defaultBath.mobility)
    .describe('velocity over force, μ; one, or a list with one for each unit'),
  active: activeSchema.optional(),
})

/** The section when it is read. */
export type BathKeys = z.output<typeof bathSchema>

/** The bath of all, or of the first unit where they have several: the units of energy and of time. */
export function bathOf({ kT, mobility }: Pick<BathKeys, 'kT' | 'mobility'>): Bath {
  return { kT: first(kT), mobility: first(mobility) }
}

/** What the units have of their own beside that. */
export function unitBathsOf({ kT, mobility }: BathKeys): UnitBaths {
  return { temperature: relative(kT), mobility: relative(mobility) }
}

function first(value: BathKeys['kT']): number {
  return typeof value === 'number' ? value : value[0]!
}

/** A list over its first; undefined where all are alike. */
function relative(value: BathKeys['kT']): readonly number[] | undefined {
  if (typeof value === 'number' || value.every((other) => other === value[0])) return undefined
  return value.map((other) => other / value[0]!)
}
