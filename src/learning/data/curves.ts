import { drawNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import { isotropicMixture, type MixtureDensity } from './density.js'
import { gaussLegendre } from './gauss-legendre.js'

type Place = readonly [x: number, y: number]

/** A curve in the plane, run through evenly as u goes from 0 to 1. */
type Curve = (u: number) => Place

/**
 * Points of curves, all equally likely, with Gaussian noise about them: p(x) = ⟨N(x; c(u), width²)⟩_u, by Gauss and Legendre's
 * rule over u. Relative to its largest value it is known to 1e-9 (see the tests).
 *
 * @param nodes - of each curve: a few for each width of its length
 */
function noisyCurves(curves: readonly Curve[], width: number, nodes: number): MixtureDensity {
  const { points: at, weights } = gaussLegendre(nodes)
  const means = curves.flatMap((curve) => Array.from(at, curve))
  const shares = curves.flatMap(() => Array.from(weights, (weight) => weight / curves.length))
  const { cellMasses } = isotropicMixture(means, width, shares)
  return {
    units: 2,
    logDensity([x, y]) {
      const squares = means.map(([a, b]) => (x! - a) ** 2 + (y! - b) ** 2)
      const least = squares.reduce((a, b) => Math.min(a, b), Infinity)
      let sum = 0
      squares.forEach((square, k) => {
        const exponent = (least - square) / (2 * width * width)
        if (exponent > -50) sum += shares[k]! * Math.exp(exponent)
      })
      return Math.log(sum / (2 * Math.PI * width * width)) - least / (2 * width * width)
    },
    cellMasses: cellMasses!,
    sample(count, seed, draw) {
      const normals = drawNormals({ seed, stream: stream.data, step: 2 * draw }, 2, count)
      const uniform = drawUniform({ seed, stream: stream.data, step: 2 * draw + 1 }, count)
      const points = new Float64Array(2 * count)
      const components = Int32Array.from(uniform, (u) => Math.floor(u * curves.length))
      for (let n = 0; n < count; n++) {
        const which = components[n]!
        const place = curves[which]!(uniform[n]! * curves.length - which)
        for (const unit of [0, 1] as const) points[2 * n + unit] = place[unit] + width * normals[unit * count + n]!
      }
      return { points, count, units: 2, components }
    },
  }
}

/** Two half circles of radius 2 that reach into one another (scikit-learn's, doubled and moved by (-1, -.2)). */
export function moons(width = 0.2): MixtureDensity {
  const half = (u: number): Place => [2 * Math.cos(Math.PI * u) - 1, 2 * Math.sin(Math.PI * u) - 0.2]
  const other = (u: number): Place => [1 - 2 * Math.cos(Math.PI * u), 0.8 - 2 * Math.sin(Math.PI * u)]
  return noisyCurves([half, other], width, 120)
}

/** Two circles of radius 3 and 1.5 (scikit-learn's, times 3). */
export function circles(width = 0.24): MixtureDensity {
  const circle =
    (radius: number) =>
    (u: number): Place => [radius * Math.cos(2 * Math.PI * u), radius * Math.sin(2 * Math.PI * u)]
  return noisyCurves([circle(3), circle(1.5)], width, 200)
}

/** Two arms that wind about each other, a = 2π turns sqrt(u), (-a cos a, a sin a)/3. */
export function twoSpirals(turns = 1.5, width = 0.1): MixtureDensity {
  const arm =
    (sign: number) =>
    (u: number): Place => {
      const angle = 2 * turns * Math.PI * Math.sqrt(u)
      return [(-sign * angle * Math.cos(angle)) / 3, (sign * angle * Math.sin(angle)) / 3]
    }
  return noisyCurves([arm(1), arm(-1)], width, 400)
}

/** A roll a = 1.5π(1 + 2u), (a cos a, a sin a)/5, width .2 (scikit-learn's seen from its end, with noise 1, over 5). */
export function swissRoll(): MixtureDensity {
  const roll = (u: number): Place => {
    const angle = 1.5 * Math.PI * (1 + 2 * u)
    return [(angle * Math.cos(angle)) / 5, (angle * Math.sin(angle)) / 5]
  }
  return noisyCurves([roll], 0.2, 300)
}
