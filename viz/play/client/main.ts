import type { Questions } from '../../../src/play/messages.js'
import type { NetworkRecord } from '../../../src/play/record.js'
import type { SceneQuestions } from '../../../src/play/scenes/messages.js'
import type { SceneRecord } from '../../../src/play/scenes/record.js'
import { arriving } from '../../client/arriving.js'
import { block } from '../../client/block.js'
import { connect } from './ask.js'
import { networkPage } from './network-page.js'
import { complain } from './play.js'
import { scenePage } from './scenes/scene-page.js'

/** Starts what computes and what shows it; what goes wrong stands on the page. */
async function start(): Promise<void> {
  // A page around it may ask, by ?bare, for what moves alone: its head stands there already.
  document.documentElement.toggleAttribute('data-bare', new URLSearchParams(location.search).has('bare'))
  const record = block<NetworkRecord | SceneRecord>('record')
  const text = block<string>('worker')
  if (!record || text === undefined) return
  if (record.kind === 'network') await networkPage(record, arriving(), connect<Questions>(text, fail), fail)
  else await scenePage(record, connect<SceneQuestions>(text, fail), fail)
}

/** Says what went wrong; the page stays as it was. */
function fail(error: unknown): void {
  complain(error instanceof Error ? error.message : String(error))
}

start().catch(fail)
