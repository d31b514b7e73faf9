import { drawNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import type { Density } from './density.js'

const blades = 5
const radial = 0.3
const tangential = 0.1
const rate = 0.25
const size = 2

/**
 * Five bent blades: f ~ N((1, 0), diag(.3², .1²)) is turned by the angle 2πk/5 + e^(f_0)/4 of a blade k and doubled.
 *
 * At a radius r a turn leaves f on its circle, f = r(cos φ, sin φ), so that with g(φ) = φ + e^(r cos φ)/4 the density at
 * 2r(cos ψ, sin ψ) is Σ_k p_f(φ_k)/(5·4|g'(φ_k)|), g(φ_k) = ψ - 2πk/5. Where g is not monotone f is more than five deviations off:
 * what is left out there is below 1e-6.
 * Source: Johnson et al., NeurIPS (2016), with the constants of Grathwohl et al., ICLR (2019).
 */
export function pinwheel(): Density {
  return {
    units: 2,
    logDensity([x, y]) {
      const r = Math.hypot(x!, y!) / size
      const angle = Math.atan2(y!, x!)
      let density = 0
      for (let k = 0; k < blades; k++) density += bladeDensity(r, angle - (2 * Math.PI * k) / blades)
      return Math.log(density / (blades * size * size))
    },
    sample(count, seed, draw) {
      const normals = drawNormals({ seed, stream: stream.data, step: 2 * draw }, 2, count)
      const uniform = drawUniform({ seed, stream: stream.data, step: 2 * draw + 1 }, count)
      const points = new Float64Array(2 * count)
      for (let n = 0; n < count; n++) {
        const along = 1 + radial * normals[n]!
        const across = tangential * normals[count + n]!
        const turn = (2 * Math.PI * Math.floor(uniform[n]! * blades)) / blades + rate * Math.exp(along)
        points[2 * n] = size * (along * Math.cos(turn) - across * Math.sin(turn))
        points[2 * n + 1] = size * (along * Math.sin(turn) + across * Math.cos(turn))
      }
      return { points, count, units: 2 }
    },
  }
}

/** The density of f over |g'| where g(φ) = target up to full turns; 0 where no φ is found. */
function bladeDensity(r: number, target: number): number {
  let phi = wrapped(target - rate * Math.exp(r))
  for (let step = 0; step < 30; step++) {
    const pull = rate * Math.exp(r * Math.cos(phi))
    const slope = Math.max(0.3, 1 - pull * r * Math.sin(phi))
    const off = wrapped(phi + pull - target)
    if (Math.abs(off) < 1e-12) {
      const along = (r * Math.cos(phi) - 1) / radial
      const across = (r * Math.sin(phi)) / tangential
      const jacobian = Math.abs(1 - pull * r * Math.sin(phi))
      return Math.exp(-(along * along + across * across) / 2) / (2 * Math.PI * radial * tangential * jacobian)
    }
    phi = wrapped(phi - off / slope)
  }
  return 0
}

/** The same angle in [-π, π). */
function wrapped(angle: number): number {
  return angle - 2 * Math.PI * Math.floor(angle / (2 * Math.PI) + 0.5)
}
