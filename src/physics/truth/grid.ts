import type { States } from '../network/states.js'

/** The points of a grid along one axis, or of a square one, as states: [units, points^units], the last unit's the fastest. */
export function gridStates(axis: Float64Array, units: 1 | 2): States {
  const points = axis.length
  if (units === 1) return { x: axis, batch: points }
  const batch = points * points
  const x = new Float64Array(2 * batch)
  for (let n = 0; n < batch; n++) {
    x[n] = axis[Math.floor(n / points)]!
    x[batch + n] = axis[n % points]!
  }
  return { x, batch }
}
