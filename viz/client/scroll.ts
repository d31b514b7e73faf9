import { all } from './block.js'

/**
 * Says of everything that scrolls sideways that it does, as long as it does: marks on which sides more follows, the number of
 * columns there, and a place in the order of the Tab key for tables that need one.
 */
export function sidewaysScroll(): void {
  for (const strip of all<HTMLElement>('.bar nav')) watch(strip, () => mark(strip))
  for (const region of all<HTMLElement>('.scroll')) {
    const hint = document.createElement('p')
    hint.className = 'scroll-hint'
    hint.ariaHidden = 'true'
    region.prepend(hint)
    watch(region, () => {
      mark(region)
      // What does not scroll needs no stop of the Tab key.
      const scrolls = region.scrollWidth > region.clientWidth + 1 || region.scrollHeight > region.clientHeight + 1
      region.tabIndex = scrolls ? 0 : -1
      const text = hintOf(region)
      if (hint.textContent !== text) hint.textContent = text
    })
  }
}

/** Calls at once, and whenever the element is scrolled, it or what it holds has another size, or it is unfolded. */
function watch(element: HTMLElement, look: () => void): void {
  const sizes = new ResizeObserver(look)
  sizes.observe(element)
  for (const child of element.children) sizes.observe(child)
  element.addEventListener('scroll', look, { passive: true })
  look()
}

function mark(element: HTMLElement): void {
  const { scrollLeft, scrollWidth, clientWidth } = element
  element.toggleAttribute('data-left', scrollLeft > 1)
  element.toggleAttribute('data-right', scrollLeft + clientWidth < scrollWidth - 1)
}

/** `← 1 column · 3 columns →`; '' where all are in sight. */
function hintOf(region: HTMLElement): string {
  const { left, right } = region.getBoundingClientRect()
  const heads = all('thead th', region).slice(1)
  const names = region.querySelector('thead th')?.getBoundingClientRect().right ?? left
  // The names of the rows stay where they are, and columns go below them.
  const count = (beyond: (head: DOMRect) => boolean) =>
    heads.filter((head) => beyond(head.getBoundingClientRect())).length
  const before = count((head) => head.left < names - 1)
  const behind = count((head) => head.right > right + 1)
  const columns = (number: number) => `${number} ${number === 1 ? 'column' : 'columns'}`
  const sides = [
    ...(region.hasAttribute('data-left') ? [`← ${columns(Math.max(1, before))}`] : []),
    ...(region.hasAttribute('data-right') ? [`${columns(Math.max(1, behind))} →`] : []),
  ]
  return sides.length === 0 ? '' : `Scroll sideways: ${sides.join(' · ')}`
}
