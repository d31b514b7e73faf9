import { citation } from '../assets.js'
import { cited } from '../cited.js'
import { table } from '../figure.js'
import { flatten } from '../flatten.js'
import { formatDuration } from '../format.js'
import { html, type Insertable, type Markup } from '../html.js'
import { entry, shown } from '../read-values.js'
import type { RunRecord } from '../run-record.js'
import { type Section, section } from './section.js'

/** Rows of a table that whoever looks reads. */
const mostStarts = 50

/** How to repeat the run, what it ran on (the whole manifest), and the scenario with its defaults filled in. */
export function record(run: RunRecord): Section {
  const { command } = run.manifest
  const repeat =
    typeof command === 'string'
      ? html`<h3>Repeat it</h3><div class="command"><code id="command">${command}</code><button type="button" data-copy="command" hidden>Copy</button></div>
<p class="caption">The same seed and package version give the same samples.</p>`
      : undefined
  const rows: Insertable[][] = [
    ...flatten(run.manifest).filter(([name]) => name !== 'command' && !name.startsWith('starts')),
    ...Object.entries(run.timings).map(([name, seconds]) => [`timings.${name}`, formatDuration(seconds)]),
  ].map(([name, value]) => [name, html`<span class="value">${value}</span>`])
  const body = html`${repeat}${cited(citation(), entry(run.manifest, 'package', 'version'))}${givenByHand(run)}${starts(run)}
<h3>Manifest</h3>${table({ head: ['key', 'value'], rows }, 'Manifest')}
<details class="scenario"><summary>Effective scenario, defaults filled in</summary><pre tabindex="0"><code>${run.scenarioText}</code></pre></details>`
  return section('record', 'Record', 'Everything needed to run this again and to know what ran.', body)
}

/** That nobody has learned the parameters: whoever repeats the run needs the file. */
function givenByHand({ manifest }: RunRecord): Markup | undefined {
  const path = entry(manifest, 'parametersByHand', 'path')
  if (typeof path !== 'string') return undefined
  const hash = entry(manifest, 'parametersByHand', 'hash')
  return html`<p><strong>Parameters given by hand.</strong> No run has learned them: they are from <span class="value">${path}</span>, whose SHA-256 is <span class="value">${shown(hash)}</span>.</p>`
}

/** A row for each process that worked on the run, where it was stopped and went on; the first began it. */
function starts({ manifest }: RunRecord): Markup | undefined {
  const all = Array.isArray(manifest.starts) ? manifest.starts.slice(0, mostStarts) : []
  if (all.length < 2) return undefined
  const columns = ['started', 'version', 'node', 'cpu', 'backend', 'threads']
  const rows: Insertable[][] = all.map((start, n) => [
    n === 0 ? 'began' : 'went on',
    ...columns.map((name) => shown(entry(start, name) ?? '–')),
  ])
  const others = new Set(all.map((start) => shown(entry(start, 'command') ?? '')))
  others.delete(shown(manifest.command))
  const more = Array.isArray(manifest.starts) && manifest.starts.length > mostStarts
  return html`<h3>Starts</h3>${table({ head: ['', ...columns], rows }, 'Starts')}
${[...others].map((command) => html`<p class="caption">Also started as <code>${command}</code></p>`)}
${more ? html`<p class="caption">The first ${String(mostStarts)} of ${String((manifest.starts as unknown[]).length)}.</p>` : undefined}`
}
