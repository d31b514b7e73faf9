import { join } from 'node:path'
import ndarray from 'ndarray'
import type { Backend } from '../../backend/backend.js'
import { extremes } from '../../learning/evaluation/nearest-training.js'
import type { Network } from '../../physics/network/network.js'
import { evenRows, firstUnits, type PointSet, thinned } from '../../physics/network/states.js'
import { covariance, meanPoint } from '../../physics/observe/moments.js'
import { autocovariances } from '../../physics/observe/time-averages.js'
import type { RecordedTrajectories } from '../../physics/observe/trajectories.js'
import { hasDriving } from '../../physics/potential/potential.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import { boltzmannDensity } from '../../physics/truth/boltzmann.js'
import { uncoupledLaw } from '../../physics/truth/uncoupled-law.js'
import { writeAtomic } from '../files/atomic.js'
import { compact, type NumericArray } from '../files/dtype.js'
import { encodeNpy } from '../files/npy.js'
import { encodeNpz } from '../files/npz.js'
import type { ConditionedFigures } from '../measurement/conditioned-figures.js'
import { type Measurement, numberOf } from '../measurement/measure.js'
import { files } from '../record/directory.js'
import type { ConditionedEnsemble } from '../sampling/conditioned.js'
import type { ObservedEnsemble } from '../sampling/ensemble.js'
import type { Scenario } from '../scenario/schema.js'
import type { Conditions } from '../system/conditions.js'
import type { Problem } from '../system/problem.js'
import { crooksArrays, thermodynamicArrays, virialArrays } from './exchange-arrays.js'
import { landscapeArrays } from './landscape-arrays.js'
import { namedArrays, shaped, type Written } from './named-arrays.js'
import { curveArrays, observableArrays } from './observed-arrays.js'
import { inUnits } from './units-of-data.js'

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

/** Writes every array of the run directory but the parameters. */
export function writeArrays(directory: string, problem: Problem, found: RunArrays): void {
  const { data, scenario, bath, potential } = problem
  const { observed, protocol, reverseWork, clean, measurement, noised, restored, knots, backend } = found
  const { ensemble, classes, trajectories, cloud, workAndHeat, firstPassage } = observed
  const observes = (name: Scenario['observe'][number]) => scenario.observe.includes(name)
  const single: [string, Written | null][] = [
    [files.samples, tableOf(inUnits(problem, ensemble.final))],
    [files.labels, classes && labelsOf(problem, classes)],
    [files.denoised, data !== undefined && scenario.sampling.denoise ? tableOf(inUnits(problem, clean)) : null],
    [files.firstPassage, firstPassage?.times ?? null],
  ]
  const several: [string, Readonly<Record<string, Written>> | null][] = [
    [files.virial, knots !== null && observes('virial') ? virialArrays(problem, knots, backend) : null],
    [files.landscape, cloud && landscapeArrays(problem, cloud, protocol, knots, classes)],
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
    [files.moments, observes('moments') ? momentArrays(inUnits(problem, ensemble.final)) : null],
    [
      files.conditions,
      problem.conditions === undefined ? null : conditionArrays(problem, problem.conditions, noised, restored),
    ],
    [files.comparison, measurement === null ? boltzmannArrays(problem) : comparisonArrays(problem, measurement, clean)],
  ]
  // The manifest of the finished run names them.
  const write = (name: string, bytes: Uint8Array) => writeAtomic(join(directory, name), bytes, true)
  for (const [name, array] of single) if (array !== null) write(name, encodeNpy(shaped(array)))
  for (const [name, arrays] of several) if (arrays !== null) write(name, encodeNpz(namedArrays(arrays)))
}

/** Recorded positions of the visible units, and the forces there where they were asked for. */
function trajectoryArrays(
  problem: Problem,
  { recorded, frames, time, x }: RecordedTrajectories,
  forces: Float64Array | null,
) {
  const { visible } = problem.potential.network
  const { units } = problem.generation.potential.network
  const seen = (points: Float64Array) => firstUnits({ points, count: recorded * frames, units }, visible)
  const positions = (points: Float64Array) => seen(points).points
  const shaped = (values: NumericArray) => ndarray(values, [recorded, frames, visible])
  return {
    time,
    x: shaped(compact(inUnits(problem, seen(x)).points, visible)),
    ...(forces === null ? {} : { force: shaped(Float32Array.from(positions(forces))) }),
  }
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
    const { points, count, units } = inUnits(problem, thinned(set, most))
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
  problem: Problem,
  conditions: Conditions,
  noised: ConditionedEnsemble['noised'],
  restored: ConditionedFigures | null,
) {
  const { images, rows } = conditions
  const table = (set: PointSet) => tableOf(inUnits(problem, set))
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

/** The samples nearest to and farthest from training data; images are clipped as the metrics clip them. */
function nearestAndFarthest(problem: Problem, clean: PointSet, nearest: Measurement['nearest']) {
  const { data } = problem
  if (data === undefined) return {}
  const table = (set: PointSet) => tableOf(inUnits(problem, set))
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

/** The class that each trajectory was clamped to, by the number that users know it by, or its place in the order of names. */
function labelsOf({ data }: Problem, classes: Int32Array) {
  const names = data?.classes?.names ?? []
  return classes.map((index) => numberOf(names, index))
}

function tableOf({ points, count, units }: PointSet) {
  return ndarray(compact(points, units), [count, units])
}
