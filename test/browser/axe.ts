import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** What axe says of a page that keeps somebody from using it: all but what it calls minor. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  // Style sheets of other origins, which it would fetch, there are none.
  const { violations } = await page.evaluate<AxeResults>(
    "axe.run(document, { resultTypes: ['violations'], preload: false })",
  )
  return violations
    .filter(({ impact }) => impact !== 'minor')
    .map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)
}
