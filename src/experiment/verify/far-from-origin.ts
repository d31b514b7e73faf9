import { gaussianStart } from '../../physics/dynamics/ensemble.js'
import { createWorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { statisticalCheck } from '../../physics/observe/check.js'
import { bias, stiffness } from '../../physics/potential/onsite.js'
import { potentialOf } from '../../physics/potential/potential.js'
import { constantProtocol } from '../../physics/protocol/protocol.js'
import { relaxationOfSteps } from '../../physics/truth/ornstein-uhlenbeck.js'
import { type Claim, column, gaussianChecks, simulated, type Topic, unitsWith } from './claim.js'

/** An optical trap in nm, pN·nm and s: k = .01 pN/nm about x = 10 µm, 500 thermal widths of 20 nm away. */
const tweezers = { bath: { kT: 4.142, mobility: 1e5 }, k: 0.01, centre: 1e4, dt: 1e-5, steps: 100 }
/** The same trap, ten thousand times as many widths away. */
export const farTweezers = { ...tweezers, centre: 1e8 }

/** A trap U = kx²/2 - kcx far from 0, where it is in equilibrium. */
type FarTrap = typeof tweezers

const potential = potentialOf(unitsWith(1), [stiffness, bias])

/** The trap in steps of Euler–Maruyama, from the equilibrium of these steps. */
export function farTrap({ bath, k, centre, dt, steps }: FarTrap, seed: number) {
  const { variance } = relaxationOfSteps(k, bath, { mean: 0, variance: bath.kT / k }, dt, 100_000)
  const remembered = (1 - bath.mobility * k * dt) ** steps
  return {
    simulation: {
      potential,
      bath,
      protocol: constantProtocol(Float64Array.of(k, k * centre), dt * steps, dt),
      start: gaussianStart(seed, centre, variance),
    },
    variance,
    /** Q is the difference of two energies of variance (kv)²/2 each and covariance (kvρ)²/2. */
    heatVariance: (k * variance) ** 2 * (1 - remembered ** 2),
  }
}

const claimOf = (name: string, trap: FarTrap): Claim => ({
  name,
  async check(trial) {
    const trajectories = 4000 * trial.effort
    const workAndHeat = createWorkAndHeat(trajectories)
    const { simulation, variance, heatVariance } = farTrap(trap, trial.seed)
    const { final } = await simulated(trial, { ...simulation, trajectories, workAndHeat })
    const { kT } = trap.bath
    const heat = workAndHeat.heat.map((value) => value / kT)
    const square = heat.reduce((sum, q) => sum + q * q, 0) / trajectories
    const fourth = heat.reduce((sum, q) => sum + q ** 4, 0) / trajectories
    const centred = column(final, 0).map((x) => x - trap.centre)
    const error = Math.sqrt((fourth - square * square) / trajectories)
    return [
      ...gaussianChecks(name, centred, { mean: 0, variance }),
      statisticalCheck(`${name}: mean square of the heat`, square, heatVariance / kT ** 2, error),
    ]
  },
})

/** Traps far from where coordinates are counted from. */
export const farFromOrigin: Topic = {
  name: 'far-from-origin',
  truth:
    'Optical trap, U = kx²/2 - kcx: ⟨x⟩ = c, Var x = (kT/k)/(1-μkh/2), ⟨Q²⟩ = (k Var x)²(1-ρ²), ρ = (1-μkh)^n, wherever c is.',
  claims: [claimOf('10 µm away', tweezers), claimOf('10 cm away', farTweezers)],
}
