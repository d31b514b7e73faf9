import { scalesOf } from '../../learning/data/scales.js'
import type { PointSet } from '../../physics/network/states.js'
import { defaultNoising, timeOfWidth } from '../../physics/protocol/noising.js'
import { bathOf } from '../scenario/bath.js'
import type { Scenario } from '../scenario/schema.js'

/** Width of the least noise, over the spacing of the data; and the least and the largest, over their spread. */
const leastNoise = { spacings: 5, finest: 0.03, coarsest: 0.1 } as const

/**
 * Noise times that fit data, where the scenario leaves them out:
 *
 *     duration = (3 + ln max(1, spread/√(kT/k0)))/(μk0)
 *     tMin: the noise is 5 times as wide as neighbouring states are apart, within .03 and .1 of the spread
 *
 * so that at the noisiest time as little is left of wide data as of data as wide as the trap, and that at the last the noise is finer than what
 * the data show and no finer than what so many of them can tell. Both to three digits.
 */
export function noisingOf({ noising, bath: keys }: Scenario, train: PointSet): Scenario['noising'] {
  const bath = bathOf(keys)
  const { stiffness, slices, spacing: between } = noising
  if (noising.duration !== undefined && noising.tMin !== undefined) return noising
  const { spread, spacing } = scalesOf(train)
  const thermal = Math.sqrt(bath.kT / stiffness)
  const longest = (defaultNoising.duration + Math.log(Math.max(1, spread / thermal))) / (bath.mobility * stiffness)
  const width = Math.min(
    leastNoise.coarsest * spread,
    Math.max(leastNoise.finest * spread, leastNoise.spacings * spacing),
  )
  const { duration = rounded(longest), tMin = rounded(timeOfWidth({ stiffness, bath }, width)) } = noising
  return { stiffness, duration, tMin, slices, spacing: between }
}

function rounded(time: number): number {
  return Number(time.toPrecision(3))
}
