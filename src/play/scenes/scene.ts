import { loadFormulas } from '../../physics/formula/mathjs.js'
import { contrastScene } from './contrast.js'
import { learningScene } from './learning.js'
import type { Scene } from './messages.js'
import type { SceneRecord, SceneSystem } from './record.js'
import { simulationScene } from './simulation.js'

/**
 * The scene of a record, at its start. Formulas are loaded where there are any.
 *
 * @throws what its system is refused with: it was made by whoever wrote the record, so that nothing of this happens to a page as written
 */
export async function openScene(record: SceneRecord): Promise<Scene> {
  if (hasFormulas(record)) await loadFormulas()
  if (record.kind === 'simulation') return simulationScene(record)
  return record.kind === 'learning' ? learningScene(record) : contrastScene(record)
}

/** Whether a term is given by a formula. */
function hasFormulas({ potential }: SceneSystem): boolean {
  const { onsite = [], pair = [], force = [], features } = potential
  return (
    [...onsite, ...pair].some((term) => typeof term === 'object') || force.length > 0 || features?.base !== undefined
  )
}
