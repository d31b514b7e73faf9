import type { ChartSeries, ChartSpec } from '../chart-spec.js'
import { runTone } from '../comparison/columns.js'
import { brief, chartFigure, type Drawn } from '../figure.js'
import { absent, formatNumber } from '../format.js'
import { html } from '../html.js'
import type { At, Average } from './averages.js'
import { type Axis, valueText } from './axes.js'
import { type SweptFigure, withUnit } from './figures.js'
import { grid } from './grid.js'
import { measuredText } from './record.js'

/** A logarithmic axis where values differ by more than this. */
const decades = { x: 10, y: 100 }

/**
 * A figure over the x axis, a curve for each value of the second one, with bands of one standard error and dashed lines where
 * the truth lies.
 * @param id of the chart, unique on the page
 * @param heading '' for none
 * @param panel values of the axes beyond two
 */
export function sweptChart(
  id: string,
  heading: string,
  figure: SweptFigure,
  { x, curves }: { readonly x: Axis; readonly curves: Axis | undefined },
  at: At,
  panel: readonly unknown[],
): Drawn | undefined {
  const places = x.values.map((value, n) => (x.numeric ? (value as number) : n))
  const across = (curve: unknown) => x.values.map((value) => at(value, curve, panel))
  const lines = (curves?.values ?? [undefined]).map((curve, index) => ({
    found: across(curve),
    label: curves === undefined ? figure.title : `${curves.label} ${valueText(curve)}`,
    tone: curves === undefined ? ('accent' as const) : runTone(index),
  }))
  const all = lines.flatMap(({ found }) => found.filter((one) => one !== undefined))
  if (all.length < 2) return undefined
  const kind = x.numeric ? 'line' : 'dots'
  const measured = lines.map(
    ({ found, label, tone }, index): ChartSeries => ({
      ...{ label, kind, tone, points: true, x: x.numeric ? places : beside(places, index, lines.length) },
      y: found.map((one) => one && brief(one.value)).map((value) => value ?? null),
      error: found.map((one) => (one?.error === undefined ? null : brief(one.error))),
    }),
  )
  const truths = truthsOf(lines, places, figure)
  const log = isLogarithmic(all)
  const spec: ChartSpec = {
    id,
    height: 260,
    x: {
      label: x.label,
      ...(x.numeric ? rangeOf(places) : { range: [-0.5, places.length - 0.5], names: x.values.map(valueText) }),
    },
    y: { label: axisLabel(figure), log },
    series: [...measured, ...truths],
  }
  const content =
    curves === undefined
      ? {
          head: [x.label, withUnit(figure), ...(truths.length > 0 ? [reference(figure)] : [])],
          rows: x.values.map((value, n) => {
            const one = lines[0]?.found[n]
            return [
              valueText(value),
              one === undefined ? absent : measuredText(one),
              ...(truths.length > 0 ? [formatNumber(one?.truth, 4)] : []),
            ]
          }),
        }
      : grid({ x, curves }, at, panel)
  const title = heading === '' ? undefined : html`<h3>${heading}</h3>`
  return { spec, markup: html`<div>${title}${chartFigure(spec, captionOf(all, kind), content)}</div>` }
}

/** Longer names do not fit beside a chart, which has them above. */
const longestLabel = 34

function axisLabel(figure: SweptFigure): string {
  const whole = withUnit(figure)
  return whole.length <= longestLabel ? whole : figure.unit || 'value'
}

/** Dots over the same name stand beside each other. */
function beside(places: readonly number[], index: number, count: number): number[] {
  return places.map((place) => place + 0.08 * (index - (count - 1) / 2))
}

/** What a dashed line is. */
function reference({ group }: SweptFigure): string {
  return group === 'metrics' ? 'real data' : 'truth'
}

/** One line where all curves have the same truths, one each where they differ. */
function truthsOf(
  lines: readonly { readonly found: readonly (Average | undefined)[]; readonly tone: ChartSeries['tone'] }[],
  x: number[],
  figure: SweptFigure,
): ChartSeries[] {
  const drawn = lines.map(({ found, tone }) => ({ tone, y: found.map((one) => one?.truth ?? null) }))
  const known = drawn.filter(({ y }) => y.some((truth) => truth !== null))
  const shared = new Set(known.map(({ y }) => JSON.stringify(y))).size === 1
  return (shared ? known.slice(0, 1) : known).map(({ tone, y }, n) => ({
    label: n === 0 ? reference(figure) : '',
    kind: 'line',
    tone: shared ? 'muted' : tone,
    dashed: true,
    x,
    y: y.map((truth) => (truth === null ? null : brief(truth))),
  }))
}

function isLogarithmic(all: readonly Average[]): boolean {
  const least = Math.min(...all.map(({ value, error = 0, truth = value }) => Math.min(value - error, truth)))
  return least > 0 && Math.max(...all.map(({ value }) => value)) / least > decades.y
}

/** A little room beside the first and the last point. */
function rangeOf(places: readonly number[]): Pick<ChartSpec['x'], 'log' | 'range'> {
  const [low, high] = [Math.min(...places), Math.max(...places)]
  if (low > 0 && high / low > decades.x) {
    const room = (high / low) ** 0.04
    return { log: true, range: [low / room, high * room] }
  }
  return { range: [low - 0.04 * (high - low), high + 0.04 * (high - low)] }
}

function captionOf(all: readonly Average[], kind: 'line' | 'dots'): string {
  const counts = all.map(({ count }) => count)
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)]
  const mark = kind === 'line' ? 'The band is' : 'Bars are'
  if (all.every(({ error }) => error === undefined)) return 'Without an error: one run a point, which gives none.'
  if (most < 2) return `${mark} one standard error, as the runs say it.`
  const over = fewest === most ? `${most} runs` : `${fewest} to ${most} runs`
  return `Mean over ${over}; ${mark.toLowerCase()} one standard error of it, from their spread.`
}

/** A figure at each seed of a sweep over nothing else, beside the mean of all. */
export function seedChart(
  id: string,
  figure: SweptFigure,
  seeds: Axis,
  of: Average,
  each: (Average | undefined)[],
): Drawn {
  const x = seeds.values.map((_, n) => n)
  const spec: ChartSpec = {
    id,
    height: 220,
    x: { label: 'seed', range: [-0.5, x.length - 0.5], names: seeds.values.map(valueText) },
    y: { label: axisLabel(figure) },
    series: [
      {
        ...{ label: figure.title, kind: 'dots', tone: 'accent', points: true, x },
        y: each.map((one) => (one === undefined ? null : brief(one.value))),
        error: each.map((one) => (one?.error === undefined ? null : brief(one.error))),
      },
    ],
    levels: [{ y: of.value, label: 'mean', within: true }],
  }
  const content = {
    head: ['seed', withUnit(figure)],
    rows: seeds.values.map((seed, n) => {
      const one = each[n]
      return [valueText(seed), one === undefined ? absent : measuredText(one)]
    }),
  }
  const errors = each.some((one) => one?.error !== undefined) ? ' Bars are one standard error, as the runs say it.' : ''
  const shown = each.length < of.count ? ` Drawn: the first ${each.length}.` : ''
  const caption = `Mean over ${of.count} seeds: ${measuredText(of)}, its standard error from their spread.${errors}${shown}`
  return { spec, markup: html`<div>${chartFigure(spec, caption, content)}</div>` }
}
