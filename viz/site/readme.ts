import { readFileSync } from 'node:fs'
import type { Token, Tokens } from 'marked'
import { OverdampedError } from '../../src/errors.js'
import { tokensOf } from './markdown.js'

/** What the site takes from README.md, each as Markdown's tokens. */
export interface Readme {
  /** the first paragraph: what this is */
  about: Token[]
  /** what stands under each heading of the second level, with it, but for what follows */
  sections: ReadonlyMap<string, Token[]>
  /** the table of systems, and the words around it */
  systems: Token[]
  /** that table alone */
  table: Tokens.Table
}

/** Reads README.md. @throws OverdampedError E_FILE where it no longer has what the site shows */
export function readme(): Readme {
  const tokens = tokensOf(readFileSync('README.md', 'utf8'))
  const about = tokens.find(({ type }) => type === 'paragraph')
  const sections = new Map<string, Token[]>()
  for (const token of tokens) {
    if (token.type === 'heading' && token.depth === 2) sections.set(token.text, [token])
    else [...sections.values()].at(-1)?.push(token)
  }
  const shows = sections.get('What it shows') ?? []
  const place = shows.findIndex((token) => token.type === 'table' && token.header[0].text === 'system')
  if (about === undefined || place < 0)
    throw new OverdampedError('E_FILE', 'the site needs its first paragraph and its table of systems', 'README.md')
  // Two paragraphs lead to the table, with what is between them.
  const before = shows.findIndex(
    (_, at) => shows.slice(at, place).filter(({ type }) => type === 'paragraph').length === 2,
  )
  sections.set('What it shows', shows.slice(0, before))
  return { about: [about], sections, systems: shows.slice(before), table: shows[place] as Tokens.Table }
}
