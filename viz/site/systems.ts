import type { Tokens } from 'marked'
import { OverdampedError } from '../../src/errors.js'
import { html, type Markup } from '../html.js'
import type { Document } from './contents.js'
import type { Page } from './frame.js'
import { pictureOf, type Shown } from './gallery.js'
import { type Links, relativeTo, scenarioPage, settingOf } from './links.js'
import { rendered, type Setting, textOf, tokensOf } from './markdown.js'
import type { Readme } from './readme.js'

const path = 'systems.html'

/**
 * The systems from the literature: a card for each, from the README's table, its words, and what of each paper is here, from the page on
 * objectives.
 *
 * @param objectives that page
 */
export function systems({ systems, table }: Readme, objectives: Document, all: readonly Shown[], links: Links): Page {
  const here = sectionOf(objectives, 'What of each paper is here')
  const known = new Set(all.map(({ name }) => name))
  const word = (text: string) => (known.has(text) ? relativeTo(path, scenarioPage(text)) : undefined)
  const [figures, papers] = ['README.md', objectives.file].map((file) => settingOf(links, file, path)) as [
    Setting,
    Setting,
  ]
  return {
    ...{
      path,
      title: 'Systems',
      form: 'wide',
      description: 'Systems from the literature, each against an exact truth.',
    },
    body: html`<h1>Systems</h1><p class="about">${table.rows.length} systems from the literature, each judged by one figure, beside the control that is to miss it.</p>
<ul class="cards systems">${table.rows.map((row) => systemCard(table, row, all))}</ul>
<div class="prose"><h2 id="figures">All figures</h2>${rendered(systems, { ...figures, word }).body}
${rendered(here, { ...papers, prefix: 'here-' }).body}</div>`,
  }
}

/** A heading of a document with what stands below it. */
function sectionOf({ text }: Document, title: string) {
  const tokens = tokensOf(text)
  const start = tokens.findIndex((token) => token.type === 'heading' && token.text === title)
  const end = tokens.findIndex((token, at) => at > start && token.type === 'heading')
  return start < 0 ? [] : tokens.slice(start, end < 0 ? undefined : end)
}

function systemCard({ header }: Tokens.Table, row: readonly Tokens.TableCell[], all: readonly Shown[]): Markup {
  const cell = (name: string) => textOf(row[header.findIndex(({ text }) => text === name)]?.tokens ?? [])
  const [title, source] = cell('system').split(/ (?=\()/)
  const scenario = all.find(({ name }) => name === cell('scenario'))
  if (scenario === undefined)
    throw new OverdampedError(
      'E_FILE',
      `its table of systems names ${cell('scenario')}, which is no scenario; mend it`,
      'README.md',
    )
  const facts = ['figure', 'found', 'control', 'rule', 'checks that pass'].filter((name) => cell(name) !== '–')
  return html`<li class="card"><a href="${relativeTo(path, scenarioPage(scenario.name))}">${pictureOf(scenario)}<span class="name">${title}</span></a>
<p>${source?.replace(/^\(|\)$/g, '')}</p><dl>${facts.map((name) => html`<div><dt>${name}</dt><dd>${cell(name)}</dd></div>`)}</dl></li>`
}
