import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sceneOf } from '../../src/experiment/play/scene.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { writeScenePage } from '../../viz/play/scenes/page.js'
import { fileFolder } from '../run-folder.js'
import { findings, findingsOfColours } from './axe.js'
import { unreachable } from './keyboard.js'
import { browserPath, launch, openFile, overflow, pixels, settled } from './open-page.js'
import { openSandboxed } from './sandboxed.js'
import { within } from './within.js'

const folder = fileFolder()
/** A scene of each kind; the second has a formula, which the page reads with mathjs. */
const scenes: readonly [name: string, picture: string, set: string[]][] = [
  ['double-well', '#landscape', ['sampling.trajectories=200']],
  ['moving-double-well', '#landscape', ['sampling.trajectories=100']],
  ['coupled-oscillators', '#lattice', ['protocol.duration=4']],
  ['gaussian-mixture-2d', '#plane', ['noising.slices=3', 'learning.iterations=20']],
  ['contrastive-divergence', '#wells', ['objective.walkers=400', 'data.samples=800']],
]
const pageOf = (name: string) => join(folder, `${name}.html`)
const origin = { about: 'A scene.', command: 'npx overdamped play', version: '0' }
beforeAll(async () => {
  for (const [name, , set] of scenes) {
    const scenario = await loadScenario(name, { profile: 'quick', set })
    writeScenePage(sceneOf(scenario, { ...origin, title: name }), pageOf(name))
  }
})

/** A figure of the page, which writes a real minus. */
async function figure(page: Page, id: string): Promise<number> {
  return Number.parseFloat(((await page.textContent(`#${id}`)) ?? '').replace('−', '-'))
}

describe.skipIf(browserPath === undefined)('in Chromium (skipped where none is found; CHROMIUM=path names one)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())

  it.each(scenes)(
    '%s moves by itself from disk without the network, and complains of nothing',
    async (name, picture) => {
      const { page, complaints } = await openFile(browser, pageOf(name), { width: 1200, motion: 'no-preference' })
      const first = await pixels(page, picture)
      await within(() => pixels(page, picture)).not.toBe(first)
      expect(await page.isHidden('#failure')).toBe(true)
      expect(complaints).toEqual([])
      await page.close()
    },
    // Where other work has every core, a page that learns takes its time to begin.
    180_000,
  )

  // A formula changes nothing of what is seen beside the picture.
  it.each(scenes.filter(([name]) => name !== 'moving-double-well'))(
    '%s is whole at 390 px, light and dark, axe finds nothing, and the Tab key comes to every part',
    async (name) => {
      const { page, complaints } = await openFile(browser, pageOf(name), { width: 390 })
      expect(await unreachable(page)).toEqual([])
      await page.click('#step')
      await settled(page)
      expect(await overflow(page)).toBe(0)
      expect(await findings(page)).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      await settled(page)
      expect(await findingsOfColours(page)).toEqual([])
      expect(complaints).toEqual([])
      await page.close()
    },
  )

  it('a trap that a pointer drags does work, keys move it too, and the first law holds', async () => {
    const { page } = await openFile(browser, pageOf('double-well'), { width: 1200, hash: 'pace=-4' })
    // With reduced motion nothing has moved yet.
    expect(await page.textContent('#time-is')).toMatch(/step 0$/)
    const box = (await page.locator('#landscape').boundingBox())!
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + 0.8 * box.width, box.y + box.height / 2)
    await page.mouse.up()
    expect(await figure(page, 'stiffness-is')).toBe(4)
    expect(await figure(page, 'position-is')).toBeGreaterThan(0.5)
    await page.click('#step')
    await within(() => figure(page, 'work')).toBeGreaterThan(1)
    expect(await page.textContent('#first-law')).toMatch(/ to (0|\S+×10⁻¹\S) kT/)
    const before = await figure(page, 'position-is')
    await page.focus('#landscape')
    await page.keyboard.press('ArrowLeft')
    expect(await figure(page, 'position-is')).toBeCloseTo(before - 0.1, 2)
    // By itself it goes as slowly as the picture: by less than a step of its slider.
    await page.emulateMedia({ reducedMotion: 'no-preference' })
    await page.click('#there')
    await within(() => figure(page, 'position-is')).toBeLessThan(before - 0.1)
    await page.close()
  })

  it('two openings of a link show the same, and another seed something else', async () => {
    const shown = async (hash: string) => {
      const { page } = await openFile(browser, pageOf('double-well'), { width: 800, hash })
      await page.click('#step')
      await within(() => page.textContent('#time-is')).toMatch(/step [1-9]/)
      await settled(page)
      const found = { picture: await pixels(page, '#landscape'), heat: await page.textContent('#heat') }
      await page.close()
      return found
    }
    const link = 'seed=12&stiffness=3&position=0.5&equilibrium=1&kT=2'
    const first = await shown(link)
    expect(await shown(link)).toEqual(first)
    expect((await shown(link.replace('12', '13'))).picture).not.toBe(first.picture)
  })

  it('contrastive divergence misses the share of the right well, and weighted walkers find it', async () => {
    const { page } = await openFile(browser, pageOf('contrastive-divergence'), {
      ...{ width: 1000, motion: 'no-preference', hash: 'pace=4' },
    })
    await within(() => page.textContent('#said')).toMatch(/^Shares of the right well/)
    expect(Math.abs((await figure(page, 'short-run')) - 50)).toBeLessThan(5)
    expect(await figure(page, 'persistent')).toBeGreaterThan(90)
    // 400 walkers know a half to ±2.5 %, 800 data a quarter to ±1.5 %.
    expect(Math.abs((await figure(page, 'jarzynski')) - 75)).toBeLessThan(12)
    await page.close()
  })

  it('lies in a sandboxed frame that may run scripts alone, with the policy of a live page', async () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(
      readFileSync(pageOf('double-well'), 'utf8'),
    )
    expect(policy?.[1]).not.toContain("'unsafe-eval'")
    const { page, complaints } = await openSandboxed(browser, pageOf('moving-double-well'))
    expect(complaints).toEqual([])
    await page.close()
  })
})
