import { invalidValue, listed } from '../../errors.js'
import { isTwoState } from '../../physics/network/blocks.js'
import { statesOfRows } from '../../physics/network/unit-states.js'
import { stream } from '../../physics/noise/streams.js'
import { fillUniformStates } from '../../physics/noise/uniform.js'
import { createHiddenCoupling } from '../../physics/potential/hidden-coupling.js'
import { groupSlice } from '../../physics/potential/potential.js'
import type { Landscape } from './landscape.js'
import type { Move } from './moves.js'

/**
 * Block Gibbs sweeps of two-state units that are coupled to two-state hidden ones alone, a restricted Boltzmann machine: all hidden units
 * are drawn given the visible ones, then all visible ones given them,
 *
 *     s_h = ±1 with probability ∝ e^(u_h s_h/kT), u_h = Σ_i V_ih x_i + b_h;   x_i likewise, of f_i + Σ_h V_ih s_h
 *
 * U(x) is the free energy over the hidden units, which a single unit would have to be redrawn from one by one.
 *
 * Cost of a sweep: a multiply-add for each coupling and state, twice; it counts as a force.
 * @throws E_INVALID_VALUE for other units or terms
 */
export function blockGibbs({ potential, bath, cost }: Landscape): Move {
  const { network, terms, groups } = potential
  const others = terms.filter(
    ({ name, hiddenStates, size }) => name !== 'bias' && !isTwoState(hiddenStates) && size > 0,
  )
  if (others.length > 0 || network.hidden === 0 || !statesOfRows(network).every(isTwoState))
    throw invalidValue(
      `block Gibbs is for two-state units with a bias and couplings to bistable hidden units${others.length > 0 ? `; the potential has ${listed(others.map(({ name }) => name))} too` : ''}.`,
      'objective.contrastive',
    )
  const { units, hidden } = network
  const edges = createHiddenCoupling(network)
  const part = (theta: Float64Array, name: string) => {
    const group = groups.find((other) => other.name === name)
    return group === undefined ? null : groupSlice(group, theta)
  }
  return (theta, { x, batch }, seed, from, steps = 1) => {
    const [coupling, hiddenBias, bias] = ['hidden-coupling', 'hidden-bias', 'bias'].map((name) => part(theta, name))
    const [s, uniform] = [new Float64Array(hidden * batch), new Float64Array((units + hidden) * batch)]
    const draw = (fields: Float64Array, own: Float64Array | null | undefined, numbers: Float64Array) => {
      for (let n = 0; n < fields.length; n++) {
        const field = fields[n]! + (own?.[Math.floor(n / batch)] ?? 0)
        fields[n] = numbers[n]! * (1 + Math.exp((-2 * field) / bath.kT)) < 1 ? 1 : -1
      }
    }
    for (let step = from; step < from + steps; step++) {
      fillUniformStates({ seed, stream: stream.gibbs, step }, units + hidden, 0, batch, uniform)
      edges.toHidden(coupling!, x, batch, s)
      draw(s, hiddenBias, uniform.subarray(units * batch))
      edges.toVisible(coupling!, s, batch, x)
      draw(x, bias, uniform.subarray(0, units * batch))
      cost.forces += batch
    }
  }
}
