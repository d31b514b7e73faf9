import type { Page } from 'playwright-core'

/**
 * Before the page draws: notes every word that a chart writes outside of its canvas, which nobody sees, or over another one. Only its own scripts may
 * run in a page, so this is added by the browser.
 */
export const watchCanvasText = `
window.cutWords = new Map()
window.written = new Map()
const clear = CanvasRenderingContext2D.prototype.clearRect
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  window.written.delete(this.canvas)
  window.cutWords.delete(this.canvas)
  return clear.apply(this, box)
}
for (const method of ['fillText', 'strokeText']) {
  const write = CanvasRenderingContext2D.prototype[method]
  CanvasRenderingContext2D.prototype[method] = function (text, x, y, ...rest) {
    const { actualBoundingBoxLeft: left, actualBoundingBoxRight: right, actualBoundingBoxAscent: up, actualBoundingBoxDescent: down } = this.measureText(text)
    const corners = [[x - left, y - up], [x + right, y - up], [x - left, y + down], [x + right, y + down]]
    const at = corners.map(([a, b]) => new DOMPoint(a, b).matrixTransform(this.getTransform()))
    const out = at.some((point) => point.x < -1 || point.y < -1 || point.x > this.canvas.width + 1 || point.y > this.canvas.height + 1)
    const words = window.cutWords.get(this.canvas) ?? new Set()
    if (out) window.cutWords.set(this.canvas, words.add(text))
    const [left1, right1] = [Math.min(...at.map((point) => point.x)), Math.max(...at.map((point) => point.x))]
    const [top1, bottom1] = [Math.min(...at.map((point) => point.y)), Math.max(...at.map((point) => point.y))]
    const written = window.written.get(this.canvas) ?? []
    // Other canvases paint all of themselves anew.
    for (const [other, left2, right2, top2, bottom2] of this.canvas.closest('.uplot') ? written : [])
      if (Math.min(right1, right2) - Math.max(left1, left2) > 1 && Math.min(bottom1, bottom2) - Math.max(top1, top2) > 1)
        window.cutWords.set(this.canvas, words.add(text + ' over ' + other))
    if (text !== '') window.written.set(this.canvas, [...written, [text, left1, right1, top1, bottom1]])
    return write.call(this, text, x, y, ...rest)
  }
}
`

/** Printing lays the page out again, at the paper's width, and lets no observer run: so neither does this, once it is asked to. */
export const freezableObservers = `
window.ResizeObserver = class extends ResizeObserver {
  constructor(callback) {
    super((...seen) => window.frozen || callback(...seen))
  }
}
`

/**
 * What cannot be read of a page as it stands, in words: content beyond the page or a box that hides it, scrolling without a hint or
 * out of the keyboard's reach, charts wider than their place, words over each other.
 * @param paper whether it is printed, where nothing scrolls
 */
export function cuts(page: Page, paper: boolean): Promise<string[]> {
  return page.evaluate<string[]>(`(${measure})(${paper})`)
}

const measure = `(paper) => {
  const found = []
  const width = document.documentElement.clientWidth
  const nameOf = (element) => {
    const within = element.closest('section')?.id ?? element.closest('header, footer, .bar')?.className ?? ''
    const text = (element.textContent ?? '').trim().slice(0, 40)
    return within + ' <' + element.localName + (element.className.baseVal ?? element.className ? '.' + (element.className.baseVal ?? element.className) : '') + '> ' + text
  }
  const scrolls = (style) => /auto|scroll/.test(style.overflowX + style.overflowY)
  // What is for screen readers alone, or comes into sight with the focus.
  const unseen = '.skip, .unseen, .switch input, .thumbs input, .trace-legend input, script, style, option'
  const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest(unseen)
  const known = new Map()
  const scrollerOf = (element) => {
    if (element === null) return undefined
    if (!known.has(element)) known.set(element, scrolls(getComputedStyle(element)) && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1) ? element : scrollerOf(element.parentElement))
    return known.get(element)
  }
  if (document.documentElement.scrollWidth > width + 1) found.push('the page is ' + document.documentElement.scrollWidth + ' px wide')
  const elements = [...document.body.querySelectorAll('*')].filter(seen)
  for (const element of elements) {
    const style = getComputedStyle(element)
    const sideways = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0
    const down = element.scrollHeight > element.clientHeight + 1 && element.clientHeight > 0
    if (style.display === 'inline' || element.localName === 'input' || element.namespaceURI.endsWith('svg') || element.closest('.uplot')) continue
    const hidden = (overflow) => /hidden|clip/.test(overflow) || (paper && /auto|scroll/.test(overflow))
    if ((sideways && hidden(style.overflowX)) || (down && hidden(style.overflowY))) found.push('cut: ' + nameOf(element))
    if (!paper && sideways && /auto|scroll/.test(style.overflowX)) {
      if (!element.matches('[data-left], [data-right], pre')) found.push('scrolls without a hint: ' + nameOf(element))
      if (element.matches('.scroll') && !element.querySelector('.scroll-hint')?.textContent) found.push('says not that it scrolls: ' + nameOf(element))
      if (element.tabIndex < 0 && !element.querySelector('a, button, input')) found.push('scrolls by pointer alone: ' + nameOf(element))
    }
    const box = element.getBoundingClientRect()
    if (box.width > 0 && (box.left < -1 || box.right > width + 1) && !scrollerOf(element)) found.push('beyond the page: ' + nameOf(element))
  }
  for (const canvas of document.querySelectorAll('canvas')) {
    if (!seen(canvas)) continue
    const [box, place] = [canvas.getBoundingClientRect(), canvas.closest('.plot, figure, fieldset, div').getBoundingClientRect()]
    if (box.right > place.right + 1 || box.left < place.left - 1) found.push('chart wider than its place: ' + nameOf(canvas.closest('figure, section')))
    for (const word of window.cutWords.get(canvas) ?? []) found.push('cut in a chart: ' + word)
  }
  // Words: each line of each text.
  const words = []
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const { currentNode: text } = texts
    const parent = text.parentElement
    // The bar is above what is scrolled below it, and so are the heads of tables; only what is folded away has no box.
    if (!text.data.trim() || !seen(parent) || parent.closest('.bar, noscript')) continue
    const range = document.createRange()
    range.selectNodeContents(text)
    const scroller = paper ? undefined : scrollerOf(parent)
    const view = scroller?.getBoundingClientRect()
    for (const { left, right, top, bottom } of range.getClientRects())
      if (right - left > 1 && bottom - top > 1 && !(view && (right > view.right || bottom > view.bottom || parent.closest('th:first-child, thead, .scroll-hint'))))
        words.push({ left, right, top, bottom, parent, text: text.data.trim().slice(0, 30) })
  }
  for (const word of words) {
    const svg = word.parent.closest('svg')?.getBoundingClientRect()
    if (svg && (word.left < svg.left - 1 || word.right > svg.right + 1 || word.top < svg.top - 3 || word.bottom > svg.bottom + 3)) found.push('cut in a picture: ' + word.text)
    if ((word.left < -1 || word.right > width + 1) && !scrollerOf(word.parent)) found.push('text beyond the page: ' + word.text)
  }
  words.sort((a, b) => a.top - b.top)
  words.forEach((word, n) => {
    for (let m = n + 1; m < words.length && words[m].top < word.bottom - 3; m++) {
      const other = words[m]
      if (Math.min(word.right, other.right) - Math.max(word.left, other.left) > 2) found.push('over each other: ' + word.text + ' | ' + other.text)
    }
  })
  return [...new Set(found)]
}`
