import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findings } from '../browser/axe.js'
import { browserPath, launch, openFile, overflow, settled } from '../browser/open-page.js'
import { builtSite } from './built.js'

const { root, pages, version } = builtSite()
const inVersion = (name: string) => join(root, version, name)

/** Every page in a browser takes a minute: of the site that SITE names, which .ci/run has built. */
const isAsked = browserPath !== undefined && process.env.SITE !== undefined

describe.skipIf(!isAsked)('in Chromium (skipped where none is found, and without SITE=folder of a built site)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())

  it('every page opens from disk and complains of nothing', async () => {
    const page = await browser.newPage({ viewport: { width: 1024, height: 900 } })
    await page.context().setOffline(true)
    const complaints: string[] = []
    let path = ''
    page.on('console', (message) => complaints.push(`${path}: ${message.text()}`))
    page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`))
    page.on('request', (request) => {
      if (!/^(file|data|blob):/.test(request.url())) complaints.push(`${path} asks for ${request.url()}`)
    })
    // Those of a kind are alike, and reports have tests of their own: some of each, and all else.
    const kinds: readonly (readonly [RegExp, number])[] = [
      [/\/api\//, 50],
      [/\/reports\//, 8],
      [/\/(scenarios|source)\//, 6],
    ]
    const share = (path: string) => kinds.find(([kind]) => kind.test(path))?.[1] ?? 1
    // The first page of all goes on to another: last.
    for (const [n, one] of pages.filter(({ path }) => path !== 'index.html').entries()) {
      if (n % share(one.path) !== 0) continue
      path = one.path
      await page.goto(pathToFileURL(join(root, path)).href, { waitUntil: 'load' })
    }
    path = 'index.html'
    await page.goto(pathToFileURL(join(root, path)).href)
    await page.waitForURL(`**/${version}/index.html`)
    expect(complaints).toEqual([])
    await page.close()
  }, 240_000)

  it.each([
    'index.html',
    'scenarios/index.html',
    'scenarios/double-well.html',
    'systems.html',
    'docs/physics.html',
    'docs/index.html',
  ])(
    '%s is as wide as the window, narrow and wide, and axe finds nothing, light and dark',
    async (name) => {
      for (const [width, scheme] of [
        [390, 'dark'],
        [1440, 'light'],
      ] as const) {
        const { page, complaints } = await openFile(browser, inVersion(name), { width, scheme })
        expect(await overflow(page), `${width} px`).toBe(0)
        expect(await findings(page), `${width} px, ${scheme}`).toEqual([])
        expect(complaints).toEqual([])
        await page.close()
      }
    },
    180_000,
  )

  it('the search finds a heading, a scenario and a word in the text, by keyboard alone', async () => {
    const { page, complaints } = await openFile(browser, inVersion('docs/tutorial.html'), { width: 1024 })
    const hits = page.locator('.search li')
    const firstOf = async (words: string) => {
      await page.keyboard.press('/')
      await page.keyboard.type(words)
      await hits.first().waitFor()
      const found = await hits.allInnerTexts()
      expect(await findings(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.reload()
      return found[0]
    }
    expect(await firstOf('dragged-trap')).toMatch(/^dragged-trap/)
    expect(await firstOf('inpainting tweedie')).toMatch(/physics/i)
    await page.keyboard.press('/')
    await page.keyboard.type('Error codes')
    await hits.first().waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/errors\.html/)
    expect(complaints).toEqual([])
    await page.close()
  }, 180_000)

  it('the theme that is chosen on one page is that of the next', async () => {
    const { page } = await openFile(browser, inVersion('index.html'), { width: 1024, scheme: 'light' })
    await page.getByRole('button', { name: 'Switch to the dark theme' }).click()
    await page.getByRole('link', { name: 'Tutorial' }).first().click()
    await settled(page)
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark')
    await page.close()
  })

  it('a block of code is copied by its button', async () => {
    const { page } = await openFile(browser, inVersion('scenarios/double-well.html'), { width: 1024 })
    const button = page.locator('.code button').first()
    await button.focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => button.textContent()).toMatch(/Copied|Selected/)
    await page.close()
  })
})
