import type { ChartSpec } from '../chart-spec.js'
import { brief, chartFigure, table } from '../figure.js'
import { formatCount, formatNumber } from '../format.js'
import { html, type Insertable, type Markup } from '../html.js'
import type { DataColumn } from '../objective-record.js'
import type { PointSet } from '../point-set.js'
import type { RunRecord } from '../run-record.js'
import { evenly } from '../sprite.js'
import { histogram } from '../summary.js'
import { scatterPlot, sharedReach, shownCount } from './scatter.js'
import { type Section, section } from './section.js'

/** Rows of either kind, columns, and categories of one that are shown. */
const shown = { rows: 6, columns: 12, categories: 12 }

/**
 * Drawn rows of a table beside rows of the data, in the columns' own names and units, and how often each value occurs in both.
 * @returns undefined for data that are no table, or without samples of their columns
 */
export function tableSamples({ objective, samples, heldOut }: RunRecord): Section | undefined {
  const columns = objective?.columns ?? []
  if (samples === undefined || columns.length === 0 || samples.units < columns.length) return undefined
  const few = columns.slice(0, shown.columns)
  const sets = [...(heldOut === undefined ? [] : [{ name: 'data', set: heldOut }]), { name: 'model', set: samples }]
  const rows = sets.flatMap(({ name, set }) =>
    evenly(set, Math.min(shown.rows, set.count)).map((row) => [
      name,
      ...few.map((column, unit) => cell(column, set.points[row * set.units + unit])),
    ]),
  )
  const marginals = few.map((column, unit) => marginal(column, unit, samples, heldOut))
  const more = columns.length > few.length ? ` The first ${few.length} of ${columns.length} columns.` : ''
  const counts = sets.map(({ name, set }) => `${formatCount(set.count)} of the ${name}`).join(' and ')
  const body = html`<h3>Rows</h3><div class="rows">${table({ head: ['row of', ...few.map(({ name }) => name)], rows }, 'Rows of the data and of the model')}</div>
<p class="caption">Rows of each, evenly spread over ${counts}, not picked.${more}</p>
<h3>Columns by themselves</h3><div class="charts">${marginals.map(({ markup }) => markup)}</div>${pairOfNumbers(columns, sets)}`
  const note =
    'What the first arm that is expected to succeed learned at the first seed, drawn independently, beside data that it did not learn from.'
  return section(
    'samples',
    'Rows of the model',
    note,
    body,
    marginals.flatMap(({ spec }) => spec ?? []),
  )
}

function cell(column: DataColumn, value: number | undefined): Insertable {
  if (column.categories !== undefined) return column.categories[value ?? -1] ?? formatNumber(value)
  return formatNumber(inOwnUnits(column, value))
}

function inOwnUnits({ mean = 0, deviation = 1 }: DataColumn, value = Number.NaN): number {
  return mean + deviation * value
}

function valuesOf({ points, count, units }: PointSet, unit: number): number[] {
  return Array.from({ length: count }, (_, row) => points[row * units + unit] as number)
}

/** How one column is distributed in the data and in what was drawn. */
function marginal(
  column: DataColumn,
  unit: number,
  samples: PointSet,
  heldOut: PointSet | undefined,
): { spec?: ChartSpec; markup: Markup } {
  const [model, data] = [samples, heldOut].map((set) => (set === undefined ? [] : valuesOf(set, unit)))
  if (column.categories !== undefined)
    return { markup: shares(column.name, column.categories, model as number[], data as number[]) }
  return density(
    column,
    unit,
    ...([model, data].map((values) => (values as number[]).map((x) => inOwnUnits(column, x))) as [number[], number[]]),
  )
}

