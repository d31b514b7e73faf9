import type { Keys } from '../keys.js'
import type { Say } from '../parts.js'

/** A device that learns and generates. */
export function sayHardware({ hardware, learning, sampling }: Keys, say: Say): void {
  if (hardware !== undefined && learning === undefined)
    say(['hardware'], 'a device is one that learns from data and generates; remove hardware, or add data and learning')
  for (const key of ['inpaint', 'noised'] as const)
    if (hardware !== undefined && sampling[key] !== undefined)
      say(['sampling', key], 'samples given images are drawn on an ideal device; remove hardware, or this')
}
