import type { Backend } from '../backend/backend.js'
import { simulationOf } from '../backend/simulation.js'
import { invalidValue } from '../errors.js'
import { complete } from '../learning/generation/complete.js'
import { createWorkAndHeat } from '../physics/dynamics/work-and-heat.js'
import { columnsOf } from '../physics/network/states.js'
import { cleaned } from './frame.js'
import { completionOf } from './legs.js'
import type { Draw, Drawn } from './messages.js'
import type { PlayNetwork } from './network.js'
import { classesOf, firstStates } from './present.js'

/**
 * Whole samples, those of a run of the same seed and classes bit for bit; with `known` completions of it.
 *
 * @throws E_INVALID_VALUE for rows of which others are known than of the first, or that are no rows
 */
export async function drawn(network: PlayNetwork, backend: Backend, ask: Draw): Promise<Drawn> {
  const { record } = network
  const classes = classesOf(network, ask)
  const { final, workAndHeat } =
    ask.known === undefined
      ? await generated(network, backend, ask, classes)
      : await complete(givenOf(network, ask, ask.known, classes), backend)
  const { work, heat, energyChange } = workAndHeat!
  const inKT = (energy: Float64Array) => energy.map((value) => value / record.bath.kT)
  return {
    samples: Float32Array.from(cleaned(network, final, ask.known ?? null).points),
    classes,
    ...{ work: inKT(work), heat: inKT(heat), energyChange: inKT(energyChange) },
  }
}

async function generated(network: PlayNetwork, backend: Backend, { seed, trajectories }: Draw, classes: Int32Array) {
  const { record, generation, protocol } = network
  const { x } = columnsOf(firstStates(network, seed, trajectories, classes))
  const workAndHeat = createWorkAndHeat(trajectories)
  const { final } = await backend.simulate(
    simulationOf({
      ...{ potential: generation.potential, protocol, bath: record.bath, integrator: record.integrator },
      ...{ seed, trajectories, workAndHeat },
      start: (to, first, batch) => {
        for (let i = 0; i < to.length / batch; i++)
          to.set(x.subarray(i * trajectories + first, i * trajectories + first + batch), i * batch)
      },
    }),
  )
  return { final, workAndHeat }
}

function givenOf(network: PlayNetwork, { seed, trajectories }: Draw, known: Float32Array, classes: Int32Array) {
  const { record, learned, generation } = network
  const { visible } = learned.network
  const isFree = (n: number) => Number.isNaN(known[n]!)
  if (known.length === 0 || known.length % visible !== 0)
    throw invalidValue(`expected rows of ${visible} values, got ${known.length} in all.`, 'known')
  if (known.some((_, n) => isFree(n) !== isFree(n % visible)))
    throw invalidValue('expected the same units known in every row.', 'known')
  return completionOf(network, generation.potential, record.bath, known, trajectories, seed, classes)
}
