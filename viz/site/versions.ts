import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from '../../src/experiment/files/atomic.js'
import { html } from '../html.js'

/** Versions whose sites a folder holds, the newest first. */
function versionsIn(folder: string): string[] {
  const numbers = (name: string) => name.split(/[.-]/).slice(0, 3).map(Number)
  return readdirSync(folder)
    .filter((name) => /^\d+\.\d+\.\d+/.test(name) && existsSync(join(folder, name, 'index.html')))
    .sort((a, b) => {
      const [left, right] = [numbers(a), numbers(b)]
      const place = left.findIndex((part, n) => part !== right[n])
      // A version before another, 1.0.0-rc.1, sorts below it.
      return place < 0 ? (a.includes('-') ? 1 : -1) : (right[place] ?? 0) - (left[place] ?? 0)
    })
}

/** Writes the page that leads to the newest version, and the list of those that are there. */
export function writeVersions(folder: string): void {
  const versions = versionsIn(folder)
  const newest = versions[0] as string
  const list = html`<ul class="versions">${versions.map((version, n) => html`<li><a href="${version}/index.html">${version}</a>${n === 0 ? ' newest' : ''}</li>`)}</ul>`
  const page = (more: ReturnType<typeof html>) =>
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">${more}
<title>Versions · overdamped</title>
<script src="${newest}/theme.js"></script>
<link rel="stylesheet" href="${newest}/site.css">
<link rel="icon" href="${newest}/icon.svg">
</head>
<body>
<header class="bar"><a class="brand" href="${newest}/index.html">overdamped</a></header>
<main id="main" class="whole"><h1>Versions</h1>${list}</main>
</body>
</html>
`.markup
  writeAtomic(join(folder, 'versions.html'), page(html``))
  writeAtomic(
    join(folder, 'index.html'),
    page(html`
<meta http-equiv="refresh" content="0; url=${newest}/index.html">`),
  )
}
