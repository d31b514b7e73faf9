import { createReference } from '../../backend/reference.js'
import { createWorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { createNetwork, type Network } from '../../physics/network/network.js'
import { entropyOfBaths, heatOfBaths } from '../../physics/observe/bath-heat.js'
import { statisticalCheck } from '../../physics/observe/check.js'
import { meanOf } from '../../physics/observe/estimate.js'
import { stiffness } from '../../physics/potential/onsite.js'
import { bilinear } from '../../physics/potential/pair.js'
import { type Potential, potentialOf } from '../../physics/potential/potential.js'
import { constantProtocol } from '../../physics/protocol/protocol.js'
import { conductionLaw } from '../../physics/truth/heat-conduction.js'
import { initialStates } from '../system/start.js'
import { bath, type Claim, column, estimateCheck, gaussianChecks, simulated, type Topic, type Trial } from './claim.js'

/** Units in traps k0 and springs k between coupled ones: U = Σ k0 x²/2 + Σ k(y - x)²/2, as stiffnesses and products. */
function springs(network: Network, trap: number, k: number) {
  const { units, edges } = network
  const potential = potentialOf(network, [stiffness, bilinear])
  const theta = new Float64Array(potential.size).fill(-k, units)
  for (let unit = 0; unit < units; unit++) theta[unit] = trap + k * (edges.start[unit + 1]! - edges.start[unit]!)
  return { potential, theta }
}

/** The trial on a backend that knows the system: its own, or the reference. */
function able(trial: Trial, potential: Potential): Trial {
  const refused = trial.backend.refusal({ potential, rule: null, integrator: 'euler-maruyama' })
  return refused === null ? trial : { ...trial, backend: createReference() }
}

/** Heat through a spring in steps of Euler–Maruyama, from their own law at rest on. */
const conduction: Claim = {
  name: 'heat between two baths',
  async check(trial) {
    const pair = {
      ...{ trap: 1, spring: 2 },
      mobility: [bath.mobility, bath.mobility * 0.4] as const,
      kT: [bath.kT, bath.kT * 2.5] as const,
    }
    const [dt, steps, trajectories] = [0.04, 150, 1000 * trial.effort]
    const law = conductionLaw(pair, dt)
    const network = createNetwork({ visible: { chain: 2 }, baths: { temperature: [1, 2.5], mobility: [1, 0.4] } })
    const { potential, theta } = springs(network, pair.trap, pair.spring)
    const { covariance } = law
    const start = initialStates({ kind: 'correlated', mean: new Float64Array(2), covariance }, trial.seed)
    const workAndHeat = createWorkAndHeat(trajectories, network)
    const protocol = constantProtocol(theta, dt * steps, dt)
    const on = able(trial, potential)
    const { final } = await simulated(on, { potential, protocol, start, trajectories, workAndHeat })
    const rate = (values: Float64Array) => meanOf(values.map((value) => value / (dt * steps)))
    const [cold, hot] = heatOfBaths(workAndHeat, network, bath.kT)!
    return [
      estimateCheck('heat to the cold bath', rate(cold!.heat), law.heat),
      estimateCheck('heat to the hot bath', rate(hot!.heat), -law.heat),
      estimateCheck('entropy production Σ Q/kT', rate(entropyOfBaths(workAndHeat, network, bath.kT)), law.entropy),
      ...[0, 1].flatMap((unit) =>
        gaussianChecks(`unit ${unit}`, column(final, unit), { mean: 0, variance: covariance[3 * unit]! }),
      ),
    ]
  },
}

/** ⟨|x_q|²⟩ = kT/(k_q - μhk_q²/2) of the waves on a ring, k_q = k0 + 2k(1 - cos q), by Euler–Maruyama. */
const modes: Claim = {
  name: 'waves on a ring',
  async check(trial) {
    const [trap, k, units] = [0.5, 2, 16]
    const [dt, steps, trajectories] = [0.05, 200, 1000 * trial.effort]
    const { potential, theta } = springs(createNetwork({ visible: { ring: units } }), trap, k)
    const protocol = constantProtocol(theta, dt * steps, dt)
    const start = { mean: 0, variance: 1 }
    const on = able(trial, potential)
    const { final } = await simulated(on, { potential, protocol, start, trajectories })
    return [0, 1, 3, units / 2].map((m) => {
      const q = (2 * Math.PI * m) / units
      const kq = trap + 2 * k * (1 - Math.cos(q))
      const truth = bath.kT / (kq - (bath.mobility * dt * kq ** 2) / 2)
      const power = Float64Array.from({ length: trajectories }, (_, n) => {
        const of = (wave: (x: number) => number) => {
          let sum = 0
          for (let i = 0; i < units; i++) sum += final.points[n * units + i]! * wave(q * i)
          return sum
        }
        return (of(Math.cos) ** 2 + of(Math.sin) ** 2) / units
      })
      // |x_q|² is exponential, or χ² of one degree where the wave is real.
      const error = truth * Math.sqrt((m === 0 || 2 * m === units ? 2 : 1) / trajectories)
      return statisticalCheck(`⟨|x_q|²⟩ of a ring of ${units}, wave ${m}`, meanOf(power).value, truth, error)
    })
  },
}

/** Units in baths of their own, and units on a ring. */
export const twoBaths: Topic = {
  name: 'two-baths',
  truth:
    'two units joined by a spring, each in its bath: heat J = k²μ₁μ₂(T₂ - T₁)/((μ₁ + μ₂)(k0 + k)), entropy J(1/T₁ - 1/T₂); waves on a ring: kT/(k0 + 2k(1 - cos q)).',
  claims: [conduction, modes],
}
