import { join } from 'node:path'
import ndarray, { type NdArray } from 'ndarray'
import { arithmeticOn, type Backend, mostMeasured } from '../../backend/backend.js'
import { extremes } from '../../learning/evaluation/nearest-training.js'
import { virialResiduals } from '../../learning/evaluation/virial.js'
import { createNoiser } from '../../learning/rules/noised-batch.js'
import type { WorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import type { Network } from '../../physics/network/network.js'
import { evenRows, firstUnits, type PointSet, thinned } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { heatOfBaths } from '../../physics/observe/bath-heat.js'
import { crooksHistogram } from '../../physics/observe/crooks.js'
import type { EntropyProduction } from '../../physics/observe/entropy-production.js'
import { covariance, meanPoint } from '../../physics/observe/moments.js'
import { autocovariances } from '../../physics/observe/time-averages.js'
import type { RecordedTrajectories } from '../../physics/observe/trajectories.js'
import { hasDriving } from '../../physics/potential/potential.js'
import { scoreScale } from '../../physics/protocol/noising.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import { boltzmannDensity } from '../../physics/truth/boltzmann.js'
import { uncoupledLaw } from '../../physics/truth/uncoupled-law.js'
import { writeAtomic } from '../files/atomic.js'
import { compact, type NumericArray } from '../files/dtype.js'
import { encodeNpy } from '../files/npy.js'
import { encodeNpz } from '../files/npz.js'
import type { ConditionedFigures } from '../measurement/conditioned-figures.js'
import type { Measurement } from '../measurement/measure.js'
import { files } from '../record/directory.js'
import type { ConditionedEnsemble } from '../sampling/conditioned.js'
import type { ObservedEnsemble } from '../sampling/ensemble.js'
import type { Scenario } from '../scenario/schema.js'
import type { Conditions } from '../system/conditions.js'
import type { Problem } from '../system/problem.js'
import { curveArrays, observableArrays } from './observed-arrays.js'

/** Most points kept of each set that the report shows beside the samples. */
export const mostShown = { image: 100, point: 2000 }

/** Samples shown with the training state nearest to them. */
const mostExtremes = 8

/** What a run leaves behind as arrays. */
export interface RunArrays {
  readonly observed: ObservedEnsemble
  readonly protocol: Protocol
  /** works of the reversed protocol, where it ran too */
  readonly reverseWork: Float64Array | null
  /** denoised samples */
  readonly clean: PointSet
  readonly measurement: Measurement | null
  readonly noised: ConditionedEnsemble['noised']
  /** of samples that were drawn given images */
  readonly restored: ConditionedFigures | null
  /** parameters at the knots, when something was learned */
  readonly knots: readonly Float64Array[] | null
  /** computes what is left to be computed */
  readonly backend: Backend
}

/** An array on its way to a file; a typed array is a vector. */
type Written = NdArray<NumericArray> | Float64Array | Int32Array

/** Writes every array of the run directory but the parameters. */
export function writeArrays(directory: string, problem: Problem, found: RunArrays): void {
  const { data, scenario, bath, potential } = problem
  const { observed, protocol, reverseWork, clean, measurement, noised, restored, knots, backend } = found
  const { ensemble, classes, trajectories, workAndHeat, firstPassage } = observed
  const observes = (name: Scenario['observe'][number]) => scenario.observe.includes(name)
  const single: [string, Written | null][] = [
    [files.samples, table(ensemble.final)],
    [files.labels, classes && labelsOf(problem, classes)],
    [files.denoised, data !== undefined && scenario.sampling.denoise ? table(clean) : null],
    [files.firstPassage, firstPassage?.times ?? null],
  ]
  const several: [string, Readonly<Record<string, Written>> | null][] = [
    [files.virial, knots !== null && observes('virial') ? virialArrays(problem, knots, backend) : null],
    [files.trajectories, trajectories && trajectoryArrays(problem, trajectories, observed.forces)],
    [
      files.autocorrelation,
      trajectories !== null && observes('autocorrelation')
        ? autocovarianceArrays(trajectories, potential.network)
        : null,
    ],
    [files.observables, observableArrays(observed.observables)],
    [files.ensemble, observed.curves && curveArrays(problem, protocol, observed.curves)],
    [files.thermodynamics, workAndHeat && thermodynamicArrays(problem, workAndHeat, observed.entropyProduction)],
    [files.freeEnergy, workAndHeat && reverseWork && crooksArrays(workAndHeat.work, reverseWork, bath.kT)],
    [files.moments, observes('moments') ? momentArrays(ensemble.final) : null],
    [files.conditions, problem.conditions === undefined ? null : conditionArrays(problem.conditions, noised, restored)],
    [files.comparison, measurement === null ? boltzmannArrays(problem) : comparisonArrays(problem, measurement, clean)],
  ]
  const write = (name: string, bytes: Uint8Array) => writeAtomic(join(directory, name), bytes)
  const shaped = (array: Written) => (ArrayBuffer.isView(array) ? ndarray(array, [array.length]) : array)
  const named = (arrays: Readonly<Record<string, Written>>) =>
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, shaped(array)]))
  for (const [name, array] of single) if (array !== null) write(name, encodeNpy(shaped(array)))
  for (const [name, arrays] of several) if (arrays !== null) write(name, encodeNpz(named(arrays)))
}

