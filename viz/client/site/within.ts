import { all } from '../block.js'

/** Marks in the list of headings the one that is being read: the last above the upper third of the window. */
export function within(): void {
  const links = all<HTMLAnchorElement>('.within a')
  const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))))
  if (links.length === 0) return
  const mark = () => {
    const above = headings.filter((heading) => heading && heading.getBoundingClientRect().top < innerHeight / 3).length
    links.forEach((link, n) => {
      if (n === above - 1) link.setAttribute('aria-current', 'location')
      else link.removeAttribute('aria-current')
    })
  }
  addEventListener('scroll', mark, { passive: true })
  mark()
}
