/** The settings in the address of the page, so that a copied link restores them. */
export interface Address {
  /** what the address says behind `#` */
  hash: () => string
  write: (hash: string) => void
}

/** Changes of the address at most so often, in ms: browsers refuse more than some hundred a minute. */
const pause = 400

/**
 * The address of the page and the button that copies it. Where a browser lets neither the address be changed nor the clipboard be
 * written, as in a frame without rights, the link stands in a field of its own.
 * @param restored called when the visitor comes to another link of this page
 */
export function addressOf(restored: () => void): Address {
  let written = location.hash.replace(/^#/, '')
  let timer = 0
  const putSoon = () => {
    if (timer === 0) timer = window.setTimeout(put, pause)
  }
  const put = () => {
    timer = 0
    try {
      history.replaceState(null, '', `#${written}`)
    } catch {
      // Nothing to do: the button copies what the address would be.
    }
  }
  addEventListener('hashchange', () => {
    // The link to the content leads to a place of the page, and says nothing of its settings: the address says them again.
    if (document.getElementById(location.hash.slice(1))) {
      if (written !== '') putSoon()
      return
    }
    written = location.hash.replace(/^#/, '')
    restored()
  })
  const button = document.getElementById('copy-link')
  button?.addEventListener('click', async () => {
    const link = `${location.href.replace(/#.*$/, '')}#${written}`
    try {
      await navigator.clipboard.writeText(link)
      button.textContent = 'Copied'
    } catch {
      show(link)
      button.textContent = 'Selected'
    }
    setTimeout(() => {
      button.textContent = 'Copy link'
    }, 2000)
  })
  return {
    hash: () => written,
    write: (hash) => {
      written = hash
      putSoon()
    },
  }
}

function show(link: string): void {
  const field = document.querySelector<HTMLInputElement>('#link')
  const place = document.getElementById('link-out')
  if (!field || !place) return
  place.hidden = false
  field.value = link
  field.select()
}