function shares(name: string, categories: readonly string[], model: number[], data: number[]): Markup {
  const share = (values: number[]) => {
    const counts = new Map<number, number>()
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
    return (category: number) => (counts.get(category) ?? 0) / Math.max(1, values.length)
  }
  const [drawn, real] = [share(model), share(data)]
  const all = [...categories.keys()]
  const few =
    all.length <= shown.categories
      ? all
      : all.sort((a, b) => real(b) - real(a) || drawn(b) - drawn(a)).slice(0, shown.categories)
  const most = Math.max(...few.flatMap((category) => [drawn(category), real(category)]), 1e-9)
  const percent = (part: number) => `${(100 * part).toFixed(1)} %`
  const bar = (part: number, tone: string) =>
    html`<rect class="${tone}" x="0" y="${tone === 'real' ? 1 : 8}" width="${((100 * part) / most).toFixed(1)}%" height="5"/>`
  const rows = few.map((category) => [
    categories[category] as string,
    html`<svg class="shares" width="100%" height="14" aria-hidden="true">${bar(real(category), 'real')}${bar(drawn(category), 'drawn')}</svg>`,
    percent(real(category)),
    percent(drawn(category)),
  ])
  const key = (tone: string, text: string) => html`<i class="swatch ${tone}"></i>${text}`
  const rest =
    all.length > few.length
      ? html`<p class="caption">The ${few.length} most frequent of ${formatCount(categories.length)} categories.</p>`
      : undefined
  return html`<div class="marginal"><h3>${name}</h3>${table({ head: ['category', '', key('real', 'data'), key('drawn', 'model')], rows }, `Shares of ${name}`)}${rest}</div>`
}

function density(column: DataColumn, unit: number, model: number[], data: number[]) {
  // Bins for those of which there are fewer.
  const { centres, width } = histogram(data.length > 0 && data.length < model.length ? data : model)
  const counted = (values: number[]) => {
    const places = values.map((value) => Math.floor((value - (centres[0] ?? 0)) / width + 0.5))
    return centres.map((_, bin) => places.filter((place) => place === bin).length)
  }
  const perUnit = (values: number[]) => counted(values).map((n) => brief(n / (Math.max(1, values.length) * width)))
  const x = centres.map(brief)
  const spec: ChartSpec = {
    id: `chart-column-${unit}`,
    height: 200,
    x: { label: column.name },
    y: { label: 'probability density', floor: 0 },
    series: [
      { label: 'model', kind: 'bars', tone: 'accent', x, y: perUnit(model) },
      ...(data.length === 0 ? [] : [{ label: 'data', kind: 'line', tone: 'ink', x, y: perUnit(data) } as const]),
    ],
  }
  const content = {
    head: [column.name, ...spec.series.map(({ label }) => label)],
    rows: x.map((at, bin) => [formatNumber(at), ...spec.series.map(({ y }) => formatNumber(y[bin] ?? undefined))]),
  }
  return {
    spec,
    markup: html`<div class="marginal"><h3>${column.name}</h3>${chartFigure(spec, 'In its own units; as densities.', content)}</div>`,
  }
}

/** The first two columns of numbers against one another, where there are two. */
function pairOfNumbers(
  columns: readonly DataColumn[],
  sets: readonly { name: string; set: PointSet }[],
): Markup | undefined {
  const [first, second] = columns.flatMap(({ categories }, unit) => (categories === undefined ? [unit] : []))
  if (first === undefined || second === undefined) return undefined
  const pairs = sets.map(({ name, set }) => {
    const points = valuesOf(set, first).flatMap((x, row) => [x, set.points[row * set.units + second] as number])
    return { name, set: { points, count: set.count, units: 2 } }
  })
  const reach = sharedReach(pairs.map(({ set }) => set))
  const [right, up] = [columns[first]?.name, columns[second]?.name]
  const panels = pairs.map(
    ({ name, set }) =>
      html`<figure class="panel"><h3>${name === 'data' ? 'Data' : 'Model'}</h3>${scatterPlot(set, reach, `${right} and ${up} of the ${name}`, name === 'data' ? 'ink' : 'accent')}
<figcaption>${shownCount(set, reach)}.</figcaption></figure>`,
  )
  return html`<h3>${right} and ${up}</h3><div class="panels">${panels}</div>
<p class="caption">${right} to the right, ${up} upwards, as the network has them (columns of a file in standard deviations from their means); both panels have the same axes.</p>`
}
