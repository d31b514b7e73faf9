import { fillNormals } from '../../physics/noise/gaussian.js'

/** Errors of what is measured or formed again and again; rms values, in units of what they are added to. */
export interface Errors {
  /** independent each time */
  readonly noise: number
  /** the same each time, drawn once for each place */
  readonly offset: number
  /** wandering slowly: AR(1) */
  readonly drift: number
  /** its correlation time, in what `slowErrors` counts: iterations of training, or updates of a thermodynamic computer */
  readonly driftTime: number
}

/** No error at all, and how slowly one wanders where nothing is said. */
export const noErrors: Errors = { noise: 0, offset: 0, drift: 0, driftTime: 100 }

/** Whether nothing is off. */
export function areNone({ noise, offset, drift }: Errors): boolean {
  return noise === 0 && offset === 0 && drift === 0
}

/** Random numbers of one specimen for one purpose. */
export interface ErrorKey {
  /** of the specimen */
  readonly seed: number
  /** of what wanders (streams.ts); the offset is drawn from it too, at its last step */
  readonly stream: number
}

/** Where the offset is drawn: a step that no wandering comes to. */
const atFabrication = 2 ** 32 - 1

/**
 * What does not average out: offset and drift of `size` places at time n = 0, 1, …
 *
 *     e_n = offset·ξ + drift·y_n,   y_0 = z_0,   y_n = ρ y_(n-1) + sqrt(1 - ρ²) z_n,   ρ = e^(-1/driftTime)
 *
 * so that y is stationary, with correlation ρ^|n-m|. A value depends on nothing but the key and n: times in turn cost O(size), any other
 * the way there from 0.
 *
 * @returns the errors at time n, [size]; overwritten by the next call
 */
export function slowErrors(
  { offset, drift, driftTime }: Errors,
  { seed, stream }: ErrorKey,
  size: number,
): (n: number) => Float64Array {
  const [fixed, wandering, z, out] = Array.from({ length: 4 }, () => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  if (offset !== 0) fillNormals(seed, stream, atFabrication, 1, 0, size, fixed)
  const kept = Math.exp(-1 / driftTime)
  const fresh = Math.sqrt(1 - kept * kept)
  let at = -1
  return (n) => {
    if (drift !== 0) {
      if (n < at) at = -1
      for (; at < n; at++) {
        fillNormals(seed, stream, at + 1, 1, 0, size, z)
        for (let a = 0; a < size; a++) wandering[a] = at < 0 ? z[a]! : kept * wandering[a]! + fresh * z[a]!
      }
    }
    for (let a = 0; a < size; a++) out[a] = offset * fixed[a]! + drift * wandering[a]!
    return out
  }
}
