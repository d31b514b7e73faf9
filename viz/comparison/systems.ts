import { table } from '../figure.js'
import { absent, formatDuration, formatEstimate, formatNumber } from '../format.js'
import { html, visible } from '../html.js'
import { figureTitle } from '../objective-facts.js'
import type { Arm } from '../objective-record.js'
import { type Section, section } from '../sections/section.js'
import { systemOf } from '../systems.js'
import type { NamedRun } from './columns.js'

/** A figure and the arm whose it is. */
interface Shown {
  readonly value: string
  readonly arm: string
}

/** What one run of an objective shows, in a line. */
interface SystemRow {
  readonly system: string
  readonly source: string
  readonly scenario: string
  readonly about: string
  /** what the run is judged by */
  readonly figure: string
  /** of the first arm that is to succeed and that others are not judged beside, mean ± standard error over the seeds */
  readonly found: Shown
  /** of the first control that has it */
  readonly control: Shown
  readonly rule: string
  /** work and heat of a walker, in kT */
  readonly bill: string
  readonly checks: string
  readonly failed: boolean
  readonly took: string
}

/** Runs of objectives in the order of the systems, a line each; other runs have none. */
function systemRows(runs: readonly NamedRun[]): SystemRow[] {
  return runs
    .filter(({ run }) => run.objective !== undefined)
    .toSorted((a, b) => systemOf(a.run.objective!.kind).place - systemOf(b.run.objective!.kind).place)
    .map(rowOf)
}

function rowOf({ run }: NamedRun): SystemRow {
  const { kind, arms } = run.objective!
  const { title, source } = systemOf(kind)
  const [leading = ''] = run.metrics.map(({ name }) => name.split(':')[0]!)
  const measured = (arm: Arm) => run.metrics.find(({ name }) => name === `${leading}:${arm.name}`)
  const first = (control: boolean) =>
    arms.find((arm) => arm.fails === control && !arm.reference && measured(arm) !== undefined)
  const shown = (arm: Arm | undefined): Shown => {
    const found = arm && measured(arm)
    return found
      ? { value: formatEstimate(found.value, found.standardError), arm: arm.name }
      : { value: absent, arm: '' }
  }
  const { work, heat } =
    arms.find(({ fails, reference, figures }) => !fails && !reference && ('work' in figures || 'heat' in figures))
      ?.figures ?? {}
  const told = run.checks.filter(({ pass }) => pass !== null)
  const passed = told.filter(({ pass }) => pass).length
  return {
    system: title,
    source,
    scenario: run.scenario.name,
    about: run.scenario.about,
    figure: leading === '' ? absent : figureTitle(leading),
    found: shown(first(false)),
    control: shown(first(true)),
    rule: (first(false) ?? arms[0])?.locality ?? absent,
    bill: work === undefined && heat === undefined ? absent : `${formatNumber(work)} / ${formatNumber(heat)}`,
    checks: `${passed} of ${told.length}`,
    failed: passed < told.length,
    took: run.timings.total === undefined ? absent : formatDuration(run.timings.total),
  }
}

/**
 * What each run of an objective shows, a row each, in the order of the systems: the first part of the page of all of them.
 * @returns undefined for objectives of fewer than two scenarios
 */
export function comparedSystems(runs: readonly NamedRun[]): Section | undefined {
  const rows = systemRows(runs)
  if (new Set(rows.map(({ scenario }) => scenario)).size < 2) return undefined
  const content = table(
    {
      head: ['system', 'found', 'control', html`rule<br>work / heat, kT`, html`checks<br>took`],
      rows: rows.map((row) => [
        html`<span class="metric">${row.system}<small>${row.source}</small><small><code>${row.scenario}</code> ${row.about}</small></span>`,
        ...[row.found, row.control].map(
          ({ value, arm }) => html`${value}<br><small class="value">${arm}<br>${arm === '' ? '' : row.figure}</small>`,
        ),
        html`${row.rule}<br>${row.bill}`,
        html`<span class="${row.failed ? 'fail' : 'pass'}">${row.failed ? '✕' : '✓'} ${row.checks}</span><br>${row.took}`,
      ]),
    },
    'Systems',
  )
  const note =
    'The figure that a run is judged by, of the first arm that is to succeed and of the control that is to miss the truth; ± is over the seeds, work and heat are of a walker. Checks hold for every seed.'
  return section('systems', 'Systems', note, content)
}

/** Text of a run as Markdown shows it, in one cell: no markup, no link, nothing that a terminal would obey. */
function markdownText(text: string): string {
  return visible(text)
    .replace(/\s+/g, ' ')
    .replace(/[|[\]]/g, '\\$&')
    .replaceAll('<', '&lt;')
}

/** The same rows as Markdown, for a README. */
export function systemsMarkdown(runs: readonly NamedRun[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownText).join(' | ')} |`
  const head = ['system', 'scenario', 'figure', 'found', 'control', 'rule', 'work / heat, kT', 'checks that pass']
  return [
    line(head),
    line(head.map(() => '---')),
    ...systemRows(runs).map((row) => {
      const system = row.source === '' ? row.system : `${row.system} (${row.source})`
      const name = `\`${row.scenario}\``
      const [found, control] = [row.found, row.control].map(({ value, arm }) =>
        arm === '' ? value : `${value} (${arm})`,
      )
      return line([system, name, row.figure, found!, control!, row.rule, row.bill, row.checks])
    }),
  ].join('\n')
}
