import { trainedDrive } from '../../../learning/rules/rules.js'
import type { Keys } from '../keys.js'
import type { Say } from '../parts.js'

/** Whether a dead unit, a visible one, has no term that the trap could be left in. */
export function losesTrap({ network, potential }: Pick<Keys, 'network' | 'potential'>): boolean {
  return network.hidden === undefined && !(potential.onsite ?? []).some((term) => term === 'stiffness')
}

/** A device that learns and generates, with the parameters that it learned. */
export function sayHardware({ hardware, learning, sampling, network, potential }: Keys, say: Say): void {
  if (hardware === undefined) return
  if (learning === undefined)
    say(['hardware'], 'a device is one that learns from data and generates; remove hardware, or add data and learning')
  for (const key of ['inpaint', 'noised'] as const)
    if (sampling[key] !== undefined)
      say(['sampling', key], 'samples given images are drawn on an ideal device; remove hardware, or this')
  if (sampling.clock !== undefined)
    say(
      ['sampling', 'clock'],
      'a clock drives by other parameters than the device has learned to hold; remove hardware, or this',
    )
  const learned = learning === undefined ? sampling.drive : trainedDrive(learning.rule, sampling.drive)
  if (learned !== sampling.drive)
    say(
      ['sampling', 'drive'],
      `a device generates by the parameters that it learned; expected ${learned}, which is what ${learning?.rule} learns, or no hardware`,
    )
  if (hardware.training === 'in-loop' && learning?.centre === true)
    say(
      ['learning', 'centre'],
      'centred, a network learns other parameters than those that the device holds; expected false, or hardware.training: model',
    )
  if (hardware.training === 'in-loop' && learning?.refine !== undefined)
    say(['learning', 'refine'], 'refinement reads an ideal device; remove it, or expected hardware.training: model')
  if (hardware.dead > 0 && losesTrap({ network, potential }))
    say(['hardware', 'dead'], 'a dead unit is left with the trap; add stiffness to potential.onsite, which that is')
}
