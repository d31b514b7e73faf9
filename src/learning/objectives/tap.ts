import type { States } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { fillUniformStates } from '../../physics/noise/uniform.js'
import type { Layers } from '../../physics/potential/hidden-coupling.js'
import type { MachineParameters } from '../../physics/potential/machine-parameters.js'
import { layerFields, type RestrictedBoltzmann } from '../../physics/potential/restricted-boltzmann.js'
import { type Magnetisations, type Relaxation, type TapOrder, tapExpansion } from '../../physics/truth/tap.js'
import type { Landscape } from './landscape.js'
import { type DataPhase, meansObjective, type Objective } from './objective.js'

/** Orders of the expansion by name. */
export const tapOrders = { 'mean-field': 1, 'second-order': 2, 'third-order': 3 } as const satisfies Record<
  string,
  TapOrder
>

/** How magnetisations relax where nothing is said. */
export const defaultTap = { sweeps: 3, damping: 0.5 } as const

/** How the magnetisations of `tapObjective` are found. */
export interface TapOptions {
  /** of the machine */
  readonly parameters: MachineParameters
  /** whose bath it is, and who counts a force for each state, sweep and order */
  readonly landscape: Pick<Landscape, 'bath' | 'cost'>
  /** of the expansion in the couplings */
  readonly order: TapOrder
  /** sweeps between two gradients */
  readonly relaxation: Relaxation
  /** the data of an iteration, states of the whole network; see clampedData */
  readonly data: DataPhase
  /** magnetisations that go on from one iteration to the next; they start at the data of each when absent */
  readonly persistent?: Magnetisations | undefined
}

/**
 * Maximum likelihood with the model's means by the expansion of its free energy (see tapExpansion): nothing is drawn, the
 * magnetisations relax deterministically. Local. Means over several fixed points count each alike, though the model doesn't, and
 * none is as sharp as a state: on laws of a few separate states this loses to chains.
 *
 * Cost of an iteration: 2·order·edges multiply-adds for each sweep and magnetisation.
 * Source: Gabrié, Tramel & Krzakala, NIPS 28 (2015), arXiv:1506.02914.
 */
export function tapObjective({ parameters, landscape, order, relaxation, data, persistent }: TapOptions): Objective {
  return meansObjective({
    name: 'tap',
    data,
    memory: persistent === undefined ? {} : { visible: persistent.visible, hidden: persistent.hidden },
    means(theta, positive) {
      const machine = parameters.at(theta, landscape.bath.kT)
      const m = persistent ?? magnetisationsAt(machine, positive)
      const expansion = tapExpansion(machine, order)
      const { sweeps } = expansion.relax(m, relaxation)
      landscape.cost.forces += order * sweeps * m.batch
      return parameters.statisticsOf(expansion.means(m))
    },
  })
}

/**
 * The visible units as they are in given states, the hidden ones as they answer: m_s = tanh(b + J x).
 *
 * @param states - whose first rows are the visible units, [units, batch]
 */
export function magnetisationsAt(machine: RestrictedBoltzmann, { x, batch }: States): Magnetisations {
  const { units, hidden } = machine.layers
  const fields = new Float64Array(hidden * batch)
  layerFields(machine.layers).toHidden(machine, x, batch, fields)
  return { visible: x.slice(0, units * batch), hidden: fields.map(Math.tanh), batch }
}

/** Magnetisations anywhere between -1 and 1, so that each may find a fixed point of its own. */
export function randomMagnetisations({ units, hidden }: Layers, batch: number, seed: number): Magnetisations {
  const drawn = new Float64Array((units + hidden) * batch)
  fillUniformStates({ seed, stream: stream.initial, step: 0 }, units + hidden, 0, batch, drawn)
  const m = drawn.map((u) => 2 * u - 1)
  return { visible: m.slice(0, units * batch), hidden: m.slice(units * batch), batch }
}
