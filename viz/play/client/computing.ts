import type { Computing, Opened } from '../../../src/play/messages.js'
import { all } from '../../client/block.js'
import type { Ask } from './ask.js'
import { type Play, write } from './play.js'

/** Who is told of the choice. */
export interface ComputingEvents {
  /** another computes from now on */
  chosen: () => void
  failed: (error: unknown) => void
}

/** Ties the choice between processor and graphics card to the worker, where the page has one; a card that fails leaves the processor. */
export function computing(ask: Ask, { device }: Opened, play: Play, { chosen, failed }: ComputingEvents): void {
  const radios = all<HTMLInputElement>('input[name=on]')
  const show = ({ on, device: words }: Computing) => {
    play.device = words
    for (const radio of radios) radio.checked = radio.value === on
    write('device', words)
  }
  show({ on: 'processor', device })
  const choose = async (on: Computing['on']) => {
    write('device', 'opens …')
    try {
      show(await ask('compute', { on }))
      chosen()
    } catch (error) {
      show({ on: 'processor', device })
      failed(error)
    }
  }
  for (const radio of radios) radio.addEventListener('change', () => choose(radio.value as Computing['on']))
}
