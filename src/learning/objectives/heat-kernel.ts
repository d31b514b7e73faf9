import { invalidValue } from '../../errors.js'

/**
 * Walks of one unit among its S states, dq/dt = qR:
 *
 * - uniform: at rate 1 the unit takes any state, R = 1/S - δ;
 * - cyclic: at rate 1 to either neighbour on a ring, the last state beside the first;
 * - ordinal: at rate 1 to either neighbour in a row, whose ends have one;
 * - absorbing: at rate 1 the state is masked, and a masked one stays so.
 */
export const heatWalks = ['uniform', 'cyclic', 'ordinal', 'absorbing'] as const
/** One of them. */
export type HeatWalk = (typeof heatWalks)[number]

/**
 * The law q_t(·|·) of a walk after a time t, in closed form. States are numbers 0 … S - 1, and the mask is S.
 * Uniform numbers u are in (0, 1).
 */
export interface HeatKernel {
  /** S */
  readonly states: number
  /** rows of the law: S, and one more where there is a mask */
  readonly outcomes: number
  /** q_t(y|x) */
  probability(y: number, x: number): number
  /** y ~ q_t(·|x) */
  forth(x: number, u: number): number
  /**
   * A state x that y may come from, with probability in proportion to q_t(y|x): the walk itself where that is symmetric; a mask
   * becomes any state.
   */
  back(y: number, u: number): number
}

/**
 * The heat kernel of a walk.
 *
 * @param states - S, at least 1
 * @param t - time, from 0 to Infinity. Neighbours have been mixed over all states when t is about S²
 * @throws E_INVALID_VALUE for other S or t
 *
 * Cost: O(1), and for walks to neighbours O(S²) once; O(S) numbers are kept. A draw costs O(1), or O(log S).
 * Source: Schröder, Ou, Li & Duncan, arXiv:2412.01019 (2024), section 3.
 */
export function heatKernel(walk: HeatWalk, states: number, t: number): HeatKernel {
  if (!Number.isInteger(states) || states < 1) throw invalidValue(`expected 1 state or more, got ${states}.`, walk)
  if (!(t >= 0)) throw invalidValue(`expected a time of 0 or more, got ${t}.`, walk)
  if (walk === 'uniform') return uniformKernel(states, t)
  if (walk === 'absorbing') return absorbingKernel(states, t)
  return walk === 'cyclic' ? cyclicKernel(states, t) : ordinalKernel(states, t)
}

/** q = e^-t δ + (1 - e^-t)/S. */
function uniformKernel(states: number, t: number): HeatKernel {
  const moved = -Math.expm1(-t)
  const draw = (x: number, u: number) => (u < moved ? stateAt(u / moved, states) : x)
  return {
    states,
    outcomes: states,
    probability: (y, x) => moved / states + (y === x ? Math.exp(-t) : 0),
    forth: draw,
    back: draw,
  }
}

/** A state is kept with probability e^-t; a mask is as likely from any of them. */
function absorbingKernel(states: number, t: number): HeatKernel {
  const masked = -Math.expm1(-t)
  const kept = Math.exp(-t)
  return {
    states,
    outcomes: states + 1,
    probability: (y, x) => (x === states ? Number(y === x) : y === states ? masked : y === x ? kept : 0),
    forth: (x, u) => (u < masked ? states : x),
    back: (y, u) => (y === states ? stateAt(u, states) : y),
  }
}

/** The law of a shift alone, since all places of a ring are alike. */
function cyclicKernel(states: number, t: number): HeatKernel {
  const shift = ringShifts(states, t)
  const draw = (x: number, u: number) => (x + shift.draw(u)) % states
  return {
    states,
    outcomes: states,
    probability: (y, x) => shift.probability[(y - x + states) % states]!,
    forth: draw,
    back: draw,
  }
}

/**
 * A row of S folded from a ring of 2S, whose place 2S - 1 - a is state a too (reflection): this is Σ_p e^(tλ_p) v_p v_pᵀ with
 * λ_p = 2cos(πp/S) - 2 and v_p the cosines cos((2a - 1)πp/2S), and it keeps one row of numbers in place of S².
 */
function ordinalKernel(states: number, t: number): HeatKernel {
  const ring = 2 * states
  const shift = ringShifts(ring, t)
  const draw = (x: number, u: number) => {
    const place = (x + shift.draw(u)) % ring
    return place < states ? place : ring - 1 - place
  }
  return {
    states,
    outcomes: states,
    probability: (y, x) => shift.probability[(y - x + ring) % ring]! + shift.probability[(ring - 1 - y - x) % ring]!,
    forth: draw,
    back: draw,
  }
}

/**
 * Shifts on a ring of n places after a time t: c_d = (1/n) Σ_p e^(tλ_p) cos(2πpd/n), λ_p = 2cos(2πp/n) - 2. With n = 2 both neighbours
 * are the same place.
 */
function ringShifts(n: number, t: number): { probability: Float64Array; draw(u: number): number } {
  const cosine = Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n))
  const probability = new Float64Array(n)
  for (let p = 0; p < n; p++) {
    // λ as -4 sin², which is exact for small p too; of λ = 0 without t, which may be Infinity.
    const share = p === 0 ? 1 / n : Math.exp(-4 * t * Math.sin((Math.PI * p) / n) ** 2) / n
    if (share > 0) for (let d = 0, k = 0; d < n; d++, k = (k + p) % n) probability[d]! += share * cosine[k]!
  }
  const upTo = new Float64Array(n)
  let sum = 0
  for (let d = 0; d < n; d++) {
    // Rounding leaves what is 0 a little below it.
    probability[d] = Math.max(0, probability[d]!)
    sum += probability[d]!
    upTo[d] = sum
  }
  return {
    probability,
    draw(u) {
      const wanted = u * sum
      let low = 0
      let high = n - 1
      while (low < high) {
        const middle = (low + high) >>> 1
        if (wanted < upTo[middle]!) high = middle
        else low = middle + 1
      }
      return low
    },
  }
}

/** State number ⌊u S⌋; u may be rounded to 1. */
function stateAt(u: number, states: number): number {
  return Math.min(states - 1, Math.floor(u * states))
}
