import type { ColoursSpec } from '../field-spec.js'
import { block } from './block.js'
import { readNumber } from './numbers.js'
import { isDark } from './theme.js'

const spec = block<ColoursSpec>('colours')
const split = (text: string) => (text.match(/.{6}/g) ?? []).map((colour) => `#${colour}`)
const ramps = { light: split(spec?.light ?? ''), dark: split(spec?.dark ?? '') }

/** The colours of the diverging map in the present theme, from -1 to 1. */
export function ramp(): readonly string[] {
  return isDark() ? ramps.dark : ramps.light
}

/** The colour of a value whose largest magnitude is `limit`. */
export function rampColour(colours: readonly string[], value: number, limit: number): string {
  const share = limit > 0 ? Math.max(-1, Math.min(1, value / limit)) : 0
  return colours[Math.round(((share + 1) / 2) * (colours.length - 1))] ?? 'transparent'
}

/** Writes the ends of a map's scale beside a strip of its colours. */
export function showScale(figure: Element, colours: readonly string[], limit: number): void {
  const strip = figure.querySelector<HTMLElement>('.ramp')
  const stops = colours.filter((_, index) => index % 16 === 0)
  if (strip) strip.style.background = `linear-gradient(to right, ${stops.join(', ')})`
  const [low, high] = [figure.querySelector('[data-low]'), figure.querySelector('[data-high]')]
  if (low) low.textContent = readNumber(-limit, 3)
  if (high) high.textContent = readNumber(limit, 3)
}
