import { exitCode, invalidValue, OverdampedError } from '../../errors.js'
import { stream } from '../noise/streams.js'
import { fillUniformStates } from '../noise/uniform.js'
import type { Conditionals } from '../potential/conditionals.js'
import type { Surface } from './drive.js'
import { redrawing, redrawn } from './heat-bath.js'
import type { Integrator } from './integrator.js'

/**
 * A sweep of block Gibbs, the heat bath of a restricted Boltzmann machine: first the states of hidden units that follow at once are drawn
 * given the others, then units with states of their own class by class (see redrawing), then each continuous unit in turn given all else,
 *
 *     s_h = ±1 with probability ∝ e^(u_h s_h/kT),   u_h = Σ_i V_ih x_i + b_h
 *     x_i ~ N((f_i + Σ_h V_ih s_h - Σ_(j≠i) K_ij x_j)/K_ii, kT/K_ii)
 *
 * It leaves e^(-U/kT) invariant, has no step length and refuses nothing; clamped units stay. Hidden states are drawn anew in each
 * sweep, so that only x is carried along. U(x) is the free energy, in which the hidden units are at equilibrium.
 *
 * Cost: a multiply-add for each visible–hidden edge and state, twice, and for each entry of K.
 * Source: Geman & Geman, IEEE Trans. Pattern Anal. Mach. Intell. 6, 721 (1984).
 *
 * @throws E_INVALID_VALUE for continuous units without conditional laws (see Conditionals); E_DIVERGED where a unit's K_ii is not positive
 */
export const gibbs: Integrator = {
  name: 'gibbs',
  dynamical: false,
  mobilities: true,
  redraws: true,
  harmonic: false,
  needs: { force: false, energy: false },
  start({ drive, batch, seed, first, normals: draw }) {
    const { units, mobility, discrete } = drive
    const isMoving = mobility === undefined || mobility.some((relative) => relative > 0)
    const [normals, pull] = [new Float64Array(units * batch), new Float64Array(units * batch)]
    const given = discrete?.givenHidden?.(pull) ?? discrete
    const redraw = given === undefined ? null : redrawing(given)
    const own = given === undefined ? 0 : redrawn(given)
    const needsLaws = isMoving || discrete?.givenHidden != null
    return ({ step, kT, x }, next) => {
      next.set(x)
      const laws = needsLaws ? lawsOf(drive) : null
      const uniform = new Float64Array((own + (laws?.hidden ?? 0)) * batch)
      fillUniformStates({ seed, stream: stream.gibbs, step }, uniform.length / batch, first, batch, uniform)
      laws?.drawHidden(next, batch, kT, uniform.subarray(own * batch), pull)
      redraw?.({ kT, x: next, batch, uniform, attempted: () => 1, heat: null })
      if (laws === null || !isMoving) return
      const { stiffness, addForce } = laws.continuous()
      addForce(next, batch, pull)
      draw(step, normals)
      for (let i = 0; i < units; i++) if (mobility?.[i] !== 0) drawUnit(i, stiffness, pull, normals, kT, next)
    }
  },
}

/** @throws E_INVALID_VALUE for a landscape that does not say them */
function lawsOf({ conditionals }: Surface): Conditionals {
  if (conditionals !== undefined) return conditionals()
  throw invalidValue('gibbs draws each unit from its law given all others, which this landscape does not say.', 'gibbs')
}

/** Draws x_i of every state given the others and `pull`, the force there at x = 0, in place. */
function drawUnit(
  i: number,
  stiffness: Float64Array,
  pull: Float64Array,
  normals: Float64Array,
  kT: number,
  x: Float64Array,
): void {
  const units = Math.sqrt(stiffness.length)
  const batch = x.length / units
  const own = stiffness[i * units + i]!
  if (!(own > 0))
    throw new OverdampedError(
      'E_DIVERGED',
      `unit ${i} has stiffness ${own} given all others: no law to be drawn from. Lower objective.optimizer.rate, or freeze the terms that confine (objective.frozen).`,
      'gibbs',
      exitCode.failed,
    )
  const width = Math.sqrt(kT / own)
  const row = x.subarray(i * batch, (i + 1) * batch)
  row.set(pull.subarray(i * batch, (i + 1) * batch))
  for (let j = 0; j < units; j++) {
    const mutual = stiffness[i * units + j]!
    if (j === i || mutual === 0) continue
    for (let b = 0; b < batch; b++) row[b]! -= mutual * x[j * batch + b]!
  }
  for (let b = 0; b < batch; b++) row[b] = row[b]! / own + width * normals[i * batch + b]!
}
