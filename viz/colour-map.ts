import { interpolateBrBG } from 'd3-scale-chromatic'
import type { ColoursSpec } from './field-spec.js'

const stops = 129
/** The dark theme's surface: zero must recede there as it does on paper. */
const darkCentre = [29, 38, 37]

/**
 * The diverging map for signed quantities, centred at 0: brown is negative, teal positive, safe for colour-blind readers.
 * In the light theme it is ColorBrewer's BrBG; in the dark theme zero is dark and the same hues grow lighter.
 * @returns 129 colours a theme, from -1 to 1
 */
export function divergingMap(): ColoursSpec {
  const at = (index: number) => (2 * index) / (stops - 1) - 1
  const all = (colour: (value: number) => number[]) =>
    Array.from({ length: stops }, (_, index) => hex(colour(at(index)))).join('')
  return {
    light: all((value) => channels(interpolateBrBG(0.5 + 0.46 * value))),
    dark: all((value) => {
      const end = channels(interpolateBrBG(0.5 + 0.26 * Math.sign(value)))
      const share = Math.abs(value) ** 0.85
      return darkCentre.map((low, channel) => low + share * ((end[channel] as number) - low))
    }),
  }
}

/** `rgb(r, g, b)` as d3 writes it. */
function channels(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number)
}

function hex(colour: number[]): string {
  return colour.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')
}
