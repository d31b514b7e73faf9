import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'

/** A page of the built site. */
export interface BuiltPage {
  /** its path from the root of the site */
  path: string
  text: string
}

/**
 * A built site: the one that the environment variable SITE names (.ci/run has built it of all its runs, with the API pages), else one of
 * documents and scenarios alone, made once for each process of the suite, in whose folder it lies.
 */
export function builtSite(): { root: string; pages: BuiltPage[]; version: string } {
  const folder = process.env.SITE ?? join(tmpdir(), `site-${process.pid}`)
  if (!existsSync(folder))
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
