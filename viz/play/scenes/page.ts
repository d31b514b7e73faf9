import { writeAtomic } from '../../../src/experiment/files/atomic.js'
import type { SceneRecord } from '../../../src/play/scenes/record.js'
import { html, type Markup } from '../../html.js'
import { shell } from '../shell.js'
import { contrastMain } from './contrast.js'
import { learningMain } from './learning.js'
import { simulationMain } from './simulation.js'

/**
 * Writes the page of a scene, whole or not at all.
 * @throws OverdampedError E_FILE when dist/viz has not been built
 */
export function writeScenePage(record: SceneRecord, file: string): void {
  writeAtomic(file, renderScene(record))
}

/**
 * The page of a scene: one HTML file that loads nothing. The same record gives the same bytes.
 * @throws OverdampedError E_FILE when dist/viz has not been built
 */
function renderScene(record: SceneRecord): string {
  const main = html`<div class="play live scene">${mainOf(record)}</div>`
  return shell({ record, main, worker: 'scenes-worker' })
}

function mainOf(record: SceneRecord): Markup {
  if (record.kind === 'simulation') return simulationMain(record)
  return record.kind === 'learning' ? learningMain(record) : contrastMain(record)
}
