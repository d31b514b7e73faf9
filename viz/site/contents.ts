import { readdirSync, readFileSync } from 'node:fs'
import { textOf, tokensOf } from './markdown.js'

/** A document of the project that becomes a page. */
export interface Document {
  /** its path in the project */
  file: string
  /** its path in the site */
  page: string
  /** its first heading */
  title: string
  /** its name in lists: what stands before the first colon or comma of its title */
  name: string
  /** what it is about: the rest of its title, else its first sentence */
  about: string
  /** its text, in Markdown */
  text: string
}

/** Documents under one heading of the site's contents. */
export interface Group {
  title: string
  documents: Document[]
}

/** What is read one after another. A document of docs/ that stands in none of these follows under a heading of its own. */
const order: readonly (readonly [title: string, files: readonly string[]])[] = [
  ['Start', ['docs/tutorial.md', 'docs/play.md', 'docs/gallery.md', 'docs/samples.md']],
  ['Theory', ['docs/theory.md', 'docs/physics.md', 'docs/bill.md']],
  [
    'Learning',
    [
      'docs/learning-rules.md',
      'docs/hidden-units.md',
      'docs/hardware.md',
      'docs/tolerance.md',
      'docs/objectives.md',
      'docs/fixed-time.md',
      'docs/thermodynamic-computers.md',
      'docs/experiments.md',
    ],
  ],
  [
    'Reference',
    ['docs/scenarios.md', 'docs/formulas.md', 'docs/files.md', 'docs/export.md', 'docs/errors.md', 'docs/python.md'],
  ],
  ['Running', ['docs/sweeps.md', 'docs/scaling.md', 'docs/queue.md', 'docs/reliability.md', 'docs/backends.md']],
  ['Project', ['docs/extending.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']],
]

/** The documents that are there, in reading order. Reads them all. */
export function contents(): Group[] {
  const there = readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
  const listed = new Set(order.flatMap(([, files]) => files))
  const others = there.filter((file) => !listed.has(file))
  return [...order, ['Further', others] as const]
    .map(([title, files]) => ({
      title,
      documents: files.filter((file) => !file.startsWith('docs/') || there.includes(file)).map(read),
    }))
    .filter(({ documents }) => documents.length > 0)
}

function read(file: string): Document {
  const text = readFileSync(file, 'utf8')
  const title = /^# (.+)$/m.exec(text)?.[1] ?? file
  const [name = title, rest] = title.split(/[:,] /)
  const page = `docs/${file.replace('docs/', '').replace('.md', '').toLowerCase()}.html`
  const first = textOf([tokensOf(text).find(({ type }) => type === 'paragraph')].filter((token) => token !== undefined))
  const about = title === name ? (/^.+?\.(?=\s|$)/s.exec(first)?.[0] ?? '') : title.slice(title.indexOf(rest ?? ''))
  return { file, page, title, name, about: about.charAt(0).toUpperCase() + about.slice(1), text }
}
