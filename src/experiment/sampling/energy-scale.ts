import type { Hooks } from '../../backend/hooks.js'
import { createReference } from '../../backend/reference.js'
import type { Observer } from '../../physics/dynamics/observer.js'
import { type Potential, statistic } from '../../physics/potential/potential.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { Problem } from '../system/problem.js'
import { ensembleSimulation } from './trajectories.js'

/** Trajectories that are run again, and frames of each at most that are looked at. */
const replayed = 2
const frames = 1000

/**
 * How large the numbers are that energies are made of, in units of energy: the root mean square over time of the parts of
 * U = Σ θ_a φ_a, for a unit,
 *
 *     √(⟨Σ_a (θ_a φ_a(x))²⟩/units)
 *
 * which is about kT in a network that nothing drives, and far more than U or its changes where parts cancel. Rounding errors
 * of energies are in proportion to it. Measured on the first trajectories, run once more in float64.
 *
 * @throws StoppedError when the signal stopped it
 */
export async function energyScale(problem: Problem, protocol: Protocol, { signal }: Hooks): Promise<number> {
  const { potential } = problem.generation
  const observer = observeParts(potential, protocol)
  const { simulation } = ensembleSimulation(problem, protocol)
  const trajectories = Math.min(replayed, simulation.trajectories)
  // Only the size is asked for: a few digits do.
  const hooks = { signal, onImprecise() {} }
  await createReference().simulate({ ...simulation, trajectories, observers: [observer] }, hooks)
  return observer.scale()
}

function observeParts(potential: Potential, protocol: Protocol): Observer & { scale(): number } {
  const { units } = potential.network
  const steps = protocol.dt.length
  const every = Math.ceil(steps / frames)
  const [theta, parts, state] = [
    new Float64Array(potential.size),
    new Float64Array(potential.size),
    new Float64Array(units),
  ]
  let [squares, states] = [0, 0]
  return {
    trajectories: replayed,
    scale: () => Math.sqrt(squares / (states * units)),
    wants: (index) => index < 0 || index % every === every - 1 || index === steps - 1,
    see({ index, batch, x }) {
      // A state has an energy in the landscape that brought it there and in that of the next step.
      for (const step of [index, Math.min(index + 1, steps - 1)]) {
        protocol.parameters(step, theta)
        for (let b = 0; b < batch; b++) {
          for (let i = 0; i < units; i++) state[i] = x[i * batch + b]!
          statistic(potential, theta, state, 1, parts.fill(0))
          for (let a = 0; a < parts.length; a++) squares += (theta[a]! * parts[a]!) ** 2
          states++
        }
      }
    },
  }
}
