import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** The smaller one: to bring it into a page takes longer than to ask it. */
const source = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** What axe says of a page that keeps somebody from using it: all but what it calls minor. */
export function findings(page: Page): Promise<string[]> {
  return ask(page, {})
}

/** What it says of the colours alone: all that another theme changes of a page that was asked about before. */
export function findingsOfColours(page: Page): Promise<string[]> {
  return ask(page, { runOnly: ['color-contrast', 'link-in-text-block'] })
}

async function ask(page: Page, options: object): Promise<string[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(`${source}; 0`)
  // Style sheets of other origins, which it would fetch, there are none.
  const asked = JSON.stringify({ resultTypes: ['violations'], preload: false, ...options })
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${asked})`)
  return violations
    .filter(({ impact }) => impact !== 'minor')
    .map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)
}
