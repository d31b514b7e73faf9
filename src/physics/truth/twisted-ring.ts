/** A ring of oscillators with U = Σ v(x_(i+1) - x_i), whose angle goes round `twist` times along the ring. */
export interface TwistedRing {
  readonly units: number
  readonly twist: number
  /** v of a bond, of the angle between neighbours */
  readonly bond: (angle: number) => number
  readonly kT: number
}

/** Points on which a bond's angle is summed, half as far as π to either side of its rest. */
const points = 2001

/**
 * Mean squares of the modes a_k = N^-½ Σ_i u_i e^(-2πi k i/N) of the deviations u from a state in which every bond has the angle
 * Δ = 2π twist/N, as long as none slips, |deviation of a bond| < π/2.
 *
 * All bonds of a ring have one law, and their deviations sum to 0, so ⟨δ_i δ_j⟩ = C (N δ_ij - 1)/(N - 1), and with
 * δ̂_k = (e^(2πik/N) - 1) a_k
 *
 *     ⟨|a_k|²⟩ = C N/(N - 1) / 4 sin²(πk/N)
 *
 * exactly; C, the variance of a bond given that all sum to 0, comes from the N-th power of one bond's characteristic function. In the
 * harmonic limit of low temperatures C N/(N - 1) = kT/v''(Δ), kT/(K cos Δ) of v = -K cos.
 *
 * @param k 1 … N - 1
 * @returns ⟨|a_k|²⟩; a mode's sine and cosine have half of it each
 *
 * Cost: some ten million operations.
 */
export function twistedRingModes({ units, twist, bond, kT }: TwistedRing): (k: number) => number {
  const rest = (2 * Math.PI * twist) / units
  const step = Math.PI / (points - 1)
  const angles = Float64Array.from({ length: points }, (_, n) => -Math.PI / 2 + n * step)
  // Given the sum, a constant force on all bonds changes nothing; this one has them rest where they are.
  const slope = (bond(rest + step) - bond(rest - step)) / (2 * step)
  const weights = boltzmannWeights(angles, (angle) => (bond(rest + angle) - slope * angle) / kT)
  // Sums of N bonds are on the same grid, Nπ long: frequencies 2πm/(N·points·step) tell all of them apart.
  const frequency = (2 * Math.PI) / (units * points * step)
  let [partition, squares] = [0, 0]
  const half = Math.floor((units * points) / 2)
  for (let m = 0; m <= half; m++) {
    const { value, second } = characteristic(angles, weights, m * frequency)
    const [modulus, phase] = [Math.hypot(...value), Math.atan2(value[1], value[0])]
    // Beyond, the N-th power is nothing.
    if (modulus ** (units - 1) < 1e-18) break
    const share = m === 0 ? 1 : 2
    partition += share * modulus ** units * Math.cos(units * phase)
    const others = [(units - 1) * phase, modulus ** (units - 1)] as const
    squares += share * others[1] * (second[0] * Math.cos(others[0]) - second[1] * Math.sin(others[0]))
  }
  const variance = squares / partition
  return (k) => (variance * units) / (units - 1) / (4 * Math.sin((Math.PI * k) / units) ** 2)
}

/** e^(-u)/Z */
function boltzmannWeights(x: Float64Array, u: (x: number) => number): Float64Array {
  const energy = x.map(u)
  const lowest = energy.reduce((a, b) => Math.min(a, b), Infinity)
  const weights = energy.map((value) => Math.exp(lowest - value))
  const total = weights.reduce((sum, w) => sum + w, 0)
  return weights.map((w) => w / total)
}

/** Real and imaginary parts of ⟨e^(isδ)⟩ and of ⟨δ² e^(isδ)⟩. */
function characteristic(angles: Float64Array, weights: Float64Array, s: number) {
  const value: [number, number] = [0, 0]
  const second: [number, number] = [0, 0]
  for (let n = 0; n < angles.length; n++) {
    const [c, d] = [weights[n]! * Math.cos(s * angles[n]!), weights[n]! * Math.sin(s * angles[n]!)]
    value[0] += c
    value[1] += d
    second[0] += angles[n]! ** 2 * c
    second[1] += angles[n]! ** 2 * d
  }
  return { value, second }
}
