import { absent, formatCount, formatDuration, formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import { entry } from '../read-values.js'
import { verdict } from '../verdict.js'
import { type NamedRun, runsTable } from './columns.js'

const words = { good: '✓ good', mixed: '◐ mixed', bad: '✕ not good', plain: '· no judgement' }

/** The head of a comparison: what was compared, and each run in a few words. */
export function comparisonHead(runs: readonly NamedRun[]): Markup {
  const text = (value: unknown) =>
    typeof value === 'string' && value !== '' ? html`<span class="value">${value}</span>` : absent
  const rows = [
    ['scenario', ...runs.map(({ run }) => text(run.scenario.name))],
    ['profile', ...runs.map(({ run }) => text(entry(run.manifest, 'scenario', 'profile')))],
    ['seed', ...runs.map(({ run }) => formatNumber(run.seed))],
    ['backend', ...runs.map(({ run }) => text(run.backend))],
    ['samples', ...runs.map(({ run }) => (run.samples ? formatCount(run.samples.count) : absent))],
    ['took', ...runs.map(({ run }) => (run.timings.total === undefined ? absent : formatDuration(run.timings.total)))],
    ['ended', ...runs.map(({ run }) => text(run.manifest.exitReason))],
    [
      'verdict',
      ...runs.map(({ run }) => {
        const { tone } = verdict(run)
        return html`<span class="tone ${tone}">${words[tone]}</span>`
      }),
    ],
  ]
  return html`<header class="overview"><h1>Comparison</h1><p class="about">${counted(runs)}, side by side.</p>
<div class="content glance">${runsTable(runs, 'run', rows, 'The runs')}</div></header>`
}

/** The head of many runs, whose few words stand in their rows. */
export function manyHead(runs: readonly NamedRun[]): Markup {
  return html`<header class="overview"><h1>Comparison</h1><p class="about">${counted(runs)}.</p></header>`
}

function counted(runs: readonly NamedRun[]): string {
  const scenarios = new Set(runs.map(({ run }) => run.scenario.name))
  return `${runs.length} runs of ${scenarios.size === 1 ? [...scenarios][0] : `${scenarios.size} scenarios`}`
}
