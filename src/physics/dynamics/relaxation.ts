import type { Coordinates } from '../network/network.js'
import { fillNormals } from '../noise/gaussian.js'
import { stream } from '../noise/streams.js'
import { fillUniformStates } from '../noise/uniform.js'
import type { Bath } from '../protocol/bath.js'
import { advance, type Stay } from './advance.js'
import type { Surface } from './drive.js'
import { langevinStep } from './euler-maruyama.js'
import type { Integrator } from './integrator.js'
import { mala } from './mala.js'
import { energyDifference, type LogRatio, metropolis, type Trial } from './metropolis.js'

/** So many steps of one length, the first of them with a number that keys its noise. */
export interface Stage {
  readonly dt: number
  readonly from: number
  readonly steps: number
}

/** Steps of MALA whose lengths are known before any of those that count is made: each keeps e^(-U/kT) exactly. */
export interface Relaxation {
  /** first those of the lengths that tuning went through, which bring states down from wherever they start, then all others */
  readonly stages: readonly Stage[]
  /** length of the others, and the share of proposals that was taken in the tuning's second half */
  readonly dt: number
  readonly acceptance: number
}

/** Share of proposals that are best taken, in the limit of many units. Source: Roberts and Rosenthal, J. R. Stat. Soc. B 60, 255 (1998). */
const bestAcceptance = 0.574
/** Chains that the step is tuned on, half from either start, in so many rounds of so many steps. */
const pilot = { chains: 32, rounds: 80, steps: 5 }
/** ln dt moves by this times what the acceptance is off, less as rounds go on; the mean of the second half is what is taken. */
const gain = 2
/** Numbers of the steps, far from those of any run: they key proposals and whether these are taken. */
const firstStep = { tuned: 2 ** 29, others: 2 ** 30 }

/** MALA; within walls, where there are any: what is proposed beyond one is refused. */
export function malaWithin(coordinates: Coordinates | null, watch?: (trial: Trial) => void): Integrator {
  if (coordinates === null && watch === undefined) return mala
  const ratio = coordinates === null ? energyDifference : withinWalls(coordinates)
  return metropolis('mala', langevinStep(), ratio, watch)
}

function withinWalls({ lower, upper }: Coordinates): LogRatio {
  return {
    energy: true,
    start(batch) {
      const write = energyDifference.start(batch)
      return (input, next, energyThere, out) => {
        write(input, next, energyThere, out)
        next.forEach((x, n) => {
          const unit = Math.floor(n / out.length)
          if (!(x >= lower[unit]! && x <= upper[unit]!)) out[n % out.length] = -Infinity
        })
      }
    },
  }
}

/**
 * Plans a relaxation: the step is tuned on a few chains of their own until .574 of what is proposed is taken. The chains that count begin
 * with the lengths that it went through on the way, short ones where the force is steep.
 *
 * @param surface - the landscape; `curvature`: a bound on its curvature at a state
 * @param starts - states that one half of the chains starts from, and the other, [units] each
 * @param steps - of the tuned length
 *
 * Cost: 12,800 forces and energies.
 */
export function planRelaxation(
  surface: Surface,
  curvature: (x: Float64Array) => number,
  bath: Bath,
  starts: readonly [Float64Array, Float64Array],
  seed: number,
  steps: number,
  coordinates: Coordinates | null,
): Relaxation {
  const { chains, rounds } = pilot
  const x = alternating(starts, 0, chains)
  let taken = 0
  const scheme = malaWithin(coordinates, (trial) => {
    taken += trial.taken.reduce((sum, one) => sum + one, 0)
  })
  const steepest = Math.max(...starts.map((start) => curvature(start)), 1e-6)
  let log = Math.log(1 / (bath.mobility * steepest))
  const stages: Stage[] = []
  let [late, acceptance] = [0, 0]
  for (let round = 0; round < rounds; round++) {
    const stage = { dt: Math.exp(log), from: firstStep.tuned + round * pilot.steps, steps: pilot.steps }
    stages.push(stage)
    taken = 0
    advance(scheme, surface, { x, batch: chains }, stay(stage, bath, seed, firstStep.others, 0, chains))
    const share = taken / (chains * pilot.steps)
    log += (gain / Math.sqrt(1 + round / 4)) * (share - bestAcceptance)
    if (2 * round < rounds) continue
    late += log / (rounds / 2)
    acceptance += share / (rounds / 2)
  }
  const dt = Math.exp(late)
  return { stages: [...stages, { dt, from: firstStep.tuned + rounds * pilot.steps, steps }], dt, acceptance }
}

/** A stay with the noise of a relaxation, of trajectories `first` … `first + batch` - 1; `ahead` tells the tuning's numbers from the others'. */
export function stay(
  { dt, from, steps }: Stage,
  bath: Bath,
  seed: number,
  ahead: number,
  first: number,
  batch: number,
): Stay {
  return {
    ...{ bath, dt, from, steps, seed },
    normals: (step, out) => fillNormals(seed, stream.relaxation, step + ahead, out.length / batch, first, batch, out),
    uniforms: (step, out) =>
      fillUniformStates({ seed, stream: stream.acceptance, step: step + ahead }, 1, first, batch, out),
  }
}

/** States of trajectories `first` … that begin at either start in turn, [units, batch]. */
export function alternating(starts: readonly [Float64Array, Float64Array], first: number, batch: number): Float64Array {
  const x = new Float64Array(starts[0].length * batch)
  for (let n = 0; n < x.length; n++) x[n] = starts[(first + (n % batch)) % 2]![Math.floor(n / batch)]!
  return x
}

/** The landscape as MALA sees it: forces without a potential may stand in its proposals, and active units stay where they are. */
export function stillSurface(surface: Surface): Surface {
  const { units, evaluate, harmonicPart, mobility, correlationTime } = surface
  const moves =
    correlationTime == null ? mobility : correlationTime.map((time, i) => (time > 0 ? 0 : (mobility?.[i] ?? 1)))
  return { units, evaluate, harmonicPart, ...(moves === undefined ? {} : { mobility: moves }) }
}
