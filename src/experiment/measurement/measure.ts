import type { Hooks } from '../../backend/hooks.js'
import type { Classes } from '../../learning/data/classes.js'
import { mixtureScore } from '../../learning/data/mixture.js'
import { driveExactScore } from '../../learning/data/score-drive.js'
import { classAgreement, type OfClass } from '../../learning/evaluation/class-agreement.js'
import { beside, compareSets } from '../../learning/evaluation/compare.js'
import type { ClassShare } from '../../learning/evaluation/digits.js'
import { frechetDistance, frechetReference, frechetValue } from '../../learning/evaluation/frechet.js'
import { harmonicControl } from '../../learning/evaluation/harmonic-control.js'
import { exactMixtureBridge, mixtureBridge, modeWeightError } from '../../learning/evaluation/mixture.js'
import { votedDigits } from '../../learning/evaluation/nearest-training.js'
import { denoised } from '../../learning/generation/denoised.js'
import { integrators } from '../../physics/dynamics/integrators.js'
import type { PointSet } from '../../physics/network/states.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import type { NearestRows } from '../../physics/observe/nearest-rows.js'
import { noiseWidth, signal } from '../../physics/protocol/noising.js'
import { generatedIn } from '../sampling/generate.js'
import type { LearningData, Problem } from '../system/problem.js'
import { digitFiguresApart } from './digit-figures.js'

/** A measured quantity beside what it is read against. */
export interface Metric extends Estimate {
  /** the same for real data in place of samples */
  readonly floor?: number
  /** the same for a Gaussian of the data's mean and covariance */
  readonly control?: number
  /** the same for samples generated with the exact score */
  readonly exactScore?: number
  /** of samples of one class each, where there are several */
  readonly byClass?: readonly OfClass[]
  /** noise time at which it was measured, where that is chosen */
  readonly t?: number
}

/** The metrics of a trained run and the point sets they are read beside. */
export interface Measurement {
  readonly metrics: Record<string, Metric>
  /** real data that was held out */
  readonly heldOut: PointSet
  /** a Gaussian of the training data's mean and covariance */
  readonly control: PointSet
  /** generated with the exact score in place of the network's; `raw` is at t_min, as the integrator left it */
  readonly exactScore: { readonly raw: PointSet; readonly clean: PointSet } | null
  /** the training state nearest to each sample, where it was looked for, and the training states that were searched */
  readonly nearest?: NearestRows & { readonly train: PointSet }
  /** of digits, see `digitMetrics` */
  readonly classShares?: readonly ClassShare[]
}

/**
 * Measures samples (denoised, not clipped) against held-out data, beside the floor and the controls.
 *
 * @param classes - that the samples' label units were clamped to; null without label units
 * @param threads - that may be used
 * @throws StoppedError when `signal` stopped it
 */
export async function measure(
  problem: Problem,
  data: LearningData,
  samples: PointSet,
  classes: Int32Array | null,
  threads: number,
  hooks: Hooks,
): Promise<Measurement> {
  const { scenario } = problem
  const { seed } = scenario
  const { train, heldOut } = data
  if ('digits' in data) {
    const { every, train: own, heldOut: others } = data.digits
    const clamped = classes === null ? null : { classes, names: data.classes!.names.map(Number) }
    const digits = [...new Set(own.labels)]
    const sets = { samples, train: own, heldOut: others, every: every(), digits, clamped }
    const { nearest, ...found } = await digitFiguresApart({ ...sets, scenario, seed }, threads, hooks.signal)
    return { ...found, heldOut, exactScore: null, nearest: { ...nearest, train } }
  }
  if (data.source === 'array') {
    const { metrics, control, nearest, searched } = compareSets({ samples, train, heldOut, seed })
    const found = { heldOut, control, exactScore: null, nearest: { ...nearest, train } }
    if (classes === null || data.classes === undefined) return { metrics, ...found }
    const { names, train: labels, heldOut: own } = data.classes
    const voters = { searched, labels }
    const index = names.map((_, n) => n)
    const { byClass, ...all } = classAgreement(
      votedDigits(samples, searched, labels),
      classes,
      index,
      { ...heldOut, labels: own },
      voters,
    )
    // Results know a class by its number; one with a name by its place.
    const named = byClass.map((of) => ({ ...of, name: numberOf(names, of.name) }))
    return { metrics: { ...metrics, classAgreement: { ...all, byClass: named } }, ...found }
  }
  const { mixture } = data
  const control = harmonicControl(train, samples.count, seed)
  const exact = await exactScoreSamples(problem, data, hooks)
  const reference = frechetReference(heldOut)
  const besideAll = (metric: (set: PointSet) => Estimate): Metric => ({
    ...beside(metric(samples), metric(train), metric(control)),
    exactScore: metric(exact.clean).value,
  })
  const metrics: Record<string, Metric> = {
    frechetDistance: {
      ...frechetDistance(samples, reference),
      floor: frechetValue(train, reference),
      control: frechetValue(control, reference),
      exactScore: frechetValue(exact.clean, reference),
    },
    modeWeightError: besideAll((set) => modeWeightError(mixture, set)),
  }
  if (mixture.means.length === 2)
    metrics.bridge = { ...besideAll((set) => mixtureBridge(mixture, set)), floor: exactMixtureBridge(mixture) }
  return { metrics, heldOut, control, exactScore: exact }
}

/** What a class is known by in arrays of numbers: its number, or the place of its name. */
export function numberOf(names: Classes['names'], index: number): number {
  const name = names[index]
  return typeof name === 'number' ? name : index
}

/** As many samples as the scenario asks for, generated with the mixture's exact score and denoised with it. */
async function exactScoreSamples(
  problem: Problem,
  data: Extract<LearningData, { source: 'gaussian-mixture' }>,
  hooks: Hooks,
): Promise<NonNullable<Measurement['exactScore']>> {
  const { noising } = problem
  const { sampling } = problem.scenario
  // By a clock the laws are those of the reverse drive, which it goes through at another speed.
  const kind = sampling.clock === undefined ? sampling.drive : 'reverse'
  const drive = driveExactScore(data.mixture, noising, kind, sampling)
  const raw = await generatedIn(problem, drive, integrators[sampling.integrator], hooks)
  const t = noising.knots.at(-1)!
  const score = (x: Float64Array, batch: number, out: Float64Array) =>
    mixtureScore(data.mixture, signal(noising, t), noiseWidth(noising, t), x, batch, null, out)
  return { raw, clean: sampling.denoise ? denoised(raw, noising, score) : raw }
}
