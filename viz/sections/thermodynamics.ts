import { arrangement, unitName } from '../arrangement.js'
import type { ChartSpec } from '../chart-spec.js'
import { brief, chartFigure, foldedTable, table } from '../figure.js'
import { absent, formatCount, formatEstimate, formatNumber, formatWithError, words } from '../format.js'
import { html, type Markup } from '../html.js'
import { own } from '../read-values.js'
import type { Identity, RunRecord } from '../run-record.js'
import { histogram, summarise } from '../summary.js'
import { quantities } from './energy-facts.js'
import { firstPassage } from './first-passage.js'
import { freeEnergy } from './free-energy.js'
import { type Section, section } from './section.js'

/** What the means of hidden units in a bath of their own are. */
const meanings: Readonly<Record<string, string>> = {
  bathEntropy: 'Σ Q/kT, each heat over the kT of its bath',
  drivingWork: 'what changing all parameters but the hidden units’ temperature costs, of a few trajectories',
  hiddenHeat: 'given to the hidden units’ bath, of the same trajectories',
  conductedHeat: 'passes besides from the visible units’ bath to the hidden units’',
}

/**
 * Distributions of work, heat and entropy production over the trajectories, with their means, and what follows from them:
 * free energies, the speed limit. First-passage times stand here too.
 * @returns undefined when nothing was measured
 */
export function thermodynamics(run: RunRecord): Section | undefined {
  const drawn = quantities.flatMap(({ key, ...quantity }) => {
    const values = run.energies[key]
    const note = run.thermodynamics.find(({ name }) => name === key)?.note ?? ''
    return values && values.length > 0 ? [distribution(key, quantity, values, note)] : []
  })
  const passage = firstPassage(run)
  const energies = drawn.length > 0 || run.thermodynamics.length > 0 || run.identities.length > 0
  if (!energies)
    return (
      passage && section('thermodynamics', 'First passage', 'Times at which a unit first crosses a target.', passage)
    )
  const free = freeEnergy(run)
  const means = run.thermodynamics.map(({ name, mean, standardError, note }) => [
    name === words(name) ? name : html`${words(name)} <code>${name}</code>`,
    formatEstimate(mean, standardError),
    note || (own(meanings, name) ?? absent),
  ])
  const body = html`<div class="charts">${drawn.map(({ markup }) => markup)}</div>
${means.length > 0 ? html`<h3>Means</h3>${table({ head: ['quantity', 'mean ± s.e.', 'note'], rows: means }, 'Means of heat, work and entropy production')}` : undefined}${bathTable(run)}${speedLimit(run)}${free?.markup}${passage}${identityTable(run.identities)}`
  const whose = run.objective
    ? 'Per walker over all of a repetition, in the first arm that is expected to succeed and measures it; in units of kT.'
    : `Per trajectory, in units of kT${run.baths.length > 0 ? ' of the first unit' : ''}.`
  const note = `${whose} Heat is positive when it goes to the bath; the change of energy is work minus heat.`
  return section('thermodynamics', 'Heat and work', note, body, [
    ...drawn.flatMap(({ spec }) => spec ?? []),
    ...(free?.charts ?? []),
  ])
}

/** Units of a bath that are named one by one, at most, and baths that are shown unfolded. */
const [mostNamed, mostBaths] = [8, 12]

/** The heat to each bath, where units have several temperatures. */
function bathTable(run: RunRecord): Markup | undefined {
  const { baths } = run
  if (baths.length === 0) return undefined
  const place = arrangement(run, run.samples?.units ?? baths.flatMap(({ units }) => units).length)
  const named = (unit: number) => unitName(unit, place)
  const who = (units: number[]) =>
    units.length > mostNamed
      ? `${units.slice(0, mostNamed).map(named).join('; ')} … (${formatCount(units.length)})`
      : units.map(named).join('; ')
  const rows = baths.map(({ kT, units, mean, standardError }) => [
    formatNumber(kT),
    who(units),
    formatEstimate(mean, standardError),
  ])
  const content = { head: ['kT of the bath', 'units in it', 'heat to it ± s.e.'], rows }
  return html`<h3>Baths</h3>${
    baths.length > mostBaths ? foldedTable(content, 'Table of the baths') : table(content, 'Heat to each bath')
  }
<p class="caption">Σ ½(F + F′)·dx over the units of a bath: what they give to it, in units of kT of the first unit. In a steady state one bath gets what others give. The sum is the heat, to rounding where forces are linear, and as the time step goes to 0 elsewhere.</p>`
}

