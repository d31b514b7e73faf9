import type { Hooks } from '../../backend/hooks.js'
import { integrate } from '../../backend/integrate.js'
import { mixtureScore } from '../../learning/data/mixture.js'
import { driveExactScore } from '../../learning/data/score-drive.js'
import { compareSets } from '../../learning/evaluation/compare.js'
import { digitMetrics } from '../../learning/evaluation/digits.js'
import { frechetDistance, frechetReference, frechetValue } from '../../learning/evaluation/frechet.js'
import { harmonicControl } from '../../learning/evaluation/harmonic-control.js'
import { exactMixtureBridge, mixtureBridge, modeWeightError } from '../../learning/evaluation/mixture.js'
import { gaussianStart } from '../../physics/dynamics/ensemble.js'
import { integratorNamed } from '../../physics/dynamics/integrators.js'
import type { PointSet } from '../../physics/network/states.js'
import { noiseWidth, signal } from '../../physics/protocol/noising.js'
import type { Metric } from '../run/results.js'
import { denoised, generationOptions } from '../sampling/generate.js'
import type { LearningData, Problem } from '../system/problem.js'

/** The metrics of a trained run and the point sets they are read beside. */
export interface Measurement {
  readonly metrics: Record<string, Metric>
  /** real data that was held out */
  readonly heldOut: PointSet
  /** a Gaussian of the training data's mean and covariance */
  readonly control: PointSet
  /** generated with the exact score in place of the network's; `raw` is at t_min, as the integrator left it */
  readonly exactScore: { readonly raw: PointSet; readonly clean: PointSet } | null
}

/**
 * Measures samples (denoised, not clipped) against held-out data, beside the floor and the controls.
 *
 * @returns null when `signal` stopped it
 */
export async function measure(
  problem: Problem,
  data: LearningData,
  samples: PointSet,
  hooks: Hooks,
): Promise<Measurement | null> {
  const { seed } = problem.scenario
  if ('digits' in data) {
    const { train, heldOut, every } = data.digits
    const digits = [...new Set(train.labels)]
    const { metrics, control } = digitMetrics({ samples, train, heldOut, every: every(), digits, seed })
    return { metrics, heldOut: data.heldOut, control, exactScore: null }
  }
  if (data.source === 'array') {
    const { metrics, control } = compareSets({ samples, train: data.train, heldOut: data.heldOut, seed })
    return { metrics, heldOut: data.heldOut, control, exactScore: null }
  }
  const { mixture, train, heldOut } = data
  const control = harmonicControl(train, samples.count, seed)
  const exact = await exactScoreSamples(problem, data, hooks)
  if (exact === null) return null
  const reference = frechetReference(heldOut)
  const metrics: Record<string, Metric> = {
    frechetDistance: {
      ...frechetDistance(samples, reference),
      floor: frechetValue(train, reference),
      control: frechetValue(control, reference),
      exactScore: frechetValue(exact.clean, reference),
    },
    modeWeightError: beside((set) => modeWeightError(mixture, set), samples, train, control, exact.clean),
  }
  if (mixture.means.length === 2)
    metrics.bridge = {
      ...beside((set) => mixtureBridge(mixture, set), samples, train, control, exact.clean),
      floor: exactMixtureBridge(mixture),
    }
  return { metrics, heldOut, control, exactScore: exact }
}

function beside(
  metric: (set: PointSet) => { value: number; standardError: number },
  samples: PointSet,
  floor: PointSet,
  control: PointSet,
  exact: PointSet,
): Metric {
  return {
    ...metric(samples),
    floor: metric(floor).value,
    control: metric(control).value,
    exactScore: metric(exact).value,
  }
}

/** As many samples as the scenario asks for, generated with the mixture's exact score and denoised with it. */
async function exactScoreSamples(
  { scenario, noising, bath }: Problem,
  data: Extract<LearningData, { source: 'gaussian-mixture' }>,
  hooks: Hooks,
): Promise<Measurement['exactScore']> {
  const { sampling, seed } = scenario
  const drive = driveExactScore(data.mixture, noising, sampling.drive, generationOptions(sampling))
  const start = gaussianStart(seed, 0, bath.kT / noising.stiffness)
  const ensemble = await integrate(
    drive,
    bath,
    integratorNamed(sampling.integrator),
    start,
    { seed, ...sampling },
    { workAndHeat: null, observers: [] },
    hooks,
  )
  if (ensemble === null) return null
  const t = noising.knots.at(-1)!
  const score = (x: Float64Array, batch: number, out: Float64Array) =>
    mixtureScore(data.mixture, signal(noising, t), noiseWidth(noising, t), x, batch, null, out)
  const raw = ensemble.final
  return { raw, clean: sampling.denoise ? denoised(raw, noising, score) : raw }
}
