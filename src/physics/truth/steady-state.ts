import { inverse, Matrix } from 'ml-matrix'
import { invalidValue } from '../../errors.js'
import type { GaussianLaw } from '../observe/moments.js'

/** Units in linear forces that need no potential, each in its own bath; some may be Ornstein–Uhlenbeck processes of their own. */
export interface LinearSystem {
  /** the whole force is `force` - `stiffness` x: -∂F_i/∂x_j, [units, units], symmetric or not */
  readonly stiffness: Matrix
  /** [units, 1] */
  readonly force: Matrix
  /** the same of the part whose work is counted, 0 where there is none; the rest of the force has a potential, or is in neither */
  readonly driving: LinearForce
  /** the same of the part that counts as bath, which is in neither work nor heat */
  readonly bath: LinearForce
  /** [units] */
  readonly mobility: Float64Array
  readonly kT: Float64Array
  /** of units that are Ornstein–Uhlenbeck processes of variance 1, [units]; 0 for those that move by the forces */
  readonly correlationTime: Float64Array
}

/** `force` - `stiffness` x */
export interface LinearForce {
  readonly stiffness: Matrix
  readonly force: Matrix
}

/** Means of energies exchanged: over a time, or per unit of time at rest. */
export interface LinearExchange {
  /** Σ F_i∘dx_i to the bath of each unit, [units] */
  readonly heat: Float64Array
  /** Σ f∘dx of the driving force */
  readonly work: number
}

/**
 * The covariance at rest of dx = -A x dt + noise, A S + S Aᵀ = 2D with A = MG: M the mobilities, G the stiffness, D = diag(μ_i kT_i); of a
 * unit that is a process of its own A_ii = 1/τ = D_ii. With h > 0 that of Euler–Maruyama, S = T S Tᵀ + 2hD with T = 1 - hA, the units'
 * own processes as exact as they are moved (T_ii = e^(-h/τ), and 1 - e^(-2h/τ) for 2hD_ii).
 *
 * Cayley's transform makes the first equation one of the second kind, with T = (1 + qA)⁻¹(1 - qA), and that is summed by doubling,
 * S ← S + T S Tᵀ, T ← T².
 *
 * @throws OverdampedError E_INVALID_VALUE where nothing comes to rest
 *
 * Cost: O(units³ log(time to relax)).
 */
export function steadyCovariance(system: LinearSystem, h = 0): Matrix {
  const { T, noise } = h > 0 ? stepOf(system, h) : cayley(system)
  let power = T
  let S = noise
  // A spectral radius of 1 - 2⁻⁴⁸ is summed by so many doublings.
  for (let doubling = 0; doubling < 64; doubling++) {
    S = Matrix.add(S, power.mmul(S).mmul(power.transpose()))
    power = power.mmul(power)
    const left = power.norm('frobenius')
    if (!Number.isFinite(left) || left > 1e100) break
    if (left < 1e-18) return S
  }
  throw invalidValue('no law at rest: some direction is not confined, or the step is too long for it.', 'steady state')
}

/** Means of the state at rest, G⁻¹ b; 0 for units that are processes of their own. @throws Error for a singular G */
export function steadyMean(system: LinearSystem): Matrix {
  const A = relaxation(system)
  return inverse(A).mmul(push(system))
}

/**
 * Heat and work per unit of time at rest. Over a step x → x', Σ ½(F_i + F_i')·(x_i' - x_i) = -½[G(S Tᵀ - T S)]_ii in the mean, which tends
 * to h[G(A S - S Aᵀ)]_ii/2; and -½ tr G_f(S Tᵀ - T S) of the driving force. At rest the mean forces do nothing.
 */
export function steadyExchange(system: LinearSystem, h = 0): LinearExchange {
  const S = steadyCovariance(system, h)
  const T = h > 0 ? stepOf(system, h).T : relaxation(system).mul(-1)
  const TS = T.mmul(S)
  const antisymmetric = Matrix.sub(TS.transpose(), TS).mul(-1 / (2 * (h > 0 ? h : 1)))
  return exchangeOf(system, ({ stiffness }) => stiffness.mmul(antisymmetric).diagonal())
}

