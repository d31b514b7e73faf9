import MiniSearch, { type SearchResult } from 'minisearch'
import { type Hit, searchOptions } from '../../site/search-options.js'
import { all } from '../block.js'

const mostShown = 12

/** The index, loaded as a script when it is first asked for: a page from disk may load no data. */
let loaded: Promise<MiniSearch> | undefined

function index(): Promise<MiniSearch> {
  loaded ??= new Promise((done, failed) => {
    const script = document.createElement('script')
    script.src = `${document.body.dataset.root ?? ''}search.js`
    script.onload = () => {
      const { overdampedSearch } = window as unknown as { overdampedSearch: string }
      done(MiniSearch.loadJSON(overdampedSearch, searchOptions as never))
    }
    script.onerror = () => {
      loaded = undefined
      failed(new Error('The index of the search cannot be loaded.'))
    }
    document.head.append(script)
  })
  return loaded
}

/** The search over the whole site: a dialog that the button and the key / open; arrows go from hit to hit, Enter to the first. */
export function search(): void {
  const button = document.getElementById('find')
  if (!button) return
  const { dialog, input, list, note } = build()
  const show = async () => {
    const words = input.value.trim()
    try {
      const found = words === '' ? [] : (await index()).search(words)
      // While the index was loaded, more was typed.
      if (words !== input.value.trim()) return
      list.replaceChildren(...found.slice(0, mostShown).map(item))
      note.textContent = words === '' ? '' : found.length === 0 ? 'Nothing found.' : `${found.length} found`
    } catch (error) {
      note.textContent = (error as Error).message
    }
  }
  const open = () => {
    if (dialog.open) return
    dialog.showModal()
    input.select()
    void index().catch(() => {})
  }
  button.hidden = false
  button.addEventListener('click', open)
  input.addEventListener('input', show)
  dialog.addEventListener('keydown', (event) => {
    const stops = [input, ...all<HTMLAnchorElement>('a', list)]
    const at = stops.indexOf(document.activeElement as HTMLInputElement)
    if (event.key === 'ArrowDown') stops[(at + 1) % stops.length]?.focus()
    else if (event.key === 'ArrowUp') stops[(at + stops.length - 1) % stops.length]?.focus()
    else if (event.key === 'Enter' && at === 0) stops[1]?.click()
    else return
    event.preventDefault()
  })
  dialog.addEventListener('click', ({ target }) => {
    // Beyond its content, or on a hit on this very page.
    if (target === dialog || (target as Element).closest('a')) dialog.close()
  })
  document.addEventListener('keydown', (event) => {
    const isTyped = (event.target as Element).closest('input, textarea, select, [contenteditable]') !== null
    if (event.key !== '/' || isTyped || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    open()
  })
}

function build() {
  const dialog = document.createElement('dialog')
  dialog.className = 'search'
  dialog.setAttribute('aria-label', 'Search')
  const input = document.createElement('input')
  const list = document.createElement('ul')
  const note = document.createElement('p')
  note.role = 'status'
  input.type = 'search'
  input.placeholder = 'Search documents, scenarios, names'
  input.autocomplete = 'off'
  input.spellcheck = false
  input.setAttribute('aria-label', 'Search')
  dialog.append(input, note, list)
  document.body.append(dialog)
  return { dialog, input, list, note }
}

function item(hit: SearchResult): HTMLElement {
  const { title, heading, excerpt, target } = hit as SearchResult & Hit
  const [item, link] = [document.createElement('li'), document.createElement('a')]
  const [name, words] = [document.createElement('strong'), document.createElement('span')]
  link.href = `${document.body.dataset.root ?? ''}${target}`
  name.textContent = heading === '' ? title : `${title} › ${heading}`
  words.textContent = excerpt
  link.append(name, words)
  item.append(link)
  return item
}
