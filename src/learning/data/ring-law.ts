import { drawNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { discreteLaw } from './discrete-law.js'
import type { KnownLaw } from './law.js'

const groups = [0, 1, 2]
const colours = [0, 1, 2, 3, 4, 5, 6, 7]
const radius = 2
const shift = 0.6
const width = 0.35

/**
 * Coloured spots around a ring, as a table with two columns of numbers and two of names: the colour c is one of eight, the group g one of
 * three that lean towards some colours, and the place is Gaussian about the spot of the colour, moved a little by the group,
 *
 *     p(x, y, g, c) = (1/24)[1 + .8 cos 2π(c/8 - g/3)] N((x, y); 2 e(c/8) + .6 e(g/3), .35²),   e(u) = (cos 2πu, sin 2πu)
 *
 * Units: x, y, g, c. A network with a force from each state on each continuous unit (state-force) and a table for each pair of states
 * (pair-table) has it exactly.
 */
export function ringLaw(): KnownLaw & { logDensity(x: ArrayLike<number>): number } {
  const weight = (g: number, c: number) => (1 + 0.8 * Math.cos(2 * Math.PI * (c / 8 - g / 3))) / 24
  const spot = (g: number, c: number) =>
    [Math.cos, Math.sin].map((along) => radius * along((2 * Math.PI * c) / 8) + shift * along((2 * Math.PI * g) / 3))
  const pairs = discreteLaw(
    [groups, colours],
    Float64Array.from({ length: 24 }, (_, n) => weight(Math.floor(n / 8), n % 8)),
  )
  return {
    units: 4,
    states: [null, null, groups, colours],
    entropy: pairs.entropy + 1 + Math.log(2 * Math.PI * width ** 2),
    average: spread(pairs.probability, spot),
    logDensity(state) {
      const [x = 0, y = 0, g = 0, c = 0] = Array.from(state)
      const [a = 0, b = 0] = spot(g, c)
      const square = (x - a) ** 2 + (y - b) ** 2
      return Math.log(weight(g, c)) - square / (2 * width ** 2) - Math.log(2 * Math.PI * width ** 2)
    },
    sample(count, seed, draw) {
      const normals = drawNormals({ seed, stream: stream.data, step: draw }, 2, count)
      const { points: drawn } = pairs.sample(count, seed, draw)
      const points = new Float64Array(4 * count)
      for (let n = 0; n < count; n++) {
        const [g, c] = [drawn[2 * n]!, drawn[2 * n + 1]!]
        const [a = 0, b = 0] = spot(g, c)
        points.set([a + width * normals[n]!, b + width * normals[count + n]!, g, c], 4 * n)
      }
      return { points, count, units: 4 }
    },
  }
}

/** Four points about each spot, a width times √2 to either side along either axis: they have the moments of its Gaussian up to the third. */
function spread(probability: Float64Array, spot: (g: number, c: number) => number[]): KnownLaw['average'] {
  const batch = 4 * probability.length
  const x = new Float64Array(4 * batch)
  for (let n = 0; n < batch; n++) {
    const [state, point] = [Math.floor(n / 4), n % 4]
    const [g, c] = [Math.floor(state / 8), state % 8]
    const step = (point % 2 === 0 ? 1 : -1) * width * Math.SQRT2
    spot(g, c).forEach((place, axis) => {
      x[axis * batch + n] = place + (point >> 1 === axis ? step : 0)
    })
    x[2 * batch + n] = g
    x[3 * batch + n] = c
  }
  return { x, batch, weights: Float64Array.from({ length: batch }, (_, n) => probability[n >> 2]! / 4) }
}
