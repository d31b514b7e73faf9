import type { DigitSet } from '../../learning/data/digits.js'
import type { Labelled } from '../../learning/objectives/digital-teacher.js'
import { loadIdx } from '../files/idx.js'
import { loadMnist } from '../files/mnist.js'
import type { Scenario } from '../scenario/schema.js'

/** Images to learn from, and so many that are held out, spread evenly over their file. */
export function digitsOf({ data }: Scenario, tested: number): { readonly train: Labelled; readonly test: Labelled } {
  if (data?.source !== 'mnist' && data?.source !== 'idx') throw new Error('the schema asks for images')
  const { train, heldOut } = data.source === 'idx' ? loadIdx(data) : loadMnist(data.digits, data)
  const labelled = ({ images, labels, count }: DigitSet): Labelled => ({
    rows: images,
    classes: labels.map((digit) => data.digits.indexOf(digit)),
    count,
  })
  return { train: labelled(train), test: some(labelled(heldOut), tested) }
}

/** Every n-th image, so that there are `tested`; all where there are no more. */
function some({ rows, classes, count }: Labelled, tested: number): Labelled {
  const kept = Math.min(tested, count)
  const inputs = rows.length / count
  const chosen = Int32Array.from({ length: kept }, (_, n) => Math.floor((n * count) / kept))
  const picked = new Float64Array(kept * inputs)
  chosen.forEach((row, n) => {
    picked.set(rows.subarray(row * inputs, (row + 1) * inputs), n * inputs)
  })
  return { rows: picked, classes: chosen.map((row) => classes[row]!), count: kept }
}
