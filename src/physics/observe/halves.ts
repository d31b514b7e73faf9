import type { PointSet } from '../network/states.js'

/** The rows of even and of odd number, of which there are equally many: a last one without a partner is left out. */
export function halves({ points, count, units }: PointSet): [PointSet, PointSet] {
  const half = Math.floor(count / 2)
  const everyOther = (parity: number): PointSet => {
    const out = new Float64Array(half * units)
    for (let n = 0; n < half; n++)
      out.set(points.subarray((2 * n + parity) * units, (2 * n + parity + 1) * units), n * units)
    return { points: out, count: half, units }
  }
  return [everyOther(0), everyOther(1)]
}