function speedLimit({ speedLimit: limit }: RunRecord): Markup | undefined {
  if (limit?.value === undefined) return undefined
  const share =
    limit.efficiency === undefined ? '' : `, ${formatNumber(100 * limit.efficiency, 2)} % of what was produced`
  return html`<p class="caption">No protocol of the same duration between the same states produces less entropy than W₂²/(μ kT τ) ≥ <strong>${formatEstimate(limit.value, limit.standardError)}</strong>${share} (distance of Gaussian fits).</p>`
}

/** Fluctuation theorems and the like: averages over the distributions above whose value is known exactly. */
function identityTable(identities: Identity[]): Markup | undefined {
  if (identities.length === 0) return undefined
  const rows = identities.map(({ name, value, standardError, truth }) => {
    const known = value !== undefined && truth !== undefined && standardError !== undefined && standardError > 0
    return [
      name,
      formatWithError(value, standardError),
      formatNumber(truth),
      known ? formatNumber((value - truth) / standardError, 2) : absent,
    ]
  })
  return html`<h3>Identities</h3>${table({ head: ['average', 'value ± s.e.', 'exact', 'z'], rows }, 'Identities')}
<p class="caption">Averages over these distributions that must come out exactly; z is the distance in standard errors. Exponential averages live on rare trajectories: where the distribution is wide, value and error are both too small.</p>`
}

function distribution(
  key: string,
  { title, symbol, about }: { title: string; symbol: string; about: string },
  values: ArrayLike<number>,
  note: string,
): { spec?: ChartSpec; markup: Markup } {
  const bars = histogram(values)
  const figures = summarise(values)
  if (figures.minimum === figures.maximum) {
    const text = `${title} ${about} is ${formatNumber(figures.mean)} kT in each of the ${formatCount(figures.count)} trajectories.`
    return { markup: html`<div><h3>${title}</h3><p class="caption">${text}</p></div>` }
  }
  const spec: ChartSpec = {
    id: `chart-${words(key).replaceAll(' ', '-')}`,
    height: 230,
    x: { label: symbol },
    y: { label: 'trajectories', floor: 0 },
    series: [
      { label: 'trajectories in a bin', kind: 'bars', tone: 'accent', x: bars.centres.map(brief), y: bars.counts },
    ],
    marks: [{ x: brief(figures.mean), label: 'mean' }],
  }
  const missing = values.length - figures.count
  const extras = [
    bars.outside > 0 ? ` Beyond the range shown: ${formatCount(bars.outside)}.` : '',
    missing > 0 ? ` Not finite and left out: ${formatCount(missing)}.` : '',
    note ? ` (${note})` : '',
  ].join('')
  const caption = html`${title} ${about}: <strong>${formatEstimate(figures.mean, figures.standardError)}</strong> on average (line) over ${formatCount(figures.count)} trajectories, from ${formatNumber(figures.lower)} to ${formatNumber(figures.upper)} in 90 % of them.${extras}`
  const content = {
    head: [`${symbol}, bin centre`, 'trajectories'],
    rows: bars.centres.map((centre, bin) => [formatNumber(centre), formatCount(bars.counts[bin] as number)]),
  }
  const summary = {
    head: ['figure', symbol],
    rows: [
      ['mean ± s.e.', formatEstimate(figures.mean, figures.standardError)],
      ['s.d.', formatNumber(figures.standardDeviation)],
      ['minimum', formatNumber(figures.minimum)],
      ['5 %', formatNumber(figures.lower)],
      ['median', formatNumber(figures.median)],
      ['95 %', formatNumber(figures.upper)],
      ['maximum', formatNumber(figures.maximum)],
    ],
  }
  return {
    spec,
    markup: html`<div><h3>${title}</h3>${chartFigure(spec, caption, content)}${foldedTable(summary, 'Summary')}</div>`,
  }
}
