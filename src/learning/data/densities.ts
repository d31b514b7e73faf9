import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import { circles, moons, swissRoll, twoSpirals } from './curves.js'
import { type Density, isotropicMixture, mixtureDensity } from './density.js'
import { pinwheel } from './pinwheel.js'

/**
 * Two narrow modes far apart in one unit, weights 2/3 and 1/3: means ±5 shifted by 5/3, variance .05, then standardised,
 * which puts them at -.706 and 1.413.
 */
function twoModes(): Density {
  const deviation = Math.sqrt(0.05 + 200 / 9)
  return isotropicMixture([[-10 / 3 / deviation], [20 / 3 / deviation]], Math.sqrt(0.05) / deviation, [2, 1])
}

/** Eight Gaussians of width .5/√2 on a circle of radius 2√2. */
function eightGaussians(): Density {
  const means = Array.from({ length: 8 }, (_, k) => [
    Math.SQRT2 * 2 * Math.cos((k * Math.PI) / 4),
    Math.SQRT2 * 2 * Math.sin((k * Math.PI) / 4),
  ])
  return isotropicMixture(means, Math.SQRT1_2 / 2)
}

/** Three Gaussians in the plane whose coordinates are correlated, each in its own way. */
function correlatedMixture(): Density {
  const component = (weight: number, mean: readonly number[], first: readonly number[], second: readonly number[]) => ({
    weight,
    mean,
    root: [first, second],
  })
  return mixtureDensity([
    component(0.4, [-2, 0], [0.6, 0], [0.5, 0.4]),
    component(0.35, [2, 1], [0.5, 0], [-0.6, 0.3]),
    component(0.25, [0.5, -2], [0.9, 0], [0.3, 0.25]),
  ])
}

/** Uniform on the eight squares of side 2 of one colour of [-4, 4]²: ⌊x/2⌋ + ⌊y/2⌋ even, density 1/32. */
function checkerboard(): Density {
  const isInside = (x: number, y: number) =>
    Math.abs(x) < 4 && Math.abs(y) < 4 && (Math.floor(x / 2) + Math.floor(y / 2)) % 2 === 0
  return {
    units: 2,
    logDensity: (x) => (isInside(x[0]!, x[1]!) ? -Math.log(32) : -Infinity),
    cellMasses(edges) {
      const cells = edges.length - 1
      const [even, odd] = [inStripes(edges, 0), inStripes(edges, 1)]
      return Float64Array.from({ length: cells * cells }, (_, n) => {
        const [i, j] = [Math.floor(n / cells), n % cells]
        return (even[i]! * even[j]! + odd[i]! * odd[j]!) / 32
      })
    },
    sample(count, seed, draw) {
      const uniform = drawUniform({ seed, stream: stream.data, step: 2 * draw }, 2 * count)
      const points = new Float64Array(2 * count)
      for (let n = 0; n < count; n++) {
        const x = 8 * uniform[2 * n]! - 4
        // y is uniform on two of the four squares of this column: the upper of a pair where ⌊x/2⌋ is odd.
        const folded = 4 * uniform[2 * n + 1]! - 4
        const isUpper = Math.abs(Math.floor(x / 2) % 2)
        points[2 * n] = x
        points[2 * n + 1] = folded + 2 * Math.floor((folded + 4) / 2) + 2 * isUpper
      }
      return { points, count, units: 2 }
    },
  }
}

/** How much of each stretch between two edges lies in [-4, 4] where ⌊x/2⌋ has this parity. */
function inStripes(edges: Float64Array, parity: 0 | 1): Float64Array {
  return Float64Array.from({ length: edges.length - 1 }, (_, i) => {
    let length = 0
    for (let left = -4 + 2 * parity; left < 4; left += 4)
      length += Math.max(0, Math.min(edges[i + 1]!, left + 2) - Math.max(edges[i]!, left))
    return length
  })
}

/** Densities by the names that scenarios use. */
export const densities = {
  'two-modes': twoModes,
  'eight-gaussians': eightGaussians,
  'correlated-mixture': correlatedMixture,
  checkerboard,
  moons,
  circles,
  'two-spirals': twoSpirals,
  'swiss-roll': swissRoll,
  pinwheel,
} as const satisfies Record<string, () => Density>
