import { oneNearestNeighbour } from '../../learning/evaluation/nearest-neighbour.js'
import { votedDigits } from '../../learning/evaluation/nearest-training.js'
import { clipped, pointsOf } from '../../learning/evaluation/points.js'
import { type PointSet, pickRows, thinned } from '../../physics/network/states.js'
import { type Estimate, fractionOf, meanOf } from '../../physics/observe/estimate.js'
import { nearestRows } from '../../physics/observe/nearest-rows.js'
import { searchSet } from '../../physics/observe/search-set.js'
import type { ConditionedEnsemble } from '../sampling/conditioned.js'
import type { Conditions } from '../system/conditions.js'
import type { LearningData } from '../system/problem.js'

/** Completed states that are compared with data, at least. */
const fewestCompleted = 32

/** How well samples that were drawn given images restore them; figures are of images whose truth is known. */
export interface ConditionedFigures {
  readonly metrics: Record<string, Estimate>
  /** images completed by the training datum that is nearest in the known units, [images, units] */
  readonly nearest: PointSet | null
}

/**
 * Inpainting: mean squared errors over the unknown units, of the mean of an image's completions (`meanCompletionError`), of a single one
 * (`completionError`), and of the training datum nearest in the known units in their place (`nearestError`); of digits also the share of
 * single completions whose neighbours give them the digit that they give the whole image (`sameDigit`), and of other data the two-sample 1-NN
 * accuracy of one completion each beside as many training data (`oneNearestNeighbour`): where completions are from the law given what is
 * known, data that they complete are from the law of all.
 * Noised images: the same errors over all units, `meanDenoisedError` and `denoisedError`, beside those of Tweedie's estimate of the mean
 * (`tweedieError`) and of the noised image itself (`noisedError`). Images are clipped to the range of their pixels first.
 *
 * @param clean - samples, denoised: those of image i are i·completions and the following
 */
export function conditionedFigures(
  conditions: Conditions,
  data: LearningData,
  clean: PointSet,
  noised: ConditionedEnsemble['noised'],
  seed: number,
): ConditionedFigures {
  const shown = (set: PointSet) => ('digits' in data ? clipped(set) : set)
  const { images, completions, rows } = conditions
  const samples = shown(clean)
  const mean = shown(meanOfEach(samples, completions))
  const held = conditions.kind === 'inpaint' ? conditions.held : null
  const nearest = held === null ? null : nearestInKnown(images, data.train, held)
  if (rows === null) return { metrics: {}, nearest }
  const error = (set: PointSet) => squaredError(set, images, held)
  if (noised !== null)
    return {
      nearest,
      metrics: {
        meanDenoisedError: error(mean),
        denoisedError: error(samples),
        tweedieError: error(shown(noised.tweedie)),
        noisedError: error(shown(noised.images)),
      },
    }
  return {
    nearest,
    metrics: {
      meanCompletionError: error(mean),
      completionError: error(samples),
      nearestError: error(nearest!),
      ...('digits' in data
        ? { sameDigit: sameDigit(samples, images, completions, data.digits.every()) }
        : asData(samples, completions, data.train, seed)),
    },
  }
}

/** Whether completed states look like data; too few of them can't. */
function asData(samples: PointSet, completions: number, train: PointSet, seed: number): Record<string, Estimate> {
  const count = samples.count / completions
  if (count < fewestCompleted) return {}
  const first = pickRows(
    samples,
    Array.from({ length: count }, (_, n) => n * completions),
  )
  return { oneNearestNeighbour: oneNearestNeighbour(first, thinned(train, count), seed) }
}

/** The mean of every image's samples, [images, units]. */
function meanOfEach({ points, count, units }: PointSet, completions: number): PointSet {
  const out = new Float64Array((count / completions) * units)
  for (let n = 0; n < count; n++)
    for (let i = 0; i < units; i++)
      out[Math.floor(n / completions) * units + i]! += points[n * units + i]! / completions
  return { points: out, count: count / completions, units }
}

/** ⟨(x - truth)²⟩ over the units that are not held, a value for each image; several rows of an image are averaged. */
function squaredError(set: PointSet, truth: PointSet, held: readonly boolean[] | null): Estimate {
  const { units } = truth
  const each = set.count / truth.count
  const unknown = Array.from({ length: units }, (_, i) => i).filter((i) => held?.[i] !== true)
  const ofImage = new Float64Array(truth.count)
  for (let n = 0; n < set.count; n++) {
    const image = Math.floor(n / each)
    for (const i of unknown)
      ofImage[image]! += (set.points[n * units + i]! - truth.points[image * units + i]!) ** 2 / (each * unknown.length)
  }
  return meanOf(ofImage)
}

/** The known units of each image, with the others of the training datum nearest in those. */
function nearestInKnown(images: PointSet, train: PointSet, held: readonly boolean[]): PointSet {
  const known = [...held.keys()].filter((i) => held[i])
  const only = ({ points, count, units }: PointSet): PointSet => ({
    points: Float64Array.from(
      { length: count * known.length },
      (_, n) => points[Math.floor(n / known.length) * units + known[n % known.length]!]!,
    ),
    count,
    units: known.length,
  })
  const { rows } = nearestRows(only(images), searchSet(only(train)), 1, false)
  const { units } = images
  const points = images.points.map((x, n) =>
    held[n % units] ? x : train.points[rows[Math.floor(n / units)]! * units + (n % units)]!,
  )
  return { ...images, points }
}

/** The share of samples that their neighbours give the digit that they give the image; the error is that of a mean over images. */
function sameDigit(
  samples: PointSet,
  images: PointSet,
  completions: number,
  every: { readonly images: Float64Array; readonly labels: Int32Array; readonly count: number },
): Estimate {
  const voters = searchSet(pointsOf(every))
  const [found, whole] = [samples, images].map((set) => votedDigits(set, voters, every.labels))
  const share = new Float64Array(images.count)
  found!.forEach((digit, n) => {
    const image = Math.floor(n / completions)
    if (digit === whole![image]) share[image]! += 1 / completions
  })
  return images.count < 2 ? fractionOf(Math.round(share[0]! * completions), completions) : meanOf(share)
}
