import { type PointSet, pickRows } from '../network/states.js'

/** The rows of even and of odd number, of which there are equally many: a last one without a partner is left out. */
export function halves(set: PointSet): [PointSet, PointSet] {
  const half = Math.floor(set.count / 2)
  const everyOther = (parity: number) =>
    pickRows(
      set,
      Int32Array.from({ length: half }, (_, n) => 2 * n + parity),
    )
  return [everyOther(0), everyOther(1)]
}
