import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { writeComparison } from '../../viz/compare.js'
import { writeReport } from '../../viz/report.js'
import {
  hostile,
  writeHidden,
  writeLargeRun,
  writeLearningRun,
  writeSimulation,
  writeTwoUnits,
} from '../interface/small-run.js'
import { fileFolder } from '../run-folder.js'
import { browserPath, drawnCanvases, launch, type Opening, openFile, overflow, pixels, settled } from './open-page.js'

const folder = fileFolder()
let runs = 0
/** Directory of a run that learned, to which a test may write. */
function learningRun(): string {
  const directory = join(folder, `${runs++}`)
  mkdirSync(directory)
  writeLearningRun(directory)
  return directory
}

/** The report of a machine that learned for a moment. */
async function machineReport(): Promise<string> {
  const directory = join(folder, `${runs++}`)
  const set = ['objective.iterations=4', 'objective.repeats=1', 'objective.bars={}']
  const scenario = await loadScenario('scenarios/contrastive-divergence-machine.yaml', { profile: 'quick', set })
  await run(scenario, { directory, threads: 1 })
  return writeReport(directory)
}

let browser: Browser
/** Both widths and both schemes: nothing is laid out by its colour. */
const each = [
  { width: 360, scheme: 'dark' },
  { width: 1600, scheme: 'light' },
] as const

