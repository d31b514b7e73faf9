import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { html, raw } from '../html.js'
import type { Page } from './frame.js'
import { relativeTo, sourcePage } from './links.js'
import { codeBlock } from './markdown.js'

/** A file of code that documents link to, or the list of those in a folder. */
export function source(path: string): Page {
  const page = sourcePage(path)
  const form = 'wide' as const
  if (statSync(path).isDirectory()) {
    const names = readdirSync(path).map(
      (name) => html`<li><a href="${relativeTo(page, sourcePage(join(path, name)))}">${name}</a></li>`,
    )
    return {
      ...{ path: page, title: path, form },
      description: `Files of ${path}`,
      body: html`<h1>${path}</h1><ul>${names}</ul>`,
    }
  }
  const code = codeBlock(readFileSync(path, 'utf8').trimEnd(), extname(path).slice(1), 'file')
  return { ...{ path: page, title: basename(path), form }, description: path, body: html`<h1>${path}</h1>${raw(code)}` }
}
