import { createHash } from 'node:crypto'
import type { Assets } from './assets.js'
import { divergingMap } from './colour-map.js'
import { embeddedJson, html, type Markup, raw } from './html.js'
import type { Section } from './sections/section.js'

/** Runs before the first paint: what needs the script may show, and the theme is the one in the address. */
const early =
  "document.documentElement.classList.add('scripted');((t)=>{if(t)document.documentElement.dataset.theme=t[1]})(/[?&]theme=(light|dark)\\b/.exec(location.search))"

/**
 * The whole document: it loads nothing, and a Content-Security-Policy holds it to that. Only the script whose SHA-256 the
 * policy names may run, and the one line that sets the theme before the first paint.
 * @param title for the browser's tab
 * @param overview head of the page
 * @param sections in order
 * @param footer last line
 * @param parts script and style sheet to inline
 * @param data what the script draws besides charts, by the id of the element that holds it
 */
export function page(
  title: string,
  overview: Markup,
  sections: Section[],
  footer: string,
  parts: Assets,
  data: Record<string, unknown> = {},
): string {
  const hashes = [early, parts.script].map(
    (script) => `'sha256-${createHash('sha256').update(script, 'utf8').digest('base64')}'`,
  )
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${hashes.join(' ')}; base-uri 'none'; form-action 'none'`
  const charts = sections.flatMap((section) => section.charts)
  const blocks = Object.entries(data).filter(([, value]) => value !== undefined)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · overdamped</title>
<script>${raw(early)}</script>
<style>${raw(parts.style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="bar"><span class="brand">overdamped</span>
<nav aria-label="Sections">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>
<button type="button" class="theme" id="theme" hidden>Theme</button></header>
<main id="main">
${overview}
<noscript><p class="caption">The charts need the script of this page; their figures are in the tables below them.</p></noscript>
${sections.map(({ body }) => body)}
</main>
<footer>${footer}</footer>
<script type="application/json" id="charts">${embeddedJson(charts)}</script>
<script type="application/json" id="colours">${embeddedJson(divergingMap())}</script>
${blocks.map(([id, value]) => html`<script type="application/json" id="${id}">${embeddedJson(value)}</script>`)}
<script>${raw(parts.script)}</script>
</body>
</html>
`.markup
}
