import { advance } from '../../physics/dynamics/advance.js'
import { eulerMaruyama } from '../../physics/dynamics/euler-maruyama.js'
import { arrays, type States } from '../../physics/network/states.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { addHeat, type Landscape } from './landscape.js'
import { noiseOfChains } from './moves.js'

/**
 * Trajectories at equal steps in time, [units, frames, paths]: all their states at once are States of batch frames·paths, and frame t of
 * unit i begins at (i·frames + t)·paths.
 */
export interface Paths {
  /** positions, [units, frames, paths] */
  readonly x: Float64Array
  /** numbers in a state */
  readonly units: number
  /** states of each trajectory, its first included */
  readonly frames: number
  /** number of trajectories */
  readonly paths: number
}

/** All states of all paths. */
export function statesOf({ x, frames, paths }: Paths): States {
  return { x, batch: frames * paths }
}

/** One frame of all paths, [units, paths]. */
export function frameOf({ x, units, frames, paths }: Paths, t: number): States {
  const out = new Float64Array(units * paths)
  for (let i = 0; i < units; i++) {
    const from = (i * frames + t) * paths
    out.set(x.subarray(from, from + paths), i * paths)
  }
  return { x: out, batch: paths }
}

/** Paths of so many steps each, one after another: the last frame of one is the first of the next. What is left over is left out. */
export function cutPaths({ x, units, frames, paths }: Paths, steps: number): Paths {
  const pieces = Math.floor((frames - 1) / steps)
  const cut: Paths = {
    x: new Float64Array(units * (steps + 1) * pieces * paths),
    units,
    frames: steps + 1,
    paths: pieces * paths,
  }
  for (let i = 0; i < units; i++)
    for (let t = 0; t <= steps; t++)
      for (let piece = 0; piece < pieces; piece++) {
        const from = (i * frames + piece * steps + t) * paths
        cut.x.set(x.subarray(from, from + paths), (i * cut.frames + t) * cut.paths + piece * paths)
      }
  return cut
}

/** How paths are recorded. */
export interface Recording {
  /** h */
  readonly dt: number
  /** how many, each a frame */
  readonly steps: number
  /** of the noise */
  readonly seed: number
  /** of the noise, and the number of its first step */
  readonly stream: number
  /** number of the first step, which keys its noise */
  readonly from: number
}

/**
 * Moves states by Euler–Maruyama steps in a landscape that stands still, in place, and keeps all of them. Their heat is added to the
 * landscape's cost.
 *
 * @param bath - whose mobility may be another than the landscape's
 *
 * Cost: a force of each state.
 */
export function recordPaths(
  landscape: Landscape,
  theta: Float64Array,
  bath: Bath,
  start: States,
  { dt, steps, seed, stream, from }: Recording,
): Paths {
  const { units } = landscape
  const { batch } = start
  const kept: Paths = { x: new Float64Array(units * (steps + 1) * batch), units, frames: steps + 1, paths: batch }
  const surface = landscape.at(theta)
  const noise = noiseOfChains(landscape.arithmetic, seed, batch, stream)
  const keep = (t: number) => {
    for (let i = 0; i < units; i++)
      kept.x.set(start.x.subarray(i * batch, (i + 1) * batch), (i * kept.frames + t) * batch)
  }
  const [before, after] = arrays(2, batch)
  landscape.arithmetic.forceAndEnergy(theta, start.x, batch, null, before)
  keep(0)
  for (let t = 0; t < steps; t++) {
    advance(eulerMaruyama, surface, start, { bath, dt, from: from + t, steps: 1, seed, ...noise })
    keep(t + 1)
  }
  landscape.arithmetic.forceAndEnergy(theta, start.x, batch, null, after)
  addHeat(landscape, before, after)
  return kept
}

/** Means over each path of x_i(t) x_i(t + lag), [lags, units, paths]; those of lag 0 are over all frames. */
export function lagProducts({ x, units, frames, paths }: Paths, lags: readonly number[]): Float64Array {
  const out = new Float64Array(lags.length * units * paths)
  lags.forEach((lag, l) => {
    for (let i = 0; i < units; i++) {
      const to = (l * units + i) * paths
      for (let t = 0; t + lag < frames; t++) {
        const [early, late] = [(i * frames + t) * paths, (i * frames + t + lag) * paths]
        for (let n = 0; n < paths; n++) out[to + n]! += (x[early + n]! * x[late + n]!) / (frames - lag)
      }
    }
  })
  return out
}
