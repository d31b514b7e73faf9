import { stream } from '../noise/streams.js'
import { fillUniformStates } from '../noise/uniform.js'
import type { TwoStates } from './drive.js'
import type { Integrator } from './integrator.js'

/**
 * A scheme with units of two states s = ±1 among those it moves: after its step each of them is redrawn from its heat bath
 * (Glauber dynamics) with the probability of an attempt during the step,
 *
 *     1 - e^(-rate·dt),   then s = +1 with probability (1 + tanh(u/kT))/2
 *
 * where u is the force of the landscape on s at the new positions of the others. The energy that a flip gives up goes to the
 * bath, as heat. Units that flip must not act on one another. At fixed u the mean relaxes to tanh(u/kT) as e^(-rate·t), exactly.
 * Source: Glauber, J. Math. Phys. 4, 294 (1963).
 *
 * Cost: one more force a step.
 */
export function withFlips(rows: readonly TwoStates[], integrator: Integrator): Integrator {
  return {
    ...integrator,
    start(input) {
      const { drive, batch, seed, first } = input
      const move = integrator.start(input)
      const count = rows.reduce((sum, { units }) => sum + units, 0)
      const field = new Float64Array(drive.units * batch)
      const uniform = new Float64Array(count * batch)
      return (step, next) => {
        move(step, next)
        drive.evaluate(next, batch, field, null)
        // Step 0 of the stream drew the initial states.
        fillUniformStates({ seed, stream: stream.hidden, step: step.step + 1 }, count, first, batch, uniform)
        let n = 0
        for (const { first: row, units, rate } of rows) {
          const attempted = -Math.expm1(-rate * step.dt)
          for (let at = row * batch; at < (row + units) * batch; at++, n++) {
            // One number does for both draws: given an attempt, uniform/attempted is uniform too.
            if (uniform[n]! >= attempted) continue
            next[at] = uniform[n]! < (attempted * (1 + Math.tanh(field[at]! / step.kT))) / 2 ? 1 : -1
          }
        }
      }
    },
  }
}
