import type { IntegratorName } from '../../physics/dynamics/integrators.js'
import { type Check, statisticalCheck } from '../../physics/observe/check.js'
import { meanOf } from '../../physics/observe/estimate.js'
import { quartic, stiffness } from '../../physics/potential/onsite.js'
import { bilinear } from '../../physics/potential/pair.js'
import { potentialOf } from '../../physics/potential/potential.js'
import { constantProtocol } from '../../physics/protocol/protocol.js'
import { boltzmannMoments, boltzmannPairDensity, pairAverage } from '../../physics/truth/boltzmann.js'
import { quarticMoment } from '../../physics/truth/quartic.js'
import { bath, type Claim, column, simulated, type Topic, unitsWith } from './claim.js'

const dt = 0.02
/** Many relaxation times of the even moments: rates are above 2. */
const duration = 5
const runs = 8000

/** Mean of xⁿ with the standard error of the exact law. */
function momentCheck(name: string, x: Float64Array, n: number, moment: (n: number) => number, bias = 0): Check {
  const error = Math.sqrt((moment(2 * n) - moment(n) ** 2) / x.length)
  return statisticalCheck(name, meanOf(x.map((at) => at ** n)).value, moment(n), error, bias)
}

/** k and a of the single wells: a pure quartic one and a double one. Each has two units, one for each moment. */
const wells = [
  { name: 'quartic', k: 0, a: 0.6 },
  { name: 'double well', k: -1, a: 1 },
] as const

/** ⟨x²⟩ and ⟨x⁴⟩ of single wells: Euler–Maruyama against quadrature of the law with its O(h) term. */
function moments(integrator: IntegratorName): Claim {
  const exact = integrator === 'leimkuhler-matthews'
  const label = exact ? 'Leimkuhler–Matthews' : 'Euler–Maruyama'
  return {
    name: `moments by ${label}`,
    async check(trial) {
      const units = 2 * wells.length
      const potential = potentialOf(unitsWith(units), [stiffness, quartic])
      const theta = new Float64Array(potential.size)
      wells.forEach(({ k, a }, well) => {
        theta.fill(k, 2 * well, 2 * well + 2).fill(a, units + 2 * well, units + 2 * well + 2)
      })
      const { final } = await simulated(trial, {
        potential,
        protocol: constantProtocol(theta, duration, dt),
        integrator,
        start: { mean: 0, variance: 0.8 },
        trajectories: runs * trial.effort,
      })
      return wells.flatMap(({ name, k, a }, well) => {
        const law = boltzmannMoments(potential, theta, bath, 2 * well, exact ? 0 : dt)
        const moment = (n: number) => (exact && k === 0 ? quarticMoment(a, bath.kT, n) : law.moments[n]!)
        return [2, 4].map((n, which) => {
          const row = `${name}: ⟨x${n === 2 ? '²' : '⁴'}⟩, ${label}${exact ? '' : ' with its O(h)'}`
          return momentCheck(row, column(final, 2 * well + which), n, moment, law.secondOrder[n]!)
        })
      })
    },
  }
}

/** ⟨x₀²⟩ and ⟨x₀x₁⟩ of two coupled quartic wells, against two-dimensional quadrature. */
const pair: Claim = {
  name: 'coupled pair',
  async check(trial) {
    const [k, a, J] = [0.5, 0.6, -0.4]
    const two = potentialOf(unitsWith(2, [[0, 1]]), [stiffness, quartic, bilinear])
    const density = boltzmannPairDensity(two, Float64Array.of(k, k, a, a, J), bath)
    const average = (f: (x: number, y: number) => number) => pairAverage(density, f)
    const edges: [number, number][] = [
      [0, 1],
      [2, 3],
    ]
    const { final } = await simulated(trial, {
      potential: potentialOf(unitsWith(4, edges), [stiffness, quartic, bilinear]),
      protocol: constantProtocol(Float64Array.of(k, k, k, k, a, a, a, a, J, J), duration, dt),
      integrator: 'leimkuhler-matthews',
      start: { mean: 0, variance: average((x) => x * x) },
      trajectories: runs * trial.effort,
    })
    const [x, , y, z] = [0, 1, 2, 3].map((unit) => column(final, unit))
    const check = (name: string, values: Float64Array, f: (x: number, y: number) => number) => {
      const truth = average(f)
      const error = Math.sqrt((average((p, q) => f(p, q) ** 2) - truth ** 2) / values.length)
      return statisticalCheck(name, meanOf(values).value, truth, error)
    }
    return [
      check(
        'coupled quartic pair: ⟨x₀²⟩',
        x!.map((at) => at * at),
        (p) => p * p,
      ),
      check(
        'coupled quartic pair: ⟨x₀x₁⟩',
        y!.map((at, n) => at * z![n]!),
        (p, q) => p * q,
      ),
    ]
  },
}

/** Boltzmann averages of anharmonic oscillators. */
export const equilibrium: Topic = {
  name: 'equilibrium',
  truth: 'ax⁴/4: ⟨x²⟩ = √(4kT/a)Γ(3/4)/Γ(1/4), ⟨x⁴⟩ = kT/a; other wells and a coupled pair by quadrature of e^(-U/kT).',
  claims: [moments('euler-maruyama'), moments('leimkuhler-matthews'), pair],
}
