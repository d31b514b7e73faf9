import { isDark } from './theme.js'

/**
 * The button that switches between light and dark, and the redrawing that follows, also when the system's preference changes
 * and for paper.
 * @param redraw draws everything that is made of pixels again
 * @param keep the choice: by itself in the page's address (?theme=dark), which works from disk and in a copied link
 */
export function themeChoice(redraw: () => void, keep: (theme: string) => void = inAddress): void {
  const button = document.getElementById('theme')
  const name = () => {
    if (!button) return
    button.textContent = isDark() ? 'Light' : 'Dark'
    button.setAttribute('aria-label', `Switch to the ${isDark() ? 'light' : 'dark'} theme`)
    button.hidden = false
  }
  button?.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark'
    document.documentElement.dataset.theme = theme
    keep(theme)
    name()
    redraw()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    name()
    redraw()
  })
  name()
  printOnPaper(redraw)
}

/** Some browsers refuse to change the address of a page from disk; the choice then lasts until it is closed. */
function inAddress(theme: string): void {
  const address = new URL(location.href)
  address.searchParams.set('theme', theme)
  try {
    history.replaceState(null, '', address)
  } catch {
    // Nothing to do: the theme is set, only the address does not say so.
  }
}

/** Paper is light, and narrower than most screens: pixels are drawn again before and after. */
function printOnPaper(redraw: () => void): void {
  let chosen: string | undefined
  addEventListener('beforeprint', () => {
    chosen = document.documentElement.dataset.theme
    document.documentElement.dataset.theme = 'light'
    document.documentElement.toggleAttribute('data-paper', true)
    redraw()
  })
  addEventListener('afterprint', () => {
    document.documentElement.toggleAttribute('data-paper', false)
    if (chosen === undefined) delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = chosen
    redraw()
  })
}
