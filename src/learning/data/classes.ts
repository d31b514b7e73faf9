import { clampedTo, labelUnits } from '../../physics/network/labels.js'
import type { PointSet } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'

/** Which class each datum is of. */
export interface Classes {
  /** what users call them: the digits, or the numbers of a mixture's components */
  readonly names: readonly number[]
  /** index of each training datum's class, [count] */
  readonly train: Int32Array
  /** of each held-out one */
  readonly heldOut: Int32Array
}

/** Data with the label units clamped to their classes: [count, units + labels]. `of`: class of each, [count]. */
export function withLabels({ points, count, units }: PointSet, of: Int32Array, classes: number): PointSet {
  const wide = units + labelUnits(classes)
  const states = new Float64Array(count * wide)
  for (let n = 0; n < count; n++) {
    states.set(points.subarray(n * units, (n + 1) * units), n * wide)
    states.set(clampedTo(of[n]!, classes), n * wide + units)
  }
  return { points: states, count, units: wide }
}

/** 1/φ: its multiples fill the interval most evenly, however many are taken. */
const goldenRatio = (Math.sqrt(5) - 1) / 2

/**
 * Classes for so many samples, in the shares that they have in the data, as evenly as can be: sample n takes the class at
 * the quantile {u + n/φ}, u one random number. Independent draws would add their own scatter to every figure.
 *
 * @param of - classes of the data, [count]
 * @returns index of each sample's class, [samples]
 */
export function drawClasses(of: Int32Array, classes: number, samples: number, seed: number): Int32Array {
  const shares = new Float64Array(classes)
  for (const index of of) shares[index]! += 1 / of.length
  const [start] = drawUniform({ seed, stream: stream.classes, step: 0 }, 1)
  return Int32Array.from({ length: samples }, (_, n) => {
    let left = (start! + n * goldenRatio) % 1
    let index = 0
    while (index + 1 < classes && left >= shares[index]!) left -= shares[index++]!
    return index
  })
}
