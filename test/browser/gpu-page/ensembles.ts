import type { Backend } from '../../../src/backend/backend.js'
import type { Observer } from '../../../src/physics/dynamics/observer.js'
import { createWorkAndHeat } from '../../../src/physics/dynamics/work-and-heat.js'
import { observeTrajectories } from '../../../src/physics/observe/trajectories.js'
import { lattice } from '../../systems.js'
import { deviation, finalStates, gpu, reference, simulation, suddenly } from './common.js'

/** Ensembles in parts, and what observers see of them. */
export const ensembles = {
  /** how many numbers of a small ensemble differ when it is cut otherwise, or when there are more trajectories */
  cuts: async () => {
    const network = lattice(3, 3, 1)
    const whole = await finalStates(await gpu(), simulation(network, 65))
    const differences = []
    for (const given of [{ batch: 1 }, { batch: 7 }, { trajectories: 200 }, { trajectories: 3 }] as const) {
      const states = await finalStates(await gpu(), simulation(network, 65, given))
      const common = Math.min(whole.length, states.length)
      differences.push(whole.subarray(0, common).filter((value, n) => value !== states[n]).length)
    }
    return differences
  },

  /** an ensemble of more than one part: largest deviation, and what an observer saw of its last trajectory */
  parts: async (trajectories: number) => {
    const network = lattice(1, 1, 'all')
    const protocol = suddenly(network, 0.01, 2)
    const measure = async (backend: Backend) => {
      const seen: [index: number, first: number, batch: number, last: number][] = []
      const observer = {
        trajectories,
        wants: (index: number) => index === 1,
        see({ index, first, batch, x }: { index: number; first: number; batch: number; x: Float64Array }) {
          seen.push([index, first, batch, x[batch - 1]!])
        },
      }
      const workAndHeat = createWorkAndHeat(trajectories)
      const given = { protocol, workAndHeat, observers: [observer], batch: 65536 }
      const final = await finalStates(backend, simulation(network, trajectories, given))
      return { final, seen, work: workAndHeat.work, last: final.at(-1)! }
    }
    const found = await measure(await gpu())
    const expected = await measure(reference)
    return {
      final: deviation(found.final, expected.final),
      work: deviation(found.work, expected.work),
      frames: found.seen.map(([index, first]) => [index, first]),
      covered: found.seen.reduce((sum, [, , batch]) => sum + batch, 0),
      last: found.seen.at(-1)![3] === found.last,
    }
  },

  frames: async () => {
    const measure = async (backend: Backend) => {
      const observer = observeTrajectories(5, 9, 10, 4)
      const heat: number[] = []
      const exchange: Observer = {
        trajectories: 20,
        wants: (index) => index === 5,
        see: (frame) => heat.push(...frame.heat!.subarray(0, 20 - frame.first)),
      }
      const given = { observers: [observer, exchange], workAndHeat: createWorkAndHeat(20) }
      await finalStates(backend, simulation(lattice(3, 3, 'all'), 20, given))
      return { ...observer, heat: Float64Array.from(heat) }
    }
    const found = await measure(await gpu())
    const expected = await measure(reference)
    return {
      x: deviation(found.x, expected.x),
      time: deviation(found.time, expected.time),
      heat: deviation(found.heat, expected.heat),
    }
  },
}
