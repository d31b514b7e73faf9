import { specimenOf } from '../../learning/hardware/specimen.js'
import { allIterations } from '../../learning/training/slice.js'
import { wholeTraining } from '../../learning/training/task.js'
import type { PointSet } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import type { Problem } from '../system/problem.js'

/**
 * The parameters that the device has when it is given those that were learned, [K + 1][parameters]: after the training, with the disorder
 * that it then has.
 */
export function onDevice(problem: Problem, knots: readonly Float64Array[]): readonly Float64Array[] {
  const { hardware, potential, noising, scenario } = problem
  if (hardware === undefined) return knots
  const specimen = specimenOf(hardware, potential, noising.stiffness)
  const trained = allIterations(wholeTraining(scenario.learning ?? {}, potential), noising)
  return knots.map((theta, k) => specimen.realised(theta, trained, trained + k))
}

/** States as they are read: with an error of `hardware.readout` in each unit that is not clamped. @param rows - units that are read, the first ones */
export function asRead({ hardware, scenario: { seed } }: Problem, states: PointSet, rows: number): PointSet {
  const rms = hardware?.readout ?? 0
  if (rms === 0) return states
  const { units, count } = states
  const points = states.points.slice()
  const z = new Float64Array(rows * count)
  // The last step of the stream: none that learning comes to.
  fillNormals(seed, stream.readout, 2 ** 32 - 1, rows, 0, count, z)
  for (let n = 0; n < count; n++) for (let i = 0; i < rows; i++) points[n * units + i]! += rms * z[i * count + n]!
  return { ...states, points }
}
