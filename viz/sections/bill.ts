import type { ChartSpec } from '../chart-spec.js'
import { brief, chartFigure, table } from '../figure.js'
import { formatEstimate, formatNumber } from '../format.js'
import { html } from '../html.js'
import type { Bill, RunRecord } from '../run-record.js'
import { type Section, section } from './section.js'

/**
 * What a generated sample costs, beside the least of all clocks; how fast the clock goes, and where entropy is produced.
 * @returns undefined for a run without a bill
 */
export function bill({ bill: found, speedLimit, thermodynamics }: RunRecord): Section | undefined {
  if (found === undefined || found.knots.length < 2) return undefined
  const { duration, optimum, current, leastHeat } = found
  const mean = (name: string) => thermodynamics.find((row) => row.name === name)
  const measured = mean('entropyProduction')
  const heat = mean('heat')
  const rows = [
    ['entropy production, heat over kT and the change of entropy', measured, 'k_B'],
    ['entropy production, square of the mean velocity', current && { mean: current.value, ...current }, 'k_B'],
    ['least of all clocks of this duration, (∫√g ds)²/τ', { mean: optimum }, 'k_B'],
    ['least of all protocols, W₂²/(μ kT τ)', speedLimit && { mean: speedLimit.value, ...speedLimit }, 'k_B'],
    ['heat', heat, 'kT'],
    ['least heat, -ΔS (Landauer)', leastHeat && { mean: leastHeat.value, ...leastHeat }, 'kT'],
  ] as const
  const shown = rows.flatMap(([name, figure, unit]) =>
    figure?.mean === undefined
      ? []
      : [
          [
            name,
            'standardError' in figure ? formatEstimate(figure.mean, figure.standardError) : formatNumber(figure.mean),
            unit,
          ],
        ],
  )
  const [speeds, entropies] = [speedChart(found), entropyChart(found)]
  const head = ['quantity', 'mean ± s.e.', 'unit']
  const content = html`${table({ head, rows: shown }, 'What a sample costs')}
<div class="charts two">${chartFigure(speeds, speedCaption, tableOf(found))}${chartFigure(entropies, entropyCaption, tableOf(found))}</div>`
  const note = `What generating one sample costs, in a time of ${formatNumber(duration)}. The two entropy productions differ by what the densities of the ends, fitted, are off.`
  return section('bill', 'The bill', note, content, [speeds, entropies])
}

const speedCaption =
  'Speed c of the clock, |ds/dt|, and √g, the root of what speed 1 loses, by the learned force on noised data. Least is lost where c is in proportion to 1/√g.'
const entropyCaption =
  'Entropy produced up to a time by the drive that keeps the laws of the noising, by the same force.'

function speedChart({ knots }: Bill): ChartSpec {
  const times = [...knots].reverse()
  const x = times.map(({ t }) => brief(t))
  return {
    id: 'chart-bill-speed',
    height: 240,
    x: { label: 'noise time s', log: true, reversed: true },
    y: { label: 'c, √g', log: true },
    series: [
      { label: 'speed c', kind: 'line', tone: 'accent', points: true, x, y: times.map(({ speed }) => brief(speed)) },
      { label: '√g', kind: 'line', tone: 'muted', x, y: times.map(({ rate }) => brief(Math.sqrt(rate))) },
    ],
  }
}

function entropyChart({ knots }: Bill): ChartSpec {
  return {
    id: 'chart-bill-entropy',
    height: 240,
    x: { label: 'time' },
    y: { label: 'entropy / k_B', floor: 0 },
    series: [
      {
        ...{ label: 'entropy produced', kind: 'line', tone: 'accent', points: true },
        x: knots.map(({ elapsed }) => brief(elapsed)),
        y: knots.map(({ entropy }) => brief(entropy)),
      },
    ],
  }
}

function tableOf({ knots }: Bill) {
  return {
    head: ['s', 'time', 'c', 'g', 'entropy'],
    rows: knots.map(({ t, elapsed, speed, rate, entropy }) =>
      [t, elapsed, speed, rate, entropy].map((value) => formatNumber(value)),
    ),
  }
}
