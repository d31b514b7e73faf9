import type { DriftDiffusion } from './drift-diffusion.js'
import { addChange, type Box, chainSolver, type GridChain, gridChain } from './grid-chain.js'

/** How finely an equation is solved; its error falls with the squares of both. */
export interface Resolution {
  readonly cells: number
  /** steps of time in all */
  readonly steps: number
}

/** The law of one coordinate at some times. */
export interface LawInTime {
  /** centres of the cells, [cells] */
  readonly x: Float64Array
  /** probability of each cell, [times] of [cells] */
  readonly mass: readonly Float64Array[]
  /** mean and variance of x; on a circle, windings counted, [times] */
  readonly mean: Float64Array
  readonly variance: Float64Array
}

/** Probability of the cells at the start, which sum to 1. */
export type StartMass = (x: Float64Array, cell: number) => Float64Array

/** What is followed: probabilities of cells, E[x; cell] with windings counted, E[x] and E[x²]. */
interface Moving {
  readonly mass: Float64Array
  /** [cells] on a circle, where x is not that of the cell */
  readonly wound: Float64Array | null
  readonly first: number
  readonly second: number
}

/**
 * Solves the Fokker–Planck equation of one coordinate,
 *
 *     ∂p/∂t = -∂(a p)/∂x + ∂²(D p)/∂x²
 *
 * in cells of equal width between which probability flows by Scharfetter's and Gummel's rule; none is lost. Time goes by the
 * trapezoidal rule and backward differences (TR-BDF2), which damp what is fast. On a circle the moments of x with its windings follow:
 * with q = E[x; cell] and jumps of ±h at the rates r and l, q' = Lq + h(r p - l p), d⟨x²⟩/dt = Σ 2h(r - l)q + h²(r + l)p.
 *
 * @param times ascending, from 0 on
 * @throws OverdampedError E_INVALID_VALUE where the drift is not finite, or the diffusion not above 0
 *
 * Cost: O(cells·steps), some 50 ns each, besides drift and diffusion at every cell, and step where they change.
 * Source: Bank et al., IEEE Trans. Electron Devices 32, 1992 (1985) for TR-BDF2.
 */
export function fokkerPlanck(
  process: DriftDiffusion,
  box: Box,
  start: StartMass,
  times: readonly number[],
  { cells, steps }: Resolution,
): LawInTime {
  const cell = (box.upper - box.lower) / cells
  const x = Float64Array.from({ length: cells }, (_, n) => box.lower + (n + 0.5) * cell)
  const longest = times.at(-1)! / steps
  let moving = beginning(x, start(x, cell), box)
  const seen: Moving[] = []
  let stepper: { dt: number; step: (moving: Moving) => Moving } | null = null
  let t = 0
  for (const time of times) {
    const count = Math.ceil((time - t) / longest - 1e-9)
    const dt = (time - t) / Math.max(1, count)
    for (let n = 0; n < count; n++) {
      if (stepper === null || !process.isSteady || stepper.dt !== dt)
        stepper = { dt, step: stepOf(gridChain(process, box, x, t + (n + 0.5) * dt), dt) }
      moving = stepper.step(moving)
    }
    t = time
    seen.push(moving)
  }
  const moments = seen.map((state) => (state.wound === null ? momentsOfCells(x, state.mass) : momentsOfWay(state)))
  return {
    x,
    mass: seen.map(({ mass }) => mass),
    mean: Float64Array.from(moments, ({ mean }) => mean),
    variance: Float64Array.from(moments, ({ variance }) => variance),
  }
}

function beginning(x: Float64Array, mass: Float64Array, { periodic }: Box): Moving {
  if (periodic !== true) return { mass, wound: null, first: 0, second: 0 }
  const wound = mass.map((p, i) => p * x[i]!)
  const second = wound.reduce((sum, q, i) => sum + q * x[i]!, 0)
  return { mass, wound, first: wound.reduce((sum, q) => sum + q, 0), second }
}

function momentsOfWay({ first, second }: Moving) {
  return { mean: first, variance: second - first ** 2 }
}

function momentsOfCells(x: Float64Array, mass: Float64Array) {
  const mean = mass.reduce((sum, p, i) => sum + p * x[i]!, 0)
  return { mean, variance: mass.reduce((sum, p, i) => sum + p * (x[i]! - mean) ** 2, 0) }
}

/** The share of a step that goes by the trapezoidal rule, for which both parts have the same matrix. */
const share = 2 - Math.SQRT2

/** A step of TR-BDF2 in a landscape that stands still meanwhile: that of its middle. */
function stepOf(chain: GridChain, dt: number): (moving: Moving) => Moving {
  const alpha = (share * dt) / 2
  const solve = chainSolver(chain, alpha)
  // y = (1 - αL)⁻¹ of what the explicit part has left.
  const implicit = ({ mass: p, wound: q, first, second }: Moving): Moving => {
    const mass = solve(p)
    if (q === null) return { mass, wound: null, first, second }
    const wound = solve(withJumps(chain, mass, q, alpha))
    const added = wayAdded(chain, mass, wound)
    return { mass, wound, first: first + alpha * added.first, second: second + alpha * added.second }
  }
  const explicit = ({ mass: p, wound: q, first, second }: Moving): Moving => {
    const mass = p.slice()
    addChange(chain, p, alpha, mass)
    if (q === null) return { mass, wound: null, first, second }
    const wound = withJumps(chain, p, q, alpha)
    addChange(chain, q, alpha, wound)
    const added = wayAdded(chain, p, q)
    return { mass, wound, first: first + alpha * added.first, second: second + alpha * added.second }
  }
  const weights = [1 / (share * (2 - share)), -((1 - share) ** 2) / (share * (2 - share))] as const
  return (moving) => implicit(mixed(implicit(explicit(moving)), moving, weights))
}

/** q + α h (r p - l p): what jumps add to E[x; cell]. */
function withJumps({ cell, up, down }: GridChain, p: Float64Array, q: Float64Array, alpha: number): Float64Array {
  const n = p.length
  return q.map((value, i) => {
    const [before, next] = [(i + n - 1) % n, (i + 1) % n]
    return value + alpha * cell * (up[before]! * p[before]! - down[next]! * p[next]!)
  })
}

/** The rates of E[x] and E[x²]. */
function wayAdded({ cell, up, down }: GridChain, p: Float64Array, q: Float64Array) {
  let [first, second] = [0, 0]
  for (let i = 0; i < p.length; i++) {
    const [drift, spread] = [cell * (up[i]! - down[i]!), cell ** 2 * (up[i]! + down[i]!)]
    first += drift * p[i]!
    second += 2 * drift * q[i]! + spread * p[i]!
  }
  return { first, second }
}

function mixed(a: Moving, b: Moving, [wa, wb]: readonly [number, number]): Moving {
  const mix = (x: Float64Array, y: Float64Array) => x.map((value, i) => wa * value + wb * y[i]!)
  return {
    mass: mix(a.mass, b.mass),
    wound: a.wound === null || b.wound === null ? null : mix(a.wound, b.wound),
    first: wa * a.first + wb * b.first,
    second: wa * a.second + wb * b.second,
  }
}
