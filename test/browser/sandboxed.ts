import { writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { within } from './within.js'

/**
 * Opens a live page in a frame that may run scripts alone, and waits until it moves.
 * @returns the frame, the page around it, and what the console was told
 */
export async function openSandboxed(
  browser: Browser,
  file: string,
): Promise<{ page: Page; frame: FrameLocator; complaints: string[] }> {
  const host = join(dirname(file), 'host.html')
  writeFileSync(host, `<iframe sandbox="allow-scripts" src="${basename(file)}" width="900" height="800"></iframe>`)
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  await page.goto(`file://${host}`)
  const frame = page.frameLocator('iframe')
  await frame.locator('html[data-ready]').waitFor({ state: 'attached' })
  await within(() => frame.locator('#time-is').textContent()).toMatch(/step [1-9]/)
  return { page, frame, complaints }
}
