import { existsSync, readdirSync, statSync } from 'node:fs'
import { posix } from 'node:path'
import { OverdampedError } from '../../src/errors.js'
import type { Document } from './contents.js'
import type { Setting } from './markdown.js'

/** Where the links of documents lead within the site, and what else has to be there for them. */
export interface Links {
  /**
   * Where a link leads.
   *
   * @param file the document that it stands in, by its path in the project
   * @returns a path within the site with its anchor; `#anchor` within the page; an address elsewhere as it is
   * @throws OverdampedError E_FILE where a document links to a file that is not there
   */
  from(file: string, href: string): string
  /** What the document is called that a link leads to; undefined where it leads to none. */
  name(file: string, href: string): string | undefined
  /** Pictures that pages show, by their paths in the project; grows as documents are read. */
  readonly pictures: Set<string>
  /** Files of code that pages link to, and folders; grows as documents are read. */
  readonly sources: Set<string>
}

/** Where a scenario has its page. */
export const scenarioPage = (name: string) => `scenarios/${name}.html`
/** Where a file of code, or a list of those of a folder, has its page. */
export const sourcePage = (path: string) => `source/${path}${statSync(path).isDirectory() ? '/index' : ''}.html`
/** Where a picture lies. */
export const picturePlace = (path: string) => `pictures/${posix.basename(path)}`

/** Follows the links of documents as the project has them: relative paths of files. */
export function linksOf(documents: readonly Document[]): Links {
  const pages = new Map(documents.map(({ file, page }) => [file, page]))
  pages.set('README.md', 'index.html')
  const [pictures, sources] = [new Set<string>(), new Set<string>()]
  const pageOf = (from: string, path: string): string => {
    const known = pages.get(path)
    if (known !== undefined) return known
    if (!existsSync(path))
      throw new OverdampedError('E_FILE', `the document links to ${path}, which is not there; mend the link`, from)
    const scenario = /^scenarios\/([\w-]+)\.yaml$/.exec(path)?.[1]
    if (scenario !== undefined) return scenarioPage(scenario)
    if (/\.(png|svg)$/.test(path)) {
      pictures.add(path)
      return picturePlace(path)
    }
    sources.add(path)
    if (statSync(path).isDirectory()) for (const name of readdirSync(path)) pageOf(from, posix.join(path, name))
    return sourcePage(path)
  }
  return {
    from(file, href) {
      const [path = '', anchor] = href.split('#')
      if (/^[a-z]+:/.test(href) || path === '') return href
      const target = pageOf(file, posix.join(posix.dirname(file), path).replace(/\/$/, ''))
      return anchor === undefined ? target : `${target}#${anchor}`
    },
    name(file, href) {
      const path = posix.join(posix.dirname(file), href.split('#')[0] as string)
      return documents.find((one) => one.file === path)?.name
    },
    pictures,
    sources,
  }
}

/** A place within the site as a page there refers to it: relative, so that the site works from disk and below any address. */
export function relativeTo(page: string, target: string): string {
  if (/^([a-z]+:|#)/.test(target)) return target
  const [path = '', anchor] = target.split('#')
  const way = posix.relative(posix.dirname(page), path)
  return anchor === undefined ? way : `${way}#${anchor}`
}

/** Where the links of a document lead, as a page writes them that shows it. */
export function settingOf(links: Links, file: string, page: string): Setting {
  return { link: (href) => relativeTo(page, links.from(file, href)), name: (href) => links.name(file, href) }
}
