import type { Citation } from './assets.js'
import { html, type Markup } from './html.js'

/** What a version looks like; anything else in a manifest is not one. */
const versionForm = /^\d+\.\d+\.\d+[\w.+-]*$/

/** How to cite the package, under a heading of its own. Takes what `bibtexBlock` takes. */
export function cited(citation: Citation, version: unknown): Markup {
  return html`<h3>Cite it</h3>${bibtexBlock(citation, version)}`
}

/**
 * How to cite the package, as BibTeX to copy.
 * @param citation what the package says of itself
 * @param version of the package that ran, as the manifest has it; else that of the package which writes the page
 */
export function bibtexBlock(citation: Citation, version: unknown): Markup {
  const found = typeof version === 'string' && versionForm.test(version) ? version : citation.version
  return html`<div class="command"><pre id="citation" tabindex="0"><code>${bibtex(citation, found)}</code></pre><button type="button" data-copy="citation" hidden>Copy</button></div>`
}

/** An entry of kind software, whose words keep their capitals. */
function bibtex({ title, authors, license }: Citation, version: string): string {
  const fields = [
    ['author', authors.map(({ name }) => `{${name}}`).join(' and ')],
    ['title', `{${title}}`],
    ['version', version],
    ['license', license],
  ]
  return `@software{overdamped,\n${fields.map(([name, value]) => `  ${name} = {${value}},\n`).join('')}}`
}
