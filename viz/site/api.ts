import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OverdampedError } from '../../src/errors.js'
import type { Hit } from './search-options.js'

/** Folders of the API pages, and what a name in them is. */
const kinds = { functions: 'function', classes: 'class', interfaces: 'interface', types: 'type', variables: 'constant' }

/** Writes the API pages, as `npm run docs` does, each with a link to the site. @throws OverdampedError E_FILE where a name has no docstring */
export function writeApi(folder: string): void {
  const typedoc = join('node_modules', 'typedoc', 'bin', 'typedoc')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [typedoc, '--out', folder, '--customCss', join('viz', 'style', 'site-api.css')],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new OverdampedError('E_FILE', `the API pages cannot be made: ${stdout}${stderr}`, folder)
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.html')) continue
    const text = readFileSync(join(folder, name), 'utf8')
    // Icons are on the page, put there by a script of its own; a page from disk may not ask another file for them.
    const plain = text.replace(/<use href="[^"#]*assets\/icons\.svg#/g, '<use href="#')
    // Before the title of the API pages, which leads to their first one.
    const title = /<a href="([^"]*)index\.html" class="title">/
    writeFileSync(join(folder, name), plain.replace(title, '<a href="$1../index.html" class="title">overdamped</a>$&'))
  }
}

/** The names of the API pages, to be searched. */
export function apiHits(folder: string): Hit[] {
  return Object.entries(kinds).flatMap(([kind, word]) => {
    const place = join(folder, kind)
    if (!existsSync(place)) return []
    return readdirSync(place).map((file) => {
      const title = file.replace('.html', '')
      const comment =
        /<div class="tsd-comment tsd-typography"><p>(.*?)<\/p>/s.exec(readFileSync(join(place, file), 'utf8'))?.[1] ??
        ''
      const text = plain(comment)
      return { title, heading: word, text, excerpt: text.slice(0, 160), target: `api/${kind}/${file}` }
    })
  })
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

/** The words of HTML that typedoc wrote. */
function plain(markup: string): string {
  return markup
    .replace(/<[^>]+>/g, '')
    .replace(/&(?:amp|lt|gt|quot|#39);/g, (found) => entities[found] as string)
    .replace(/\s+/g, ' ')
}
