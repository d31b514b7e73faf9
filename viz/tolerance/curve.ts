import type { ChartSpec } from '../chart-spec.js'
import { brief, chartFigure, type Drawn } from '../figure.js'
import { formatCount, formatNumber } from '../format.js'
import { html } from '../html.js'
import { type Section, section } from '../sections/section.js'
import type { RecordedCurve, RecordedImperfection, RecordedMetric, RecordedTolerance } from './record.js'
import { estimateText, metricTitle, sizeText } from './text.js'

/** The quality against the size of an imperfection by each metric, where it is lost, its figures, and the command that gives them. */
export function curveSection(one: RecordedImperfection, found: RecordedTolerance): Section {
  const drawn = one.curves.map((curve, m) => drawnCurve(one, curve, found.metrics[m]!, found.seeds.length))
  const command = `command-${one.name}`
  const repeat =
    one.command === ''
      ? undefined
      : html`<div class="command"><code id="${command}">${one.command}</code><button type="button" data-copy="${command}" hidden>Copy</button></div>`
  const note = html`${one.about}, <code>hardware.${one.path}</code>. Tolerable: ${sizeText(one, one)}.`
  const title = `${one.name[0]?.toUpperCase() ?? ''}${one.name.slice(1).replaceAll('-', ' ')}`
  return section(
    `tolerance-${one.name}`,
    title,
    note,
    html`<div class="charts">${drawn.map(({ markup }) => html`<div>${markup}</div>`)}</div>${repeat}`,
    drawn.map(({ spec }) => spec),
  )
}

function drawnCurve(
  one: RecordedImperfection,
  { sizes, tolerance }: RecordedCurve,
  { path, ideal, lost, worse }: RecordedMetric,
  seeds: number,
): Drawn {
  const { scale, unit } = one
  // The axis of a chart ascends.
  const shown = sizes.toSorted((a, b) => a.size - b.size)
  const places = shown.map(({ size }) => size)
  const [low, high] = [places[0] ?? 1, places.at(-1) ?? 1]
  const room = scale === 'log' ? Math.max(1.1, (high / low) ** 0.04) : Math.max(0.2, 0.04 * (high - low))
  const label = unit === '' ? 'size' : unit
  const best = ideal.quality?.value ?? 0
  const title = metricTitle(path)
  const spec: ChartSpec = {
    id: `curve-${one.name}-${path.replace(/^.*\./, '')}`,
    height: 260,
    x: {
      label,
      // From the mildest on the left to the worst.
      reversed: one.worse === 'less',
      ...(scale === 'log'
        ? { log: true, range: [low / room, high * room] as [number, number] }
        : { range: [low - room, high + room] as [number, number] }),
    },
    y: { label: title },
    series: [
      {
        ...{ label: title, kind: 'line', tone: 'accent', points: true, x: places },
        y: shown.map(({ quality, loss }) => (quality === null || loss === null ? null : brief(quality.value))),
        error: shown.map(({ loss }) =>
          loss === null || loss.standardError === null ? null : brief(loss.standardError),
        ),
      },
    ],
    levels: [
      { y: brief(best), label: 'ideal', within: true },
      { y: brief(worse === 'more' ? best + lost : best - lost), label: 'lost', within: true },
    ],
    ...(tolerance?.where === 'inside' ? { marks: [{ x: brief(tolerance.size), label: 'tolerable' }] } : {}),
  }
  const rows = sizes.map(({ size, quality, loss, values }) => {
    const failed = values.filter((value) => value === null).length
    return [
      formatNumber(size),
      estimateText(quality),
      estimateText(loss),
      failed === 0 ? formatCount(values.length) : `${values.length - failed} of ${values.length}`,
    ]
  })
  const head = [unit === '' ? 'size' : `size / ${unit}`, title, 'loss', 'runs']
  const caption = `${title}: mean over ${formatCount(seeds)} ${seeds === 1 ? 'seed' : 'seeds'}; the band is one standard error of its difference to the ideal at the same seeds.`
  return { spec, markup: html`${chartFigure(spec, caption, { head, rows })}` }
}
