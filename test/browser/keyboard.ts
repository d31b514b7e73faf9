import type { Page } from 'playwright-core'

/**
 * Goes through a page by the Tab key alone.
 * @returns what a pointer can use and the key does not come to, has no visible focus there, or is hidden behind the bar
 */
export async function unreachable(page: Page): Promise<string[]> {
  const expected = await page.evaluate<number>(`(${watchFocus})()`)
  // A few more than there are: groups of choices are one stop each, and at the end the browser takes over.
  for (let press = 0; press < expected + 3; press++) await page.keyboard.press('Tab')
  return page.evaluate<string[]>('window.notReached()')
}

const watchFocus = `() => {
  const usable = 'a[href], button, input, select, summary, [tabindex]:not([tabindex="-1"])'
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.disabled
  const all = [...document.querySelectorAll(usable)].filter((element) => seen(element))
  const nameOf = (element) => element.localName + ' ' + (element.getAttribute('aria-label') || element.labels?.[0]?.textContent || element.textContent).trim().slice(0, 50)
  const wrong = []
  const reached = new Set()
  const bar = document.querySelector('.bar')
  document.addEventListener('focusin', ({ target }) => {
    reached.add(target)
    if (target.name && target.type === 'radio') for (const other of document.getElementsByName(target.name)) reached.add(other)
    const shown = [target, target.nextElementSibling, target.closest('label')].filter(Boolean)
    if (!shown.some((element) => getComputedStyle(element).outlineStyle !== 'none' && parseFloat(getComputedStyle(element).outlineWidth) >= 1)) wrong.push('shows no focus: ' + nameOf(target))
    const behind = !bar.contains(target) && !target.matches('.skip') && target.getBoundingClientRect().bottom < bar.getBoundingClientRect().bottom
    if (behind) wrong.push('behind the bar: ' + nameOf(target))
  })
  window.notReached = () => [...wrong, ...all.filter((element) => !reached.has(element)).map((element) => 'not reached: ' + nameOf(element))]
  return all.length
}`
