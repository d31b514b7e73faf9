import { html, type Markup } from '../html.js'
import type { Group } from './contents.js'
import { relativeTo } from './links.js'
import type { Heading } from './markdown.js'

/** A page of the site. */
export interface Page {
  /** its path within the site */
  path: string
  /** the browser's tab, and the title of a hit of the search */
  title: string
  /** one sentence, for those who list pages */
  description: string
  body: Markup
  /** headings to be listed beside it */
  headings?: readonly Heading[]
  /** which form it has: a document with the contents beside it, or one that uses the whole width */
  form: 'document' | 'wide'
}

/** What every page says of the site. */
export interface Site {
  version: string
  groups: readonly Group[]
  hasApi: boolean
}

/** Every page loads its script and style from beside it, shows a page in a frame from there, and nothing else. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'"

/** The parts of the site, in the head of every page. */
function parts({ hasApi }: Site): (readonly [title: string, page: string])[] {
  return [
    ['Tutorial', 'docs/tutorial.html'],
    ['Scenarios', 'scenarios/index.html'],
    ['Systems', 'systems.html'],
    ['Theory', 'docs/physics.html'],
    ['Documentation', 'docs/index.html'],
    ...(hasApi ? [['API', 'api/index.html'] as const] : []),
  ]
}

/** The whole document. Its links are relative: it opens from disk, and below any address. */
export function framed(page: Page, site: Site): string {
  const at = (target: string) => relativeTo(page.path, target)
  const current = (target: string) => (target === page.path ? html` aria-current="page"` : undefined)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${page.description}">
<title>${page.title === 'overdamped' ? 'overdamped' : `${page.title} · overdamped`}</title>
<script src="${at('theme.js')}"></script>
<link rel="stylesheet" href="${at('site.css')}">
<link rel="icon" href="${at('icon.svg')}">
</head>
<body data-root="${at('index.html').replace(/index\.html$/, '')}">
<a class="skip" href="#main">Skip to the content</a>
<header class="bar"><a class="brand" href="${at('index.html')}">overdamped</a>
<a class="version" href="${at('../versions.html')}" aria-label="Version ${site.version}: others">${site.version}</a>
<nav aria-label="Site">${parts(site).map(([title, target]) => html`<a href="${at(target)}"${current(target)}>${title}</a>`)}</nav>
<button type="button" class="find" id="find" hidden>Search <kbd>/</kbd></button>
<button type="button" class="theme" id="theme" hidden>Theme</button></header>
${page.form === 'wide' ? html`<main id="main" class="whole">${page.body}</main>` : columns(page, site, at)}
<footer>overdamped ${site.version} · MIT · <a href="${at('cite.html')}">Cite it</a> · <a href="${at('docs/changelog.html')}">Changelog</a> · <a href="${at('../versions.html')}">Versions</a></footer>
<script src="${at('site.js')}"></script>
</body>
</html>
`.markup
}

/** A document between the contents of the site and its own. */
function columns(page: Page, { groups }: Site, at: (target: string) => string): Markup {
  const list = html`${groups.map(
    ({ title, documents }) =>
      html`<p>${title}</p><ul>${documents.map((one) => html`<li><a href="${at(one.page)}"${one.page === page.path ? html` aria-current="page"` : undefined}>${one.name}</a></li>`)}</ul>`,
  )}`
  const inner = (page.headings ?? []).filter(({ depth }) => depth === 2 || depth === 3)
  return html`<div class="columns">
<nav class="contents" aria-label="Documentation"><details open><summary>Documentation</summary>${list}</details></nav>
<main id="main" class="prose">${page.body}${neighbours(page, groups, at)}</main>
${
  inner.length > 1
    ? html`<nav class="within" aria-label="On this page"><p>On this page</p><ul>${inner.map(({ id, depth, text }) => html`<li class="depth-${depth}"><a href="#${id}">${text}</a></li>`)}</ul></nav>`
    : undefined
}
</div>`
}

/** The documents before and after, in reading order. */
function neighbours({ path }: Page, groups: readonly Group[], at: (target: string) => string): Markup | undefined {
  const all = groups.flatMap(({ documents }) => documents)
  const place = all.findIndex(({ page }) => page === path)
  if (place < 0) return undefined
  const [before, after] = [all[place - 1], all[place + 1]]
  return html`<nav class="neighbours" aria-label="Before and after">${before && html`<a href="${at(before.page)}" rel="prev"><small>Before</small>${before.name}</a>`}${after && html`<a class="after" href="${at(after.page)}" rel="next"><small>Next</small>${after.name}</a>`}</nav>`
}
