import { type TableContent, table } from '../figure.js'
import { html, type Insertable, type Markup } from '../html.js'
import type { RunRecord } from '../run-record.js'

/** A run of a comparison and the name that stands for it. */
export interface NamedRun {
  name: string
  run: RunRecord
}

/** The colour of a run, the same wherever it is shown. */
export function runTone(index: number): `run-${number}` {
  return `run-${index % 8}`
}

/** The name of a run behind its colour. */
export function runLabel({ name }: NamedRun, index: number): Markup {
  return html`<span class="run-name"><i class="key" style="--tone:var(--${runTone(index)})"></i>${name}</span>`
}

/**
 * A table with a column a run.
 * @param first head of the first column
 * @param rows name of a row and its cells, a cell a run; further heads and cells may stand before those of the runs
 */
export function runsTable(
  runs: readonly NamedRun[],
  first: string,
  rows: TableContent['rows'],
  label: string,
  before: readonly Insertable[] = [],
): Markup {
  return table({ head: [first, ...before, ...runs.map(runLabel)], rows }, label)
}