/** Recorded positions of the visible units, and the forces there where they were asked for. */
function trajectoryArrays(
  { potential, generation }: Problem,
  { recorded, frames, time, x }: RecordedTrajectories,
  forces: Float64Array | null,
) {
  const { visible } = potential.network
  const { units } = generation.potential.network
  const positions = (points: Float64Array) => firstUnits({ points, count: recorded * frames, units }, visible).points
  const shaped = (values: NumericArray) => ndarray(values, [recorded, frames, visible])
  return {
    time,
    x: shaped(compact(positions(x), visible)),
    ...(forces === null ? {} : { force: shaped(Float32Array.from(positions(forces))) }),
  }
}

/**
 * Work and heat of every trajectory, in units of kT, and its entropy production in those of k_B; of several baths the heat to each,
 * [trajectories, baths], coldest first.
 */
function thermodynamicArrays(
  { bath, generation }: Problem,
  workAndHeat: WorkAndHeat,
  entropyProduction: EntropyProduction | null,
) {
  const inKT = (energy: Float64Array) => energy.map((value) => value / bath.kT)
  const { work, heat } = workAndHeat
  const baths = heatOfBaths(workAndHeat, generation.potential.network, bath.kT)
  return {
    work: inKT(work),
    heat: inKT(heat),
    ...(baths === null ? {} : { heatOfBath: columns(baths.map((one) => inKT(one.heat))) }),
    ...(entropyProduction === null ? {} : { entropyProduction: entropyProduction.perTrajectory }),
  }
}

/** Vectors of one length side by side, [length, vectors]. */
function columns(vectors: readonly Float64Array[]) {
  const [rows, wide] = [vectors[0]?.length ?? 0, vectors.length]
  const values = Float64Array.from({ length: rows * wide }, (_, n) => vectors[n % wide]![Math.floor(n / wide)]!)
  return ndarray(values, [rows, wide])
}

function momentArrays(final: PointSet) {
  return { mean: meanPoint(final), covariance: ndarray(covariance(final), [final.units, final.units]) }
}

/** What stands beside the samples of a trained run, thinned. */
function comparisonArrays(problem: Problem, measurement: Measurement, clean: PointSet) {
  const { heldOut, control, exactScore, nearest } = measurement
  const { scenario, data } = problem
  const classes = data?.classes
  const most = problem.potential.network.lattice === null ? mostShown.point : mostShown.image
  const few = (set: PointSet) => {
    const { points, count, units } = thinned(set, most)
    return ndarray(Float32Array.from(points), [count, units])
  }
  return {
    heldOut: few(heldOut),
    ...(classes === undefined || scenario.sampling.label !== undefined
      ? {}
      : {
          heldOutClass: labelsOf(
            problem,
            Int32Array.from(evenRows(heldOut.count, most), (row) => classes.heldOut[row]!),
          ),
        }),
    control: few(control),
    ...(exactScore === null ? {} : { exactScore: few(exactScore.clean) }),
    ...nearestAndFarthest(problem, clean, nearest),
  }
}

