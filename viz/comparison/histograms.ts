import type { ChartSpec } from '../chart-spec.js'
import { brief, chartFigure, type Drawn } from '../figure.js'
import { enumerate, formatCount, formatNumber, words } from '../format.js'
import { html } from '../html.js'
import { energyFacts } from '../sections/energy-facts.js'
import { histogramOn, sharedBins } from '../summary.js'
import { type NamedRun, runTone } from './columns.js'

/** A quantity of each trajectory of a run; one value for all is no distribution. */
interface Distribution {
  name: string
  /** place of the run among those compared, which is its colour */
  place: number
  values: ArrayLike<number>
}

/**
 * Work, heat, entropy production and whatever else two runs or more measured of each trajectory: their distributions over one
 * another, on common bins.
 */
export function comparedHistograms(runs: readonly NamedRun[]): Drawn[] {
  const keys = [...new Set(runs.flatMap(({ run }) => Object.keys(run.energies)))]
  return keys.flatMap((key) => {
    const found = runs.flatMap(({ name, run }, place): Distribution[] => {
      const values = run.energies[key]
      return values && new Set(Array.from(values).filter(Number.isFinite)).size > 1 ? [{ name, place, values }] : []
    })
    return found.length < 2 ? [] : [overlay(key, found)]
  })
}

function overlay(key: string, found: readonly Distribution[]): Drawn {
  const bins = sharedBins(found.map(({ values }) => values))
  const x = bins.centres.map(brief)
  const counted = found.map(({ values }) => histogramOn(bins, values))
  const { title, symbol } = energyFacts(key)
  const spec: ChartSpec = {
    id: `chart-compared-${words(key).replaceAll(' ', '-')}`,
    height: 260,
    x: { label: symbol },
    y: { label: 'probability density', floor: 0 },
    series: found.map(({ name, place }, n) => {
      const { counts, finite } = counted[n] as (typeof counted)[number]
      const y = counts.map((count) => brief(count / (finite * bins.width)))
      return { label: name, kind: 'line', tone: runTone(place), dashed: place >= 8, x, y }
    }),
  }
  const beyond = found.flatMap(({ name }, n) => {
    const { outside = 0 } = counted[n] ?? {}
    return outside > 0 ? [`${formatCount(outside)} of ${name}`] : []
  })
  const content = {
    head: [`${symbol}, bin centre`, ...found.map(({ name }) => name)],
    rows: x.map((centre, bin) => [
      formatNumber(centre),
      ...spec.series.map(({ y }) => formatNumber(y[bin] ?? undefined)),
    ]),
  }
  const rest = beyond.length > 0 ? ` Beyond the range shown: ${enumerate(beyond)}.` : ''
  const caption = `${title} of single trajectories on common bins, each run with an area of 1.${rest}`
  return { spec, markup: html`<div><h3>${title}</h3>${chartFigure(spec, caption, content)}</div>` }
}
