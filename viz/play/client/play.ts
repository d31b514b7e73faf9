import type { Lens, PlayFrame } from '../../../src/play/messages.js'
import type { Settings } from './settings.js'
import type { Place } from './tiles.js'

/** What the page knows now; its parts share one. */
export interface Play {
  settings: Settings
  /** the last answer; undefined before the first */
  frame: PlayFrame | undefined
  /** the unit that is looked at; below 0 for none */
  chosen: Place
  /** whether it stays so when the pointer leaves */
  isPinned: boolean
  /** what acted on it when it was last asked for */
  lens: Lens | undefined
  /** whether known units are shown as drawn, until an answer has them */
  isDrawing: boolean
  /** what computes, in its own words */
  device: string
}

/** No unit. */
export const nowhere: Place = { unit: -1, trajectory: 0 }

/** What the polite live region says; the same words again are not said again. */
export function say(words: string): void {
  const region = document.getElementById('said')
  if (region) region.textContent = words
}

/** Says what went wrong, for all to read; without words that nothing is wrong any more. */
export function complain(words = ''): void {
  const place = document.getElementById('failure')
  if (!place) return
  place.hidden = words === ''
  place.textContent = words
}

/** Writes a text of the page where it has changed. */
export function write(id: string, text: string): void {
  const place = document.getElementById(id)
  if (place && place.textContent !== text) place.textContent = text
}
