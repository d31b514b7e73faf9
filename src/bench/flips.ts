import { createNetwork, type NetworkOptions } from '../physics/network/network.js'
import { drawNormals } from '../physics/noise/gaussian.js'
import { stream } from '../physics/noise/streams.js'
import { fillUniformStates } from '../physics/noise/uniform.js'
import { bias } from '../physics/potential/onsite.js'
import { bilinear } from '../physics/potential/pair.js'
import { potentialOf, termSlice } from '../physics/potential/potential.js'
import type { Entrant } from './contender.js'
import { type MeasureOptions, measure } from './measure.js'
import { type RatesOfWorkload, ratesOf } from './rates.js'
import type { Workload } from './workload.js'

/** A network of two-state units, its mean coupling and how much couplings differ from one another. */
interface FlipSystem {
  readonly name: string
  readonly network: NetworkOptions
  readonly coupling: { readonly mean: number; readonly deviation: number }
}

const [seed, fieldDeviation] = [1, 0.1]

/** A square lattice on a torus at its critical coupling, by and large; a machine with the layers of one for MNIST. */
function systems(quick: boolean): FlipSystem[] {
  const side = quick ? 6 : 32
  const [visible, hidden] = quick ? [30, 14] : [784, 500]
  return [
    {
      name: 'Ising lattice',
      network: {
        visible: { lattice: [side, side], states: 'two' },
        couplings: { visible: { range: 'nearest', periodic: true } },
      },
      coupling: { mean: -0.44, deviation: 0.05 },
    },
    {
      name: 'Boltzmann machine',
      network: {
        visible: { units: visible, states: 'two' },
        hidden: { units: hidden, states: 'two' },
        couplings: { visible: { edges: [] } },
      },
      coupling: { mean: 0, deviation: 1 / Math.sqrt(visible) },
    },
  ]
}

/** Workloads of units with two states: a step is a Gibbs sweep, which draws each of them once. `quick`: small ones. */
export function flipWorkloads(quick: boolean): Workload[] {
  return systems(quick).map(({ name, network: options, coupling: { mean, deviation } }) => {
    const batch = quick ? 70 : 256
    const potential = potentialOf(createNetwork(options), [bias, bilinear])
    const theta = drawNormals({ seed, stream: stream.data, step: 0 }, 1, potential.size)
    const [fields, couplings] = [0, 1].map((term) => termSlice(potential, term, theta)) as [Float64Array, Float64Array]
    for (let i = 0; i < fields.length; i++) fields[i]! *= fieldDeviation
    for (let e = 0; e < couplings.length; e++) couplings[e] = mean + deviation * couplings[e]!
    const start = new Float64Array(potential.network.units * batch)
    fillUniformStates({ seed, stream: stream.initial, step: 0 }, potential.network.units, 0, batch, start)
    for (let n = 0; n < start.length; n++) start[n] = start[n]! < 0.5 ? 1 : -1
    const bath = { kT: 1, mobility: 1 }
    return { name, integrator: 'gibbs', potential, theta, bath, dt: 1, seed, batch, start }
  })
}

/** Measures the contenders at the workloads of units with two states, interleaved. */
export async function measureFlips(
  entrants: readonly Entrant[],
  quick: boolean,
  how: MeasureOptions,
): Promise<RatesOfWorkload[]> {
  const workloads = flipWorkloads(quick)
  const found: RatesOfWorkload[] = []
  for (const workload of workloads) {
    const [timings] = await measure(entrants, [{ workload }], how)
    found.push(ratesOf(workload, timings!))
  }
  return found
}
