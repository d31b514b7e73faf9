import { readFileSync } from 'node:fs'
import { citation } from '../assets.js'
import { bibtexBlock } from '../cited.js'
import { html, raw } from '../html.js'
import type { Page } from './frame.js'
import { codeBlock } from './markdown.js'

/** How the package asks to be cited: BibTeX, and CITATION.cff as it stands. */
export function cite(version: string): Page {
  const path = 'cite.html'
  const words = 'How to cite overdamped.'
  return {
    ...{ path, title: 'Cite it', description: words, form: 'wide' },
    body: html`<h1>Cite overdamped</h1><h2>BibTeX</h2>${bibtexBlock(citation(), version)}<h2>CITATION.cff</h2>${raw(codeBlock(readFileSync('CITATION.cff', 'utf8').trimEnd(), 'yaml', 'cff'))}`,
  }
}
