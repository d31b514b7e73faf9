import { citation } from '../assets.js'
import { cited } from '../cited.js'
import { table } from '../figure.js'
import { flatten } from '../flatten.js'
import { formatDuration } from '../format.js'
import { html, type Insertable } from '../html.js'
import { entry } from '../read-values.js'
import type { RunRecord } from '../run-record.js'
import { type Section, section } from './section.js'

/** How to repeat the run, what it ran on (the whole manifest), and the scenario with its defaults filled in. */
export function record(run: RunRecord): Section {
  const { command } = run.manifest
  const repeat =
    typeof command === 'string'
      ? html`<h3>Repeat it</h3><div class="command"><code id="command">${command}</code><button type="button" data-copy="command" hidden>Copy</button></div>
<p class="caption">The same seed and package version give the same samples.</p>`
      : undefined
  const rows: Insertable[][] = [
    ...flatten(run.manifest).filter(([name]) => name !== 'command'),
    ...Object.entries(run.timings).map(([name, seconds]) => [`timings.${name}`, formatDuration(seconds)]),
  ].map(([name, value]) => [name, html`<span class="value">${value}</span>`])
  const body = html`${repeat}${cited(citation(), entry(run.manifest, 'package', 'version'))}
<h3>Manifest</h3>${table({ head: ['key', 'value'], rows }, 'Manifest')}
<details class="scenario"><summary>Effective scenario, defaults filled in</summary><pre tabindex="0"><code>${run.scenarioText}</code></pre></details>`
  return section('record', 'Record', 'Everything needed to run this again and to know what ran.', body)
}
