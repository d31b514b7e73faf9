import type { Hooks } from '../../backend/hooks.js'
import { type GaussianMixture, mixtureScore, noisedMixture, sampleMixture } from '../../learning/data/mixture.js'
import { driveExactScore } from '../../learning/data/score-drive.js'
import { type LawMeasure, mixtureMeasures } from '../../learning/evaluation/mixture.js'
import { leastSquares } from '../../learning/rules/least-squares.js'
import { createNoiser } from '../../learning/rules/noised-batch.js'
import { lowerBounds } from '../../learning/rules/parameter-scales.js'
import { driveNetwork } from '../../physics/dynamics/drive.js'
import { integrators } from '../../physics/dynamics/integrators.js'
import { refinedHeun } from '../../physics/dynamics/refined-heun.js'
import type { PointSet } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { noiseWidth, scoreScale, signal } from '../../physics/protocol/noising.js'
import { generatedIn, generationOf } from '../sampling/generate.js'
import type { Problem } from '../system/problem.js'

/**
 * Where the errors of generation on a mixture come from, on raw samples at t_min: the parts of each figure's difference from
 * the exact law, in the figure's own unit. finiteTime + integrator + slicing + network = total, and with learning.oracle
 * network = representability + training.
 */
export interface ErrorBudget {
  readonly t: number
  readonly trajectories: number
  readonly measures: readonly BudgetOfMeasure[]
}

/** The parts of one figure's error. */
export interface BudgetOfMeasure {
  readonly name: string
  /** of the exact law at t */
  readonly truth: number
  readonly finiteTime: Estimate
  readonly integrator: Estimate
  readonly slicing: Estimate
  readonly network: Estimate
  readonly representability?: Estimate
  readonly training?: Estimate
  readonly total: Estimate
}

/** Steps of the reference in one of the scenario's. */
const substeps = 4
/** Draws from the mixture that the best network of each knot is fitted to. */
const fitted = 16_384

/**
 * Where the errors of generation on a mixture come from. The same trajectories, with the same noise, are generated with
 *
 *     reference   the exact score, by Heun's scheme on steps four times finer
 *     stepped     the exact score on the scenario's steps
 *     sliced      the exact score of the knots only, interpolated or held between them as parameters are
 *     best        with learning.oracle: the parameters of each knot that come closest to the exact force, by least squares
 *     network     the trained parameters
 *
 * and each figure of the raw samples at t_min is told from the one before: finite time (reference less the exact law),
 * integrator, slicing, representability and training (or both together: network). They add up to the total.
 *
 * @param exact - the stepped samples
 * @param network - the network's
 * @throws StoppedError when `signal` stopped it
 *
 * Cost: about ten times that of generating once with the exact score, and a least-squares solve a knot.
 */
export async function errorBudget(
  problem: Problem,
  mixture: GaussianMixture,
  exact: PointSet,
  network: PointSet,
  hooks: Hooks,
): Promise<ErrorBudget> {
  const { scenario, noising, potential } = problem
  const { sampling, seed } = scenario
  const scheme = integrators[sampling.integrator]
  const score = (known: 'always' | 'at-knots', parts: number) =>
    driveExactScore(mixture, noising, sampling.drive, { ...sampling, substeps: parts }, known)
  const reference = await generatedIn(problem, score('always', substeps), refinedHeun(substeps), hooks)
  const sliced = await generatedIn(problem, score('at-knots', 1), scheme, hooks)
  const best =
    scenario.learning?.oracle === true
      ? driveNetwork(potential, generationOf(problem, bestParameters(problem, mixture)))
      : null
  const represented = best === null ? null : await generatedIn(problem, best, scheme, hooks)

  const t = noising.knots.at(-1)!
  const law = noisedMixture(mixture, signal(noising, t), noiseWidth(noising, t))
  const measured = (set: PointSet) => mixtureMeasures(law, set, seed)
  const [ideal, stepped, cut, trained] = [reference, exact, sliced, network].map(measured) as Four
  const possible = represented === null ? null : measured(represented)
  const measures = trained.map(({ name, truth }, n) => ({
    name,
    truth,
    finiteTime: part(ideal[n]!, null),
    integrator: part(stepped[n]!, ideal[n]!),
    slicing: part(cut[n]!, stepped[n]!),
    network: part(trained[n]!, cut[n]!),
    ...(possible === null
      ? {}
      : { representability: part(possible[n]!, cut[n]!), training: part(trained[n]!, possible[n]!) }),
    total: part(trained[n]!, null),
  }))
  return { t, trajectories: network.count, measures }
}

type Four = [LawMeasure[], LawMeasure[], LawMeasure[], LawMeasure[]]

/** How far a figure is from the same of the stage before, trajectory by trajectory, or from its truth. */
function part({ value, truth, influence, lawError = 0 }: LawMeasure, before: LawMeasure | null): Estimate {
  if (before === null)
    return { value: value - truth, standardError: Math.max(lawError, meanOf(influence).standardError) }
  const added = influence.map((own, n) => own - before.influence[n]!)
  return { value: value - before.value, standardError: meanOf(added).standardError }
}

/**
 * The parameters of every knot that minimise ⟨|F - F*|²⟩ over the mixture's own law, F* the exact generating force: what a
 * potential could do with data without end and a perfect rule.
 */
function bestParameters({ potential, noising, scenario, drive }: Problem, mixture: GaussianMixture): Float64Array[] {
  const { trap, scale } = scoreScale(noising, drive)
  const noiser = createNoiser(sampleMixture(mixture, fitted, scenario.seed, 2), noising, drive, scenario.seed)
  let theta: Float64Array = new Float64Array(potential.size)
  return noising.knots.map((t, n) => {
    const batch = noiser.sweep(t, firstDraw + n, stream.oracleNoise)
    const { x, target } = batch
    mixtureScore(mixture, signal(noising, t), noiseWidth(noising, t), x, batch.batch, null, target)
    for (let i = 0; i < x.length; i++) target[i] = trap * x[i]! + scale * target[i]!
    theta = leastSquares(potential, theta, lowerBounds(potential, noising, t), [batch]).theta
    return theta
  })
}

/** The oracle of training counts its draws up from 0 on the same stream. */
const firstDraw = 2 ** 31
