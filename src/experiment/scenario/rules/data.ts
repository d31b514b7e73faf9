import { listed } from '../../../errors.js'
import { sidesOf } from '../../../learning/data/digits.js'
import type { Keys } from '../keys.js'
import { unitsOf } from '../network.js'
import type { Say } from '../parts.js'

/** Data that fit the units and can be split. */
export function sayData({ data, network, objective }: Keys, say: Say): void {
  if (data === undefined) return
  if (
    'holdout' in data &&
    data.holdout !== undefined &&
    Math.abs(1 / data.holdout - Math.round(1 / data.holdout)) > 1e-9
  )
    say(['data', 'holdout'], 'expected 1/n for a whole n (0.5, 0.25, 0.2, 0.1, …)')
  if (data.source === 'mnist' || data.source === 'idx') {
    const { size, crop, digits } = data
    const sides = sidesOf(crop)
    if (!sides.includes(size))
      say(
        ['data', 'size'],
        `expected ${listed(sides)}, which divide the image cropped by ${crop} on each side, got ${size}`,
      )
    const { lattice } = network.visible
    // A network that reads images has other units beside those that hold them: its kind says which.
    if (objective?.kind !== 'fixed-time' && (lattice?.[0] !== size || lattice?.[1] !== size))
      say(['network', 'visible', 'lattice'], `expected [${size}, ${size}], the size of the images (data.size)`)
    if (new Set(digits).size !== digits.length) say(['data', 'digits'], 'each digit may stand once')
    if (data.source === 'idx' && data.heldOut !== undefined && data.holdout !== undefined)
      say(['data', 'holdout'], 'heldOut names the files that are held out; leave holdout away')
  }
  if (data.source === 'bars-and-stripes' && unitsOf(network) !== data.side ** 2)
    say(['network', 'visible'], `expected ${data.side ** 2} units, one for each pixel of side × side (data.side)`)
  if (data.source === 'gaussian-mixture') {
    const { means, weights } = data
    const units = unitsOf(network)
    means.forEach((mean, index) => {
      if (mean.length !== units)
        say(['data', 'means', index], `expected ${units} coordinates, one for each visible unit, got ${mean.length}`)
    })
    if (weights !== undefined && weights.length !== means.length)
      say(['data', 'weights'], `expected ${means.length} weights, one for each mean, got ${weights.length}`)
  }
}
