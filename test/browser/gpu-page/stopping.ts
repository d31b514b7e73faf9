import type { SimulationState } from '../../../src/backend/resume.js'
import { StoppedError } from '../../../src/errors.js'
import { decodePlainData, encodePlainData } from '../../../src/experiment/files/plain-data.js'
import { createWorkAndHeat } from '../../../src/physics/dynamics/work-and-heat.js'
import { observeTrajectories } from '../../../src/physics/observe/trajectories.js'
import { constantProtocol, type Protocol } from '../../../src/physics/protocol/protocol.js'
import { everyTerm, lattice } from '../../systems.js'
import { gpu, kT, type Lattice, messageOf, simulation } from './common.js'

/** What is stopped, and goes on. */
export const stopping = {
  stopped: async () => {
    const controller = new AbortController()
    const reports: number[] = []
    const { theta } = everyTerm(lattice(2, 2, 'all'))
    const what = simulation(lattice(2, 2, 'all'), 4, { protocol: constantProtocol(theta, 100, 0.001) })
    const stopped = (await gpu()).simulate(what, {
      signal: controller.signal,
      onProgress({ done, total }) {
        reports.push(done / total)
        if (reports.length === 2) controller.abort()
      },
    })
    return { message: await messageOf(stopped), reports }
  },

  /**
   * how many numbers of a run differ that is stopped at a chance, its state as bytes, and goes on afresh, again and again; and how often it was
   * stopped
   */
  resumed: async (
    shape: Lattice,
    trajectories: number,
    steps: number,
    schedule: 'still' | 'hold',
    measured: boolean,
    at: number,
  ) => {
    const network = lattice(...shape)
    const { theta } = everyTerm(network, kT)
    const still = constantProtocol(theta, 0.002 * steps, 0.002)
    const held: Protocol = {
      ...still,
      parameters(step, out) {
        theta.forEach((value, a) => {
          out[a] = value * (1 + 0.1 * Math.max(0, Math.floor(step / 3)))
        })
        return step < 0 || step % 3 === 0
      },
    }
    const run = async (found: Uint8Array | null, end: number) => {
      const observer = observeTrajectories(5, network.units, steps, 6)
      const workAndHeat = measured ? createWorkAndHeat(trajectories) : null
      const controller = new AbortController()
      let [state, chances] = [found, 0]
      const protocol = schedule === 'hold' ? held : still
      const given = { protocol, workAndHeat, observers: [observer] }
      const work = (await gpu()).simulate(simulation(network, trajectories, given), {
        signal: controller.signal,
        onProgress: () => ++chances === end && controller.abort(),
        keeper: {
          found: found === null ? null : (decodePlainData(found, 'page').value() as SimulationState),
          isDue: () => false,
          keep(kept) {
            state = encodePlainData(kept, {})
          },
          unfit: (what) => new Error(what),
        },
      })
      const ensemble = await work.catch((error: unknown) => {
        if (error instanceof StoppedError) return null
        throw error
      })
      if (ensemble === null) return { state, numbers: null }
      const { initial, final } = ensemble
      return { state, numbers: [initial.points, final.points, observer.x, ...Object.values(workAndHeat ?? {})] }
    }
    const whole = (await run(null, 0)).numbers!
    let [outcome, stops] = [await run(null, at), 0]
    for (; outcome.numbers === null; stops++) outcome = await run(outcome.state, at)
    const different = outcome.numbers.map(
      (values: Float64Array, n) => values.filter((value, k) => !Object.is(value, whole[n]![k])).length,
    )
    return { stops, different: different.reduce((sum, count) => sum + count, 0) }
  },
}
