/** A drawing primitive and its place; all of SVG that the charts need, as text. */

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

type Attributes = Readonly<Record<string, string | number>>

/** `<name key="value"…>content</name>`; numbers are rounded to a tenth. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const text = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? Math.round(value * 10) / 10 : escaped(value)}"`)
    .join('')
  return content === '' ? `<${name}${text}/>` : `<${name}${text}>${content}</${name}>`
}

/** Text at a place of the page; `anchor`: start, middle or end of it stands there. */
export function label(x: number, y: number, text: string, style = '', anchor = 'start'): string {
  return element('text', { x, y, class: style, 'text-anchor': anchor }, escaped(text))
}

/** Places numbers on a line of the page, by their logarithm. */
export interface LogScale {
  readonly at: (value: number) => number
  /** powers of ten in range */
  readonly ticks: readonly number[]
}

/** Maps [least, most] to [from, to]; it needs 0 < least ≤ most. */
export function logScale(least: number, most: number, from: number, to: number): LogScale {
  // A single value stands in the middle of a decade.
  const low = Math.log10(least) - (least === most ? 0.5 : 0)
  const high = Math.log10(most) + (least === most ? 0.5 : 0)
  const at = (value: number) => from + ((Math.log10(value) - low) / (high - low)) * (to - from)
  const ticks: number[] = []
  for (let power = Math.ceil(low - 1e-9); power <= high + 1e-9; power++) ticks.push(10 ** power)
  return { at, ticks }
}
