/** The colours of the page as they stand now: axes are drawn on canvas and cannot inherit them. */
export function theme(): Record<'accent' | 'bar' | 'ink' | 'muted' | 'faint' | 'grid' | 'font', string> {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  return {
    accent: colour('--accent'),
    bar: colour('--bar'),
    ink: colour('--ink'),
    muted: colour('--muted'),
    faint: colour('--faint'),
    grid: colour('--line'),
    font: getComputedStyle(document.body).fontFamily,
  }
}
