import { arithmeticOn, type Backend } from '../../backend/backend.js'
import { breathe, type Hooks } from '../../backend/hooks.js'
import { StoppedError } from '../../errors.js'
import { mixtureScore } from '../../learning/data/mixture.js'
import { type PosteriorScore, posteriorScore } from '../../learning/data/posterior.js'
import type { BandEstimate, BandVariances } from '../../learning/evaluation/band-variances.js'
import type { PrincipalBands } from '../../learning/evaluation/principal-bands.js'
import { type SliceDiagnostics, sliceDiagnostics } from '../../learning/evaluation/slices.js'
import type { LearningData, Problem } from '../system/problem.js'

/** What is shown of a knot beside the losses of its training: how far its force is from the best, and what losses hide. */
export interface SliceResults extends SliceDiagnostics {
  /** see BandVariances.estimates; absent where the scenario draws fewer than two samples */
  readonly signalVariance?: readonly BandEstimate[]
}

/**
 * Multiply-adds that the posterior of all knots and the network's forces may take: together some one and a half seconds of float64, of
 * which kernels leave half.
 */
const products = { posterior: 1.5e9, network: 1.5e9 }
const most = { losses: 1000, moments: 1024 }
/** Fewer tell nothing. */
const fewest = 32

/**
 * Measures the force of every knot on noised data that are drawn for it.
 *
 * @param components - of the training data
 * @param variances - what was seen of generation
 * @throws StoppedError when `signal` stopped it
 *
 * Cost: about 4·10⁹ multiply-adds, whatever the network and the data, from thirty-two states a knot on.
 */
export async function measureSlices(
  { potential, noising, drive, scenario, bath }: Problem,
  data: LearningData,
  knots: readonly Float64Array[],
  components: PrincipalBands,
  variances: BandVariances | null,
  backend: Backend,
  { signal }: Hooks,
): Promise<SliceResults[]> {
  const { train, heldOut } = data.states
  const { visible } = potential.network
  const within = (budget: number, each: number, cap: number) =>
    Math.min(cap, Math.max(fewest, Math.floor(budget / (knots.length * each))))
  const perPosterior = (2 * train.count * visible) / (data.classes?.names.length ?? 1)
  const diagnosed = sliceDiagnostics(
    {
      ...{ potential, noising, drive, components },
      seed: scenario.seed,
      data: { train, heldOut },
      posterior: bestScore(data, visible),
      states: {
        losses: within(products.posterior, perPosterior, most.losses),
        moments: within(products.network, 2 * potential.size, most.moments),
      },
    },
    arithmeticOn(backend, potential, bath),
  )
  const drawn = variances?.estimates()
  const slices: SliceResults[] = []
  for (const [n, theta] of knots.entries()) {
    slices.push({ ...diagnosed(n, theta), ...(drawn === undefined ? {} : { signalVariance: drawn[n]! }) })
    await breathe()
    if (signal?.aborted === true) throw new StoppedError()
  }
  return slices
}

/** The best score that is known without training: the exact one of a law, or that of the training data. */
function bestScore(data: LearningData, visible: number): PosteriorScore | null {
  if (data.source !== 'gaussian-mixture') return posteriorScore(data.states.train, visible)
  // Of a class of a mixture it would be that of its component: nobody has asked.
  if (data.classes !== undefined) return null
  return (x, batch, m, s, out) => mixtureScore(data.mixture, m, s, x, batch, null, out)
}
