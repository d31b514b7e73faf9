import type { ChartSeries, ChartSpec } from '../chart-spec.js'
import { html, type Markup, raw } from '../html.js'

const [width, height] = [320, 180]
const [margin, mostPoints, mostCurves] = [10, 160, 12]

/**
 * The first picture of a report, small and without words: its images, its cloud of points, or its first chart, of the same data.
 *
 * @param report the page, which this program wrote
 * @returns undefined where it has none
 */
export function thumbnail(report: string): Markup | undefined {
  const overview = report.indexOf('<section')
  const image = /<img class="sprite[^>]* src="(data:image\/png;base64,[^"]+)" width="(\d+)" height="(\d+)"/.exec(report)
  const scatter = /<svg[^>]*class="scatter.*?<\/svg>/s.exec(report)
  const charts = JSON.parse(
    /<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(report)?.[1] ?? '[]',
  ) as ChartSpec[]
  const first = charts
    .map((chart) => ({ chart, at: report.indexOf(`id="${chart.id}"`) }))
    .sort((a, b) => a.at - b.at)[0]
  const found = [
    image && { at: image.index, make: () => images(image) },
    scatter && { at: scatter.index, make: () => cloud(scatter[0]) },
    first && { at: first.at, make: () => curves(first.chart) },
  ].filter((one) => one !== null && one !== undefined && one.at > overview)
  return found.sort((a, b) => (a?.at ?? 0) - (b?.at ?? 0))[0]?.make()
}

/** A sheet of images, cut by the style sheet to the place that it has. */
function images([, source, wide, high]: RegExpExecArray): Markup {
  return html`<img class="sprite" src="${raw(source ?? '')}" width="${wide}" height="${high}" alt="" loading="lazy">`
}

/** The report's drawing as it is, without its words. */
function cloud(svg: string): Markup {
  const plain = svg
    .replace(/ (id|tabindex|role|aria-[a-z]+|style)="[^"]*"/g, '')
    .replace(/<(title|text)\b.*?<\/\1>/gs, '')
  return raw(plain.replace('<svg', '<svg aria-hidden="true"'))
}

/** A chart without its axes. */
function curves({ x, y, series }: ChartSpec): Markup {
  const drawn = series
    .filter(({ kind }) => kind === 'bars')
    .concat(series.filter(({ kind }) => kind !== 'bars'))
    .slice(0, mostCurves)
  const across = scale(
    drawn.flatMap(({ x }) => x),
    x.log === true,
    [margin, width - margin],
  )
  const values = drawn.flatMap(({ kind, y }) => [
    ...y.filter((value) => value !== null),
    ...(kind === 'bars' ? [0] : []),
  ])
  const up = scale(values, y.log === true, [height - margin, margin])
  const side = x.reversed ? (value: number) => width - across(value) : across
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">${drawn.map((one) => curve(one, side, up))}</svg>`
}

function curve({ kind, tone, dashed, x, y }: ChartSeries, side: Scale, up: Scale): Markup {
  const step = Math.ceil(x.length / mostPoints)
  const points = x.flatMap((at, n) => {
    const value = y[n] ?? null
    const place = value === null || (kind !== 'bars' && n % step !== 0) ? [] : [side(at), up(value)]
    return place.every(Number.isFinite) && place.length === 2 ? [place as [number, number]] : []
  })
  const class_ = `tone-${tone}${dashed ? ' dashed' : ''}`
  if (kind === 'bars') {
    const gaps = points.slice(1).map(([at], n) => Math.abs(at - (points[n] as [number, number])[0]))
    const half = Math.min(40, ...gaps.filter((gap) => gap > 0)) / 2
    const bars = points.map(
      ([at, top]) => `M${short(at - half)} ${short(up(0))}V${short(top)}h${short(2 * half - 0.6)}V${short(up(0))}z`,
    )
    return html`<path class="bars" d="${bars.join('')}"/>`
  }
  if (kind === 'dots')
    return html`<path class="dots ${class_}" d="${points.map((at) => `M${at.map(short).join(' ')}h0`).join('')}"/>`
  return html`<path class="line ${class_}" d="M${points.map((at) => at.map(short).join(' ')).join('L')}"/>`
}

type Scale = (value: number) => number

/** Values onto pixels, evenly or by their logarithm; NaN where there is none. */
function scale(values: readonly number[], log: boolean, [from, to]: readonly [number, number]): Scale {
  const of = log ? Math.log : (value: number) => value
  const finite = values.map(of).filter(Number.isFinite)
  const low = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const high = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  return (value) => from + ((to - from) * (of(value) - low)) / (high - low || 1)
}

const short = (value: number) => String(Math.round(10 * value) / 10)
