/** A colour of the style sheet as it stands now: axes are drawn on canvas and cannot inherit it. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

/** The page's font, for canvas. */
export function fontFamily(): string {
  return getComputedStyle(document.body).fontFamily
}

/** Whether the page is dark now, by choice or by the system's preference. */
export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme
  return chosen === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark'
}
