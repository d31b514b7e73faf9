import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decode } from 'fast-png'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChartSpec } from '../../viz/chart-spec.js'
import { writeReport } from '../../viz/report.js'
import { writeLandscape, writeLearningRun, writeTwoUnits } from '../interface/small-run.js'
import { fileFolder } from '../run-folder.js'
import { browserPath, launch, openFile, overflow, pixels } from './open-page.js'

const folder = fileFolder()
let browser: Browser

/** The directory of a run, changed. */
function runOf(name: string, change: (directory: string) => void = () => {}): string {
  const directory = join(folder, name)
  mkdirSync(directory)
  writeLearningRun(directory)
  change(directory)
  return directory
}

/** Chromium drops what a page saves beyond ten files a second, without a word. */
const pause = 110

/** What a button of the page saves. */
async function saved(page: Page, selector: string, nth = 0): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(selector).nth(nth).click()])
  await page.waitForTimeout(pause)
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
}

/** Fields of comma-separated values, by RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [['']]
  let isQuoted = false
  for (let n = 0; n < text.length; n++) {
    const row = rows.at(-1) as string[]
    const [character, last] = [text[n] as string, row.length - 1]
    if (isQuoted) {
      if (character !== '"') row[last] += character
      else if (text[n + 1] === '"') {
        row[last] += character
        n++
      } else isQuoted = false
    } else if (character === '"') isQuoted = true
    else if (character === ',') row.push('')
    else if (character === '\r' && text[n + 1] === '\n') {
      rows.push([''])
      n++
    } else row[last] += character
  }
  expect(rows.pop()).toEqual([''])
  return rows
}

/** A number as the page writes it for people. */
function plain(text: string): string {
  const [mantissa = '', power] = text.replaceAll('−', '-').replaceAll(',', '').split('×10')
  if (power === undefined) return mantissa
  return `${mantissa}e${power.replace('⁻', '-').replace(/[⁰¹²³⁴-⁹]/g, (digit) => String('⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit)))}`
}

/** Whether an SVG is well-formed, its paths of a class, and how many elements it has. As text: this file has no DOM types. */
function inspected(page: Page, svg: string) {
  return page.evaluate<{ error: boolean; curves: string[]; dots: string; cells: number; words: string[] }>(`(() => {
    const parsed = new DOMParser().parseFromString(${JSON.stringify(svg)}, 'image/svg+xml')
    const path = (kind) => [...parsed.querySelectorAll('path.' + kind)].map((one) => one.getAttribute('d'))
    return {
      error: parsed.querySelector('parsererror') !== null,
      curves: path('curve'),
      dots: path('dots').join(''),
      cells: parsed.querySelectorAll('path[fill^="#"], path[fill^="rgb"]').length,
      words: [...parsed.querySelectorAll('text, title, desc')].map((word) => word.textContent),
    }
  })()`)
}

const points = (path: string) =>
  path
    .split(/[ML]/)
    .slice(1)
    .map((pair) => pair.split(' ').map(Number) as [number, number])

