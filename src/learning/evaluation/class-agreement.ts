import { evenRows, type PointSet, pickRows } from '../../physics/network/states.js'
import { type Estimate, fractionOf } from '../../physics/observe/estimate.js'
import { type Voters, votedDigits } from './nearest-training.js'

/** Held-out digits that the floor is of, at most. */
const mostReal = 1000

/** A figure of the samples of one class. */
export interface OfClass extends Estimate {
  readonly name: number
}

/**
 * The fraction of samples that their 5 nearest training digits give the class that was asked for, of all and by class; the floor is the
 * same for held-out digits and their own class.
 *
 * @param voted - digit that its neighbours give each sample (see votedDigits), [samples]
 * @param asked - index of the class that each sample's label units were clamped to, [samples]
 * @param names - the digit of each class
 * Cost: that of the votes on 1,000 held-out digits.
 */
export function classAgreement(
  voted: Int32Array,
  asked: Int32Array,
  names: readonly number[],
  heldOut: PointSet & { readonly labels: Int32Array },
  { searched, labels }: Voters,
): Estimate & { floor: number; byClass: OfClass[] } {
  const agreed = voted.map((digit, n) => Number(digit === names[asked[n]!]))
  const among = (samples: readonly number[]) =>
    fractionOf(samples.filter((n) => agreed[n] === 1).length, samples.length)
  const all = [...asked.keys()]
  const rows = evenRows(heldOut.count, mostReal)
  const real = votedDigits(pickRows(heldOut, rows), searched, labels)
  const present = names.map((name, index) => ({ name, own: all.filter((n) => asked[n] === index) }))
  return {
    ...among(all),
    floor: fractionOf(real.filter((digit, n) => digit === heldOut.labels[rows[n]!]).length, real.length).value,
    byClass: present.filter(({ own }) => own.length > 0).map(({ name, own }) => ({ name, ...among(own) })),
  }
}
