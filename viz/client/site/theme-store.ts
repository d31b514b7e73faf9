/** Where the API pages keep their own choice of theme: it is the same for all of the site. */
const key = 'tsd-theme'

/** The theme that the reader has chosen, on any page of the site; undefined where the system's holds. */
export function chosenTheme(): 'light' | 'dark' | undefined {
  try {
    const theme = localStorage.getItem(key)
    return theme === 'light' || theme === 'dark' ? theme : undefined
  } catch {
    // A browser may keep nothing for pages from disk.
    return undefined
  }
}

/** Keeps a choice, where the browser keeps anything. */
export function keepTheme(theme: string): void {
  try {
    localStorage.setItem(key, theme)
  } catch {
    // The page has changed its theme; only the next one will not.
  }
}
