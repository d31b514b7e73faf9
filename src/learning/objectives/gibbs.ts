import { exitCode, invalidValue, listed, OverdampedError } from '../../errors.js'
import { isTwoState } from '../../physics/network/blocks.js'
import { arrays, type States } from '../../physics/network/states.js'
import { drawNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { fillUniformStates } from '../../physics/noise/uniform.js'
import { type GivenHidden, givenHidden, isHarmonicGivenHidden } from '../../physics/potential/given-hidden.js'
import { createHiddenCoupling } from '../../physics/potential/hidden-coupling.js'
import { forceAndEnergy, type Potential } from '../../physics/potential/potential.js'
import { addHeat, type Landscape } from './landscape.js'
import type { Move } from './moves.js'

/**
 * A sweep of block Gibbs, the heat bath of a restricted Boltzmann machine: first the hidden states are drawn given the visible
 * ones, then each visible unit in turn given all else,
 *
 *     s_h = ±1 with probability ∝ e^(u_h s_h/kT),   u_h = Σ_i V_ih x_i + b_h
 *     x_i ~ N((f_i + Σ_h V_ih s_h - Σ_(j≠i) K_ij x_j)/K_ii, kT/K_ii)
 *
 * It leaves e^(-U/kT) invariant, has no step length and refuses nothing. Hidden states are drawn anew in each sweep, so that
 * only x is carried along. Its heat is Q = U(x) - U(x') of the free energy U(x), in which the hidden units are at equilibrium.
 *
 * Cost: counted as one force; a multiply-add for each visible–hidden edge and state, twice, and for each entry of K.
 * (Heat is a measurement, and its energies are not counted.)
 * Source: Geman & Geman, IEEE Trans. Pattern Anal. Mach. Intell. 6, 721 (1984).
 *
 * @throws E_INVALID_VALUE for terms whose conditional laws are not known (see requireConditionals); the move E_DIVERGED where
 * a unit's K_ii is not positive
 */
export function gibbs(landscape: Landscape): Move {
  const { bath, potential, cost, units } = landscape
  requireConditionals(potential)
  const drawHidden = hiddenDraw(landscape)
  return (theta, { x, batch }, seed, step) => {
    const [before, after] = arrays(2, batch)
    forceAndEnergy(potential, theta, x, batch, null, before)
    const given = givenHidden(potential, theta)
    const pull = drawHidden(given, x, batch, seed, step)
    const normals = drawNormals({ seed, stream: stream.dynamics, step }, units, batch)
    for (let i = 0; i < units; i++) drawUnit(i, given, pull, { x, batch }, normals, bath.kT)
    cost.forces += batch
    forceAndEnergy(potential, theta, x, batch, null, after)
    addHeat(landscape, before, after)
  }
}

/** Draws s given x and writes what it does to the visible units, Σ_h V_ih s_h: [units, batch]; 0 without hidden units. */
function hiddenDraw({ potential, bath, units }: Landscape) {
  const coupling = createHiddenCoupling(potential.network)
  return ({ coupling: weights, bias }: GivenHidden, x: Float64Array, batch: number, seed: number, step: number) => {
    const pull = new Float64Array(units * batch)
    const hidden = bias.length
    if (hidden === 0) return pull
    const [s, uniform] = arrays(2, hidden * batch)
    coupling.toHidden(weights, x, batch, s)
    fillUniformStates({ seed, stream: stream.gibbs, step }, hidden, 0, batch, uniform)
    for (let h = 0; h < hidden; h++)
      for (let n = h * batch; n < (h + 1) * batch; n++)
        s[n] = uniform[n]! * (1 + Math.exp((-2 * (s[n]! + bias[h]!)) / bath.kT)) < 1 ? 1 : -1
    coupling.toVisible(weights, s, batch, pull)
    return pull
  }
}

/** Draws x_i of every state given the others and the hidden units, in place. */
function drawUnit(
  i: number,
  { force, stiffness }: GivenHidden,
  pull: Float64Array,
  { x, batch }: States,
  normals: Float64Array,
  kT: number,
): void {
  const units = force.length
  const own = stiffness[i * units + i]!
  if (!(own > 0))
    throw new OverdampedError(
      'E_DIVERGED',
      `unit ${i} has the stiffness ${own} given all others, so that it has no law to be drawn from. Lower objective.optimizer.rate, or freeze the terms that confine (objective.frozen).`,
      'gibbs',
      exitCode.failed,
    )
  const width = Math.sqrt(kT / own)
  const row = x.subarray(i * batch, (i + 1) * batch)
  for (let b = 0; b < batch; b++) row[b] = force[i]! + pull[i * batch + b]!
  for (let j = 0; j < units; j++) {
    const mutual = stiffness[i * units + j]!
    if (j === i || mutual === 0) continue
    for (let b = 0; b < batch; b++) row[b]! -= mutual * x[j * batch + b]!
  }
  for (let b = 0; b < batch; b++) row[b] = row[b]! / own + width * normals[i * batch + b]!
}

/** @throws E_INVALID_VALUE where a term leaves no law to draw a unit from given all others */
export function requireConditionals(potential: Potential): void {
  if (isHarmonicGivenHidden(potential)) return
  const others = potential.terms.filter(({ harmonic, hiddenStates }) => !harmonic && !isTwoState(hiddenStates))
  throw invalidValue(
    `gibbs draws each unit from its law given all others, which is known for stiffness, bias and bilinear with bistable hidden units; the potential has ${listed(others.map(({ name }) => name))} too. Use langevin or mala.`,
    'objective.kernels',
  )
}
