import MiniSearch from 'minisearch'
import { type Hit, searchOptions } from './search-options.js'

/**
 * The index of the site's search as a script: a page from disk may load one, and no data.
 *
 * @param hits everything that can be found
 */
export function searchScript(hits: readonly Hit[]): string {
  const index = new MiniSearch<Hit & { id: number }>(searchOptions)
  index.addAll(hits.map((hit, id) => ({ id, ...hit })))
  return `window.overdampedSearch=${JSON.stringify(JSON.stringify(index))}\n`
}
