import { OverdampedError } from '../../errors.js'
import { halves, type PointSet } from '../network/states.js'
import { type Estimate, meanOf } from './estimate.js'
import { fittedGaussianDensity, type LogDensity } from './gaussian-density.js'
import { nearestRows } from './nearest-rows.js'
import { searchSet } from './search-set.js'

/** The log density of states at the states themselves, and how it was had. */
export interface StateDensity {
  /**
   * "exact": given in closed form; "gaussian": of the Gaussian with the states' mean and covariance;
   * "nearest-neighbour": from the distance of each state to its k-th neighbour
   */
  readonly source: 'exact' | 'gaussian' | 'nearest-neighbour'
  /** ln p(x_n), [count] */
  readonly logDensity: Float64Array
  /** numbers whose spread is the error of the mean of `logDensity`: that itself unless neighbours share an error, [count] */
  readonly spread: Float64Array
  /** by about how much the finite number of states raises the entropy -⟨ln p⟩ */
  readonly bias: number
}

/** Exact log densities. */
export function exactDensity(set: PointSet, logDensity: LogDensity): StateDensity {
  const values = logDensity(set)
  return { source: 'exact', logDensity: values, spread: values, bias: 0 }
}

/**
 * Log densities of the states' own Gaussian fit; null where `fittedGaussianDensity` has none. The entropy is that of a
 * Gaussian and an upper bound for other states; the bias, -d(d + 3)/4n, is that of Gaussian ones.
 */
export function gaussianFitDensity(set: PointSet): StateDensity | null {
  const values = fittedGaussianDensity(set)
  const bias = (-set.units * (set.units + 3)) / (4 * set.count)
  return values === null ? null : { source: 'gaussian', logDensity: values, spread: values, bias }
}

/**
 * Log densities by nearest neighbours: with ε_i the distance from state i to its k-th neighbour and V_d the volume of the
 * unit ball,
 *
 *     ln p(x_i) = ψ(k) - ψ(n) - ln V_d - d ln ε_i,
 *
 * whose mean over the states is minus the Kozachenko–Leonenko entropy. For means only: a single value scatters by √ψ′(k)
 * about ln p, so exponential averages of it are wrong.
 *
 * Values share neighbours, so their own spread is too small an error, by 10 to 30 %. The one quoted is the
 * jackknife's: without state i, each state j that has it among its k neighbours would reach to its next one, which gives
 * the spread ln p(x_i) + d Σ_j ln(ε_j^(k+1)/ε_j^(k)). It errs on the safe side (Efron and Stein): measured 1.1 to 1.8
 * times too large, most in one dimension.
 *
 * The bias falls as (k/n)^(2/d) where the density is smooth and as (k/n)^(1/d) where it has edges. The one quoted is the
 * change on halving the states over 2^(1/d) - 1: right for edges, an order of magnitude for smooth densities. Beyond three
 * or four dimensions it is larger than any error.
 *
 * @param set more than 2k + 3 states
 * @param neighbours k
 * @throws OverdampedError E_DATA for too few states, or when k + 1 of them are equal: then they have no density
 *
 * Cost: O(count²·units) at worst.
 * Source: Kozachenko and Leonenko, Probl. Inf. Transm. 23, 95 (1987); for k > 1: Kraskov, Stögbauer and Grassberger,
 * Phys. Rev. E 69, 066138 (2004), eq. 20. The jackknife: Efron and Stein, Ann. Stat. 9, 586 (1981).
 */
export function nearestNeighbourDensity(set: PointSet, neighbours = 4): StateDensity {
  if (set.count <= 2 * neighbours + 3)
    throw fault(`${set.count} states; expected more than ${2 * neighbours + 3}. Run more trajectories.`)
  const { logDensity, spread } = fromNeighbours(set, neighbours)
  const entropy = (values: Float64Array) => -meanOf(values).value
  const [even, odd] = halves(set).map((half) => entropy(fromNeighbours(half, neighbours).logDensity))
  const onHalving = (even! + odd!) / 2 - entropy(logDensity)
  return { source: 'nearest-neighbour', logDensity, spread, bias: onHalving / (2 ** (1 / set.units) - 1) }
}

function fromNeighbours(set: PointSet, k: number): { logDensity: Float64Array; spread: Float64Array } {
  const { count, units } = set
  const { rows, squaredDistances } = nearestRows(set, searchSet(set), k + 1, true)
  const constant = digamma(k) - digamma(count) - logBallVolume(units)
  const spread = new Float64Array(count)
  const logDensity = spread.map((_, n) => {
    const first = n * (k + 1)
    const squared = squaredDistances[first + k - 1]!
    if (squared === 0)
      throw fault(`state ${n} stands ${k + 1} times. Expected states with a density; take the Gaussian fit.`)
    const step = (units / 2) * Math.log(squaredDistances[first + k]! / squared)
    for (let j = first; j < first + k; j++) spread[rows[j]!]! += step
    return constant - (units / 2) * Math.log(squared)
  })
  return { logDensity, spread: spread.map((steps, n) => steps + logDensity[n]!) }
}

/** An entropy, or a change of one, with its bias. */
export interface EntropyEstimate extends Estimate {
  /** by about how much the finite number of states raises the value */
  readonly bias: number
}

/** Differential entropy S = -⟨ln p⟩ of the states, in units of k_B. */
export function stateEntropy({ logDensity, spread, bias }: StateDensity): EntropyEstimate {
  return { value: -meanOf(logDensity).value, standardError: meanOf(spread).standardError, bias }
}

/** The boundary part of entropy production. */
export interface BoundaryEntropy extends EntropyEstimate {
  /** ln p_0(x_0) - ln p_τ(x_τ), [trajectories] */
  readonly perTrajectory: Float64Array
  /** numbers whose spread is the error of its mean, [trajectories] */
  readonly spread: Float64Array
  readonly sources: { readonly initial: StateDensity['source']; readonly final: StateDensity['source'] }
}

/**
 * The boundary part of ΔS_tot = Q/kT + ln p_0(x_0) - ln p_τ(x_τ): the change of the system's own entropy,
 * whose mean is S(p_τ) - S(p_0). Row n of both is the same trajectory, so that the error counts their correlation.
 */
export function boundaryEntropy(initial: StateDensity, final: StateDensity): BoundaryEntropy {
  const perTrajectory = initial.logDensity.map((before, n) => before - final.logDensity[n]!)
  const spread = initial.spread.map((before, n) => before - final.spread[n]!)
  return {
    value: meanOf(perTrajectory).value,
    standardError: meanOf(spread).standardError,
    bias: final.bias - initial.bias,
    perTrajectory,
    spread,
    sources: { initial: initial.source, final: final.source },
  }
}

/** ψ(n) = Σ_(j<n) 1/j - γ of an integer n ≥ 1. */
function digamma(n: number): number {
  let sum = -0.5772156649015329
  for (let j = 1; j < n; j++) sum += 1 / j
  return sum
}

/** ln of the volume of the d-dimensional unit ball, V_d = (2π/d) V_(d-2), V_0 = 1, V_1 = 2. */
function logBallVolume(d: number): number {
  let sum = d % 2 === 0 ? 0 : Math.log(2)
  for (let n = d; n > 1; n -= 2) sum += Math.log((2 * Math.PI) / n)
  return sum
}

function fault(text: string): OverdampedError {
  return new OverdampedError('E_DATA', text, 'nearest-neighbour entropy')
}
