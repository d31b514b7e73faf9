import { keyOf, philox4x32 } from './philox.js'
import type { DrawKey } from './uniform.js'

/**
 * Standard normals keyed by (seed, stream, step, unit, trajectory).
 *
 * Layout: trajectory τ of unit i at a step reads the Philox counter (4⌊τ/16⌋ + τ mod 4, i, step, stream) and takes the
 * normal q = ⌊(τ mod 16)/4⌋ of its four: words 0,1 make q = 0,1 and words 2,3 make q = 2,3 (Box–Muller). Four
 * neighbouring trajectories thus come from four neighbouring counters, which suits SIMD lanes.
 *
 * Every operation below is an IEEE float32 one (+, ×, √, conversions), none is Math.log or Math.cos, so the bits are the
 * same in every engine that rounds as IEEE says. Polynomials: Cephes logf, sinf, cosf (Moshier).
 */

const f = Math.fround
const floatBits = new Float32Array(1)
const intBits = new Int32Array(floatBits.buffer)

const log9 = f(7.0376836292e-2)
const log8 = f(-1.151461031e-1)
const log7 = f(1.167699874e-1)
const log6 = f(-1.2420140846e-1)
const log5 = f(1.4249322787e-1)
const log4 = f(-1.6668057665e-1)
const log3 = f(2.0000714765e-1)
const log2 = f(-2.4999993993e-1)
const log1 = f(3.3333331174e-1)
const ln2 = f(Math.LN2)
/** Bits of the float just under √½, where the mantissa's range [√½, √2) begins. */
const sqrtHalfBits = 0x3f3504f3

/** Natural logarithm in float32 of a positive normal float32 (relative error below 2⁻²³). */
function logF32(x: number): number {
  floatBits[0] = x
  const exponent = (intBits[0]! - sqrtHalfBits) >> 23
  intBits[0] = intBits[0]! - (exponent << 23)
  const m = f(floatBits[0]! - 1)
  const z = f(m * m)
  let y = log9
  y = f(f(y * m) + log8)
  y = f(f(y * m) + log7)
  y = f(f(y * m) + log6)
  y = f(f(y * m) + log5)
  y = f(f(y * m) + log4)
  y = f(f(y * m) + log3)
  y = f(f(y * m) + log2)
  y = f(f(y * m) + log1)
  y = f(f(y * m) * z)
  y = f(f(z * -0.5) + y)
  return f(f(f(exponent) * ln2) + f(m + y))
}

const uniformScale = f(2 ** -31)
const uniformHalf = f(2 ** -32)
const angleScale = f(Math.PI / 2 ** 31)
const sin3 = f(-1.9515295891e-4)
const sin2 = f(8.3321608736e-3)
const sin1 = f(-1.6666654611e-1)
const cos3 = f(2.443315711809948e-5)
const cos2 = f(-1.388731625493765e-3)
const cos1 = f(4.166664568298827e-2)

/**
 * Box–Muller on two random words: radius √(-2 ln u) from the 31 high bits of `r1`; from `r2` an angle in [-π/4, π/4)
 * (bits 2–31), the swap of sine and cosine (bit 0) and the sign of the radius (bit 1), which together cover the circle.
 * The largest |normal| is √(2 ln 2³²) = 6.66.
 */
function boxMuller(r1: number, r2: number, out: Float32Array, at: number): void {
  const u = f(f(f(r1 >>> 1) * uniformScale) + uniformHalf)
  const length = f(Math.sqrt(f(logF32(u) * -2)))
  const radius = (r2 & 2) === 0 ? length : -length
  const angle = f(f(r2 >> 2) * angleScale)
  const z = f(angle * angle)
  const sineTail = f(f(f(f(f(f(sin3 * z) + sin2) * z) + sin1) * z) * angle)
  const sine = f(sineTail + angle)
  const cosineTail = f(f(f(f(f(cos3 * z) + cos2) * z) + cos1) * z)
  const cosine = f(f(cosineTail * z) + f(f(z * -0.5) + 1))
  const swap = (r2 & 1) !== 0
  out[at] = f(radius * (swap ? sine : cosine))
  out[at + 1] = f(radius * (swap ? cosine : sine))
}

const words = new Int32Array(4)
const four = new Float32Array(4)

/**
 * Fills `out` (shape [units, batch], batch innermost) with independent standard normals.
 *
 * @param seed - integer in [0, 2⁵³)
 * @param stream - what the numbers are for (streams.ts)
 * @param step - integer in [0, 2³²)
 * @param firstTrajectory - index τ of column 0; any split of the trajectories into batches gives the same numbers
 *
 * Cost: one Philox call for four normals when `firstTrajectory` and `batch` are multiples of 16.
 */
export function fillNormals(
  seed: number,
  stream: number,
  step: number,
  units: number,
  firstTrajectory: number,
  batch: number,
  out: Float64Array,
): void {
  const [key0, key1] = keyOf(seed)
  const end = firstTrajectory + batch
  for (let unit = 0; unit < units; unit++) {
    const row = unit * batch - firstTrajectory
    for (let group = firstTrajectory >>> 4; group << 4 < end; group++) {
      for (let lane = 0; lane < 4; lane++) {
        const trajectory = (group << 4) + lane
        // A counter serves τ = lane, lane + 4, lane + 8, lane + 12 of its group: skip it when none is asked for.
        if (trajectory >= end || trajectory + 12 < firstTrajectory) continue
        philox4x32((group << 2) + lane, unit, step, stream, key0, key1, words)
        boxMuller(words[0]!, words[1]!, four, 0)
        boxMuller(words[2]!, words[3]!, four, 2)
        for (let q = 0; q < 4; q++) {
          const column = trajectory + 4 * q
          if (column >= firstTrajectory && column < end) out[row + column] = four[q]!
        }
      }
    }
  }
}

/** The numbers of fillNormals for trajectories 0 to batch - 1, [units, batch]. */
export function drawNormals({ seed, stream, step }: DrawKey, units: number, batch: number): Float64Array {
  const out = new Float64Array(units * batch)
  fillNormals(seed, stream, step, units, 0, batch, out)
  return out
}
