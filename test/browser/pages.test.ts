import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBackend } from '../../src/backend/node/open.js'
import { compareGradients } from '../../src/experiment/gradients/gradients.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { parseGrid } from '../../src/experiment/sweep/axes.js'
import { sweep } from '../../src/experiment/sweep/sweep.js'
import { sweepTable } from '../../src/experiment/sweep/sweep-table.js'
import { imperfectionNamed } from '../../src/experiment/tolerance/imperfections.js'
import { tolerance } from '../../src/experiment/tolerance/tolerance.js'
import { needs, topics, verify } from '../../src/experiment/verify/verify.js'
import { writeComparison } from '../../viz/compare.js'
import { writeGradientsPage } from '../../viz/gradients.js'
import { writeReport } from '../../viz/report.js'
import { writeSweepPage } from '../../viz/sweep-page.js'
import { writeTolerancePage } from '../../viz/tolerance-page.js'
import { writeVerifyPage } from '../../viz/verify-page.js'
import { writeLearningRun } from '../interface/small-run.js'
import { fileFolder } from '../run-folder.js'
import { findings } from './axe.js'
import { cuts, freezableObservers, watchCanvasText } from './cut.js'
import { unreachable } from './keyboard.js'
import { browserPath, launch, openFile, settled } from './open-page.js'
import { within } from './within.js'

const folder = fileFolder()
const widths = [390, 1024, 1440]
/** A4 and Letter within their margins, in CSS pixels. */
const paper = 700

/** Two modes in two dimensions, learned badly and fast, with all that a report has of them. */
const mixture = `name: small-mixture
about: Two modes in two dimensions.
data: { source: gaussian-mixture, means: [[1, 1], [-1, -1]], width: 0.4, samples: 100 }
network: { visible: { units: 2 } }
potential: { onsite: [stiffness, quartic], pair: [bilinear] }
noising: { slices: 3 }
learning: { iterations: 5, batch: 64 }
sampling: { trajectories: 60 }
observe: [trajectories, work, heat, entropy-production, error-budget]
`

/** A page of each kind, all of runs that take a moment. */
const kinds: Record<string, () => Promise<string>> = {
  report: async () => writeReport(lattice),
  'report of two units': async () => writeReport(mixed),
  'report of an objective': async () => {
    const directory = join(folder, 'objective')
    const set = ['objective.iterations=4', 'objective.repeats=2', 'objective.bars={}']
    const scenario = await loadScenario('scenarios/contrastive-divergence-machine.yaml', { profile: 'quick', set })
    await run(scenario, { directory, threads: 1 })
    return writeReport(directory)
  },
  comparison: async () => {
    const other = join(folder, 'a run with a rather long name')
    mkdirSync(other)
    writeLearningRun(other)
    return writeComparison([lattice, mixed, other], join(folder, 'comparison.html'))
  },
  gradients: async () => {
    const file = join(folder, 'gradients.html')
    writeGradientsPage(await compareGradients(await loadScenario(scenarioFile)), '0.0.0', file)
    return file
  },
  sweep: async () => {
    const directory = join(folder, 'sweep')
    const document = await sweep({
      scenario: 'scenarios/ornstein-uhlenbeck.yaml',
      set: ['sampling.trajectories=40', 'protocol.duration=0.5'],
      // μkh = 10 is beyond Euler–Maruyama's stability: these points fail.
      axes: parseGrid(['protocol.parameters.stiffness=1,2,1000', 'bath.kT=0.5,1', 'seed=1,2']),
      ...{ directory, backend: 'reference' },
    })
    return writeSweepPage(directory, 'sweep.html', document, sweepTable(directory, document))
  },
  tolerance: async () => {
    const directory = join(folder, 'tolerance')
    const document = await tolerance({
      ...{ scenario: scenarioFile, directory, seeds: [1, 2], worseOf: () => 'more', budget: 0.5 },
      imperfections: ['bath-mismatch', 'storage-bits', 'slew'].map(imperfectionNamed),
      commandOf: (name) => `npx overdamped tolerance mixture.yaml --imperfection ${name}`,
    })
    return writeTolerancePage(directory, document)
  },
  verify: async () => {
    const { backend } = await openBackend({ backend: 'wasm', threads: 1 }, [needs])
    const chosen = topics.filter(({ name }) => ['ornstein-uhlenbeck', 'identities', 'controls'].includes(name))
    const checks = await verify({ backend, seed: 1, topics: chosen }).finally(() => backend.close())
    const asked = { version: '0.0.0', seed: 1, backend: backend.name, thorough: false }
    return writeVerifyPage(folder, { ...asked, topics: chosen, checks })
  },
}
const lattice = join(folder, 'lattice')
const mixed = join(folder, 'mixture')
const scenarioFile = join(folder, 'mixture.yaml')

