import type { NetworkRecord, Origin } from '../../../src/play/record.js'
import { block } from '../../client/block.js'
import { connect } from './ask.js'
import { networkPage } from './network-page.js'

/** Starts what computes and what shows it; what goes wrong stands on the page. */
function start(): void {
  // Within a page of others its head stands there already.
  document.documentElement.toggleAttribute('data-framed', window.self !== window.top)
  const record = block<Origin & { kind: string }>('record')
  const text = block<string>('worker')
  if (!record || text === undefined) return
  const ask = connect(text, fail)
  networkPage(record as NetworkRecord, ask, fail).catch(fail)
}

/** Says what went wrong; the page stays as it was. */
function fail(error: unknown): void {
  const place = document.getElementById('failure')
  if (!place) return
  place.hidden = false
  place.textContent = error instanceof Error ? error.message : String(error)
}

start()
