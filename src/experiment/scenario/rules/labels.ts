import { classesOf } from '../data.js'
import type { Keys } from '../keys.js'
import type { Say } from '../parts.js'

/** What label units need: data with classes, and a class that there is. */
export function sayLabels({ network, data, sampling }: Keys, say: Say): void {
  const classes = classesOf(data)
  if (network.label !== undefined && classes.length < 2)
    say(['network', 'label'], 'expected data with at least two classes: mnist or idx digits, or gaussian-mixture means')
  if (sampling.label === undefined) return
  if (network.label === undefined)
    say(['sampling', 'label'], 'there is no label unit to clamp; add network.label: {} and train with it')
  else if (!classes.includes(sampling.label))
    say(['sampling', 'label'], `expected one of the classes ${classes.join(', ')}, got ${sampling.label}`)
}
