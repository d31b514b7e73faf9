import { table } from '../figure.js'
import { absent, formatCount, formatNumber, formatWithError, words } from '../format.js'
import { html, type Markup } from '../html.js'
import type { BudgetLine, Estimate } from '../learned-record.js'
import { own } from '../read-values.js'
import type { RunRecord } from '../run-record.js'
import { type Section, section } from './section.js'

/** What each part of the error is, for the caption. */
const partFacts: Record<string, string> = {
  finiteTime: 'what the exact score still misses when it starts from the trap’s equilibrium at a finite time',
  integrator: 'the scenario’s steps in place of steps four times finer with a better scheme',
  slicing: 'the exact score known at the knots only, and interpolated or held between them',
  network: 'the trained network in place of the exact score at the knots',
  representability: 'the best that this potential can do at each knot, with data without end',
  training: 'what training left undone, for want of data or iterations',
}

const measureFacts: Record<string, { title: string; about: string }> = {
  bridge: { title: 'Bridge mass', about: 'between the two modes' },
  weight: { title: 'Weight of mode', about: '' },
  shift: { title: 'Shift of mode', about: 'of its mean, away from the centre' },
  variance: { title: 'Variance of mode', about: 'per coordinate' },
  distance: { title: 'Distance', about: 'sliced energy distance to the exact law' },
}

/**
 * Where the errors of the samples come from, figure by figure, as parts that add up.
 * @returns undefined for a run without an error budget
 */
export function errorBudget({ errorBudget: budget }: RunRecord): Section | undefined {
  const [first] = budget?.lines ?? []
  if (budget === undefined || first === undefined) return undefined
  const names = first.parts.map(({ name }) => name)
  const head = ['figure', 'total error', 'how it adds up', ...names.map(words)]
  const rows = budget.lines.map((line) => [
    html`<span class="metric">${title(line.name)}<small>${[factsOf(line.name)?.about, `exactly ${formatNumber(line.truth)}`].filter(Boolean).join('; ')}</small></span>`,
    stacked(line.total),
    waterfall(line),
    ...names.map((name) => stacked(line.parts.find((part) => part.name === name))),
  ])
  const meanings = names.flatMap((name, n) => [
    n === 0 ? '' : '; ',
    html`<strong>${words(name)}</strong> `,
    partFacts[name],
  ])
  const body = html`${['bridge', 'distance'].map((name) => {
    const line = budget.lines.find((each) => each.name === name)
    return line && html`<p>${reading(line)}</p>`
  })}
${table({ head, rows }, 'Error budget')}
<p class="legend-line"><span><i class="key bars"></i>a part, from where the one above it ended</span><span><i class="key bars plain"></i>the same, within 2 s.e. of 0</span><span><i class="dot"></i>total, ± 2 s.e.</span><span><i class="tick"></i>no error</span></p>
<p class="caption">The parts, in the order in which they arise: ${meanings}.</p>`
  const count = budget.trajectories === undefined ? 'The' : `The ${formatCount(budget.trajectories)}`
  const note = `${count} raw samples at t = ${formatNumber(budget.t)} against the exact law there. Each part is the difference between two runs with the same noise, so most are known better than the total.`
  return section('error-budget', 'Error budget', note, body)
}

/** `weight 1` → facts of weight. */
function factsOf(name: string) {
  return own(measureFacts, name.split(' ')[0] as string)
}

function title(name: string): string {
  const [, mode] = name.split(' ')
  return [factsOf(name)?.title ?? words(name), mode].filter(Boolean).join(' ')
}

/** Value over its error, so that many columns fit. */
function stacked(estimate: Estimate | undefined): Markup {
  const [value = absent, error] = formatWithError(estimate?.value, estimate?.standardError).split(' ± ')
  const shown = html`${value}${error === undefined ? undefined : html`<small>± ${error}</small>`}`
  return html`<span class="stacked">${estimate !== undefined && stands(estimate) ? html`<strong>${shown}</strong>` : shown}</span>`
}

/** Whether it is told from 0, by two standard errors. */
function stands({ value, standardError }: Estimate): boolean {
  return value !== undefined && standardError !== undefined && Math.abs(value) > 2 * standardError
}

/** One sentence: how large the error is, and which part is the largest. */
function reading({ name, parts, total }: BudgetLine): string {
  const figure = (estimate: Estimate) => formatWithError(estimate.value, estimate.standardError)
  const about = `${title(name)}: the error is ${figure(total)}`
  const plain = parts.filter(stands)
  if (plain.length === 0) return `${about}; no part of it can be told from 0.`
  const largest = plain.reduce((a, b) => (Math.abs(b.value as number) > Math.abs(a.value as number) ? b : a))
  return `${about}; the largest part of it is ${words(largest.name)}, ${figure(largest)}.`
}

/** The parts as bars below one another, each beginning where the one before ended, and the total beside zero. */
function waterfall({ parts, total }: BudgetLine): Markup | undefined {
  if (total.value === undefined || parts.some(({ value }) => value === undefined)) return undefined
  let sum = 0
  const ends = parts.map(({ value }) => {
    sum += value as number
    return sum
  })
  const error = 2 * (total.standardError ?? 0)
  const figures = [0, ...ends, total.value - error, total.value + error]
  const [low, high] = [Math.min(...figures), Math.max(...figures)]
  const place = (figure: number) => (high > low ? 6 + (148 * (figure - low)) / (high - low) : 80)
  const bottom = 8 * parts.length + 12
  const bars = parts.map((part, n) => {
    const [from, to] = [place(ends[n - 1] ?? 0), place(ends[n] as number)]
    const width = Math.max(1, Math.abs(to - from)).toFixed(1)
    return html`<rect class="${stands(part) ? 'part' : 'part plain'}" x="${Math.min(from, to).toFixed(1)}" y="${8 * n + 3}" width="${width}" height="5"/>`
  })
  const at = (figure: number) => place(figure).toFixed(1)
  const y = bottom - 7
  return html`<svg class="scale waterfall" viewBox="0 0 160 ${bottom}" width="160" height="${bottom}" aria-hidden="true"><path class="tick" d="M${at(0)} 0V${bottom}"/>
${bars}<path class="error" d="M${at(total.value - error)} ${y}H${at(total.value + error)}"/><circle class="dot" cx="${at(total.value)}" cy="${y}" r="3.5"/></svg>`
}
