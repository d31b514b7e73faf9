import type { States } from '../../physics/network/states.js'

/**
 * The biases with which two-state units that nothing else acts on have the means of data, f = ½kT log[(up + 1)/(down + 1)]: one datum more of
 * each kind leaves that of a unit finite which is never up.
 *
 * @param data - ±1, [units, batch]
 * @returns [units]
 */
export function dataBiases({ x, batch }: States, kT: number): Float64Array {
  return Float64Array.from({ length: x.length / batch }, (_, i) => {
    let up = 0
    for (let n = i * batch; n < (i + 1) * batch; n++) if (x[n]! > 0) up++
    return (kT / 2) * Math.log((up + 1) / (batch - up + 1))
  })
}
