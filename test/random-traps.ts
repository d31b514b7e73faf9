// Random harmonic schedules far from 0, and what a backend makes of them beside the continuum; runs in pages too.
import type { Backend } from '../src/backend/backend.js'
import { simulationOf } from '../src/backend/simulation.js'
import { gaussianStart } from '../src/physics/dynamics/ensemble.js'
import { createWorkAndHeat } from '../src/physics/dynamics/work-and-heat.js'
import { createNetwork } from '../src/physics/network/network.js'
import { fillUniform } from '../src/physics/noise/uniform.js'
import { createPotential } from '../src/physics/potential/potential.js'
import { scheduledProtocol } from '../src/physics/protocol/protocol.js'

const trajectories = 64
const network = createNetwork({ visible: { units: 1 } })

/** A trap of stiffness k(t) at c(t) = far + δ(t), in a bath. */
interface Trap {
  readonly k: (t: number) => number
  readonly far: number
  readonly shift: (t: number) => number
  readonly kT: number
  readonly mobility: number
  readonly duration: number
  readonly dt: number
}

/** A harmonic schedule drawn at random: offsets of 0 and 1 to 1e7 thermal widths, kT of 1e-6 to 1e3, μk·dt of .001 to .02. */
function drawTrap(seed: number): Trap & { readonly widths: number } {
  const u = new Float64Array(10)
  fillUniform({ seed, stream: 77, step: 0 }, u)
  const between = (n: number, low: number, high: number) => low + (high - low) * u[n]!
  const kT = 10 ** between(0, -6, 3)
  const k0 = 10 ** between(1, -2, 2)
  const mobility = 10 ** between(2, -1, 1)
  const width = Math.sqrt(kT / k0)
  const widths = u[3]! < 0.1 ? 0 : 10 ** between(4, 0, 7)
  const most = 1.8 * k0
  const dt = 10 ** between(5, -3, Math.log10(0.02)) / (mobility * most)
  const duration = dt * Math.ceil(between(6, 50, 250))
  const [swing, stir] = [between(7, 0, 0.8), between(8, 0, 3) * width]
  const turns = (2 * Math.PI * between(9, 0.1, 1)) / duration
  return {
    k: (t) => k0 * (1 + swing * Math.sin(turns * t)),
    shift: (t) => stir * Math.sin(2 * turns * t),
    ...{ far: widths * width, widths, kT, mobility, duration, dt },
  }
}

/**
 * Mean (from `far`) and variance at the end and the mean work of the continuum, from equilibrium: moment equations by the classical Runge–Kutta
 * scheme, and the work of U = k(x - c)²/2 by Simpson's rule along it. Independent of steps, noise and backends.
 */
function continuum({ k, shift, kT, mobility, duration }: Trap) {
  const pieces = 400
  const h = duration / pieces
  const slope = (f: (t: number) => number, t: number) => (f(t + h / 100) - f(t - h / 100)) / (h / 50)
  const rate = (t: number, [m, v]: readonly [number, number]): readonly [number, number, number] => [
    -mobility * k(t) * (m - shift(t)),
    2 * mobility * (kT - k(t) * v),
    (slope(k, t) * ((m - shift(t)) ** 2 + v)) / 2 - k(t) * (m - shift(t)) * slope(shift, t),
  ]
  let [m, v, work] = [shift(0), kT / k(0), 0]
  for (let n = 0; n < pieces; n++) {
    const t = n * h
    const a = rate(t, [m, v])
    const b = rate(t + h / 2, [m + (h / 2) * a[0], v + (h / 2) * a[1]])
    const c = rate(t + h / 2, [m + (h / 2) * b[0], v + (h / 2) * b[1]])
    const d = rate(t + h, [m + h * c[0], v + h * c[1]])
    const step = (i: 0 | 1 | 2) => (h / 6) * (a[i] + 2 * b[i] + 2 * c[i] + d[i])
    ;[m, v, work] = [m + step(0), v + step(1), work + step(2)]
  }
  return { mean: m, variance: v, work }
}

/** Runs a trap as a network has it, U = kx²/2 - fx, from equilibrium; what is measured is of U = k(x - c)²/2. */
async function measure(backend: Backend, trap: Trap, seed: number) {
  const { k, far, shift, kT, mobility, duration, dt } = trap
  const potential = createPotential(network, {}, kT)
  const centre = (t: number) => far + shift(t)
  const protocol = scheduledProtocol(
    Float64Array.of(k(0), k(0) * centre(0)),
    [
      { parameter: 0, value: k },
      { parameter: 1, value: (t) => k(t) * centre(t) },
    ],
    duration,
    dt,
  )
  const workAndHeat = createWorkAndHeat(trajectories)
  const start = gaussianStart(seed, centre(0), kT / k(0))
  const bath = { kT, mobility }
  const { final } = await backend.simulate(
    simulationOf({ potential, protocol, bath, start, trajectories, seed, workAndHeat }),
  )
  const constant = (k(duration) * centre(duration) ** 2 - k(0) * centre(0) ** 2) / 2
  const ofTrap = (energy: Float64Array) => Float64Array.from(energy, (value) => value + constant)
  return {
    x: final.points.map((value) => value - far),
    work: ofTrap(workAndHeat.work),
    heat: workAndHeat.heat,
    largest: k(0) * centre(0) ** 2 + k(duration) * centre(duration) ** 2,
  }
}

function moments(values: Float64Array) {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value / n, 0)
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / (n - 1), 0)
  return { mean, variance }
}

/** A case that a backend refused, or how far it is off, in standard errors beyond what steps and float64 allow. */
export type Judged =
  | { readonly refused: string; readonly widths: number }
  | {
      readonly z: Readonly<Record<'mean' | 'variance' | 'work', number>>
      readonly heat: number
      readonly widths: number
    }

/** The schedule of a seed and its continuum, found once for all backends. */
function caseOf(seed: number) {
  if (latest?.seed !== seed) {
    const trap = drawTrap(seed)
    latest = { seed, trap, truth: continuum(trap) }
  }
  return latest
}
let latest: {
  readonly seed: number
  readonly trap: ReturnType<typeof drawTrap>
  readonly truth: ReturnType<typeof continuum>
} | null = null

/** Runs the schedule of a seed, and compares it with the continuum; `heat` is the variance of the heat. */
export async function judge(backend: Backend, seed: number): Promise<Judged> {
  const { trap, truth } = caseOf(seed)
  const { widths } = trap
  const most = 1.8 * trap.mobility * Math.max(...[0, 0.25, 0.5, 0.75, 1].map((t) => trap.k(t * trap.duration)))
  let found: Awaited<ReturnType<typeof measure>>
  try {
    found = await measure(backend, trap, seed)
  } catch (error) {
    return { refused: String(error), widths }
  }
  const [x, work, heat] = [moments(found.x), moments(found.work), moments(found.heat)]
  // First order of the scheme in μk·dt, and what float64 keeps of energies and positions of this size.
  const scheme = most * trap.dt
  const rounding = 2 ** -52 * found.largest
  const z = {
    mean:
      (Math.abs(x.mean - truth.mean) - scheme * Math.sqrt(truth.variance) * 3 - 2 ** -50 * trap.far) /
      Math.sqrt(truth.variance / trajectories),
    variance: (Math.abs(x.variance / truth.variance - 1) - scheme) / Math.sqrt(2 / (trajectories - 1)),
    work:
      (Math.abs(work.mean - truth.work) - scheme * (trap.kT + Math.abs(truth.work)) - rounding) /
      Math.sqrt(work.variance / trajectories),
  }
  return { z, heat: heat.variance, widths }
}
