import { drawNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import type { DataLaw } from './law.js'

/** A law of continuous units and units with states, known exactly. */
export interface MixedLaw extends DataLaw {
  /** the values of each unit; null where it is continuous, [units] */
  readonly states: readonly (readonly number[] | null)[]
  /** log p(x) of one state [units]: a density in the continuous units, a probability in the others */
  logDensity(x: ArrayLike<number>): number
  /** -⟨log p⟩, in nats */
  readonly entropy: number
}

const colours = 8
const radii = [1, 2]
const width = 0.15
/** Probability of the outer group, by colour. */
const outer = (colour: number) => (colour % 2 === 0 ? 0.75 : 0.25)

/**
 * Two rings of coloured spots, a table with two columns of numbers and two of names: the colour c is one of eight around the ring, the group
 * g says which ring (the outer one with probability ¾ or ¼ in turn), and the place is Gaussian about the spot,
 *
 *     p(x, y, g, c) = (1/8) p(g|c) N((x, y); r_g (cos 2πc/8, sin 2πc/8), .15²)
 *
 * with r = 1 and 2. Units: x, y, g, c.
 */
export function ringLaw(): MixedLaw {
  const conditional = (group: number, colour: number) => (group === 1 ? outer(colour) : 1 - outer(colour))
  const place = (group: number, colour: number) => {
    const angle = (2 * Math.PI * colour) / colours
    return [radii[group]! * Math.cos(angle), radii[group]! * Math.sin(angle)] as const
  }
  const groupEntropy = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25))
  return {
    units: 4,
    states: [null, null, radii.map((_, group) => group), Array.from({ length: colours }, (_, colour) => colour)],
    entropy: Math.log(colours) + groupEntropy + 1 + Math.log(2 * Math.PI * width ** 2),
    logDensity: (state) => {
      const [x = 0, y = 0, group = 0, colour = 0] = Array.from(state)
      const [a, b] = place(group, colour)
      const square = (x - a) ** 2 + (y - b) ** 2
      return (
        Math.log(conditional(group, colour) / colours) - square / (2 * width ** 2) - Math.log(2 * Math.PI * width ** 2)
      )
    },
    sample(count, seed, draw) {
      const normals = drawNormals({ seed, stream: stream.data, step: 2 * draw }, 2, count)
      const uniform = drawUniform({ seed, stream: stream.data, step: 2 * draw + 1 }, count)
      const points = new Float64Array(4 * count)
      for (let n = 0; n < count; n++) {
        const colour = Math.floor(uniform[n]! * colours)
        const group = uniform[n]! * colours - colour < outer(colour) ? 1 : 0
        const [x, y] = place(group, colour)
        points.set([x + width * normals[n]!, y + width * normals[count + n]!, group, colour], 4 * n)
      }
      return { points, count, units: 4 }
    },
  }
}
