import type { ChartSpec } from '../chart-spec.js'
import { draw } from './draw.js'

/** Draws the charts of the page, keeps them as wide as their place, and makes the buttons work. */
function start(): void {
  const specs: ChartSpec[] = JSON.parse(document.getElementById('charts')?.textContent ?? '[]')
  const redraws = specs.flatMap((spec) => {
    const place = document.getElementById(spec.id)
    return place ? [draw(spec, place)] : []
  })
  const redraw = () => {
    for (const again of redraws) again()
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
  themeButton(redraw)
  printInLight(redraw)
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) copyButton(button)
}

/** Switches between light and dark, away from what the system prefers. */
function themeButton(redraw: () => void): void {
  const button = document.getElementById('theme')
  if (!button) return
  const isDark = () =>
    (document.documentElement.dataset.theme ??
      (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark'
  const name = () => {
    button.textContent = isDark() ? 'Light' : 'Dark'
    button.setAttribute('aria-label', `Switch to the ${isDark() ? 'light' : 'dark'} theme`)
  }
  button.addEventListener('click', () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark'
    name()
    redraw()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', name)
  name()
  button.hidden = false
}

/** Paper is light: axes are pixels, so they are drawn again before and after. */
function printInLight(redraw: () => void): void {
  let chosen: string | undefined
  addEventListener('beforeprint', () => {
    chosen = document.documentElement.dataset.theme
    document.documentElement.dataset.theme = 'light'
    redraw()
  })
  addEventListener('afterprint', () => {
    if (chosen === undefined) delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = chosen
    redraw()
  })
}

/** Copies the text of the named element; where the browser refuses, selects it so that the keyboard can. */
function copyButton(button: HTMLButtonElement): void {
  const source = document.getElementById(button.dataset.copy ?? '')
  if (!source) return
  button.hidden = false
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(source.textContent ?? '')
      button.textContent = 'Copied'
    } catch {
      getSelection()?.selectAllChildren(source)
      button.textContent = 'Selected'
    }
    setTimeout(() => {
      button.textContent = 'Copy'
    }, 2000)
  })
}

start()
