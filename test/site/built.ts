import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileFolder } from '../run-folder.js'

/** A page of the built site. */
export interface BuiltPage {
  /** its path from the root of the site */
  path: string
  text: string
}

/**
 * A built site: the one that the environment variable SITE names (.ci/run has built it of all its runs, with the API pages), else one of
 * documents and scenarios alone, made now.
 */
export function builtSite(): { root: string; pages: BuiltPage[]; version: string } {
  const folder = process.env.SITE ?? join(fileFolder(), 'site')
  if (process.env.SITE === undefined)
    execFileSync(process.execPath, ['site.mjs', '--no-runs', '--no-api', '--out', folder], { stdio: 'pipe' })
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html'))
    .map((name) => ({ path: name.split(sep).join('/'), text: readFileSync(join(folder, name), 'utf8') }))
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  return { root: relative(process.cwd(), folder), pages, version }
}

/** Text of HTML without its marks. */
export function plainText(markup: string): string {
  const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' }
  return markup.replace(/<[^>]+>/g, '').replace(/&(?:lt|gt|quot|#39|amp);/g, (found) => entities[found] as string)
}
