import { stepsInWords } from '../../src/experiment/files/steps.js'
import { tableInWords } from '../../src/experiment/files/table.js'
import { formatDuration } from '../format.js'
import { html, type Markup } from '../html.js'
import { entry, finite } from '../read-values.js'
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
    ['data', tableRead(run)],
    ['hardware', hardwareOf(run)],
    ['parameters', run.manifest.parametersByHand === undefined ? undefined : 'given by hand'],
    ['backend', run.backend || undefined],
    ['time steps', stepsTaken(run)],
    ['took', run.timings.total === undefined ? undefined : formatDuration(run.timings.total)],
    ['ended', typeof run.manifest.end === 'string' ? run.manifest.end.slice(0, 10) : undefined],
  ].filter((pair): pair is [string, string] => pair[1] !== undefined)
  return html`<header class="overview">
<h1>${run.scenario.name}</h1>
${run.scenario.about ? html`<p class="about">${run.scenario.about}</p>` : undefined}
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<div class="verdict ${tone}"><span class="sign" aria-hidden="true">${signs[tone]}</span>
<div><h2 class="verdict-title">Verdict <span class="word">${words[tone]}</span></h2>${sentences.map((sentence) => html`<p>${sentence}</p>`)}</div></div>
${run.warnings.map((line) => html`<p class="caption"><strong>Warning.</strong> ${line}</p>`)}${run.notes.map((line) => html`<p class="caption"><strong>Note.</strong> ${line}</p>`)}
</header>`
}

/** How many time steps there were, how long, and what chose them. */
function stepsTaken({ manifest }: RunRecord): string | undefined {
  const [count, shortest, longest] = ['count', 'shortest', 'longest'].map((name) =>
    finite(entry(manifest, 'steps', name)),
  )
  const chosenBy = entry(manifest, 'steps', 'chosenBy')
  if (count === undefined || shortest === undefined || longest === undefined || typeof chosenBy !== 'string')
    return undefined
  return stepsInWords({ count, shortest, longest, chosenBy })
}

/** What the device is not that it should be, by its keys; undefined for an ideal one. */
function hardwareOf({ settings }: RunRecord): string | undefined {
  const said = settings
    .flatMap(([path, value]) =>
      path.startsWith('hardware.') ? [[path.slice('hardware.'.length), value] as const] : [],
    )
    .filter(([key, value]) => value !== '0' && !/(driftTime|rounding|device|training)$/.test(key))
  if (said.length === 0) return undefined
  const training = settings.find(([path]) => path === 'hardware.training')?.[1]
  return [...said.map((pair) => pair.join(' ')), ...(training === 'model' ? ['learned by a model'] : [])].join(', ')
}

/** The rows of the table that was learned from, and whether it had a header. */
function tableRead({ manifest }: RunRecord): string | undefined {
  const rows = entry(manifest, 'data', 'rows')
  if (typeof rows !== 'number') return undefined
  const [header, index] = [entry(manifest, 'data', 'header') === true, entry(manifest, 'data', 'index') === true]
  return tableInWords({ rows, header, index })
}
