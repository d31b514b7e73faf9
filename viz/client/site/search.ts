import MiniSearch, { type SearchResult } from 'minisearch'
import { type Hit, searchOptions } from '../../site/search-options.js'

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

/** The search over the whole site: a dialog that the button and the key / open, with arrows to choose and Enter to go there. */
export function search(): void {
  const button = document.getElementById('find')
  if (!button) return
  const { dialog, input, list, note } = build()
  let chosen = 0
  const choose = (place: number) => {
    const options = [...list.children]
    chosen = options.length === 0 ? 0 : (place + options.length) % options.length
    options.forEach((option, n) => {
      option.setAttribute('aria-selected', String(n === chosen))
    })
    const option = options[chosen]
    if (option) input.setAttribute('aria-activedescendant', option.id)
    else input.removeAttribute('aria-activedescendant')
    option?.scrollIntoView({ block: 'nearest' })
  }
  const show = async () => {
    const words = input.value.trim()
    try {
      const found = words === '' ? [] : (await index()).search(words)
      // While the index was loaded, more was typed.
      if (words !== input.value.trim()) return
      list.replaceChildren(...found.slice(0, mostShown).map(option))
      input.setAttribute('aria-expanded', String(found.length > 0))
      note.textContent = words === '' ? '' : found.length === 0 ? 'Nothing found.' : `${found.length} found`
      choose(0)
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
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') choose(chosen + (event.key === 'ArrowDown' ? 1 : -1))
    else if (event.key === 'Enter') list.children[chosen]?.querySelector('a')?.click()
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
  list.id = 'found'
  list.role = 'listbox'
  list.setAttribute('aria-label', 'Found')
  note.role = 'status'
  input.type = 'search'
  input.placeholder = 'Search documents, scenarios, names'
  input.autocomplete = 'off'
  input.spellcheck = false
  input.role = 'combobox'
  for (const [name, value] of Object.entries({ label: 'Search', controls: 'found', expanded: 'false', autocomplete: 'list' }))
    input.setAttribute(`aria-${name}`, value)
  dialog.append(input, note, list)
  document.body.append(dialog)
  return { dialog, input, list, note }
}

function option(hit: SearchResult, place: number): HTMLElement {
  const { title, heading, excerpt, target } = hit as SearchResult & Hit
  const [item, link, name, words] = ['li', 'a', 'strong', 'span'].map((tag) => document.createElement(tag)) as [
    HTMLLIElement,
    HTMLAnchorElement,
    HTMLElement,
    HTMLElement,
  ]
  item.role = 'option'
  item.id = `found-${place}`
  link.href = `${document.body.dataset.root ?? ''}${target}`
  link.tabIndex = -1
  name.textContent = heading === '' ? title : `${title} › ${heading}`
  words.textContent = excerpt
  link.append(name, words)
  item.append(link)
  return item
}
