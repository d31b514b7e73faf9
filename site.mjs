// Builds the site: bundles its writer and what its pages load, and lets the writer work. Run by `npm run site`; needs dist/.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { themed } from './viz/style/sheet.mjs'

const made = `site.${process.pid}.tmp`
mkdirSync(made)
process.on('exit', () => rmSync(made, { recursive: true, force: true }))

/** Bundles one entry to a file. @param {string} input @param {import('rolldown').OutputOptions} output @param {import('rolldown').InputOptions} options */
async function bundle(input, output, options) {
  const build = await rolldown({ input, ...options })
  await build.write(output)
  await build.close()
}
const forPages = /** @type {const} */ ({ format: 'iife', minify: true })
for (const name of ['early', 'main'])
  await bundle(`viz/client/site/${name}.ts`, { file: `${made}/${name}.js`, ...forPages }, { platform: 'browser' })
// What the bundler itself brings along is no package of ours.
const isPackage = (/** @type {string} */ id) => !/^([./]|@oxc-project\/)/.test(id)
await bundle('viz/site/main.ts', { file: `${made}/site.mjs` }, { platform: 'node', external: isPackage })

// In the order of the cascade: later rules win.
const ofSite = ['frame', 'prose', 'landing', 'pictures', 'cards', 'search'].map((name) => `site-${name}`)
const { buildSite } = await import(pathToFileURL(resolve(made, 'site.mjs')).href)
try {
  buildSite(process.argv.slice(2), {
    early: readFileSync(`${made}/early.js`, 'utf8'),
    script: readFileSync(`${made}/main.js`, 'utf8'),
    style: themed(['frame', 'scroll', 'command', ...ofSite]),
  })
} catch (error) {
  // What a reader of the message can mend needs no trace.
  const isKnown = error instanceof Error && 'code' in error
  console.error(isKnown ? error.message : error)
  process.exitCode = 1
}