describe.skipIf(browserPath === undefined)('in Chromium (skipped where none is found; CHROMIUM=path names one)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
    mkdirSync(lattice)
    writeLearningRun(lattice)
    writeFileSync(scenarioFile, mixture)
    await run(await loadScenario(scenarioFile), { directory: mixed, threads: 1 })
  })
  afterAll(() => browser.close())

  const files = new Map<string, Promise<string>>()
  /** Each page is made once. */
  const open = async (kind: string) => {
    const file = files.get(kind) ?? (kinds[kind] as () => Promise<string>)()
    files.set(kind, file)
    return openFile(browser, await file, { width: 1024, before: [watchCanvasText, freezableObservers] })
  }
  const widen = async (page: Page, width: number) => {
    await page.setViewportSize({ width, height: 900 })
    await settled(page)
  }

  it.each(Object.keys(kinds))(
    'the page %s is whole at every width, light, dark and printed, axe finds nothing, and the Tab key comes to every part',
    async (kind) => {
      const { page, complaints } = await open(kind)
      expect(await unreachable(page)).toEqual([])
      const measured: Record<string, string[]> = {}
      const measure = async (state: string) => {
        for (const width of widths) {
          await widen(page, width)
          measured[`${state}, ${width} px`] = await cuts(page, false)
        }
      }
      await measure('folded')
      await page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
      await measure('unfolded')
      measured['axe, light'] = await findings(page)
      // Colours lay nothing out, but charts are drawn anew.
      await page.emulateMedia({ colorScheme: 'dark' })
      await widen(page, widths[0] as number)
      measured.dark = await cuts(page, false)
      measured['axe, dark'] = await findings(page)
      for (const width of [1440, 390]) {
        await widen(page, width)
        await page.evaluate('window.frozen = true; dispatchEvent(new Event("beforeprint"))')
        await page.emulateMedia({ media: 'print' })
        await widen(page, paper)
        measured[`printed from ${width} px`] = await cuts(page, true)
        await page.emulateMedia({ media: 'screen' })
        await page.evaluate('window.frozen = false; dispatchEvent(new Event("afterprint"))')
      }
      expect(Object.fromEntries(Object.entries(measured).filter(([, found]) => found.length > 0))).toEqual({})
      expect(complaints).toEqual([])
      await page.close()
    },
  )

  it('prints the names of rows in whole words, and what a cell is apart from what it holds', async () => {
    const { page } = await open('comparison')
    await page.emulateMedia({ media: 'print' })
    // A4 within the margins of browsers: above 700 px the names of rows have no more room than print gives them.
    await widen(page, 718)
    const long = 'native: float32, SIMD of 16 lanes, 2 threads (auto: the fastest that can run it here)'
    await page.evaluate(
      `for (const cell of document.querySelectorAll('.glance tbody td')) cell.textContent = '${long}'`,
    )
    const heights = await page.evaluate<number[]>(
      `[...document.querySelectorAll('.glance tbody th')].map((cell) => {
        const words = document.createRange()
        words.selectNodeContents(cell)
        return new Set([...words.getClientRects()].map(({ top }) => Math.round(top))).size
      })`,
    )
    expect(heights.length).toBeGreaterThan(5)
    expect(Math.max(...heights)).toBe(1)
    await page.close()
    const { page: swept } = await open('sweep')
    await swept.emulateMedia({ media: 'print' })
    await widen(swept, paper)
    // The name of a column ends where its 42 % end; the value begins beyond.
    const starts = await swept.evaluate<number[]>(
      `[...document.querySelectorAll('#points .wide td')].map((cell) => {
        const words = document.createRange()
        words.selectNodeContents(cell)
        return (words.getBoundingClientRect().left - cell.getBoundingClientRect().left) / cell.clientWidth
      })`,
    )
    expect(Math.min(...starts)).toBeGreaterThan(0.42)
    await swept.close()
  })

  it('scrolls a wide table by keyboard, and says how many columns are out of sight', async () => {
    const { page } = await open('sweep')
    const table = page.locator('#points .scroll')
    const hint = table.locator('.scroll-hint')
    const before = await hint.textContent()
    expect(before).toMatch(/^Scroll sideways: \d+ columns →$/)
    await table.focus()
    for (let press = 0; press < 20; press++) await page.keyboard.press('ArrowRight')
    await within(() => hint.textContent()).toMatch(/^Scroll sideways: ← \d+ columns?/)
    await page.close()
  })
})
