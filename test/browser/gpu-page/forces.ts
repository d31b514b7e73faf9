import type { Backend } from '../../../src/backend/backend.js'
import { createWorkAndHeat } from '../../../src/physics/dynamics/work-and-heat.js'
import { constantProtocol } from '../../../src/physics/protocol/protocol.js'
import { everyTerm, lattice } from '../../systems.js'
import { deviation, finalStates, gpu, kT, type Lattice, reference, simulation, suddenly } from './common.js'

/** Forces and energies, without noise. */
export const forces = {
  /** one noiseless step of length 1: x + F(x) */
  force: async (shape: Lattice, trajectories: number) => {
    const network = lattice(...shape)
    const { theta } = everyTerm(network, kT)
    const what = simulation(network, trajectories, {
      protocol: { ...constantProtocol(theta, 1, 1), kT: Float64Array.of(0) },
      bath: { kT, mobility: 1 },
    })
    return deviation(await finalStates(await gpu(), what), await finalStates(reference, what))
  },

  /** the energy of the initial states, by the work of a landscape that appears */
  energy: async (shape: Lattice, trajectories: number) => {
    const network = lattice(...shape)
    const measure = async (backend: Backend) => {
      const workAndHeat = createWorkAndHeat(trajectories)
      const protocol = suddenly(network, 1e-3, 1)
      await finalStates(backend, simulation(network, trajectories, { protocol, workAndHeat }))
      return workAndHeat.work
    }
    return deviation(await measure(await gpu()), await measure(reference))
  },
}
