import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import { areNone, type Errors, noErrors, slowErrors } from '../hardware/errors.js'
import { type Rounding, rounded } from '../hardware/rounding.js'
import { type Device, deviceOf } from '../rules/device.js'
import { reversePath } from '../rules/reverse-path.js'
import type { Landscape } from './landscape.js'
import { type Computer, noisingRuns, type Run, stepsOf, stretch } from './thermodynamic-computer.js'

/** How a computer learns. */
interface ComputerTraining {
  /** of noising */
  readonly run: Run
  /** how far a parameter moves, over the gradient of the log-likelihood */
  readonly rate: number
  /** the gradient of each step moves the parameters at once; else that of a whole run does */
  readonly online: boolean
  /** errors of each formed update, relative to its rms; none when absent */
  readonly errors?: Errors | undefined
  /** what holds the parameters while they are learned, up to ±full; float64 when absent */
  readonly held?: (Rounding & { readonly full: number }) | undefined
  /** of all random numbers */
  readonly seed: number
}

/** Learning that goes on cycle by cycle. */
interface ComputerTrainer {
  /** learns from one noising run of each pattern, number `cycle` from 0 on: θ is changed in place */
  cycle(cycle: number): void
}

/** Noising runs that are made at once: as many as fill a block of normals, where they do not take more than so many numbers. */
const atOnce = { runs: 16, numbers: 6e7 }

/**
 * The gradient of the log-likelihood of steps of noising, run backwards under θ, [size]:
 *
 *     log p = -Σ |dx_i + μ F_i(x′) h|²/(4μkTh),   ∂/∂J_ij = -(r_i x′_j + r_j x′_i),   r = -(dx + μ F(x′) h)/(2kT)
 *
 * which is the reverse-path rule, undone of its average and its weight.
 *
 * Cost: a force and a statistic of each step.
 */
export function backwardGradient(
  landscape: Landscape,
  theta: Float64Array,
  steps: { readonly before: Float64Array; readonly after: Float64Array },
  dt: number,
  out: Float64Array,
): void {
  const { bath, units } = landscape
  const count = steps.after.length / units
  const noised = {
    ...{ batch: count, x: steps.after, target: steps.after, targetVariance: 1, trap: 0, scale: 0, draw: noDraw },
    weight: (-bath.mobility * dt * count) / (2 * bath.kT),
    path: [{ ...steps, dt }],
  }
  rule.gradient(measured(landscape, theta), noised, out)
}

const rule = reversePath()
const noDraw = { seed: 0, step: 0 }

/** A device whose forces and sums are those of a landscape's arithmetic. */
function measured(landscape: Landscape, theta: Float64Array): Device {
  const { potential, bath, arithmetic } = landscape
  const device = deviceOf(potential, theta, bath)
  return {
    ...device,
    force: (x, batch, out) => landscape.evaluate(theta, x, batch, out, null),
    electronics: {
      ...device.electronics,
      directional: (x, r, batch, out) => arithmetic.directional(theta, x, r, batch, out),
    },
  }
}

/** Log-likelihood of steps of noising, run backwards under θ, but for its constant. Cost: a force of each step. */
export function backwardLogLikelihood(
  { arithmetic, bath, units }: Landscape,
  theta: Float64Array,
  { before, after }: { readonly before: Float64Array; readonly after: Float64Array },
  dt: number,
): number {
  const force = new Float64Array(after.length)
  arithmetic.forceAndEnergy(theta, after, after.length / units, force, null)
  let sum = 0
  for (let n = 0; n < after.length; n++) sum += (after[n]! - before[n]! + bath.mobility * force[n]! * dt) ** 2
  return -sum / (4 * bath.mobility * bath.kT * dt)
}

/**
 * Learns by following the gradient of the log-likelihood of noising runs, one pattern after another.
 *
 * @param theta - where it starts, [size]
 * Cost: of a cycle, a force and a statistic for each step of each pattern.
 */
export function computerTrainer(
  computer: Computer,
  landscape: Landscape,
  pulled: readonly Float64Array[],
  training: ComputerTraining,
  theta: Float64Array,
): ComputerTrainer {
  const { run, seed, online } = training
  const { units } = landscape
  const steps = stepsOf(run)
  const room = Math.min(atOnce.runs, atOnce.numbers / (units * (steps + 1)))
  const cycles = Math.max(1, Math.floor(room / pulled.length))
  const gradient = new Float64Array(theta.length)
  const update = updater(computer, training, theta, gradient)
  let made: { readonly block: number; readonly runs: readonly Float64Array[] } | null = null
  const learn = (kept: Float64Array, first: number, count: number, n: number) => {
    backwardGradient(landscape, theta, stretch(kept, units, first, count), run.dt, gradient)
    update(n)
  }
  return {
    cycle(cycle) {
      const block = Math.floor(cycle / cycles)
      if (made?.block !== block) made = { block, runs: noisingRuns(computer, pulled, run, { seed, block, cycles }) }
      const { runs } = made
      for (let p = 0; p < pulled.length; p++) {
        const kept = runs[(cycle % cycles) * pulled.length + p]!
        const first = cycle * pulled.length + p
        if (!online) learn(kept, 0, steps, first)
        else for (let t = 0; t < steps; t++) learn(kept, t, 1, first * steps + t)
      }
    },
  }
}

/** Moves what is learned by update number n: with its errors, and rounded to what holds it. */
function updater(
  { learned }: Computer,
  { rate, errors = noErrors, held, seed }: ComputerTraining,
  theta: Float64Array,
  gradient: Float64Array,
): (n: number) => void {
  const places = Int32Array.from([...learned.keys()].filter((a) => learned[a] === 1))
  const exact = areNone(errors)
  const slow = slowErrors(errors, { seed, stream: stream.computerDrift }, places.length)
  const white = new Float64Array(places.length)
  return (n) => {
    if (!exact) {
      const rms = Math.sqrt(places.reduce((sum, a) => sum + gradient[a]! ** 2, 0) / places.length)
      const off = slow(n)
      if (errors.noise > 0) fillNormals(seed, stream.computerErrors, n, 1, 0, places.length, white)
      places.forEach((a, k) => {
        gradient[a]! += rms * (off[k]! + errors.noise * white[k]!)
      })
    }
    for (const a of places) theta[a]! += rate * gradient[a]!
    if (held === undefined) return
    const between =
      held.rounding === 'stochastic'
        ? drawUniform({ seed, stream: stream.computerRounding, step: n }, places.length)
        : null
    places.forEach((a, k) => {
      theta[a] = rounded(theta[a]!, held.bits, held.full, between === null ? 0.5 : between[k]!)
    })
  }
}
