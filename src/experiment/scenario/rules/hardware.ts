import type { Keys } from '../keys.js'
import type { Say } from '../parts.js'

/** A device that learns and generates. */
export function sayHardware({ hardware, learning }: Keys, say: Say): void {
  if (hardware !== undefined && learning === undefined)
    say(['hardware'], 'a device is one that learns from data and generates; remove hardware, or add data and learning')
}
