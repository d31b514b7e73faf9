import type { Backend, Simulation } from '../../../src/backend/backend.js'
import { createWorkAndHeat, type WorkAndHeat } from '../../../src/physics/dynamics/work-and-heat.js'
import { constantProtocol, scheduledProtocol } from '../../../src/physics/protocol/protocol.js'
import { type Judged, judge } from '../../random-traps.js'
import { everyTerm, lattice } from '../../systems.js'
import { deviation, finalStates, gpu, kT, type Lattice, messageOf, reference, simulation } from './common.js'

/** What moves under noise, and what it exchanges. */
export const motion = {
  /** the random harmonic schedules of these seeds */
  traps: async (from: number, to: number) => {
    const judged: Judged[] = []
    for (let seed = from; seed <= to; seed++) judged.push(await judge(await gpu(), seed))
    return judged
  },

  /** ten steps with noise; work, heat and the first law, with `moving` in a landscape that moves and a bath that warms up */
  motion: async (shape: Lattice, trajectories: number, moving: boolean) => {
    const network = lattice(...shape)
    const { theta } = everyTerm(network, kT)
    const still = constantProtocol(theta, 0.02, 0.002)
    const last = theta.length - 1
    const ramps = [0, last].map((parameter) => ({ parameter, value: (t: number) => theta[parameter]! + 20 * t }))
    const heated = { kT: Float64Array.from({ length: 10 }, (_, n) => 0.1 * n) }
    const protocol = moving ? { ...scheduledProtocol(theta, ramps, 0.02, 0.002), ...heated } : still
    const measure = async (backend: Backend) => {
      const workAndHeat = createWorkAndHeat(trajectories)
      const final = await finalStates(backend, simulation(network, trajectories, { protocol, workAndHeat }))
      return { final, ...workAndHeat }
    }
    const found = await measure(await gpu())
    const expected = await measure(reference)
    const scale = expected.heat.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const apart = (name: Exclude<keyof WorkAndHeat, 'heatOfBath'>) =>
      found[name].reduce((most, value, n) => Math.max(most, Math.abs(value - expected[name][n]!)), 0) / scale
    return {
      final: deviation(found.final, expected.final),
      work: apart('work'),
      heat: apart('heat'),
      heatIntegral: apart('heatIntegral'),
      energyChange: apart('energyChange'),
      firstLaw: found.work.reduce(
        (most, w, n) => Math.max(most, Math.abs(w - found.heat[n]! - found.energyChange[n]!)),
        0,
      ),
      // Without work and heat other kernels run, in another order.
      unmeasured: deviation(
        await finalStates(await gpu(), simulation(network, trajectories, { protocol })),
        found.final,
      ),
    }
  },

  /** the messages of both backends for a step that is too long */
  divergence: async (measured: boolean) => {
    const network = lattice(3, 3, 'all')
    const { theta } = everyTerm(network, kT)
    const messages = []
    for (const backend of [reference, await gpu()]) {
      const workAndHeat = measured ? createWorkAndHeat(33) : null
      const protocol = constantProtocol(theta, 0.3 * 40, 0.3)
      // One trajectory is far enough out to run away, after some steps.
      const start: Simulation['start'] = (x, first, batch) => {
        for (let n = 0; n < x.length; n++) x[n] = first + (n % batch) === 21 ? 1.2 : 0.01
      }
      messages.push(await messageOf(backend.simulate(simulation(network, 33, { protocol, start, workAndHeat }), {})))
    }
    return messages
  },
}
