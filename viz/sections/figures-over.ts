import { runTone } from '../comparison/columns.js'
import { brief, chartFigure, type Drawn } from '../figure.js'
import { formatNumber } from '../format.js'
import { html } from '../html.js'
import { figureTitle } from '../objective-facts.js'
import type { Arm } from '../objective-record.js'

/** `FIGURE at NAME=NUMBER` */
const named = /^(.+) at (\w+)=(\d*\.?\d+)$/
/** Fewer points are no curve. */
const fewest = 3

/** Figures of each arm that were measured at several numbers, such as an error at three strengths of couplings, over these. */
export function figuresOver(arms: readonly Arm[]): Drawn[] {
  const parts = arms.flatMap(({ figures }) => Object.keys(figures).map((name) => named.exec(name)))
  const titles = new Map(parts.flatMap((part) => (part === null ? [] : [[part[1] ?? '', part[2] ?? ''] as const])))
  return [...titles].flatMap(([title, over], place) => {
    const series = arms.map(({ name, figures }, index) => {
      const points = Object.entries(figures).flatMap(([figure, value]) => {
        const [, of, , at] = named.exec(figure) ?? []
        return of === title ? [{ x: Number(at), y: brief(value) }] : []
      })
      points.sort((a, b) => a.x - b.x)
      const [x, y] = [points.map((point) => point.x), points.map((point) => point.y)]
      return { label: name, kind: 'line', points: true, tone: runTone(index), x, y } as const
    })
    if (series.every(({ x }) => x.length < fewest)) return []
    const positive = series.every(({ x, y }) => [...x, ...y].every((value) => value > 0))
    const spec = {
      id: `chart-objective-over-${place}`,
      height: 260,
      x: { label: over, log: positive },
      y: { label: figureTitle(title), log: positive },
      series,
    }
    const content = {
      head: ['arm', over, figureTitle(title)],
      rows: series.flatMap(({ label, x, y }) => x.map((at, n) => [label, formatNumber(at), formatNumber(y[n])])),
    }
    const caption = positive ? 'Means over the repetitions; a power is a straight line.' : 'Means over the repetitions.'
    return [{ spec, markup: html`<h3>${figureTitle(title)}</h3>${chartFigure(spec, caption, content)}` }]
  })
}
