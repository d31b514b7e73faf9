import type { Backend } from '../backend/backend.js'
import { OverdampedError } from '../errors.js'
import type { Computing } from './messages.js'
import type { PlayNetwork } from './network.js'

/** What computes the network of a page: a backend that hands each simulation to the one that was chosen last. */
export interface Computer {
  readonly backend: Backend
  /**
   * Chooses the processor or the graphics card; what is under way goes on where it began.
   * @throws E_BACKEND where the page brings none for a graphics card, there is no such card, or it can't move the network
   */
  choose(on: Computing['on']): Promise<Computing>
}

/** @param openGraphics - opens the backend of a graphics card; absent on pages that don't bring it */
export function computerOf(
  { generation: { potential }, record: { integrator } }: PlayNetwork,
  processor: Backend,
  openGraphics?: () => Promise<Backend>,
): Computer {
  let now = processor
  let graphics: Backend | null = null
  const card = async () => {
    if (openGraphics === undefined)
      throw refused('this page has the kernels of the processor only. Write it with overdamped play --gpu.')
    graphics ??= await openGraphics()
    const refusal = graphics.refusal({ potential, rule: null, integrator })
    if (refusal !== null) throw refused(`${refusal}. The processor computes it.`)
    return graphics
  }
  return {
    backend: { ...processor, simulate: (...of) => now.simulate(...of) },
    async choose(on) {
      now = on === 'graphics' ? await card() : processor
      return { on, device: now.device }
    },
  }
}

function refused(why: string): OverdampedError {
  return new OverdampedError('E_BACKEND', why, 'graphics card', 1)
}
