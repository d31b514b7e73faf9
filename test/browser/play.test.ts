import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Drawn } from '../../src/play/messages.js'
import type { NetworkRecord } from '../../src/play/record.js'
import { open } from '../../src/play/serve.js'
import { createSession } from '../../src/play/session.js'
import { renderPlay } from '../../viz/play/page.js'
import { fileFolder } from '../run-folder.js'
import { findings, findingsOfColours } from './axe.js'
import { cuts } from './cut.js'
import { unreachable } from './keyboard.js'
import { browserPath, launch, openFile, overflow, pixels, settled } from './open-page.js'
import { playedPage } from './played.js'
import { openSandboxed } from './sandboxed.js'
import { within } from './within.js'

const folder = fileFolder()
let record: NetworkRecord
let file = ''
beforeAll(async () => {
  ;({ record, file } = await playedPage(folder))
})

/** The page writes numbers with a real minus. */
const stepOf = async (page: Page) => Number(/step (\d+) of/.exec((await page.textContent('#time-is')) ?? '')?.[1])
/** Goes to the end of the protocol with the slider, and waits until the sample is there. */
async function toTheEnd(page: Page): Promise<void> {
  await page.focus('#time')
  await page.keyboard.press('End')
  await within(() => page.textContent('#said')).toMatch(/^A sample|samples/)
  await settled(page)
}

it("its policy is a report's with kernels and a worker of its own text, and nothing else", () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(readFileSync(file, 'utf8'))?.[1]
  const masked = policy?.replace(/'sha256-[\w+/]{43}='/g, 'HASH')
  expect(masked).toBe(
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src HASH HASH 'wasm-unsafe-eval'; worker-src blob:; base-uri 'none'; form-action 'none'",
  )
})

it('the same record gives the same bytes, and none of them is an address', () => {
  const page = readFileSync(file, 'utf8')
  expect(renderPlay(record)).toBe(page)
  const outside = page.match(/(?:src|href)="(?!#)[^"]*"|https?:\/\/(?!www\.w3\.org\/)[^\s"'`)\\]+/g) ?? []
  expect(outside).toEqual([])
})

