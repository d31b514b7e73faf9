import ndarray, { type NdArray } from 'ndarray'
import { evenRows } from '../../physics/network/states.js'
import type { EnsembleCurves } from '../../physics/observe/ensemble-curves.js'
import type { ObservableResult } from '../../physics/observe/observables.js'
import { groupSlice } from '../../physics/potential/potential.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import { curveTimes } from '../sampling/observables.js'
import type { Problem } from '../system/problem.js'

type Arrays = Record<string, NdArray<Float64Array> | Float64Array | Int32Array>

/** Observables over time, their means of each trajectory, correlations and histograms: NAME/WHAT; null without any. */
export function observableArrays(found: readonly ObservableResult[]): Arrays | null {
  const [first] = found
  if (first === undefined) return null
  const arrays: Arrays = { time: first.time }
  for (const { name, curve, perTrajectory, correlation, density } of found) {
    const own: Arrays = {
      ...{ mean: curve.mean, standardError: curve.standardError, variance: curve.variance, perTrajectory },
      ...(correlation && {
        lag: correlation.lag,
        correlation: correlation.value,
        correlationError: correlation.standardError,
      }),
      ...(density && {
        edges: Float64Array.from(
          { length: density.bins + 1 },
          (_, n) => density.from + ((density.to - density.from) * n) / density.bins,
        ),
        density: density.density,
        densityError: density.standardError,
      }),
    }
    for (const [what, array] of Object.entries(own)) arrays[`${name}/${what}`] = array
  }
  return arrays
}

/** Curves of the ensemble at the recorded times: units, work and heat (in units of `kT`), the temperature and schedules as they act. */
export function curveArrays(
  problem: Problem,
  protocol: Protocol,
  { time, unit, x, work, heat }: EnsembleCurves,
): Arrays {
  const { kT } = problem.bath
  const { step } = curveTimes(problem, protocol)
  const matrix = (values: Float64Array, columns = unit.length) => ndarray(values, [time.length, columns])
  const inKT = (values: Float64Array) => values.map((value) => value / kT)
  const arrays: Arrays = {
    ...{ time, unit, mean: matrix(x.mean), meanError: matrix(x.standardError), variance: matrix(x.variance) },
    ...(work && { work: inKT(work.mean), workError: inKT(work.standardError) }),
    ...(heat && { heat: inKT(heat.mean), heatError: inKT(heat.standardError) }),
  }
  const scheduled = protocol.kT
  if (scheduled !== undefined) arrays.kT = Float64Array.from(step, (index) => scheduled[Math.max(0, index)]!)
  for (const { name, index, values } of schedulesAt(problem, protocol, step)) {
    arrays[`parameters/${name}`] = matrix(values, index.length)
    arrays[`parameters/${name}/index`] = index
  }
  return arrays
}

/** Different schedules of one term that are shown, at most. */
const mostSchedules = 8

/** Parameters that follow schedules, as they act in the step before each frame: of units that follow the same one the first. */
function schedulesAt({ given, potential }: Problem, protocol: Protocol, step: Int32Array) {
  const moving = new Set(given?.scheduled.map(({ parameter }) => parameter))
  if (moving.size === 0) return []
  const theta = new Float64Array(potential.size)
  const frames = Array.from(step, (index) => {
    protocol.parameters(index, theta)
    return theta.slice()
  })
  return potential.groups.flatMap((group) => {
    const own = Array.from({ length: group.size }, (_, n) => n).filter((n) => moving.has(group.offset + n))
    // The time in a term's own formula is the clock, and no schedule.
    if (own.length === 0 || group.clock === true) return []
    const known = new Map<string, number>()
    for (const n of own) {
      const key = frames.map((at) => groupSlice(group, at)[n]).join()
      if (!known.has(key)) known.set(key, n)
    }
    const different = [...known.values()]
    const index = Int32Array.from(evenRows(different.length, mostSchedules), (row) => different[row]!)
    const values = Float64Array.from(frames.flatMap((at) => Array.from(index, (n) => groupSlice(group, at)[n]!)))
    return [{ name: group.name, index, values }]
  })
}
