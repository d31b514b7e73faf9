import { invalidValue, listed } from '../../errors.js'
import { advance } from '../../physics/dynamics/advance.js'
import { gibbs } from '../../physics/dynamics/gibbs.js'
import { isTwoState } from '../../physics/network/blocks.js'
import { statesOfRows } from '../../physics/network/unit-states.js'
import { stream } from '../../physics/noise/streams.js'
import type { Landscape } from './landscape.js'
import { type Move, noiseOfChains } from './moves.js'

/**
 * Block Gibbs sweeps of two-state units that are coupled to two-state hidden ones alone, a restricted Boltzmann machine: all hidden units
 * are drawn given the visible ones, then all visible ones given them,
 *
 *     s_h = ±1 with probability ∝ e^(u_h s_h/kT), u_h = Σ_i V_ih x_i + b_h;   x_i likewise, of f_i + Σ_h V_ih s_h
 *
 * U(x) is the free energy over the hidden units. The sweeps are those of the integrator `gibbs`; their heat is not measured.
 *
 * Cost of a sweep: a multiply-add for each coupling and state, twice; it counts as a force.
 * @throws E_INVALID_VALUE for other units or terms
 */
export function blockGibbs(landscape: Landscape): Move {
  const { bath, arithmetic } = landscape
  const { network, terms } = landscape.potential
  const others = terms.filter(
    ({ name, hiddenStates, size }) => name !== 'bias' && !isTwoState(hiddenStates) && size > 0,
  )
  if (others.length > 0 || network.hidden === 0 || !statesOfRows(network).every(isTwoState))
    throw invalidValue(
      `block Gibbs is for two-state units with a bias and couplings to bistable hidden units${others.length > 0 ? `; the potential has ${listed(others.map(({ name }) => name))} too` : ''}.`,
      'objective.contrastive',
    )
  return (theta, states, seed, from, steps = 1) => {
    const walk = { scheme: gibbs, bath, dt: 1, from, steps, seed, stream: stream.dynamics, tether: null }
    if (landscape.walk(theta, states, walk, null)) return
    advance(gibbs, landscape.at(theta), states, { ...walk, ...noiseOfChains(arithmetic, seed, states.batch) })
  }
}
