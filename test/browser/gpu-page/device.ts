import { createGpu } from '../../../src/backend/gpu/gpu.js'
import { onsiteTerm, stiffness } from '../../../src/physics/potential/onsite.js'
import { potentialOf } from '../../../src/physics/potential/potential.js'
import { everyTerm, lattice } from '../../systems.js'
import { closeGpu, gpu, messageOf, simulation } from './common.js'

/** What it runs on, what it refuses, and when it is there. */
export const device = {
  hasAdapter: async () => {
    const { gpu } = (globalThis as Record<string, unknown>).navigator as {
      gpu?: { requestAdapter(): Promise<unknown> }
    }
    return gpu !== undefined && (await gpu.requestAdapter()) !== null
  },
  identity: async () => {
    const { name, device, threads } = await gpu()
    return { name, device, threads }
  },
  open: () => messageOf(createGpu()),

  refusals: async () => {
    const { refusal } = await gpu()
    const network = lattice(2, 2, 'all')
    const oscillators = lattice(2, 2, 'all', { hidden: { units: 2, kind: 'quartic' } })
    const { potential } = everyTerm(network)
    const cosine = onsiteTerm({ name: 'cosine' }, { value: () => {}, slope: () => {}, curvature: () => {} })
    const known = { potential, rule: 'force-matching', integrator: 'euler-maruyama' } as const
    return [
      refusal(known),
      refusal({ ...known, rule: 'implicit-score-matching' }),
      refusal({ ...known, integrator: 'heun' }),
      refusal({ ...known, potential: potentialOf(network, [stiffness, cosine]) }),
      refusal({ ...known, potential: everyTerm(oscillators).potential }),
      refusal({ ...known, potential: potentialOf(network, [stiffness, stiffness]) }),
    ]
  },

  /** what happens after close, with another backend still open and with none */
  closing: async () => {
    const what = simulation(lattice(2, 2, 'all'), 4)
    const first = await createGpu()
    const second = await createGpu()
    await first.close()
    const beside = await messageOf(second.simulate(what, {}))
    await second.close()
    await closeGpu()
    const after = await messageOf(second.simulate(what, {}))
    return { beside, after, again: await messageOf((await gpu()).simulate(what, {})) }
  },
}
