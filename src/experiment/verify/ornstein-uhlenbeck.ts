import { statisticalCheck } from '../../physics/observe/check.js'
import { stiffness } from '../../physics/potential/onsite.js'
import { potentialOf } from '../../physics/potential/potential.js'
import { constantProtocol, scheduledProtocol } from '../../physics/protocol/protocol.js'
import { harmonicProtocolLaw } from '../../physics/truth/harmonic-protocol.js'
import { autocovarianceOfSteps, relaxationOfSteps } from '../../physics/truth/ornstein-uhlenbeck.js'
import { bath, type Claim, column, gaussianChecks, simulated, type Topic, unitsWith } from './claim.js'

const runs = 20_000

/** Mean x0 e^(-μkt) and variance v0 e^(-2μkt) + (kT/k)(1 - e^(-2μkt)), in a trap, without one and on a hilltop. */
const relaxation: Claim = {
  name: 'relaxation',
  async check(trial) {
    const stiffnesses = [2, 0.5, 0, -0.5]
    const start = { mean: 1.5, variance: 0.2 }
    const [dt, steps] = [0.02, 25]
    const { final } = await simulated(trial, {
      potential: potentialOf(unitsWith(stiffnesses.length), [stiffness]),
      protocol: constantProtocol(Float64Array.from(stiffnesses), dt * steps, dt),
      start,
      trajectories: runs * trial.effort,
    })
    return stiffnesses.flatMap((k, unit) =>
      gaussianChecks(`relaxation, k = ${k}`, column(final, unit), relaxationOfSteps(k, bath, start, dt, steps)),
    )
  },
}

/** ⟨x(0) x(t)⟩ = (kT/k) e^(-μkt) in the stationary state. */
const correlation: Claim = {
  name: 'autocorrelation',
  async check(trial) {
    const [dt, lag] = [0.05, 10]
    const trajectories = runs * trial.effort
    const rows = []
    for (const [number, k] of [1, 2].entries()) {
      const variance = autocovarianceOfSteps(k, bath, dt, 0)
      const { initial, final } = await simulated(trial, {
        potential: potentialOf(unitsWith(1), [stiffness]),
        protocol: constantProtocol(Float64Array.of(k), dt * lag, dt),
        seed: trial.seed + number,
        start: { mean: 0, variance },
        trajectories,
      })
      const later = column(final, 0)
      const product = column(initial, 0).reduce((sum, x, n) => sum + x * later[n]!, 0) / trajectories
      const truth = autocovarianceOfSteps(k, bath, dt, lag)
      // Variance of a product of two Gaussians of variance v and covariance c: v² + c².
      const error = Math.sqrt((variance ** 2 + truth ** 2) / trajectories)
      rows.push(statisticalCheck(`autocorrelation, k = ${k}, t = ${dt * lag}`, product, truth, error))
    }
    return rows
  },
}

/** dm/dt = -μk(t) m and dv/dt = 2μ(kT - k(t) v) in a trap that breathes. */
const breathing: Claim = {
  name: 'breathing trap',
  async check(trial) {
    const potential = potentialOf(unitsWith(1), [stiffness])
    const schedule = { parameter: 0, value: (t: number) => 2 + 1.5 * Math.sin(2 * Math.PI * t) }
    const protocol = scheduledProtocol(new Float64Array(1), [schedule], 0.75, 0.025)
    const { final } = await simulated(trial, {
      potential,
      protocol,
      start: { mean: 1, variance: 0.5 },
      trajectories: runs * trial.effort,
    })
    const begin = { mean: Float64Array.of(1), covariance: Float64Array.of(0.5) }
    const law = harmonicProtocolLaw(potential, protocol, bath, begin)
    return gaussianChecks('trap that breathes', column(final, 0), { mean: law.mean[0]!, variance: law.covariance[0]! })
  },
}

/** Variance kT/k of Leimkuhler–Matthews, in steps for which that of Euler–Maruyama is a third larger. */
const colouredNoise: Claim = {
  name: 'Leimkuhler–Matthews',
  async check(trial) {
    const k = 2
    const dt = 0.5 / (bath.mobility * k)
    const { final } = await simulated(trial, {
      potential: potentialOf(unitsWith(1), [stiffness]),
      protocol: constantProtocol(Float64Array.of(k), 40 * dt, dt),
      integrator: 'leimkuhler-matthews',
      start: { mean: 0, variance: 0 },
      trajectories: runs * trial.effort,
    })
    return gaussianChecks('Leimkuhler–Matthews, μhk = .5', column(final, 0), { mean: 0, variance: bath.kT / k })
  },
}

/** Physics of one oscillator in a trap. */
export const ornsteinUhlenbeck: Topic = {
  name: 'ornstein-uhlenbeck',
  truth:
    'An oscillator in a trap: mean x₀e^(-μkt), variance (kT/k)(1-e^(-2μkt)), autocorrelation (kT/k)e^(-μkt), as the steps have them.',
  claims: [relaxation, correlation, breathing, colouredNoise],
}