describe.skipIf(browserPath === undefined)('in Chromium (skipped where none is found; CHROMIUM=path names one)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())

  it('moves by itself from disk without the network, one network or sixty-four, and complains of nothing', async () => {
    for (const hash of ['', 'count=64&label=each&pace=2']) {
      const { page, complaints } = await openFile(browser, file, { width: 1200, hash, motion: 'no-preference' })
      const first = await pixels(page, '#lattice')
      await within(() => pixels(page, '#lattice')).not.toBe(first)
      await page.click('#play')
      // What was under way is answered before this is.
      await page.evaluate('overdamped.draw({ trajectories: 1, seed: 1 }).then(() => 0)')
      await settled(page)
      const [step, still] = [await stepOf(page), await pixels(page, '#lattice')]
      expect(step).toBeGreaterThan(0)
      await page.waitForTimeout(300)
      expect(await stepOf(page)).toBe(step)
      expect((await pixels(page, '#lattice')) === still).toBe(true)
      expect(await page.isHidden('#failure')).toBe(true)
      expect(complaints).toEqual([])
      await page.close()
    }
  })

  it('draws in the page, bit for bit, what the same session draws in Node', async () => {
    const { page, complaints } = await openFile(browser, file, { width: 800 })
    const ask = { trajectories: 9, seed: 21, label: 'each' as const }
    const there = await page.evaluate<{ samples: number[]; work: number[] }>(
      `overdamped.draw(${JSON.stringify(ask)}).then(({ samples, work }) => ({ samples: [...samples], work: [...work] }))`,
    )
    const { network, backend } = await open({ record, kernels: readFileSync('dist/wasm/kernels.wasm').buffer })
    const here: Drawn = await createSession(network, backend).draw(ask)
    expect(there.samples).toEqual([...here.samples])
    expect(there.work).toEqual([...here.work])
    expect(there.samples).toHaveLength(9 * 36)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('lies in a sandboxed frame that may run scripts alone', async () => {
    const { page, frame, complaints } = await openSandboxed(browser, file)
    // Neither the address nor the clipboard is its own: the link stands in a field.
    await frame.locator('#copy-link').click()
    expect(await frame.locator('#link').inputValue()).toContain('play.html#')
    expect(complaints.filter((text) => !/clipboard/i.test(text))).toEqual([])
    await page.close()
  })

  it('is whole narrow and wide, light and dark, axe finds nothing, and the Tab key comes to every part', async () => {
    const { page, complaints } = await openFile(browser, file, { width: 390, before: ['window.cutWords = new Map()'] })
    expect(await unreachable(page)).toEqual([])
    await page.click('[data-half=left]')
    await page.focus('#lattice')
    await page.keyboard.press('ArrowRight')
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 })
      await settled(page)
      expect(await overflow(page)).toBe(0)
      expect({ width, found: [...(await findings(page)), ...(await cuts(page, false))] }).toEqual({ width, found: [] })
    }
    await page.emulateMedia({ colorScheme: 'dark' })
    await settled(page)
    expect(await findingsOfColours(page)).toEqual([])
    expect(complaints).toEqual([])
    await page.close()
  })

  it('waits to be asked with reduced motion, and goes a step, to the end and back by keyboard', async () => {
    const { page } = await openFile(browser, file, { width: 1000 })
    await page.waitForTimeout(300)
    expect(await stepOf(page)).toBe(0)
    await page.focus('#step')
    await page.keyboard.press('Enter')
    await within(() => stepOf(page)).toBe(1)
    await toTheEnd(page)
    const last = Number(await page.getAttribute('#time', 'max'))
    expect(await stepOf(page)).toBe(last)
    expect(await page.textContent('#said')).toMatch(/^A sample of class \w+ from seed 3\. Work .+, heat .+ in kT\.$/)
    await page.keyboard.press('Home')
    await within(() => stepOf(page)).toBe(0)
    // The bath has noised it: heat and work go on.
    expect(await page.textContent('#heat')).not.toBe('0')
    await page.close()
  })

  it('draws by keyboard and by pointer what is then known, and shows couplings and potential of a unit', async () => {
    const { page, complaints } = await openFile(browser, file, { width: 1000 })
    const before = await pixels(page, '#potential')
    await page.focus('#lattice')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowDown')
    await within(() => page.textContent('#lens-unit')).toBe('row 2, column 1')
    await within(() => page.textContent('#lens-words')).toMatch(
      /x = .+ couplings is [\d.]+, and 8 to hidden oscillators/,
    )
    expect(await pixels(page, '#potential')).not.toBe(before)
    await page.check('[name=tool][value=ink]', { force: true })
    await page.focus('#lattice')
    await page.keyboard.press(' ')
    await within(() => page.textContent('#known')).toBe('1 of 36 units are known.')
    const box = (await page.locator('#lattice').boundingBox())!
    await page.mouse.move(box.x + 10, box.y + 10)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width - 10, box.y + 10)
    await page.mouse.up()
    expect(await page.textContent('#known')).toBe('7 of 36 units are known.')
    await page.check('[name=tool][value=free]', { force: true })
    await page.mouse.click(box.x + 10, box.y + 10)
    expect(await page.textContent('#known')).toBe('6 of 36 units are known.')
    await toTheEnd(page)
    await page.click('#clear')
    expect(await page.textContent('#known')).toBe('No unit is known: all are free.')
    expect(complaints).toEqual([])
    await page.close()
  })

  it('restores seed, class, temperature and what is known from its link: the same sample again', async () => {
    const { page } = await openFile(browser, file, { width: 1000 })
    await page.check('[name=label][value="1"]', { force: true })
    await page.fill('#seed', '77')
    await page.keyboard.press('Enter')
    await page.fill('#kT', '0.5')
    await page.click('[data-half=top]')
    await within(() => page.evaluate<string>('location.hash')).toContain('known=')
    // The link to the content is none with settings: these stay, and come again.
    await page.focus('.skip')
    await page.keyboard.press('Enter')
    await toTheEnd(page)
    await within(() => page.evaluate<string>('location.hash')).toContain('known=')
    const [hash, sample] = [await page.evaluate<string>('location.hash'), await pixels(page, '#lattice')]
    expect(hash).toMatch(/^#seed=77&.*kT=0.5/)
    await page.close()
    const { page: again } = await openFile(browser, file, { width: 1000, hash: hash.slice(1) })
    expect(await again.inputValue('#seed')).toBe('77')
    expect(await again.inputValue('#kT')).toBe('0.5')
    expect(await again.textContent('#known')).toBe('18 of 36 units are known.')
    await toTheEnd(again)
    expect(await pixels(again, '#lattice')).toBe(sample)
    // Another seed is another sample.
    await again.click('#next')
    await toTheEnd(again)
    expect(await pixels(again, '#lattice')).not.toBe(sample)
    await again.close()
  })

  it('saves picture and states', async () => {
    const { page } = await openFile(browser, file, { width: 1000, hash: 'count=64&label=each' })
    await toTheEnd(page)
    const [csv] = await Promise.all([page.waitForEvent('download'), page.click('#save-csv')])
    expect(csv.suggestedFilename()).toBe('ring-and-bar-samples.csv')
    const [head, ...lines] = readFileSync(await csv.path(), 'utf8')
      .trimEnd()
      .split('\r\n')
    expect(head).toMatch(/^class,work\/kT,heat\/kT,energyChange\/kT,x1,.*,x36$/)
    expect(lines).toHaveLength(64)
    for (const [n, line] of lines.entries()) {
      const [of, ...numbers] = line.split(',')
      const [work, heat, change, ...x] = numbers.map(Number)
      expect(of).toBe(record.classes![n % 2])
      expect(Math.abs(change! - work! + heat!)).toBeLessThan(1e-2)
      expect(x.every(Number.isFinite)).toBe(true)
    }
    const [png] = await Promise.all([page.waitForEvent('download'), page.click('#save-png')])
    expect(
      readFileSync(await png.path())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
    await page.close()
  })

  it('says what is wrong where its parameters were damaged', async () => {
    const damaged = join(folder, 'damaged')
    mkdirSync(damaged)
    const parameters = { ...record.parameters, data: record.parameters.data.map((data) => data.slice(0, 40)) }
    writeFileSync(join(damaged, 'play.html'), renderPlay({ ...record, parameters }))
    const page = await browser.newPage()
    await page.goto(`file://${damaged}/play.html`)
    await page.locator('#failure:not([hidden])').waitFor()
    expect((await page.textContent('#failure'))?.length).toBeGreaterThan(10)
    await page.close()
  })
})
