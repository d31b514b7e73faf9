import { createHash } from 'node:crypto'
import type { Assets } from './assets.js'
import { embeddedJson, html, type Markup, raw } from './html.js'
import type { Section } from './sections/section.js'

/**
 * The whole document: it loads nothing, and a Content-Security-Policy holds it to that. Only the script whose SHA-256 the
 * policy names may run.
 * @param title for the browser's tab
 * @param overview head of the page
 * @param sections in order
 * @param footer last line
 * @param parts script and style sheet to inline
 */
export function page(title: string, overview: Markup, sections: Section[], footer: string, parts: Assets): string {
  const hash = createHash('sha256').update(parts.script, 'utf8').digest('base64')
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
  const charts = sections.flatMap((section) => section.charts)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · overdamped</title>
<style>${raw(parts.style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<div class="bar"><span class="brand">overdamped</span>
<nav aria-label="Sections">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>
<button type="button" class="theme" id="theme" hidden>Theme</button></div>
<main id="main">
${overview}
<noscript><p class="caption">The charts need the script of this page; their figures are in the tables below them.</p></noscript>
${sections.map(({ body }) => body)}
</main>
<footer>${footer}</footer>
<script type="application/json" id="charts">${embeddedJson(charts)}</script>
<script>${raw(parts.script)}</script>
</body>
</html>
`.markup
}
