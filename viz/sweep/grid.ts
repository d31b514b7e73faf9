import { type TableContent, table } from '../figure.js'
import { absent } from '../format.js'
import { html, type Markup } from '../html.js'
import type { At } from './averages.js'
import { type Axis, valueText } from './axes.js'
import { type SweptFigure, withUnit } from './figures.js'
import { measuredText } from './record.js'

interface TwoAxes {
  readonly x: Axis
  readonly curves: Axis
}

/** A figure over two axes as a table whose cells have the stronger ground the larger it is. Its cells are text: colour only helps. */
export function grid({ x, curves }: TwoAxes, at: At, panel: readonly unknown[]): TableContent {
  const found = curves.values.map((curve) => x.values.map((value) => at(value, curve, panel)))
  const values = found.flat().flatMap((one) => (one === undefined ? [] : [one.value]))
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return {
    head: [html`${curves.label} ↓ ${x.label} →`, ...x.values.map(valueText)],
    rows: curves.values.map((curve, row) => [
      valueText(curve),
      ...(found[row] ?? []).map((one) => {
        if (one === undefined) return absent
        const share = high > low ? (one.value - low) / (high - low) : 0
        const [value, error] = measuredText(one).split(' ± ')
        const below = error === undefined ? undefined : html` <small>± ${error}</small>`
        return html`<span class="heat" style="--heat:${Math.round(45 * share)}%">${value}${below}</span>`
      }),
    ]),
  }
}

/** The same as a figure of its own: for more values than there are colours for curves. */
export function heatMap(
  heading: string,
  figure: SweptFigure,
  axes: TwoAxes,
  at: At,
  panel: readonly unknown[],
): Markup {
  return html`<figure class="heat-map"><h3>${heading}</h3>${table(grid(axes, at, panel), heading)}
<figcaption>${withUnit(figure)} over ${axes.x.label} and ${axes.curves.label}: the larger it is, the stronger its ground.</figcaption></figure>`
}
