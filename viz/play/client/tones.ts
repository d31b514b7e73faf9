import { isDark } from '../../client/theme.js'

/** 256 greys from the low end of the range to the high one: paper to ink in the light theme, night to light in the dark one. */
export interface Tones {
  /** as the style sheet writes them */
  css: string[]
  /** red, green, blue of each, [256, 3] */
  rgb: Uint8Array
}

/** The tones of the present theme. */
export function tones(): Tones {
  const [low, high] = isDark() ? ['#0b100f', '#f2f7f5'] : ['#fbfcfb', '#131b1a']
  const [from, to] = [channels(low as string), channels(high as string)]
  const rgb = Uint8Array.from({ length: 768 }, (_, n) => {
    const [share, channel] = [Math.floor(n / 3) / 255, n % 3]
    return Math.round((from[channel] as number) + share * ((to[channel] as number) - (from[channel] as number)))
  })
  const css = Array.from({ length: 256 }, (_, n) => `rgb(${rgb.subarray(3 * n, 3 * n + 3).join(' ')})`)
  return { css, rgb }
}

/** A colour of the style sheet as red, green and blue. */
function channels(hex: string): number[] {
  return (hex.match(/[\da-f]{2}/gi) ?? []).map((pair) => Number.parseInt(pair, 16))
}

/** Which of the tones a value has. */
export function toneOf(value: number, [low, high]: readonly [number, number]): number {
  return Math.max(0, Math.min(255, Math.round((255 * (value - low)) / (high - low))))
}
