import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OverdampedError } from '../../src/errors.js'
import { encodeSafetensors } from '../../src/experiment/files/safetensors.js'
import { renderComparison } from '../../viz/compare.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { writeSweepPage } from '../../viz/sweep-page.js'
import { foreignRun, hostileTexts, seal, smallRuns, writeSmallRuns } from '../foreign-run.js'
import { fileFolder } from '../run-folder.js'
import { browserPath, launch, openFile } from './open-page.js'

// Pages of runs that somebody else made, as a browser sees them: many payloads in a page, one load each.

const folder = fileFolder()
/** Changed runs whose pages are opened, of each kind. */
const opened = 2

describe.skipIf(browserPath === undefined)('in Chromium (skipped where none is found; CHROMIUM=path names one)', () => {
  let browser: Browser
  beforeAll(async () => {
    await writeSmallRuns(folder)
    browser = await launch()
  }, 120_000)
  afterAll(() => browser?.close())

  /** What a page has that none of ours has, after everything in it was opened, pointed at and pressed. */
  async function intruders(page: Page): Promise<string[]> {
    await page.evaluate(`for (const folded of document.querySelectorAll('details')) folded.open = true
for (const element of document.querySelectorAll('main *'))
  for (const kind of ['mouseover', 'mousemove', 'pointermove', 'focus'])
    element.dispatchEvent(new Event(kind, { bubbles: true }))
for (const control of document.querySelectorAll('input, button, canvas')) {
  control.dispatchEvent(new Event('input', { bubbles: true }))
  control.click()
}`)
    return page.evaluate<string[]>(`[
      ...(window.__pwned === undefined ? [] : ['ran ' + window.__pwned]),
      ...[...document.querySelectorAll('*')].flatMap((element) =>
        [...element.attributes].flatMap(({ name, value }) =>
          /^on/.test(name) || /^(href|src|action|formaction|srcdoc)$/.test(name) && !/^(#|data:image\\/png)/.test(value)
            ? [element.outerHTML.slice(0, 200)] : [])),
      ...[...document.querySelectorAll('base, link, iframe, object, embed, form, meta[http-equiv=refresh]')].map((element) => element.outerHTML),
      ...(document.querySelectorAll('script:not([type])').length === 2 ? [] : ['a script more']),
      ...(document.querySelectorAll('style').length === 1 ? [] : ['a style more']),
    ]`)
  }

  async function expectHarmless(name: string, html: string): Promise<void> {
    const file = join(folder, `${name}.html`)
    writeFileSync(file, html)
    const { page, complaints } = await openFile(browser, file, { width: 1000 })
    expect(await intruders(page)).toEqual([])
    expect(complaints).toEqual([])
    await page.close()
  }

  it.each(smallRuns)(
    'the report and the comparison of a foreign run run nothing and load nothing: %s',
    async (name) => {
      const directory = join(folder, 'foreign')
      let pages = 0
      for (let seed = 1001; pages < opened; seed++) {
        rmSync(directory, { recursive: true, force: true })
        foreignRun(join(folder, name), directory, seed, [0.02, 0.1, 0.3][seed % 3]!)
        try {
          const run = readRun(directory)
          await expectHarmless(`${name}-${seed}`, renderReport(run))
          if (pages === 0)
            await expectHarmless(
              `${name}-both`,
              renderComparison([
                { name, run },
                { name: '<b>', run },
              ]),
            )
          pages++
        } catch (error) {
          if (!(error instanceof OverdampedError)) throw error
        }
      }
    },
  )

  it('so does one whose every text, name of a term, of an array and of the scenario is hostile', async () => {
    const directory = join(folder, 'every')
    cpSync(join(folder, 'lattice'), directory, { recursive: true })
    const [script, image, attribute] = hostileTexts
    const everywhere = (value: unknown): unknown => {
      if (typeof value === 'string') return `${value}${image}${attribute}`
      if (Array.isArray(value)) return value.map(everywhere)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, everywhere(inner)]))
    }
    for (const name of ['results.json', 'manifest.json'])
      writeFileSync(
        join(directory, name),
        JSON.stringify(everywhere(JSON.parse(readFileSync(join(directory, name), 'utf8')))),
      )
    seal(directory)
    const text = (value: string) => JSON.stringify(value)
    const yaml = [`name: ${text(script)}`, `about: ${text(`${image}${hostileTexts[11]}`)}`, 'learning: {}']
    yaml.push('network: { visible: { lattice: [3, 3] } }', `${text(attribute)}: { ${text(image)}: [${text(script)}] }`)
    writeFileSync(join(directory, 'scenario.yaml'), `${yaml.join('\n')}\n`)
    const terms = hostileTexts.slice(0, 16).map((name) => [name, { shape: [2, 9], data: new Float64Array(18).fill(1) }])
    writeFileSync(
      join(directory, 'parameters.safetensors'),
      encodeSafetensors({
        ...Object.fromEntries(terms),
        knots: { shape: [2], data: Float64Array.of(1, 0.1) },
        edges: { shape: [0, 2], data: new Int32Array(0) },
      }),
    )
    const run = readRun(directory)
    await expectHarmless('every', renderReport(run))
    const many = Array.from({ length: 4 }, (_, n) => ({ name: `${hostileTexts[n]}`, run }))
    await expectHarmless('every-compared', renderComparison(many))
    const swept = join(folder, 'sweep-page')
    mkdirSync(swept, { recursive: true })
    const named = hostileTexts.map((name, n) => ({ name, failedChecks: [name], values: { [script]: name, seed: n } }))
    const file = writeSweepPage(
      swept,
      'sweep.html',
      {
        scenario: script,
        grid: [
          { path: script, values: hostileTexts },
          { path: 'seed', values: [...hostileTexts.keys()] },
        ],
        shard: null,
        points: named.map((point) => ({
          ...point,
          directory: `${point.name}/${image}`,
          status: 'finished',
          error: script,
        })),
      },
      {
        columns: ['point', 'status', script, 'seed', ...hostileTexts.map((text) => `observables.${text}`)],
        rows: hostileTexts.map((name, n) => [name, 'finished', name, n, ...hostileTexts.map((_, m) => n + m)]),
      },
    )
    await expectHarmless('sweep', readFileSync(file, 'utf8'))
  })
})
