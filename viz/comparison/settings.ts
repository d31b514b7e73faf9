import { absent } from '../format.js'
import { html } from '../html.js'
import { type Section, section } from '../sections/section.js'
import { type NamedRun, runsTable } from './columns.js'

/** These say what a scenario is, not what it does; the head of the page has the name. */
const described = ['name', 'about']

/** The settings in which the effective scenarios differ, with a column a run. */
export function comparedSettings(runs: readonly NamedRun[]): Section {
  const settings = runs.map(({ run }) => new Map(run.settings))
  const keys = [...new Set(settings.flatMap((map) => [...map.keys()]))].filter((key) => !described.includes(key))
  const differing = keys.filter((key) => new Set(settings.map((map) => map.get(key))).size > 1)
  const rows = differing.map((key) => [
    html`<code>${key}</code>`,
    ...settings.map((map) => html`<span class="value">${map.get(key) ?? absent}</span>`),
  ])
  const same = keys.length - differing.length
  const body =
    rows.length === 0
      ? html`<p class="caption">The effective scenarios are the same in all ${same} settings.</p>`
      : html`${runsTable(runs, 'setting', rows, 'Settings that differ')}<p class="caption">${same} other settings are the same.</p>`
  return section('settings', 'Settings', 'What differs between the effective scenarios, defaults filled in.', body)
}
