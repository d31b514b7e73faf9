import { createHash } from 'node:crypto'
import { divergingMap } from './colour-map.js'
import { embeddedJson, html, type Insertable, type Markup, raw } from './html.js'

/** Runs before the first paint: what needs the script may show, and the theme is the one in the address. */
const early =
  "document.documentElement.classList.add('scripted');((t)=>{if(t)document.documentElement.dataset.theme=t[1]})(/[?&]theme=(light|dark)\\b/.exec(location.search))"

/** What a page is made of. */
export interface DocumentParts {
  /** For the browser's tab. */
  title: string
  /** Between the name of the package and the button of the theme. */
  bar: Insertable
  main: Markup
  footer: Insertable
  /** A classic script, which runs when all but `parts` is there; `</script` must not be in it. */
  script: string
  style: string
  /** Data that the script reads, by the id of the element that holds them; undefined ones are left out. */
  data: Record<string, unknown>
  /** Large parts as base64, after the script, which reads them as they arrive (see viz/client/arriving.ts). */
  parts?: readonly string[]
  /** What the policy allows besides the page's own two scripts, style and pictures: sources of scripts, and directives. */
  allow?: { scripts: readonly string[]; directives: readonly string[] }
}

/**
 * The whole document: it loads nothing, and a Content-Security-Policy holds it to that. Only the script whose SHA-256 the
 * policy names may run, and the one line that sets the theme before the first paint.
 */
export function wholeDocument({ title, bar, main, footer, script, style, data, parts, allow }: DocumentParts): string {
  const hashes = [early, script].map((text) => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`)
  const scripts = [...hashes, ...(allow?.scripts ?? [])].join(' ')
  const policy = [
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
    `script-src ${scripts}`,
    ...(allow?.directives ?? []),
    "base-uri 'none'; form-action 'none'",
  ].join('; ')
  const blocks = Object.entries({ colours: divergingMap(), ...data }).filter(([, value]) => value !== undefined)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · overdamped</title>
<script>${raw(early)}</script>
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="bar"><span class="brand">overdamped</span>
${bar}
<button type="button" class="theme" id="theme" hidden>Theme</button></header>
<main id="main">
${main}
</main>
<footer>${footer}</footer>
${blocks.map(([id, value]) => html`<script type="application/json" id="${id}">${embeddedJson(value)}</script>`)}
<script>${raw(script)}</script>
${parts?.map((base64) => html`<script type="text/plain" class="part">${raw(base64)}</script>`)}
</body>
</html>
`.markup
}
