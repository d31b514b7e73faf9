import { html } from '../html.js'
import type { Document, Group } from './contents.js'
import type { Page } from './frame.js'
import { type Links, relativeTo, settingOf } from './links.js'
import { type Passage, rendered, tokensOf } from './markdown.js'

/** A document as a page, and its words by heading. */
export function documentPage({ file, page, title, text }: Document, links: Links): { page: Page; passages: Passage[] } {
  const { body, headings, passages } = rendered(tokensOf(text), settingOf(links, file, page))
  const description = passages[0]?.text.trim().slice(0, 160) || title
  return { page: { path: page, title, description, body, headings, form: 'document' }, passages }
}

/** The list of all documents, with what each is about. */
export function documentIndex(groups: readonly Group[]): Page {
  const path = 'docs/index.html'
  const item = ({ page, name, about }: Document) =>
    html`<li><a href="${relativeTo(path, page)}">${name}</a><p>${about}</p></li>`
  return {
    ...{ path, title: 'Documentation', description: 'Every document of overdamped.', form: 'wide' },
    body: html`<h1>Documentation</h1><div class="groups">${groups.map(
      ({ title, documents }) => html`<section><h2>${title}</h2><ul>${documents.map(item)}</ul></section>`,
    )}</div>`,
  }
}