describe.skipIf(browserPath === undefined)('in Chromium (skipped where none is found; CHROMIUM=path names one)', () => {
  let report = ''
  let plane = ''
  beforeAll(async () => {
    browser = await launch()
    report = writeReport(runOf('lattice'))
    plane = writeReport(
      runOf('plane', (directory) => {
        writeTwoUnits(directory)
        writeLandscape(directory)
      }),
    )
  })
  afterAll(() => browser.close())

  it('saves every table as csv that says what the table says', async () => {
    const { page, complaints } = await openFile(browser, report, { width: 1200 })
    await page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
    // Text that a program for tables would run, and numbers in each way that the page writes them.
    await page.evaluate(`{
      const [first, second, third] = document.querySelectorAll('#metrics td')
      first.textContent = '=1+1'
      second.textContent = '−1,234.5×10⁻⁷'
      third.textContent = 'a "quoted", text'
    }`)
    const tables = await page.evaluate<string[][][]>(`[...document.querySelectorAll('main table')].map((table) =>
      [...table.querySelectorAll('tr')].map((row) => [...row.cells].map((cell) => cell.textContent.trim())))`)
    const buttons = 'button[aria-label^="CSV"]'
    expect(await page.locator(buttons).count()).toBe(tables.length)
    expect(tables.length).toBeGreaterThan(10)
    for (const [n, table] of tables.entries()) {
      const { name, bytes } = await saved(page, buttons, n)
      expect(name).toMatch(/^[a-z0-9-]+\.csv$/)
      const rows = parseCsv(bytes.toString('utf8'))
      expect(new Set(rows.map(({ length }) => length)).size, name).toBe(1)
      expect(rows.length).toBe(table.length)
      for (const [at, cells] of table.entries()) {
        if (at === 0) continue
        const fields = rows[at] as string[]
        // A value with its error is two fields; the dash of what is absent is none.
        const expected = cells.flatMap((cell) => (cell.includes(' ± ') ? cell.split(' ± ') : [cell]))
        const numbers = (texts: string[]) => texts.filter((text) => /^-?\d+(\.\d+)?(e-?\d+)?$/.test(text))
        expect(numbers(fields), name).toEqual(numbers(expected.map(plain)))
        expect(fields.join('').replace(/^'/, '')).not.toContain('–')
      }
    }
    const metrics = (await saved(page, '#metrics .downloads button')).bytes.toString('utf8')
    expect(metrics).toContain(`,'=1+1,-1234.5e-7,"a ""quoted"", text",`)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('saves a chart as vectors through its values, and as a picture of the same', async () => {
    const { page, complaints } = await openFile(browser, report, { width: 1200 })
    const specs = JSON.parse((await page.textContent('#charts')) ?? '') as ChartSpec[]
    const spec = specs.find(({ id }) => id === 'chart-losses') as ChartSpec
    const figure = 'figure:has(#chart-losses) .downloads'
    const svg = await saved(page, `${figure} button:text("SVG")`)
    const { error, curves, words } = await inspected(page, svg.bytes.toString('utf8'))
    expect(error).toBe(false)
    expect(curves.length).toBe(spec.series.length)
    // Where two values that differ stand says where all others must.
    const all = spec.series.flatMap(({ x, y, label }, n) => {
      const drawn = points(curves[n] as string)
      expect(drawn.length).toBe(x.length)
      expect(words).toContain(label)
      return drawn.map(([right, down], at) => ({ right, down, t: Math.log(x[at] as number), loss: y[at] as number }))
    })
    const [least, most] = [all.find(({ loss }) => loss === 0.5), all.find(({ loss }) => loss === 0.8)]
    const perLoss = (most!.down - least!.down) / 0.3
    const [early, late] = [all[0]!, all.find(({ t }) => t !== all[0]!.t)!]
    const perLog = (late.right - early.right) / (late.t - early.t)
    expect(perLoss).toBeLessThan(-50)
    expect(perLog).toBeGreaterThan(50)
    for (const { right, down, t, loss } of all) {
      expect(right).toBeCloseTo(early.right + perLog * (t - early.t), 1)
      expect(down).toBeCloseTo(least!.down + perLoss * (loss - 0.5), 1)
    }
    expect(svg.bytes.toString('utf8')).not.toMatch(/NaN|undefined|href|<script|style=/)
    const { bytes } = await saved(page, `${figure} button:text("PNG")`)
    const { width, height, data, channels } = decode(bytes)
    const [, wide, high] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg.bytes.toString('utf8')) ?? []
    expect([width, height]).toEqual([2 * Math.round(Number(wide)), 2 * Math.round(Number(high))])
    const colours = new Set<string>()
    for (let at = 0; at < data.length; at += channels) colours.add(data.slice(at, at + 3).join())
    expect(colours.size).toBeGreaterThan(20)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('saves maps as cells and pictures as pixels, by keyboard', async () => {
    const { page } = await openFile(browser, report, { width: 1200 })
    const map = await saved(page, 'figure:has([data-map=stiffness]) button:text("SVG")')
    const { error, cells, words } = await inspected(page, map.bytes.toString('utf8'))
    expect(error).toBe(false)
    expect(cells).toBe(9)
    expect(words).toEqual(expect.arrayContaining(['−3.08', '3.08']))
    await page.focus('#samples button:text("PNG") >> nth=0')
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
    const { data, width, channels } = decode(readFileSync(await download.path()))
    // The first denoised pixel of the run is -1, which is paper; the third is beyond 1, which is ink.
    const scale = Math.ceil(800 / 38)
    const at = (column: number) => data[(channels * (scale * (column + 0.5) + width * 5)) | 0]
    expect([at(0), at(2)]).toEqual([255, 0])
    await page.close()
  })

  it('records the film as WebM that plays, and says how far it is', async () => {
    const { page, complaints } = await openFile(browser, report, { width: 800 })
    const button = page.locator('.film button:text("WebM")')
    if ((await button.count()) === 0) return
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
    const bytes = readFileSync(await download.path())
    expect(download.suggestedFilename()).toMatch(/\.webm$/)
    expect(bytes.readUInt32BE(0)).toBe(0x1a45dfa3)
    expect(bytes.subarray(0, 64).includes('webm')).toBe(true)
    // Nothing moved on the page, where reduced motion is asked for.
    expect(await page.textContent('#film-time')).toBe('t = 0.01')
    expect(await page.locator('.film button:text-is("WebM")').isEnabled()).toBe(true)
    const player = await browser.newPage()
    await player.setContent(`<video muted src="data:video/webm;base64,${bytes.toString('base64')}"></video>`)
    const shown = await player.evaluate<number[]>(`new Promise(async (done) => {
      const video = document.querySelector('video')
      await video.play()
      await new Promise((seen) => video.requestVideoFrameCallback(seen))
      const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext('2d')
      canvas.drawImage(video, 0, 0)
      const { data } = canvas.getImageData(0, 0, video.videoWidth, video.videoWidth)
      const reds = data.filter((_, n) => n % 4 === 0)
      done([video.videoWidth, video.videoHeight, Math.min(...reds.slice(0, 60000)), Math.max(...reds.slice(0, 60000))])
    })`)
    expect(shown.slice(0, 2)).toEqual([480, 516])
    // Cells from paper to ink.
    expect((shown[3] as number) - (shown[2] as number)).toBeGreaterThan(150)
    expect(complaints).toEqual([])
    await player.close()
    await page.close()
  })

  it.each([390, 1200])('moves a cloud over the potential at %i px, by keyboard, and saves the frame', async (width) => {
    for (const scheme of ['light', 'dark'] as const) {
      const { page, complaints } = await openFile(browser, plane, { width, scheme })
      expect(await overflow(page)).toBeLessThanOrEqual(0)
      expect(await page.textContent('#cloud-time')).toBe('t = 0.01')
      const last = await pixels(page, '#cloud')
      const frame = async () => inspected(page, (await saved(page, '.cloud button:text("SVG")')).bytes.toString('utf8'))
      const { error, dots, words } = await frame()
      expect(error).toBe(false)
      // Twelve points on a circle of half the radius that the cloud begins with.
      expect(dots.match(/M/g)?.length).toBe(12)
      // In the picture, and in its description.
      expect(words.filter((word) => word === 't = 0.01')).toHaveLength(2)
      await page.focus('#cloud-frame')
      await page.keyboard.press('Home')
      expect(await page.textContent('#cloud-time')).toBe('t = 3')
      expect(await pixels(page, '#cloud')).not.toBe(last)
      const radius = (path: string) => {
        const [, x, y] = /^M([\d.]+) ([\d.]+)/.exec(path) ?? []
        return Math.hypot(Number(x) - 150, Number(y) - 150)
      }
      expect(radius((await frame()).dots) / radius(dots)).toBeCloseTo(2, 1)
      expect(await page.textContent('#cloud-play')).toBe('Play')
      expect(complaints).toEqual([])
      await page.close()
    }
  })

  it('copies the command and a citation of the version that ran', async () => {
    const { page } = await openFile(browser, report, { width: 800 })
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.click('[data-copy=citation]')
    await page.locator('[data-copy=citation]', { hasText: /^(Copied|Selected)$/ }).waitFor()
    const text = (await page.textContent('#citation')) ?? ''
    expect(text).toMatch(/^@software\{overdamped,\n( {2}\w+ = \{.*\},\n)+\}$/)
    expect(text).toContain('version = {0.1.0}')
    expect(text).toContain('title = {{overdamped: ')
    await page.close()
  })
})
