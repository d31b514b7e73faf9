import type { ChartSeries, ChartSpec } from '../chart-spec.js'
import { brief, chartFigure, type Drawn, table, thinned } from '../figure.js'
import { formatCount, formatEstimate, formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import type { Curve, ObservedFormula } from '../observed-record.js'
import type { RunRecord } from '../run-record.js'
import { type Section, section } from './section.js'

/** Observables whose charts are drawn; the table has all. */
const mostDrawn = 12
/** Points of a curve, and rows of its table. */
const mostPoints = 400
const mostRows = 25

/**
 * Observables with formulas: a table of their means, then over time, over the lag, and of single values.
 * @returns undefined for a run without any
 */
export function observables({ observables: found, scenario: { learns } }: RunRecord): Section | undefined {
  if (found.length === 0) return undefined
  const drawn = found.slice(0, mostDrawn).map((observable, place) => chartsOf(observable, place, learns))
  const more = found.length - drawn.length
  const body = html`${means(found)}
${drawn.map(
  (charts, place) =>
    html`<h3>${found[place]?.name} <small><code>${found[place]?.formula}</code></small></h3><div class="charts two">${charts.map(({ markup }) => markup)}</div>`,
)}${more > 0 ? html`<p class="caption">Curves of ${more} more stand in observables.npz.</p>` : undefined}`
  const note =
    'Formulas of the states, as the scenario names them, in its own units. Errors are over trajectories; of a single one by blocking.'
  return section(
    'observables',
    'Observables',
    note,
    body,
    drawn.flat().map(({ spec }) => spec),
  )
}

function means(found: readonly ObservedFormula[]): Markup {
  const rows = found.map(({ name, formula, of, count, reduce, from, mean, final }) => [
    name,
    html`<code>${formula}</code>`,
    `${reduce} over ${formatCount(count)} ${count === 1 ? of.replace(/s$/, '') : of}`,
    formatNumber(from),
    formatEstimate(mean.value, mean.standardError),
    formatEstimate(final.value, final.standardError),
  ])
  const head = ['observable', 'formula', 'of', 'from t', 'mean over time ± s.e.', 'at the end ± s.e.']
  return table({ head, rows }, 'Observables')
}

function chartsOf(observable: ObservedFormula, place: number, learns: boolean): Drawn[] {
  const { name, curve, correlation, histogram } = observable
  const id = (what: string) => `chart-observable-${place}-${what}`
  return [
    ...(curve === undefined ? [] : [overTime(id('time'), name, curve, learns)]),
    ...(correlation === undefined ? [] : [overLag(id('lag'), name, correlation)]),
    ...(histogram === undefined ? [] : [ofValues(id('values'), observable, histogram)]),
  ]
}

/** A curve between curves of one standard error. */
export function withErrors(
  label: string,
  tone: ChartSeries['tone'],
  { x, value, standardError }: Curve,
): ChartSeries[] {
  const kept = thinned([...Array(x.length).keys()], mostPoints)
  const at = kept.map((n) => brief(x[n] as number))
  const known = (y: number) => (Number.isFinite(y) ? brief(y) : null)
  const edge = (sign: number) => kept.map((n) => known((value[n] as number) + sign * (standardError[n] as number)))
  const line = { kind: 'line', tone } as const
  const errors = [1, -1].map(
    (sign) => ({ ...line, tone: 'muted', label: '', dashed: true, x: at, y: edge(sign) }) as const,
  )
  return [
    { ...line, label, x: at, y: kept.map((n) => known(value[n] as number)) },
    // Of a single trajectory there are none.
    ...errors.filter(({ y }) => y.some((edge) => edge !== null)),
  ]
}

/** The figures of a curve, a few of them. */
export function rowsOf({ x, value, standardError }: Curve): string[][] {
  return thinned([...Array(x.length).keys()], mostRows).map((n) => [
    formatNumber(x[n]),
    formatEstimate(value[n], standardError[n]),
  ])
}

function overTime(id: string, name: string, curve: Curve, learns: boolean): Drawn {
  const spec: ChartSpec = {
    id,
    height: 230,
    x: { label: learns ? 'noising time t' : 't', reversed: learns },
    y: { label: name },
    series: ascending(withErrors(`mean of ${name}`, 'accent', curve)),
  }
  const caption = 'Mean over trajectories at each recorded time, between dashed lines of one standard error.'
  return { spec, markup: chartFigure(spec, caption, { head: ['t', `mean of ${name} ± s.e.`], rows: rowsOf(curve) }) }
}

/** The time of generation runs down, and charts take x ascending. */
function ascending(series: ChartSeries[]): ChartSeries[] {
  return series.map((one) =>
    (one.x[0] as number) > (one.x.at(-1) as number) ? { ...one, x: one.x.toReversed(), y: one.y.toReversed() } : one,
  )
}

function overLag(id: string, name: string, curve: Curve & { with: string }): Drawn {
  const other = curve.with === name ? '' : ` with ${curve.with}`
  const order = Array.from(curve.x, (_, n) => n).sort((a, b) => (curve.x[a] as number) - (curve.x[b] as number))
  const sorted = (values: ArrayLike<number>) => order.map((n) => values[n] as number)
  const drawn = { x: sorted(curve.x), value: sorted(curve.value), standardError: sorted(curve.standardError) }
  const spec: ChartSpec = {
    id,
    height: 230,
    x: { label: 'lag τ' },
    y: { label: 'C(τ)' },
    series: withErrors(`correlation of ${name}${other}`, 'accent', drawn).map((one) => ({
      ...one,
      points: !one.dashed,
    })),
    levels: [{ y: 0, label: '', within: false }],
  }
  const what =
    other === ''
      ? `⟨A(t) A(t + τ)⟩ − ⟨A⟩² of A = ${name}`
      : `⟨A(t) B(t + τ)⟩ − ⟨A⟩⟨B⟩ of A = ${name} and B = ${curve.with}`
  const caption = `${what} over all recorded times so far apart; dashed lines are one standard error away.`
  return { spec, markup: chartFigure(spec, caption, { head: ['τ', 'C(τ) ± s.e.'], rows: rowsOf(drawn) }) }
}

function ofValues(
  id: string,
  { name, of, count }: ObservedFormula,
  { density, edges, below, within, above }: NonNullable<ObservedFormula['histogram']>,
): Drawn {
  const spec: ChartSpec = {
    id,
    height: 230,
    x: { label: `value on ${count === 1 ? 'the' : 'each'} ${of.replace(/s$/, '')}` },
    y: { label: 'probability density', floor: 0 },
    series: [
      {
        label: `density of ${name}`,
        kind: 'bars',
        tone: 'accent',
        x: Array.from(density.x, brief),
        y: Array.from(density.value, brief),
      },
    ],
  }
  const outside =
    below + above === 0
      ? 'None lies outside.'
      : `Outside lie ${formatCount(below)} below and ${formatCount(above)} above.`
  const caption = `${formatCount(within)} values from ${formatNumber(edges[0])} to ${formatNumber(edges.at(-1))}, over time and trajectories. ${outside}`
  return {
    spec,
    markup: chartFigure(spec, caption, { head: ['bin centre', 'density ± s.e.'], rows: allRows(density) }),
  }
}

function allRows({ x, value, standardError }: Curve): string[][] {
  return Array.from(x, (centre, n) => [formatNumber(centre), formatEstimate(value[n], standardError[n])])
}
