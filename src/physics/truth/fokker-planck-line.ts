import { invalidValue } from '../../errors.js'
import type { DriftDiffusion } from './drift-diffusion.js'
import { fokkerPlanck, type LawInTime, type Resolution, type StartMass } from './fokker-planck.js'
import type { Moments } from './ornstein-uhlenbeck.js'

/** A law at the start, and where it is. */
export interface LineStart {
  readonly mass: StartMass
  readonly lower: number
  readonly upper: number
}

/** Enough to see where a law goes. */
const coarse: Resolution = { cells: 300, steps: 300 }
/** Probability of a cell beyond which there is nothing of a law. */
const negligible = 1e-13
/** Standard deviations within which a Gaussian is, to e^-32 of its top. */
const reach = 8

/** A Gaussian, or with the variance 0 a point: where cells are wide for it, three of them with its mean and its variance. */
export function gaussianLineStart({ mean, variance }: Moments): LineStart {
  const deviation = Math.sqrt(variance)
  return {
    lower: mean - reach * deviation,
    upper: mean + reach * deviation,
    mass(x, cell) {
      const mass = x.map((at) => (deviation > cell ? Math.exp(-((at - mean) ** 2) / (2 * variance)) : 0))
      if (deviation <= cell) {
        const middle = Math.min(Math.max(1, Math.round((mean - x[0]!) / cell)), x.length - 2)
        const off = (mean - x[middle]!) / cell
        const second = off ** 2 + variance / cell ** 2
        mass[middle - 1] = (second - off) / 2
        mass[middle] = 1 - second
        mass[middle + 1] = (second + off) / 2
      }
      const total = mass.reduce((sum, p) => sum + p, 0)
      return mass.map((p) => p / total)
    },
  }
}

/**
 * The law of a coordinate on the whole line, as `fokkerPlanck` solves it in a window that is doubled until nothing reaches its ends,
 * then cut to where the law is at any of the times or of a hundred others.
 *
 * @throws OverdampedError E_INVALID_VALUE where no window holds it: the coordinate runs away
 */
export function fokkerPlanckOnLine(
  process: DriftDiffusion,
  start: LineStart,
  times: readonly number[],
  resolution: Resolution,
): LawInTime {
  const { lower, upper } = windowOf(process, start, times.at(-1)!)
  return fokkerPlanck(process, { lower, upper }, start.mass, times, resolution)
}

function windowOf(process: DriftDiffusion, start: LineStart, duration: number) {
  const looks = Array.from({ length: 101 }, (_, n) => (duration * n) / 100)
  const centre = (start.lower + start.upper) / 2
  for (let span = Math.max(0.5, start.upper - centre); span < 1e9; span *= 2) {
    const box = { lower: centre - span, upper: centre + span }
    const law = fokkerPlanck(process, box, start.mass, looks, coarse)
    const most = law.x.map((_, i) => law.mass.reduce((largest, mass) => Math.max(largest, Math.abs(mass[i]!)), 0))
    if (most[0]! > negligible || most.at(-1)! > negligible) continue
    const [first, last] = [most.findIndex((p) => p > negligible), most.findLastIndex((p) => p > negligible)]
    const cell = (2 * span) / coarse.cells
    return { lower: law.x[first]! - 2 * cell, upper: law.x[last]! + 2 * cell }
  }
  throw invalidValue(
    'the law leaves every window; expected forces that hold the coordinate, or a shorter time.',
    'Fokker–Planck',
  )
}
