import { eulerMaruyama } from '../../physics/dynamics/euler-maruyama.js'
import { createNetwork } from '../../physics/network/network.js'
import type { States } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { createPotential, type Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import type { Landscape } from './landscape.js'
import { moveBy } from './moves.js'

/**
 * A generative thermodynamic computer: visible and hidden units in wells of their own,
 *
 *     U = Σ_i (J2 x_i² + J4 x_i⁴) + Σ_h b_h x_h + Σ_vh J_vh x_v x_h + Σ_hh' J_hh' x_h x_h'
 *
 * constant in time. In the terms of a potential J2 is half a stiffness, J4 a quarter of a quartic, and b the negative of a bias.
 * Source: Whitelam, arXiv:2506.15121.
 */
export interface Computer {
  /** units without a name of their own: the visible ones first */
  readonly potential: Potential
  /** number of visible units */
  readonly visible: number
  /** number of hidden units */
  readonly hidden: number
  /** parameters of the units alone, [size]: nothing is coupled, b = 0 */
  readonly uncoupled: Float64Array
  /** 1 where a parameter is learned, which couplings and biases of hidden units are, [size] */
  readonly learned: Uint8Array
  /** temperature and mobility */
  readonly bath: Bath
}

/** What a computer is made of. */
interface ComputerOptions {
  /** number of visible units */
  readonly visible: number
  /** number of hidden units */
  readonly hidden: number
  /** 2 J2 */
  readonly stiffness: number
  /** 4 J4 */
  readonly quartic: number
  /** temperature and mobility */
  readonly bath: Bath
}

/** A computer of which nothing is coupled yet; every hidden unit has a coupling to each other unit. */
export function createComputer({ visible, hidden, stiffness, quartic, bath }: ComputerOptions): Computer {
  const units = visible + hidden
  const edges: [number, number][] = []
  for (let h = visible; h < units; h++) for (let i = 0; i < h; i++) edges.push([i, h])
  const network = createNetwork({ visible: { units }, couplings: { visible: { edges } } })
  const potential = createPotential(network, { onsite: ['stiffness', 'quartic', 'bias'], pair: ['bilinear'] }, bath.kT)
  const [uncoupled, learned] = [new Float64Array(potential.size), new Uint8Array(potential.size)]
  for (const { name, offset, size } of potential.groups) {
    if (name === 'stiffness') uncoupled.fill(stiffness, offset, offset + size)
    if (name === 'quartic') uncoupled.fill(quartic, offset, offset + size)
    if (name === 'bias') learned.fill(1, offset + visible, offset + size)
    if (name === 'bilinear') learned.fill(1, offset, offset + size)
  }
  return { potential, visible, hidden, uncoupled, learned, bath }
}

/** How long and by which steps a computer noises and generates. */
export interface Run {
  /** t_f, how long each of them takes */
  readonly duration: number
  /** h, the time of one step */
  readonly dt: number
}

/** Number of steps of a run. */
export function stepsOf({ duration, dt }: Run): number {
  return Math.round(duration / dt)
}

/** Strength of the force at first, and the share of the run after which there is none. */
const pull = { first: 2, until: 0.75 }

/** a(t) of noising: 2(1 - t/(.75 t_f)), then 0. */
function pullAt(t: number, duration: number): number {
  return Math.max(0, pull.first * (1 - t / (pull.until * duration)))
}

/**
 * What pulls on the units for each pattern: s on visible ones, Pᵀs on hidden ones with P_vh ~ N(0, 1/visible), [patterns][units].
 *
 * @param patterns - of zero mean and unit variance, [patterns][visible]
 */
export function pulls(
  { visible, hidden }: Pick<Computer, 'visible' | 'hidden'>,
  patterns: readonly Float64Array[],
  seed: number,
): Float64Array[] {
  const projection = new Float64Array(visible * hidden)
  fillNormals(seed, stream.projection, 0, visible, 0, hidden, projection)
  return patterns.map((s) => {
    const out = new Float64Array(visible + hidden)
    out.set(s)
    for (let v = 0; v < visible; v++)
      for (let h = 0; h < hidden; h++) out[visible + h]! += (projection[v * hidden + h]! * s[v]!) / Math.sqrt(visible)
    return out
  })
}

/**
 * Noising runs of a number of cycles, each of every pattern: from equilibrium under the full pull (as long a run before) as it fades.
 * Couplings are off, so that no parameter that is learned has a part in them.
 *
 * @param block - which cycles, counted in calls: keys the noise
 * @returns for each cycle and pattern the positions, [units, steps + 1]
 *
 * Cost: O(units) for each step and run.
 */
export function noisingRuns(
  { potential, uncoupled, bath }: Computer,
  pulled: readonly Float64Array[],
  run: Run,
  { seed, block, cycles }: { readonly seed: number; readonly block: number; readonly cycles: number },
): Float64Array[] {
  const { units } = potential.network
  const steps = stepsOf(run)
  const batch = cycles * pulled.length
  const [x, noise] = [new Float64Array(units * batch), new Float64Array(units * batch)]
  const runs = Array.from({ length: batch }, () => new Float64Array(units * (steps + 1)))
  const [stiffness, quartic] = ['stiffness', 'quartic'].map((name) => {
    return uncoupled[potential.groups.find((group) => group.name === name)!.offset]!
  }) as [number, number]
  const mobile = bath.mobility * run.dt
  const kick = Math.sqrt(2 * mobile * bath.kT)
  const keep = keeper(runs, units, steps + 1)
  for (let t = -steps; t <= steps; t++) {
    if (t >= 0) keep(x, t)
    if (t === steps) break
    const a = pullAt(Math.max(0, t) * run.dt, run.duration)
    fillNormals(seed, stream.computerNoising, block * 2 * steps + t + steps, units, 0, batch, noise)
    for (let i = 0; i < units; i++)
      for (let b = 0; b < batch; b++) {
        const n = i * batch + b
        const at = x[n]!
        const force = a * pulled[b % pulled.length]![i]! - stiffness * at - quartic * at ** 3
        x[n] = at + mobile * force + kick * noise[n]!
      }
  }
  return runs
}

/** Frames that are put away together: one by one each number would be a cache line of its own. */
const atOnce = 16

/** Writes states [units, runs] of one time after another to the runs, [units, frames] each. */
function keeper(runs: readonly Float64Array[], units: number, frames: number): (x: Float64Array, t: number) => void {
  const batch = runs.length
  const waiting = new Float64Array(atOnce * units * batch)
  let from = 0
  return (x, t) => {
    waiting.set(x, (t - from) * x.length)
    const count = t - from + 1
    if (count < atOnce && t < frames - 1) return
    runs.forEach((kept, b) => {
      for (let i = 0; i < units; i++)
        for (let n = 0; n < count; n++) kept[i * frames + from + n] = waiting[(n * units + i) * batch + b]!
    })
    from = t + 1
  }
}

/** Consecutive steps of a noising run as states before and after each, [units, count]. */
export function stretch(
  run: Float64Array,
  units: number,
  first: number,
  count: number,
): { before: Float64Array; after: Float64Array } {
  const frames = run.length / units
  const [before, after] = [new Float64Array(units * count), new Float64Array(units * count)]
  for (let i = 0; i < units; i++) {
    before.set(run.subarray(i * frames + first, i * frames + first + count), i * count)
    after.set(run.subarray(i * frames + first + 1, i * frames + first + 1 + count), i * count)
  }
  return { before, after }
}

/** Steps between two readings of the energy, whose differences are the heat. */
const metered = 25

/** States that a computer generated. */
export interface Generated extends States {
  /** mean heat of a state, in kT */
  readonly heat: number
  /** mean energy that a state lost, in kT: the heat, by the first law */
  readonly lost: number
}

/**
 * Generates: units that are in equilibrium without couplings (after t_f) run for t_f with those at θ. Nothing is done on them, so that the
 * heat is the energy that they lose.
 *
 * Cost: a force of each state for each step.
 */
export function generate(
  { potential, uncoupled }: Computer,
  landscape: Landscape,
  theta: Float64Array,
  run: Run,
  { seed, samples }: { readonly seed: number; readonly samples: number },
): Generated {
  const { units } = potential.network
  const { kT } = landscape.bath
  const steps = stepsOf(run)
  const states = { x: new Float64Array(units * samples), batch: samples }
  const energies = () => {
    const energy = new Float64Array(samples)
    landscape.arithmetic.forceAndEnergy(theta, states.x, samples, null, energy)
    return energy.reduce((sum, value) => sum + value, 0)
  }
  const move = moveBy(eulerMaruyama, landscape, run.dt)
  move(uncoupled, states, seed, 0, steps)
  const [given, before] = [landscape.cost.heat ?? 0, energies()]
  for (let at = 0; at < steps; at += metered) move(theta, states, seed, steps + at, Math.min(metered, steps - at))
  return {
    ...states,
    heat: (landscape.cost.heat! - given) / samples,
    lost: (before - energies()) / (samples * kT),
  }
}
