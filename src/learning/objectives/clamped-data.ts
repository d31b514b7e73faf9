import { stream } from '../../physics/noise/streams.js'
import { fillUniformStates } from '../../physics/noise/uniform.js'
import type { MachineParameters } from '../../physics/potential/machine-parameters.js'
import { layerFields } from '../../physics/potential/restricted-boltzmann.js'
import type { Bath } from '../../physics/protocol/bath.js'
import type { DataPhase, Objective, Phase } from './objective.js'

/**
 * Data of the visible units as states of a whole restricted Boltzmann machine: the visible units are clamped to them, and the hidden
 * ones drawn from their law given these, s_h = ±1 with probability ∝ e^(u_h s_h), u = b + J x.
 *
 * @param data - of the visible units, [visible, batch]
 */
export function clampedData(
  { layers, at }: MachineParameters,
  { kT }: Pick<Bath, 'kT'>,
  data: (iteration: number) => Phase,
  seed: number,
): DataPhase {
  const fields = layerFields(layers)
  return (iteration, theta) => {
    const phase = data(iteration)
    const { batch } = phase
    const x = new Float64Array((layers.units + layers.hidden) * batch)
    x.set(phase.x)
    const s = x.subarray(layers.units * batch)
    const uniform = new Float64Array(s.length)
    fillUniformStates({ seed, stream: stream.clampedHidden, step: iteration }, layers.hidden, 0, batch, uniform)
    fields.toHidden(at(theta, kT), x, batch, s)
    for (let n = 0; n < s.length; n++) s[n] = uniform[n]! * (1 + Math.exp(-2 * s[n]!)) < 1 ? 1 : -1
    return { ...phase, x }
  }
}

/**
 * The same objective with every hidden unit at its mean given the visible ones, tanh u_h, in place of its state: the statistics of a
 * restricted Boltzmann machine are linear in each, so that their averages are as before, and scatter less.
 */
export function withMeanHidden(
  objective: Objective,
  { layers, at }: MachineParameters,
  { kT }: Pick<Bath, 'kT'>,
): Objective {
  const fields = layerFields(layers)
  return {
    ...objective,
    phases(theta, iteration) {
      const machine = at(theta, kT)
      return objective.phases(theta, iteration).map((phase) => {
        if ('means' in phase) return phase
        const x = phase.x.slice()
        const s = x.subarray(layers.units * phase.batch)
        fields.toHidden(machine, x, phase.batch, s)
        for (let n = 0; n < s.length; n++) s[n] = Math.tanh(s[n]!)
        return { ...phase, x }
      })
    },
  }
}
