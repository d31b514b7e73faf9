import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { createNetwork } from '../../physics/network/network.js'
import type { PointSet } from '../../physics/network/states.js'
import { type Check, statisticalCheck } from '../../physics/observe/check.js'
import { stiffness } from '../../physics/potential/onsite.js'
import { bilinear } from '../../physics/potential/pair.js'
import { hessian, potentialOf } from '../../physics/potential/potential.js'
import { constantProtocol } from '../../physics/protocol/protocol.js'
import { relaxationOfSteps } from '../../physics/truth/ornstein-uhlenbeck.js'
import { bath, type Claim, observeFrames, simulated, type Topic } from './claim.js'

const dt = 0.15
/** Of the slowest mode this leaves e^-19 of the start, of its variance e^-38. */
const steps = 120
/** Frame that is looked at on the way. */
const early = 3
const start = { mean: 0, variance: 2 }
const runs = 1500

/** A 12×12 lattice with eight neighbours each, K with eigenvalues from .8 to 2.5. */
function lattice() {
  const network = createNetwork({ visible: { lattice: [12, 12] }, couplings: { visible: { range: 1 } } })
  const potential = potentialOf(network, [stiffness, bilinear])
  const theta = new Float64Array(potential.size).fill(2, 0, network.units).fill(-0.15, network.units)
  const K = Matrix.from1DArray(network.units, network.units, hessian(potential, theta, new Float64Array(network.units)))
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(K, { assumeSymmetric: true })
  return { potential, theta, rates: realEigenvalues, modes: eigenvectorMatrix }
}

/** Sums over trajectories of the products of normal-mode amplitudes, over their number: [units, units]. */
export function modeProducts({ points, count, units }: PointSet, modes: Matrix): Matrix {
  const amplitudes = Matrix.from1DArray(count, units, points).mmul(modes)
  return amplitudes.transpose().mmul(amplitudes).div(count)
}

/** The rows that compare the covariance of all modes with their exact variances. */
export function covarianceChecks(name: string, products: Matrix, variances: readonly number[], count: number): Check[] {
  const n = variances.length
  let ratio = 0
  let onDiagonal = 0
  let offDiagonal = 0
  for (let p = 0; p < n; p++) {
    const own = products.get(p, p) / variances[p]!
    ratio += own / n
    onDiagonal += ((own - 1) ** 2 * count) / 2 / n
    for (let q = 0; q < p; q++) offDiagonal += (products.get(p, q) ** 2 * count) / (variances[p]! * variances[q]!)
  }
  const pairs = (n * (n - 1)) / 2
  // Of z² = N⟨pq⟩²/(v_p v_q): Var z² = 2 + 6/N, and Cov = 2/N for two pairs that share a mode.
  const error = Math.sqrt(pairs * (2 + 6 / count) + (n * (n - 1) * (n - 2) * 2) / count) / pairs
  return [
    statisticalCheck(`${name}: variances over exact ones, mean`, ratio, 1, Math.sqrt(2 / count / n)),
    statisticalCheck(`${name}: mean z² of ${n} variances`, onDiagonal, 1, Math.sqrt(2 / n)),
    statisticalCheck(`${name}: mean z² of ${pairs} covariances`, offDiagonal / pairs, 1, error),
  ]
}

/** From N(0, v₀) dS/dt = μ(-KS - SK + 2kT), and at last S = kT(K - μhK²/2)⁻¹: each mode relaxes by itself. */
const eulerMaruyama: Claim = {
  name: 'covariance of Euler–Maruyama',
  async check(trial) {
    const { potential, theta, rates, modes } = lattice()
    const trajectories = runs * trial.effort
    const observer = observeFrames([early - 1], trajectories, rates.length)
    const protocol = constantProtocol(theta, dt * steps, dt)
    const { final } = await simulated(trial, { potential, protocol, start, trajectories, observers: [observer] })
    const products = modeProducts(final, modes)
    const rows = (name: string, found: Matrix, count: number) => {
      const variances = rates.map((k) => relaxationOfSteps(k, bath, start, dt, count).variance)
      return covarianceChecks(name, found, variances, trajectories)
    }
    const extremes = [Math.min(...rates), Math.max(...rates)].map((k, which) => {
      const p = rates.indexOf(k)
      const name = `stationary: variance of the ${which === 0 ? 'softest' : 'stiffest'} mode`
      const truth = bath.kT / (k - (bath.mobility * dt * k * k) / 2)
      return statisticalCheck(name, products.get(p, p), truth, truth * Math.sqrt(2 / trajectories))
    })
    return [
      ...rows(`after ${early} steps`, modeProducts(observer.frames[0]!, modes), early),
      ...rows('stationary', products, steps),
      ...extremes,
    ]
  },
}

/** S = kT K⁻¹ by Leimkuhler–Matthews, whatever the step. */
const leimkuhlerMatthews: Claim = {
  name: 'covariance of Leimkuhler–Matthews',
  async check(trial) {
    const { potential, theta, rates, modes } = lattice()
    const trajectories = (runs / 2) * trial.effort
    const protocol = constantProtocol(theta, (dt * steps) / 2, dt)
    const integrator = 'leimkuhler-matthews'
    const { final } = await simulated(trial, { potential, protocol, integrator, start, trajectories })
    const exact = rates.map((k) => bath.kT / k)
    return covarianceChecks('Leimkuhler–Matthews', modeProducts(final, modes), exact, trajectories)
  },
}

/** Covariances of a lattice of coupled oscillators. */
export const harmonicNetwork: Topic = {
  name: 'harmonic-network',
  truth:
    '12×12 coupled oscillators: dS/dt = μ(-KS - SK + 2kT); stationary kT(K - μhK²/2)⁻¹ for Euler–Maruyama, kT K⁻¹ for Leimkuhler–Matthews.',
  claims: [eulerMaruyama, leimkuhlerMatthews],
}
