import type { DigitSet } from '../../learning/data/digits.js'
import { pointsOf } from '../../learning/evaluation/points.js'
import { pickRows } from '../../physics/network/states.js'
import type { LearningData } from '../system/problem.js'

/**
 * The data of one class, with its own law: what samples of that class alone stand beside. Beside all classes they would
 * seem to miss most of the data.
 *
 * @param name - as users call the class: the digit, or the number of a mixture's component
 */
export function dataOfClass(data: LearningData, name: number | string): LearningData {
  const { classes, states } = data
  if (classes === undefined) throw new Error('only data with classes can be clamped to one')
  const index = classes.names.indexOf(name)
  const [train, heldOut] = [rowsOf(classes.train, index), rowsOf(classes.heldOut, index)]
  const own = {
    train: pickRows(data.train, train),
    heldOut: pickRows(data.heldOut, heldOut),
    states: { ...states, train: pickRows(states.train, train), heldOut: pickRows(states.heldOut, heldOut) },
    classes: {
      names: classes.names,
      train: new Int32Array(train.length).fill(index),
      heldOut: new Int32Array(heldOut.length).fill(index),
    },
  }
  if ('digits' in data) {
    const { digits } = data
    return {
      ...data,
      ...own,
      digits: { ...digits, train: selectDigits(digits.train, train), heldOut: selectDigits(digits.heldOut, heldOut) },
    }
  }
  if (data.source !== 'gaussian-mixture') return { ...data, ...own }
  return { ...data, ...own, mixture: { ...data.mixture, means: [data.mixture.means[index]!], weights: [1] } }
}

function rowsOf(classes: Int32Array, index: number): number[] {
  return [...classes.keys()].filter((row) => classes[row] === index)
}

function selectDigits(digits: DigitSet, rows: readonly number[]): DigitSet {
  const { points, count } = pickRows(pointsOf(digits), rows)
  return { images: points, labels: Int32Array.from(rows, (row) => digits.labels[row]!), count }
}
