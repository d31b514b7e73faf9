import { dissipation } from '../../learning/generation/dissipation.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { knotIntegral, sliceIntegrals } from '../../physics/protocol/powers.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { ObservedEnsemble } from '../sampling/ensemble.js'
import { dissipationOfData, speedOf } from '../system/clock.js'
import type { Problem } from '../system/problem.js'

/** A knot of generation on the bill. */
interface BillOfKnot {
  /** noise time s */
  readonly t: number
  /** real time at which it is passed */
  readonly elapsed: number
  /** c = |ds/dt| */
  readonly speed: number
  /** g of noised training data, by the learned force: entropy that speed 1 produces in unit time, in k_B (see `clocks`) */
  readonly rate: Estimate
  /** entropy that is produced up to there, ∫ c g ds, in k_B */
  readonly entropy: number
}

/** What a generated sample costs, beside bounds that no other way goes below; entropies in k_B, heat in kT. */
export interface Bill {
  /** real time that generation takes */
  readonly duration: number
  /**
   * ∫ c g ds over states of generated trajectories, by the learned force: the square of the mean velocity that keeps the noising's laws.
   * It takes no density of the end, as Q/kT + ΔS does. Absent where the drive does not keep them
   */
  readonly current?: Estimate
  /** the same over noised training data */
  readonly ofData?: number
  /** (∫ √g ds)²/duration on noised training data: the least of all clocks */
  readonly optimum: number
  /** -ΔS of the visible units, by the densities that entropy production takes: Landauer's bound on the heat. Absent where that is not known */
  readonly leastHeat?: Estimate
  /** noisiest first */
  readonly knots: readonly BillOfKnot[]
}

/** The bill of a trained network's generation, where its states at the knots were kept; null where they were not. */
export function measureBill(
  problem: Problem,
  observed: ObservedEnsemble,
  { dt }: Protocol,
  knots: readonly Float64Array[] | null,
): Bill | null {
  const { noising, scenario, potential, drive } = problem
  if (observed.knotStates === null || knots === null || problem.data === undefined) return null
  const { drive: driven, slowdown, clock } = scenario.sampling
  const times = noising.knots
  const speed = speedOf(problem, knots) ?? new Float64Array(times.length).fill(1 / slowdown)
  const rates = dissipationOfData(problem, knots)
  const g = rates.map(({ value }) => value)
  const lost = speed.map((c, k) => c * g[k]!)
  const elapsed = cumulative(
    sliceIntegrals(
      times,
      speed.map((c) => 1 / c),
    ),
  )
  const entropy = cumulative(sliceIntegrals(times, lost))
  const generated = observed.knotStates.states.map((states, k) =>
    dissipation(potential, noising, drive, knots[k]!, states),
  )
  const keepsLaws = clock !== undefined || driven === 'reverse'
  const ofTrajectory = (n: number) =>
    knotIntegral(
      times,
      speed.map((c, k) => c * generated[k]![n]!),
    )
  return {
    duration: dt.reduce((sum, step) => sum + step, 0),
    ...(keepsLaws
      ? { current: meanOf(generated[0]!.map((_, n) => ofTrajectory(n))), ofData: knotIntegral(times, lost) }
      : {}),
    optimum: knotIntegral(times, g.map(Math.sqrt)) ** 2 / elapsed.at(-1)!,
    ...leastHeat(problem, observed),
    knots: times.map((t, k) => ({ t, elapsed: elapsed[k]!, speed: speed[k]!, rate: rates[k]!, entropy: entropy[k]! })),
  }
}

function leastHeat({ bath }: Problem, { workAndHeat, entropyProduction }: ObservedEnsemble): Pick<Bill, 'leastHeat'> {
  if (workAndHeat === null || entropyProduction === null) return {}
  return {
    leastHeat: meanOf(entropyProduction.perTrajectory.map((total, n) => workAndHeat.heat[n]! / bath.kT - total)),
  }
}

/** Sums up to each end of the slices, [K + 1], from 0. */
function cumulative(slices: Float64Array): Float64Array {
  const sums = new Float64Array(slices.length + 1)
  for (const [n, part] of slices.entries()) sums[n + 1] = sums[n]! + part
  return sums
}
