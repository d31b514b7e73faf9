import { forceAndEnergy, type Potential } from '../potential/potential.js'

/** One coordinate that moves by dx = a dt + √(2D) dW (Itô), its drift a and diffusion D at positions and a time. */
export interface DriftDiffusion {
  /** a(x, t), [points] */
  readonly drift: (x: Float64Array, t: number) => Float64Array
  /** D(x, t) > 0, [points] */
  readonly diffusion: (x: Float64Array, t: number) => Float64Array
  /** whether neither depends on t */
  readonly isSteady: boolean
}

/** What moves a unit: μ(t-independent) and kT(t), and θ(t) of its landscape. */
export interface DrivenUnit {
  readonly potential: Potential
  readonly unit: number
  readonly mobility: number
  readonly kT: (t: number) => number
  readonly theta: (t: number) => Float64Array
  readonly isSteady: boolean
}

/** Drift μF and diffusion μkT of a unit of a network, the others at 0 (they do not act on it). */
export function driftDiffusionOf({ potential, unit, mobility, kT, theta, isSteady }: DrivenUnit): DriftDiffusion {
  const { units } = potential.network
  return {
    isSteady,
    drift(x, t) {
      const states = new Float64Array(units * x.length)
      states.set(x, unit * x.length)
      const forces = new Float64Array(states.length)
      forceAndEnergy(potential, theta(t), states, x.length, forces, new Float64Array(x.length))
      return forces.subarray(unit * x.length, (unit + 1) * x.length).map((force) => mobility * force)
    },
    diffusion: (x, t) => new Float64Array(x.length).fill(mobility * kT(t)),
  }
}

/** Half the width of the central differences of the drift: their error is its square, that of rounding 1e-16 over it. */
const difference = 1e-4

/**
 * The process that Euler–Maruyama with step h follows up to O(h²) in law, of one whose D does not depend on x, with the drift and
 * diffusion that its steps take, those of their ends, t + h/2 from the middle t:
 *
 *     a_h = a - (h/2)(a a' + D a''),   D_h = D (1 - h a')
 *
 * from E f(x + ha + √(2hD)ξ) = f + h(a f' + D f'') + (h²/2)(a² f'' + 2aD f''' + D² f'''') against e^(hL)f, L = a∂ + D∂².
 * In a trap a = -μkx it has the variance (kT/k)(1 + μhk)/(1 + μhk/2), the scheme's own up to O(h²).
 * @param step h; where steps are not equal, that of the step under way at t
 * Source: modified equations of weak schemes; Zygalakis, SIAM J. Sci. Comput. 33, 102 (2011).
 */
export function eulerMaruyamaProcess(
  { drift, diffusion, isSteady }: DriftDiffusion,
  step: number | ((t: number) => number),
): DriftDiffusion {
  if (step === 0) return { drift, diffusion, isSteady }
  const stepAt = (t: number) => (typeof step === 'number' ? step : step(t))
  const around = lastKept((x, t) =>
    [-difference, 0, difference].map((shift) => drift(shift === 0 ? x : x.map((at) => at + shift), t)),
  )
  const slope = (left: number, right: number) => (right - left) / (2 * difference)
  return {
    isSteady: isSteady && typeof step === 'number',
    drift(x, t) {
      const h = stepAt(t)
      const [left, here, right] = around(x, t + h / 2) as [Float64Array, Float64Array, Float64Array]
      const D = diffusion(x, t + h / 2)
      return here.map((a, n) => {
        const bend = (left[n]! - 2 * a + right[n]!) / difference ** 2
        return a - (h / 2) * (a * slope(left[n]!, right[n]!) + D[n]! * bend)
      })
    },
    diffusion(x, t) {
      const h = stepAt(t)
      const [left, , right] = around(x, t + h / 2) as [Float64Array, Float64Array, Float64Array]
      return diffusion(x, t + h / 2).map((D, n) => D * (1 - h * slope(left[n]!, right[n]!)))
    },
  }
}

/** Terms of second order in the step, of the size of a'², a a″ and D a‴, each of which may be as large as (h a')². */
const secondOrder = 3

/**
 * What `eulerMaruyamaProcess` leaves out, over what it puts in: 3h√⟨a'²⟩, an estimate by sizes. (Of a trap's mean it is (2/3)hμk, of its
 * variance hμk/2.)
 *
 * @param mass - probability of the places x at time t, [points]
 */
export function leftOutBySteps(
  { drift }: DriftDiffusion,
  h: number,
  x: Float64Array,
  mass: Float64Array,
  t: number,
): number {
  const [left, right] = [-difference, difference].map((shift) =>
    drift(
      x.map((at) => at + shift),
      t,
    ),
  )
  const squares = mass.reduce((sum, p, n) => sum + p * ((right![n]! - left![n]!) / (2 * difference)) ** 2, 0)
  return secondOrder * h * Math.sqrt(Math.max(0, squares))
}

/** The same function, which remembers what it gave last: drift and diffusion are asked for at the same places one after the other. */
function lastKept<Value>(f: (x: Float64Array, t: number) => Value): (x: Float64Array, t: number) => Value {
  let last: { x: Float64Array; t: number; value: Value } | null = null
  return (x, t) => {
    if (last?.x !== x || last.t !== t) last = { x, t, value: f(x, t) }
    return last.value
  }
}
