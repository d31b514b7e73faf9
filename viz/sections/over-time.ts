import { arrangement, unitName } from '../arrangement.js'
import type { ChartSeries, ChartSpec } from '../chart-spec.js'
import { runTone } from '../comparison/columns.js'
import { brief, chartFigure, type Drawn, thinned } from '../figure.js'
import { formatEstimate, formatNumber } from '../format.js'
import { html } from '../html.js'
import type { EnsembleRecord } from '../observed-record.js'
import type { RunRecord } from '../run-record.js'
import { withErrors } from './observables.js'
import { type Section, section } from './section.js'

/** Rows of a chart's table. */
const mostRows = 25

/**
 * Means and variances of units, work, heat, temperature and schedules over time, of a plain simulation.
 * @returns undefined for other runs, and those of before
 */
export function overTime(run: RunRecord): Section | undefined {
  const { ensemble } = run
  if (ensemble === undefined || ensemble.time.length < 2) return undefined
  const drawn = [...unitCharts(run, ensemble), ...energyChart(ensemble), ...driveCharts(ensemble)]
  const body = html`<div class="charts two">${drawn.map(({ markup }) => markup)}</div>`
  const note = 'What all trajectories do together at the recorded times. All figures stand in ensemble.npz.'
  return section(
    'over-time',
    'Over time',
    note,
    body,
    drawn.map(({ spec }) => spec),
  )
}

interface Column {
  label: string
  /** at each time */
  value: readonly number[]
}

/** Curves of several things over time, each a column of the table. */
function chart(id: string, title: string, about: string, time: readonly number[], columns: readonly Column[]): Drawn {
  const x = time.map(brief)
  const series = columns.map(
    ({ label, value }, place): ChartSeries => ({
      ...{ label, kind: 'line', tone: columns.length === 1 ? 'accent' : runTone(place), dashed: place >= 8, x },
      y: value.map((y) => (Number.isFinite(y) ? brief(y) : null)),
    }),
  )
  const spec: ChartSpec = { id, height: 230, x: { label: 't' }, y: { label: title }, series }
  const content = {
    head: ['t', ...columns.map(({ label }) => label)],
    rows: thinned([...time.keys()], mostRows).map((n) => [
      formatNumber(time[n]),
      ...columns.map(({ value }) => formatNumber(value[n])),
    ]),
  }
  return { spec, markup: chartFigure(spec, about, content) }
}

/** Column number `at` of values [times, columns]. */
function columnOf(values: ArrayLike<number>, times: number, at: number): number[] {
  const columns = values.length / times
  return Array.from({ length: times }, (_, n) => values[n * columns + at] as number)
}

function unitCharts(run: RunRecord, { time, unit, mean, variance }: EnsembleRecord): Drawn[] {
  const units = run.samples?.units ?? unit.length
  const place = arrangement(run, units)
  const columns = (values: ArrayLike<number>) =>
    unit.map((number, at) => ({
      label: units === 1 ? 'x' : unitName(number, place),
      value: columnOf(values, time.length, at),
    }))
  const which = unit.length < units ? ` ${unit.length} of ${units} units are followed.` : ''
  const drawn = [chart('chart-time-mean', 'mean of x', `Mean over trajectories.${which}`, time, columns(mean))]
  const spread = columns(variance)
  // Of a single trajectory there is none.
  if (spread.some(({ value }) => value.some(Number.isFinite)))
    drawn.push(chart('chart-time-variance', 'variance of x', `Variance over trajectories.${which}`, time, spread))
  return drawn
}

function energyChart({ time, work, heat }: EnsembleRecord): Drawn[] {
  if (work === undefined || heat === undefined) return []
  const spec: ChartSpec = {
    id: 'chart-time-energy',
    height: 230,
    x: { label: 't' },
    y: { label: 'energy / kT' },
    series: [...withErrors('work so far', 'run-0', work), ...withErrors('heat so far', 'run-1', heat)],
  }
  const content = {
    head: ['t', 'work ± s.e.', 'heat ± s.e.'],
    rows: thinned([...time.keys()], mostRows).map((n) => [
      formatNumber(time[n]),
      ...[work, heat].map(({ value, standardError }) => formatEstimate(value[n], standardError[n])),
    ]),
  }
  const caption =
    'Work done and heat given to the bath since the start, means between dashed lines of one standard error.'
  return [{ spec, markup: chartFigure(spec, caption, content) }]
}

/** The temperature and the parameters, where they change. */
function driveCharts({ time, temperature, schedules }: EnsembleRecord): Drawn[] {
  const heat =
    temperature === undefined
      ? []
      : [
          chart('chart-time-kt', 'kT', 'Temperature of the bath, as it acts.', time, [
            { label: 'kT', value: Array.from(temperature) },
          ]),
        ]
  return [
    ...heat,
    ...schedules.map(({ name, index, values }, place) => {
      const columns = index.map((number, at) => ({
        label: index.length === 1 ? name : `${name} ${number + 1}`,
        value: columnOf(values, time.length, at),
      }))
      return chart(
        `chart-time-parameter-${place}`,
        name,
        `The schedule of ${name}, as it acts in the step before.`,
        time,
        columns,
      )
    }),
  ]
}
