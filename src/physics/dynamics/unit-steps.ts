import { type Coordinates, hasWalls } from '../network/network.js'
import { arrays } from '../network/states.js'
import type { Bath } from '../protocol/bath.js'
import type { Surface } from './drive.js'

/** What a step does to each unit, [units] each: x' = decay·x + drift·F + kick·R, R ~ N(0, 1). */
export interface UnitSteps {
  readonly decay: Float64Array
  readonly drift: Float64Array
  readonly kick: Float64Array
  /** kick² */
  readonly variance: Float64Array
}

/** What of a system says how its units move; a network does, and so does a landscape. */
export type MovingUnits = Pick<Surface, 'units'> & {
  readonly [Key in 'mobility' | 'temperature' | 'correlationTime']?: Float64Array | null
}

/**
 * What a step of length dt at temperature kT does to units:
 *
 *     dx = μ_i F dt + sqrt(2 μ_i kT_i) dW:   decay 1,          drift μ_i dt,   kick sqrt(2 μ_i kT_i dt)
 *     dη = -η dt/τ + sqrt(2/τ) dW:           decay e^(-dt/τ),  drift 0,        kick sqrt(1 - e^(-2dt/τ))
 *
 * The second, an Ornstein–Uhlenbeck process of variance 1, is exact at any dt. A clamped unit has drift and kick 0.
 *
 * @returns the numbers of a step; the arrays are written again by the next call with another dt or kT
 * Source: Gillespie, Phys. Rev. E 54, 2084 (1996), eq. 1.9, for the second.
 */
export function unitSteps(
  { units, mobility, temperature, correlationTime }: MovingUnits,
  bath: Pick<Bath, 'mobility'>,
): (dt: number, kT: number) => UnitSteps {
  const [decay, drift, kick, variance] = arrays(4, units)
  const steps = { decay, drift, kick, variance }
  let [dtNow, kTNow] = [Number.NaN, Number.NaN]
  return (dt, kT) => {
    if (dt === dtNow && kT === kTNow) return steps
    ;[dtNow, kTNow] = [dt, kT]
    for (let i = 0; i < units; i++) {
      const time = correlationTime?.[i] ?? 0
      const own = bath.mobility * (mobility?.[i] ?? 1)
      decay[i] = time > 0 ? Math.exp(-dt / time) : 1
      drift[i] = time > 0 ? 0 : own * dt
      variance[i] = time > 0 ? -Math.expm1((-2 * dt) / time) : 2 * own * (kT * (temperature?.[i] ?? 1)) * dt
      kick[i] = Math.sqrt(variance[i]!)
    }
    return steps
  }
}

/**
 * What puts states back that a step has taken beyond a wall, as a mirror there would, in place, x [units, batch]; null without walls. Between
 * two walls a long step is reflected as often as it takes.
 *
 * After each step this is the symmetrized Euler scheme of dynamics that are reflected at the wall: exact in law where no force acts, weak
 * order 1 elsewhere, to which a scheme of higher order comes down. Its paths converge more slowly there than away from walls: when within a
 * step the wall was met nobody knows.
 * Source: Bossy, Gobet & Talay, J. Appl. Probab. 41, 877 (2004).
 */
export function reflection(
  coordinates: Coordinates | null | undefined,
): ((x: Float64Array, batch: number) => void) | null {
  if (!hasWalls(coordinates)) return null
  const { lower, upper } = coordinates
  const walled = [...lower.keys()].filter((i) => Number.isFinite(lower[i]!) || Number.isFinite(upper[i]!))
  return (x, batch) => {
    for (const i of walled)
      for (let n = i * batch; n < (i + 1) * batch; n++) x[n] = reflected(x[n]!, lower[i]!, upper[i]!)
  }
}

/** Where mirrors at two walls (∓Infinity: none) leave a coordinate. */
function reflected(x: number, lower: number, upper: number): number {
  if (x >= lower && x <= upper) return x
  const width = upper - lower
  if (width === Infinity) return x < lower ? lower + (lower - x) : upper - (x - upper)
  // What is not finite has diverged, and becomes NaN.
  const beyond = x - lower
  const turn = beyond - 2 * width * Math.floor(beyond / (2 * width))
  return Math.min(Math.max(lower + (turn <= width ? turn : 2 * width - turn), lower), upper)
}
