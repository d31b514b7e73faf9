import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { chromiumPath } from '../chromium.js'

/** Where Chromium is; the tests of a browser are skipped where there is none. */
export const browserPath = chromiumPath()

/** Starts the Chromium of this machine. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: browserPath as string, args: ['--no-sandbox'] })
}

/** How the page is opened. */
export interface Opening {
  width: number
  scheme?: 'light' | 'dark'
  motion?: 'reduce' | 'no-preference'
  /** whether page.clock can let time pass at once */
  clock?: boolean
  /** what stands behind # in the address */
  hash?: string
  /** scripts that run before the page's own */
  before?: readonly string[]
}

/**
 * Opens a file from disk with the network off, and waits until the page says that it is drawn.
 * @returns the page and everything it complained of: console, errors, dialogs, requests for anything but files, data and what the page itself made (blob)
 */
export async function openFile(
  browser: Browser,
  file: string,
  { width, scheme = 'light', motion = 'reduce', clock = false, hash = '', before = [] }: Opening,
): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme, reducedMotion: motion })
  await page.context().setOffline(true)
  if (clock) await page.clock.install()
  for (const content of before) await page.addInitScript({ content })
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url())) complaints.push(`request: ${request.url()}`)
  })
  await page.goto(`${pathToFileURL(file).href}#${hash}`)
  // Not waitForFunction: the page's policy forbids it to evaluate text.
  await page.waitForSelector('html[data-ready]', { state: 'attached' })
  await settled(page)
  return { page, complaints }
}

/** uPlot draws in a microtask after a change; two frames later the pixels are there. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
}

/** How far the page could be scrolled sideways, in pixels. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}

/** A canvas as text, to see whether it changed. */
export function pixels(page: Page, selector: string): Promise<string> {
  return page.evaluate<string>(`document.querySelector(${JSON.stringify(selector)}).toDataURL()`)
}

/** Of each canvas: what it belongs to, and how many of its pixels are not transparent. As text: this file has no DOM types. */
export function drawnCanvases(page: Page): Promise<{ name: string; drawn: number; all: number }[]> {
  return page.evaluate(`[...document.querySelectorAll('canvas')].map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    let drawn = 0
    for (let index = 3; index < data.length; index += 4) if (data[index] > 0) drawn++
    const name = canvas.dataset.map ?? canvas.dataset.film ?? (canvas.id || canvas.closest('.plot').id)
    return { name, drawn, all: canvas.width * canvas.height }
  })`)
}
