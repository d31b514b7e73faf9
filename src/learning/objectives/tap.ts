import type { States } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { fillUniformStates } from '../../physics/noise/uniform.js'
import { machineOf, statisticsOf } from '../../physics/potential/machine-parameters.js'
import type { Potential } from '../../physics/potential/potential.js'
import { layersOf, type RestrictedBoltzmann } from '../../physics/potential/restricted-boltzmann.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { type Magnetisations, type Relaxation, type TapOrder, tapExpansion } from '../../physics/truth/tap.js'
import { meansObjective, type Objective, type Phase } from './objective.js'

/** How the magnetisations of `tapObjective` are found. */
export interface TapOptions {
  /** of bias and two-state hidden units on two-state ones (see machineOf) */
  readonly potential: Potential
  readonly bath: Pick<Bath, 'kT'>
  readonly order: TapOrder
  /** sweeps between two gradients */
  readonly relaxation: Relaxation
  /** the data of an iteration */
  readonly data: (iteration: number) => Phase
  /** magnetisations that go on from one iteration to the next; they start at the data of each when absent */
  readonly persistent?: Magnetisations
}

/**
 * Maximum likelihood with the model's means by the expansion of its free energy (see tapExpansion): nothing is drawn, the
 * magnetisations relax deterministically. Local. Means over several fixed points count each alike, though the model doesn't, and
 * none is as sharp as a state: on laws of a few separate states this loses to chains.
 *
 * Cost of an iteration: 2·order·edges multiply-adds for each sweep and magnetisation.
 * Source: Gabrié, Tramel & Krzakala, NIPS 28 (2015), arXiv:1506.02914.
 */
export function tapObjective({ potential, bath, order, relaxation, data, persistent }: TapOptions): Objective {
  return meansObjective({
    name: order === 1 ? 'mean-field' : `tap-${order}`,
    data,
    means(theta, positive) {
      const machine = machineOf(potential, theta, bath.kT)
      const m = persistent ?? magnetisationsAt(machine, positive)
      const expansion = tapExpansion(machine, order)
      expansion.relax(m, relaxation)
      return statisticsOf(potential, expansion.means(m))
    },
  })
}

/** The visible units as they are in given states, the hidden ones as they answer: m_s = tanh(b + J x). */
export function magnetisationsAt(machine: RestrictedBoltzmann, { x, batch }: States): Magnetisations {
  const hidden = new Float64Array(machine.network.hidden * batch)
  layersOf(machine.network).hiddenFields(machine, x, batch, hidden)
  return { visible: x.slice(), hidden: hidden.map(Math.tanh), batch }
}

/** Magnetisations anywhere between -1 and 1, so that each may find a fixed point of its own. */
export function randomMagnetisations({ network }: Potential, batch: number, seed: number): Magnetisations {
  const drawn = new Float64Array((network.units + network.hidden) * batch)
  fillUniformStates({ seed, stream: stream.initial, step: 0 }, network.units + network.hidden, 0, batch, drawn)
  const m = drawn.map((u) => 2 * u - 1)
  return { visible: m.slice(0, network.units * batch), hidden: m.slice(network.units * batch), batch }
}
