import { fromBase64 } from '../../src/play/base64.js'

/**
 * The bytes that stand in parts after the script of the page, in their order, each as soon as all of it has arrived.
 * @throws Error in words for a page that was cut
 */
export async function* arriving(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const parts = document.getElementsByClassName('part')
  for (let n = 0; ; n++) {
    // The last one there may still grow.
    while (n + 1 >= parts.length && document.readyState === 'loading') await change()
    const text = parts[n]?.textContent
    if (!text) return
    yield bytesOf(text)
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64(text)
  } catch {
    throw new Error(
      'A part of this page is damaged: it may have been cut on its way. Write it again, or fetch it again.',
    )
  }
}

/** Settles when something has come to the page, or all has. */
function change(): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      seen.disconnect()
      document.removeEventListener('DOMContentLoaded', end)
      resolve()
    }
    const seen = new MutationObserver(end)
    seen.observe(document.body, { childList: true })
    document.addEventListener('DOMContentLoaded', end)
  })
}
