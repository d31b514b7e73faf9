import { table } from '../figure.js'
import { absent, formatDuration, formatEstimate, formatNumber } from '../format.js'
import { html } from '../html.js'
import { figureTitle } from '../objective-facts.js'
import type { Arm } from '../run-record.js'
import { type Section, section } from '../sections/section.js'
import { systemOf } from '../systems.js'
import type { NamedRun } from './columns.js'

/** What one run of an objective shows, in a line. */
interface SystemRow {
  readonly system: string
  readonly source: string
  readonly scenario: string
  readonly about: string
  /** what the run is judged by */
  readonly figure: string
  /** of the first arm that is to succeed, mean ± standard error over the seeds */
  readonly found: string
  /** of the first control that has it, and its name */
  readonly control: string
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
  const shown = (arm: Arm | undefined, figure: string) => {
    const found = arm && run.metrics.find(({ name }) => name === `${figure}:${arm.name}`)
    return found && `${formatEstimate(found.value, found.standardError)} (${arm.name})`
  }
  const [leading = ''] = run.metrics.map(({ name }) => name.split(':')[0]!)
  const succeeding = arms.find(({ name, fails }) => !fails && run.metrics.some((m) => m.name === `${leading}:${name}`))
  const control = arms.find(({ name, fails }) => fails && run.metrics.some((m) => m.name === `${leading}:${name}`))
  const { work, heat } =
    arms.find(({ fails, figures }) => !fails && ('work' in figures || 'heat' in figures))?.figures ?? {}
  const told = run.checks.filter(({ pass }) => pass !== null)
  const passed = told.filter(({ pass }) => pass).length
  return {
    system: title,
    source,
    scenario: run.scenario.name,
    about: run.scenario.about,
    figure: leading === '' ? absent : figureTitle(leading),
    found: shown(succeeding, leading) ?? absent,
    control: shown(control, leading) ?? absent,
    rule: (succeeding ?? arms[0])?.locality ?? absent,
    bill: work === undefined && heat === undefined ? absent : `${formatNumber(work)} / ${formatNumber(heat)}`,
    checks: `${passed} of ${told.length}`,
    failed: passed < told.length,
    took: run.timings.total === undefined ? absent : formatDuration(run.timings.total),
  }
}

const columns = ['figure', 'found', 'control', 'rule', 'work / heat, kT', 'checks that pass', 'took'] as const

/**
 * What each run of an objective shows, a row each, in the order of the systems: the first part of the page of all of them.
 * @returns undefined for objectives of fewer than two scenarios
 */
export function comparedSystems(runs: readonly NamedRun[]): Section | undefined {
  const rows = systemRows(runs)
  if (new Set(rows.map(({ scenario }) => scenario)).size < 2) return undefined
  const content = table(
    {
      head: ['system', ...columns],
      rows: rows.map((row) => [
        html`<span class="metric">${row.system}<small>${row.source}</small><small><code>${row.scenario}</code> ${row.about}</small></span>`,
        ...[row.figure, row.found, row.control, row.rule, row.bill],
        html`<span class="${row.failed ? 'fail' : 'pass'}">${row.failed ? '✕' : '✓'} ${row.checks}</span>`,
        row.took,
      ]),
    },
    'Systems',
  )
  const note =
    'The figure that a run is judged by, of its best arm and of the control that is to miss the truth; ± is over the seeds, work and heat are of a walker. Checks hold for every seed.'
  return section('systems', 'Systems', note, content)
}

/** The same rows as Markdown, for a README. */
export function systemsMarkdown(runs: readonly NamedRun[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [
    line(['system', 'scenario', ...columns.slice(0, -1)]),
    line(['system', 'scenario', ...columns.slice(0, -1)].map(() => '---')),
    ...systemRows(runs).map((row) => {
      const system = row.source === '' ? row.system : `${row.system} (${row.source})`
      const name = `\`${row.scenario}\``
      return line([system, name, row.figure, row.found, row.control, row.rule, row.bill, row.checks])
    }),
  ].join('\n')
}