/** What samples were drawn given, [images, units] each: sample n belongs to image ⌊n/completions⌋. */
function conditionArrays(
  conditions: Conditions,
  noised: ConditionedEnsemble['noised'],
  restored: ConditionedFigures | null,
) {
  const { images, rows } = conditions
  return {
    // Of a noised file nobody knows the original.
    ...(rows === null && noised !== null ? {} : { original: table(images) }),
    ...(rows === null ? {} : { heldOut: Int32Array.from(rows) }),
    ...(conditions.kind === 'inpaint' ? { known: Int32Array.from(conditions.held, Number) } : {}),
    ...(restored?.nearest ? { nearest: table(restored.nearest) } : {}),
    ...(noised === null ? {} : { noised: table(noised.images), tweedie: table(noised.tweedie) }),
  }
}

/** What stands beside the states of a single unit in a landscape at rest; null elsewhere. */
function boltzmannArrays({ given, potential, bath }: Problem) {
  if (given?.scheduled.length !== 0 || potential.network.units !== 1 || hasDriving(potential)) return null
  if (potential.network.coordinates !== null) {
    const [law] = uncoupledLaw(potential, given.theta, bath.kT)?.units ?? []
    return law === undefined ? null : { boltzmannX: law.x, boltzmannDensity: law.density }
  }
  const { x, density } = boltzmannDensity(potential, given.theta, bath, 0)
  return { boltzmannX: x, boltzmannDensity: density }
}

/** Autocovariances of all units and their errors, [units, lags + 1], at the lags in time. */
function autocovarianceArrays(recorded: RecordedTrajectories, { units, visible }: Network) {
  const { lag, of: all } = autocovariances(recorded, units)
  const of = all.slice(0, visible)
  const matrix = (rows: readonly Float64Array[]) => {
    const out = new Float64Array(visible * lag.length)
    rows.forEach((row, i) => {
      out.set(row, i * lag.length)
    })
    return ndarray(out, [visible, lag.length])
  }
  return {
    lag,
    value: matrix(of.map(({ value }) => value)),
    standardError: matrix(of.map(({ standardError }) => standardError)),
  }
}

/** Bins of the histograms of work. */
const workBins = 40

/** The works of both directions, and their histograms on common bins: W, P_F(W), P_R(-W) and ln of their ratio, in kT. */
function crooksArrays(forward: Float64Array, reverse: Float64Array, kT: number) {
  const [a, b] = [forward.map((w) => w / kT), reverse.map((w) => w / kT)]
  return { forwardWork: a, reverseWork: b, ...crooksHistogram(a, b, workBins) }
}

/** The samples nearest to and farthest from training data; images are clipped as the metrics clip them. */
function nearestAndFarthest({ data }: Problem, clean: PointSet, nearest: Measurement['nearest']) {
  if (data === undefined) return {}
  const shown = 'digits' in data ? { ...clean, points: clean.points.map((x) => Math.min(1, Math.max(-1, x))) } : clean
  const most = Math.min(mostExtremes, clean.count)
  const { closest, farthest } = extremes(shown, nearest?.train ?? data.train, most, nearest)
  return {
    closestSamples: table(closest.samples),
    closestReal: table(closest.real),
    closestDistance: closest.distance,
    farthestSamples: table(farthest.samples),
    farthestReal: table(farthest.real),
    farthestDistance: farthest.distance,
  }
}

/** Virial residuals of every knot, on the training data noised once. */
function virialArrays(
  { potential, noising, scenario, drive, data }: Problem,
  knots: readonly Float64Array[],
  backend: Backend,
) {
  const { visible: units } = potential.network
  const onsite = new Float64Array(knots.length * units)
  const pair = new Float64Array(knots.length)
  if (data !== undefined) {
    const residualsAt = virialResiduals(potential, (of) => arithmeticOn(backend, of, noising.bath))
    const noiser = createNoiser(thinned(data.states.train, mostMeasured), noising, drive, scenario.seed, {
      visible: units,
    })
    knots.forEach((theta, n) => {
      const batch = noiser.sweep(noising.knots[n]!, n, stream.lossNoise)
      const residual = residualsAt(theta, batch, scoreScale(noising, drive))
      onsite.set(residual.onsite, n * units)
      pair[n] = residual.pair
    })
  }
  return {
    t: Float64Array.from(noising.knots),
    onsite: ndarray(onsite, [knots.length, units]),
    pair,
  }
}

/** The class that each trajectory was clamped to, by the name that users know it by. */
function labelsOf({ data }: Problem, classes: Int32Array) {
  const names = data?.classes?.names ?? []
  return classes.map((index) => names[index]!)
}

function table({ points, count, units }: PointSet) {
  return ndarray(compact(points, units), [count, units])
}
