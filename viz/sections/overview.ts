import { formatDuration } from '../format.js'
import { html, type Markup } from '../html.js'
import { entry } from '../read-json.js'
import type { RunRecord } from '../run-record.js'
import { verdict } from '../verdict.js'

const signs = { good: '✓', mixed: '◐', bad: '✕', plain: '·' }
const words = { good: 'Good', mixed: 'Mixed', bad: 'Not good', plain: 'No judgement' }

/** The head of the page: name, what the scenario is about, how it was run, and the verdict. */
export function overview(run: RunRecord): Markup {
  const { tone, sentences } = verdict(run)
  const profile = entry(run.manifest, 'scenario', 'profile')
  const facts = [
    ['profile', typeof profile === 'string' && profile !== '' ? profile : undefined],
    ['seed', run.seed === undefined ? undefined : String(run.seed)],
    ['backend', run.backend || undefined],
    ['took', run.timings.total === undefined ? undefined : formatDuration(run.timings.total)],
    ['ended', typeof run.manifest.end === 'string' ? run.manifest.end.slice(0, 10) : undefined],
  ].filter((pair): pair is [string, string] => pair[1] !== undefined)
  return html`<header class="overview">
<h1>${run.scenario.name}</h1>
${run.scenario.about ? html`<p class="about">${run.scenario.about}</p>` : undefined}
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<div class="verdict ${tone}"><span class="sign" aria-hidden="true">${signs[tone]}</span>
<div><h2 class="verdict-title">Verdict <span class="word">${words[tone]}</span></h2>${sentences.map((sentence) => html`<p>${sentence}</p>`)}</div></div>
${run.objective ? undefined : run.warnings.map((warning) => html`<p class="caption"><strong>Warning.</strong> ${warning}</p>`)}
</header>`
}
