import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { table } from '../figure.js'
import { absent, formatCount, formatEstimate, formatNumber } from '../format.js'
import { html, type Insertable } from '../html.js'
import { text, texts } from '../read-values.js'
import { type Section, section } from '../sections/section.js'
import { valueText } from './axes.js'
import { type SweptFigure, withUnit } from './figures.js'
import type { RecordedPoint, RecordedSweep } from './record.js'

/** Rows and columns that a page can carry; sweep.csv has all. */
const most = { points: 1000, figures: 40 }

/** Every point with its values, how it went, its figures with their units, and the way to its report. */
export function points(
  { grid, points: all }: RecordedSweep,
  figures: readonly SweptFigure[],
  directory: string,
): Section {
  const shownPoints = all.slice(0, most.points)
  const shownFigures = figures.slice(0, most.figures)
  const head = ['point', 'status', ...grid.map(({ path }) => html`<code>${path}</code>`), ...shownFigures.map(withUnit)]
  const rows = shownPoints.map((point, row) => [
    named(point, directory),
    statusOf(point),
    ...grid.map(({ path }) => valueText(point.values[path])),
    ...shownFigures.map(({ values, errors }) =>
      errors[row] === undefined ? formatNumber(values[row], 4) : formatEstimate(values[row], errors[row]),
    ),
  ])
  const failures = shownPoints.flatMap((point) => {
    const why = text(point.error)
    return point.status === 'failed' && why !== ''
      ? [html`<p class="caption"><strong>${point.name}</strong>: ${why}</p>`]
      : []
  })
  const left = [
    [all.length - shownPoints.length, 'points'],
    [figures.length - shownFigures.length, 'figures'],
  ].flatMap(([count, what]) => (Number(count) > 0 ? [`${formatCount(Number(count))} more ${what}`] : []))
  const others = left.length === 0 ? undefined : html`<p class="caption">${left.join(' and ')} are in sweep.csv.</p>`
  const note =
    'A row a point; its name leads to its report. A figure has the standard error that its run gives. Figures that are the same at all points are left out here: sweep.csv has every one.'
  return section('points', 'Points', note, html`${table({ head, rows }, 'Points')}${others}${failures}`)
}

/** The name of a point, a link where its run has a report. */
function named({ name, directory: at, status }: RecordedPoint, directory: string): Insertable {
  if (status !== 'finished' || !existsSync(join(directory, at, 'report.html'))) return name
  return html`<a href="${address(at)}">${name}</a>`
}

/** Where a report lies, seen from the page: always a path, whatever its folders are called. */
function address(directory: string): string {
  const folders = directory.replace(/\p{Surrogate}/gu, '\ufffd').split(/[\\/]/)
  return ['.', ...folders.map(encodeURIComponent), 'report.html'].join('/')
}

function statusOf({ status, failedChecks }: RecordedPoint): Insertable {
  if (status === 'pending') return 'not yet run'
  if (status === 'failed') return html`<span class="fail">✕ failed</span>`
  const failed = texts(failedChecks)
  if (failed.length === 0) return html`<span class="pass">✓ finished</span>`
  return html`<span class="fail">✕ ${failed.length} ${failed.length === 1 ? 'check' : 'checks'}</span><small class="why">${failed.join(', ') || absent}</small>`
}