describe.skipIf(browserPath === undefined)('in Chromium (skipped where none is found; CHROMIUM=path names one)', () => {
  let report = ''
  let comparison = ''
  let machine = ''
  beforeAll(async () => {
    browser = await launch()
    report = writeReport(learningRun())
    const compared = [learningRun(), learningRun()]
    const other = learningRun()
    writeTwoUnits(other)
    comparison = writeComparison([...compared, other], join(folder, 'compare.html'))
    machine = await machineReport()
  })
  afterAll(() => browser.close())
  const open = (opening: Opening) => openFile(browser, report, opening)

  it.each(each)(
    'fits the report of a machine at $width px in $scheme, its arms beside their floor',
    async (opening) => {
      const { page, complaints } = await openFile(browser, machine, opening)
      expect(await overflow(page)).toBe(0)
      expect(complaints).toEqual([])
      // Every floor stands at one place, left of every dot.
      const places = await page.$$eval('.arm-dots svg', (rows) =>
        rows.map((row) => ['.tick', '.dot'].map((mark) => row.querySelector(mark)!.getBoundingClientRect().x)),
      )
      expect(new Set(places.map(([floor]) => Math.round(floor!))).size).toBe(1)
      for (const [floor, dot] of places) expect(dot).toBeGreaterThan(floor!)
      await page.close()
    },
  )

  it.each(each)('draws every chart, map and picture at $width px in $scheme, without a complaint', async (opening) => {
    const { page, complaints } = await open(opening)
    const canvases = await drawnCanvases(page)
    const charts = ['chart-losses', 'chart-iterations', 'chart-virial', 'chart-work', 'chart-heat', 'traces']
    const maps = ['stiffness', hostile, 'virial/units', 'pairs/bilinear', 'traces-lattice']
    const names = [...charts, 'chart-entropy-production', ...maps, 'film', '0', '1']
    expect(canvases.map(({ name }) => name).sort()).toEqual(names.sort())
    for (const { name, drawn, all } of canvases) {
      // Axes alone leave some hundred pixels; a curve or bars leave thousands. Film and maps fill their canvas, but for the
      // chosen unit, which has no coupling with itself.
      if (charts.includes(name) || name.startsWith('chart-')) expect(drawn, name).toBeGreaterThan(2000)
      else expect(drawn / all, name).toBeGreaterThan(name.startsWith('pairs/') ? 0.88 : 0.999)
    }
    const broken = '[...document.images].filter((image) => !image.complete || image.naturalWidth === 0).length'
    expect(await page.evaluate<number>(broken)).toBe(0)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    // Open tables must scroll in their own container.
    await page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
    expect(await page.locator('main table:visible').count()).toBe(await page.locator('main table').count())
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(complaints).toEqual([])
    await page.close()
  })

  it.each([
    ['a simulation', writeSimulation],
    ['two units', writeTwoUnits],
  ])('draws the report of %s', async (_, turn) => {
    const directory = learningRun()
    turn(directory)
    const file = writeReport(directory)
    for (const width of [360, 1600]) {
      const { page, complaints } = await openFile(browser, file, { width })
      for (const { name, drawn } of await drawnCanvases(page)) expect(drawn, name).toBeGreaterThan(2000)
      expect(await overflow(page)).toBeLessThanOrEqual(0)
      expect(complaints).toEqual([])
      await page.close()
    }
  })

  it('draws what hidden units see, and follows the slider over the knots', async () => {
    const directory = learningRun()
    writeHidden(directory, 9, 3)
    const file = writeReport(directory)
    for (const width of [360, 1200]) {
      const { page, complaints } = await openFile(browser, file, { width })
      const drawn = (await drawnCanvases(page)).filter(({ name }) => name.startsWith('hidden/'))
      expect(drawn.map(({ name }) => name)).toEqual(['hidden/2', 'hidden/1', 'hidden/0'])
      for (const { name, drawn: pixelsDrawn, all } of drawn) expect(pixelsDrawn / all, name).toBeGreaterThan(0.999)
      // The middle unit of the lattice is chosen; hidden unit 2 sees it with 3·5.
      const reading = page.locator('[data-map-reading="hidden/2"]')
      expect(await reading.textContent()).toBe('row 2, column 2: V = 15')
      await page.focus('#hidden-knot')
      await page.keyboard.press('Home')
      expect(await reading.textContent()).toBe('row 2, column 2: V = 1.5')
      expect(await overflow(page)).toBeLessThanOrEqual(0)
      expect(complaints).toEqual([])
      await page.close()
    }
  })

  it('shows hostile text as text: nothing runs, nothing is an element', async () => {
    const { page, complaints } = await open({ width: 800 })
    expect(await page.textContent('h1')).toBe(hostile)
    expect(await page.locator('script:text("alert")').count()).toBe(0)
    expect(await page.locator('img[src=x]').count()).toBe(0)
    expect(await page.locator('figure.map h3', { hasText: hostile }).count()).toBe(1)
    await page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
    const shown = await page.evaluate<string>('document.body.innerText')
    expect(shown).toContain('<img src=x onerror=alert(2)>')
    expect(shown).not.toMatch(/&lt;|&amp;|&#39;/)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('scrubs the film by keyboard, chooses a trajectory, and plays only when asked to with reduced motion', async () => {
    const { page, complaints } = await open({ width: 800, clock: true })
    const last = await pixels(page, '#film')
    expect(await page.textContent('#film-time')).toBe('t = 0.01')
    await page.focus('#film-frame')
    await page.keyboard.press('Home')
    expect(await page.textContent('#film-time')).toBe('t = 3')
    expect(await page.getAttribute('#film-frame', 'aria-valuetext')).toBe('t = 3')
    const first = await pixels(page, '#film')
    expect(first).not.toBe(last)
    await page.focus('input[name=film-trajectory]')
    await page.keyboard.press('ArrowRight')
    expect(await pixels(page, '#film')).not.toBe(first)
    expect(await pixels(page, '#film')).toBe(await pixels(page, 'canvas[data-film="1"]'))
    await page.focus('#film-play')
    await page.keyboard.press('Enter')
    expect(await page.textContent('#film-play')).toBe('Pause')
    await page.clock.runFor(2500)
    expect(await page.textContent('#film-time')).not.toBe('t = 3')
    await page.keyboard.press('Enter')
    expect(await page.textContent('#film-play')).toBe('Play')
    expect(complaints).toEqual([])
    await page.close()
  })

  it('plays the film once when it comes into view, unless reduced motion is asked for', async () => {
    const { page } = await open({ width: 800, motion: 'no-preference', clock: true })
    await page.locator('#film').scrollIntoViewIfNeeded()
    await page.locator('#film-play', { hasText: 'Pause' }).waitFor()
    await page.clock.runFor(5500)
    expect(await page.textContent('#film-play')).toBe('Play')
    expect(await page.textContent('#film-time')).toBe('t = 0.01')
    await page.close()
  })

  it('moves all maps with the slider over the knots, and shows the figures of the file', async () => {
    const { page, complaints } = await open({ width: 1200 })
    const reading = page.locator('[data-map-reading="stiffness"]')
    // The end of the strongest coupling is chosen: unit 1 of knot 2 has the stiffness 3.01.
    expect(await reading.textContent()).toBe('row 1, column 2: k = 3.01')
    const map = await pixels(page, 'canvas[data-map=stiffness]')
    await page.click('figure:has([data-map=stiffness]) summary:has-text("units at this knot")')
    await page.focus('#potential-knot')
    await page.keyboard.press('Home')
    expect(await reading.textContent()).toBe('row 1, column 2: k = 1.01')
    expect(await page.locator('[data-knot-time]').allTextContents()).toEqual(['t = 3', 't = 3', 't = 3'])
    expect(await page.inputValue('#virial-knot')).toBe('0')
    expect(await page.textContent('table[data-cells=stiffness] [data-cell="8"]')).toBe('1.08')
    // Knots share the pattern of stiffness nearly: the common scale tells them apart.
    await page.check('#potential input[value=all]', { force: true })
    expect(await pixels(page, 'canvas[data-map=stiffness]')).not.toBe(map)
    expect(await page.textContent('figure:has([data-map=stiffness]) [data-high]')).toBe('3.08')
    expect(complaints).toEqual([])
    await page.close()
  })

  it('chooses a unit by arrow keys, numbers, pointer or table, on every map at once', async () => {
    const { page, complaints } = await open({ width: 1200 })
    const reading = page.locator('[data-map-reading="pairs/bilinear"]')
    expect(await reading.textContent()).toBe('row 1, column 2: the chosen unit itself')
    const couplings = await pixels(page, 'canvas[data-map="pairs/bilinear"]')
    await page.hover('canvas[data-map="pairs/bilinear"]', { position: { x: 290, y: 150 } })
    expect(await reading.textContent()).toBe('row 2, column 3: J = −7')
    await page.mouse.move(0, 0)
    await page.focus('canvas[data-map="virial/units"]')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    expect(await reading.textContent()).toBe('row 2, column 3: the chosen unit itself')
    expect(await page.inputValue('#couplings-unit-row')).toBe('2')
    expect(await page.inputValue('#traces-unit-column')).toBe('3')
    expect(await pixels(page, 'canvas[data-map="pairs/bilinear"]')).not.toBe(couplings)
    await page.fill('#couplings-unit-row', '3')
    await page.keyboard.press('Tab')
    expect(await reading.textContent()).toBe('row 3, column 3: the chosen unit itself')
    await page.fill('#couplings-unit-row', '99')
    await page.keyboard.press('Tab')
    expect(await page.inputValue('#couplings-unit-row')).toBe('3')
    await page.click('[data-strongest=bilinear] [data-choose="5"]')
    expect(await reading.textContent()).toBe('row 2, column 3: the chosen unit itself')
    await page.click('canvas[data-map=stiffness]', { position: { x: 5, y: 5 } })
    expect(await reading.textContent()).toBe('row 1, column 1: the chosen unit itself')
    expect(complaints).toEqual([])
    await page.close()
  })

  it('browses traces: another unit, zoom, cursor, legend and table', async () => {
    const { page, complaints } = await open({ width: 1200 })
    const canvas = '#traces canvas'
    const states: string[] = [await pixels(page, canvas)]
    const changed = async () => {
      await settled(page)
      states.push(await pixels(page, canvas))
      expect(new Set(states).size).toBe(states.length)
    }
    await page.fill('#traces-unit-row', '3')
    await page.keyboard.press('Tab')
    await changed()
    await page.focus('#traces')
    await page.keyboard.press('+')
    await changed()
    await page.uncheck('input[data-trace="1"]', { force: true })
    await changed()
    await page.check('input[data-trace="1"]', { force: true })
    await page.keyboard.press('Tab')
    await page.click('[data-zoom=all]')
    await settled(page)
    // Back where it was after the unit was chosen.
    expect(await pixels(page, canvas)).toBe(states[1])
    await page.focus('#traces')
    for (let press = 0; press < 6; press++) await page.keyboard.press('ArrowRight')
    await settled(page)
    // The last frame of unit 7 in trajectory 0: 1.2 sin(1.7 (3·9 + 7)).
    const expected = 1.2 * Math.sin(1.7 * 34)
    const read = ((await page.textContent('[data-trace-reading="0"]')) ?? '').replace('−', '-')
    expect(Number(read)).toBeCloseTo(expected, 2)
    await page.click('.traces summary')
    const cell = (await page.locator('#traces-table tbody tr').last().locator('td').first().textContent()) ?? ''
    expect(Number(cell.replace('−', '-'))).toBeCloseTo(expected, 2)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('switches theme and sample kind, redraws, and finds the theme again when reloaded', async () => {
    const { page, complaints } = await open({ width: 800 })
    // The last unit of the map, which is not the chosen one.
    const corner = `(() => {
      const canvas = document.querySelector('canvas[data-map="virial/units"]')
      const pixel = new OffscreenCanvas(1, 1).getContext('2d')
      pixel.drawImage(canvas, 9 - canvas.width, 9 - canvas.height)
      return pixel.getImageData(0, 0, 1, 1).data.join()
    })()`
    const light = await page.evaluate<string>(corner)
    const [chart, map] = [await pixels(page, '.plot canvas'), await pixels(page, 'canvas[data-map="virial/units"]')]
    await page.focus('#theme')
    await page.keyboard.press('Enter')
    await settled(page)
    expect(await pixels(page, '.plot canvas')).not.toBe(chart)
    expect(await pixels(page, 'canvas[data-map="virial/units"]')).not.toBe(map)
    expect(await page.evaluate<string>(corner)).not.toBe(light)
    await page.reload()
    expect(await page.getAttribute('html', 'data-theme')).toBe('dark')
    expect(await page.textContent('#theme')).toBe('Light')
    expect(await page.isVisible('img.when-raw')).toBe(false)
    await page.check('input[value=raw]', { force: true })
    expect(await page.isVisible('img.when-raw')).toBe(true)
    expect(await page.isVisible('img.when-denoised')).toBe(false)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('copies the command', async () => {
    const { page } = await open({ width: 800 })
    await page.click('[data-copy=command]')
    // From disk the clipboard may be refused; then the text is selected.
    await page.locator('[data-copy=command]', { hasText: /^(Copied|Selected)$/ }).waitFor()
    await page.close()
  })

  it('gives every control a name', async () => {
    const { page } = await open({ width: 800 })
    const nameless = `[
      ...[...document.querySelectorAll('button')].filter((button) => !button.textContent.trim()),
      ...[...document.querySelectorAll('input')].filter((input) => !input.labels.length),
      ...[...document.querySelectorAll('[tabindex]:not(pre), [role]')].filter((element) => !element.getAttribute('aria-label')),
    ].map((element) => element.outerHTML)`
    expect(await page.evaluate<string[]>(nameless)).toEqual([])
    await page.close()
  })

  it('keeps figures and stills without its script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 900 } })
    const page = await context.newPage()
    await page.goto(`file://${report}`)
    expect(await page.locator('.live:visible').count()).toBe(0)
    expect(await page.locator('.filmstrip img:visible').count()).toBe(1)
    await page.click('.chart summary >> nth=0')
    expect(await page.locator('.chart table:visible').count()).toBe(1)
    await context.close()
  })

  it.each(each)('shows runs side by side at $width px in $scheme', async (opening) => {
    const { page, complaints } = await openFile(browser, comparison, opening)
    for (const { name, drawn } of await drawnCanvases(page)) expect(drawn, name).toBeGreaterThan(2000)
    // Losses, work, heat and entropy production.
    expect(await page.locator('canvas').count()).toBe(4)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('is interactive soon after it is opened, at the size of the full mnist-01', async () => {
    const directory = learningRun()
    writeLargeRun(directory)
    const file = writeReport(directory)
    const times: number[] = []
    for (const width of [1200, 360, 1200]) {
      const { page, complaints } = await openFile(browser, file, { width })
      times.push(await page.evaluate<number>('Number(document.documentElement.dataset.ready)'))
      expect(await overflow(page)).toBeLessThanOrEqual(0)
      expect(complaints).toEqual([])
      await page.close()
    }
    const median = times.sort((a, b) => a - b)[1] as number
    console.log(`report of the size of mnist-01: drawn and interactive after ${median} ms (${times.join(', ')})`)
    // A second is the aim; machines that run other work at the same time are allowed three.
    expect(median).toBeLessThan(3000)
  })
})