/** The law after `steps` steps of Euler–Maruyama from a start, and the energies exchanged on the way. Cost: O(steps·units³). */
export function linearSteps(
  system: LinearSystem,
  h: number,
  steps: number,
  start: GaussianLaw,
): { readonly mean: Matrix; readonly covariance: Matrix; readonly exchange: LinearExchange } {
  const units = start.mean.length
  const { T, noise } = stepOf(system, h)
  const step = push(system).mul(h)
  let m = Matrix.columnVector(start.mean)
  let S = Matrix.from1DArray(units, units, start.covariance)
  // ⟨(x + x')(x' - x)ᵀ⟩ and ⟨x' - x⟩, summed.
  const moved = Matrix.zeros(units, units)
  const gone = Matrix.zeros(units, 1)
  for (let n = 0; n < steps; n++) {
    const next = T.mmul(m).add(step)
    const TS = T.mmul(S)
    const after = TS.mmul(T.transpose()).add(noise)
    moved.add(TS.transpose()).sub(TS).add(after).sub(S)
    moved.add(Matrix.add(m, next).mmul(Matrix.sub(next, m).transpose()))
    gone.add(next).sub(m)
    m = next
    S = after
  }
  const exchange = exchangeOf(system, ({ stiffness, force }) =>
    stiffness
      .mmul(moved)
      .diagonal()
      .map((value, i) => force.get(i, 0) * gone.get(i, 0) - value / 2),
  )
  return { mean: m, covariance: S, exchange }
}

/** Heat of the force that counts and work of the driving one; `of`: Σ f_i∘dx_i of a force, [units]. */
function exchangeOf(system: LinearSystem, of: (force: LinearForce) => number[]): LinearExchange {
  const counted = {
    stiffness: Matrix.sub(system.stiffness, system.bath.stiffness),
    force: Matrix.sub(system.force, system.bath.force),
  }
  const moves = (value: number, i: number) => (system.correlationTime[i]! > 0 ? 0 : value)
  const work = of(system.driving).map(moves)
  return { heat: Float64Array.from(of(counted), moves), work: work.reduce((sum, value) => sum + value, 0) }
}

/** A: the units' rates of relaxation, 1/τ of those that are processes of their own. */
function relaxation({ stiffness, mobility, correlationTime }: LinearSystem): Matrix {
  const A = stiffness.clone()
  for (let i = 0; i < A.rows; i++) {
    const time = correlationTime[i]!
    for (let j = 0; j < A.columns; j++) A.set(i, j, time > 0 ? (i === j ? 1 / time : 0) : mobility[i]! * A.get(i, j))
  }
  return A
}

/** μ b, 0 for units that are processes of their own. */
function push({ force, mobility, correlationTime }: LinearSystem): Matrix {
  return Matrix.columnVector(force.to1DArray().map((b, i) => (correlationTime[i]! > 0 ? 0 : mobility[i]! * b)))
}

/** 2D */
function noiseRates({ mobility, kT, correlationTime }: LinearSystem): number[] {
  return Array.from(mobility, (mu, i) => (correlationTime[i]! > 0 ? 2 / correlationTime[i]! : 2 * mu * kT[i]!))
}

function stepOf(system: LinearSystem, h: number): { T: Matrix; noise: Matrix } {
  const T = Matrix.eye(system.mobility.length).sub(relaxation(system).mul(h))
  const noise = Matrix.diag(noiseRates(system).map((rate) => rate * h))
  system.correlationTime.forEach((time, i) => {
    if (time === 0) return
    T.set(i, i, Math.exp(-h / time))
    noise.set(i, i, -Math.expm1((-2 * h) / time))
  })
  return { T, noise }
}

function cayley(system: LinearSystem): { T: Matrix; noise: Matrix } {
  const A = relaxation(system)
  const one = Matrix.eye(A.rows)
  // Half of what 1 + qA might be singular at, whatever the signs of the rates.
  const q = 1 / (2 * (A.norm('frobenius') || 1))
  const before = inverse(Matrix.add(one, Matrix.mul(A, q)))
  const noise = Matrix.diag(noiseRates(system).map((rate) => rate * 2 * q))
  return { T: before.mmul(Matrix.sub(one, Matrix.mul(A, q))), noise: before.mmul(noise).mmul(before.transpose()) }
}
