import { arithmeticOn, type Backend } from '../../backend/backend.js'
import { breathe, type Hooks, type Keeper } from '../../backend/hooks.js'
import { restore } from '../../backend/resume.js'
import { invalidValue, StoppedError } from '../../errors.js'
import type { Arithmetic } from '../../learning/objectives/arithmetic.js'
import { advance } from '../../physics/dynamics/advance.js'
import { curvatureBound, type Surface, surfaceOf } from '../../physics/dynamics/drive.js'
import {
  alternating,
  malaWithin,
  planRelaxation,
  type Relaxation,
  type Stage,
  stay,
  stillSurface,
} from '../../physics/dynamics/relaxation.js'
import { stream } from '../../physics/noise/streams.js'
import { type Agreement, compareHalves } from '../../physics/observe/agreement.js'
import { forceAndEnergy, hessian, type Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { knownLogPartition } from '../../physics/truth/partition.js'
import type { Problem } from '../system/problem.js'
import type { Start } from '../system/start.js'

/** How an ensemble was brought to equilibrium, and whether it got there. */
export interface RelaxationResults extends Agreement {
  /** of MALA, after those of the tuning */
  readonly steps: number
  readonly dt: number
  readonly acceptance: number
  /** why no free energy is had from it, and what mends that; null where both halves agree */
  readonly refused: string | null
}

/** A relaxation between two parts of it, and where its states are, [units, trajectories]. */
interface RelaxState {
  readonly parts: number
  readonly x: Float64Array
}

/** What a caller may pass into a relaxation. */
export interface RelaxHooks extends Hooks {
  readonly keeper?: Keeper<RelaxState> | undefined
}

/** Trajectories that advance together on the reference, and steps between two turns of the event loop. */
const together = 256
const stepsATime = 20
/** A float32 state may be rounded by this share of a step. */
const coarsest = 0.01

/**
 * A simulation whose start is a relaxation, with the states that this ends in as its start: MALA in the first landscape, half of the
 * trajectories from either of two places. Others are left as they are.
 *
 * @throws E_INVALID_VALUE for places beyond a wall; StoppedError when the signal stopped it
 *
 * Cost: two forces and two energies for each step and trajectory; by the backend's kernels where it has them, else on the reference.
 */
export async function relaxed(
  problem: Problem,
  backend: Backend,
  hooks: RelaxHooks,
): Promise<{ problem: Problem; relaxation: RelaxationResults | null }> {
  const start = problem.given?.start
  if (start?.kind !== 'relax') return { problem, relaxation: null }
  const { potential, scenario, given } = problem
  const { units } = potential.network
  const { trajectories } = scenario.sampling
  const bath = { ...problem.bath, kT: start.kT }
  const plan = planOf(potential, start, bath, scenario.seed)
  const x = alternating(start.from, 0, trajectories)
  await relax(x, trajectories, plan, { potential, theta: start.theta, bath, seed: scenario.seed, backend, hooks })
  wrap(potential, x, trajectories)
  const agreement = compareHalves(quantities(potential, start.theta, x, trajectories))
  const logZ = agreement.agreed ? knownLogPartition(potential, start.theta, bath) : null
  const drawn: Start = { kind: 'drawn', x, trajectories, units, law: lawOf(potential, start.theta, bath, logZ) }
  const { dt, acceptance } = plan
  const refused = agreement.agreed ? null : refusal(agreement, start, dt)
  return {
    problem: { ...problem, given: { ...given!, start: drawn } },
    relaxation: { ...agreement, steps: start.steps, dt, acceptance, refused },
  }
}

function planOf(potential: Potential, start: Extract<Start, { kind: 'relax' }>, bath: Bath, seed: number): Relaxation {
  const { network } = potential
  for (const from of start.from)
    from.forEach((x, unit) => {
      const [lower, upper] = [
        network.coordinates?.lower[unit] ?? -Infinity,
        network.coordinates?.upper[unit] ?? Infinity,
      ]
      if (!(x >= lower && x <= upper))
        throw invalidValue(
          `unit ${unit} can't start at ${x}, beyond a wall. Name places between ${lower} and ${upper}.`,
          'initial.from',
        )
    })
  const surface = stillSurface(surfaceOf(potential, start.theta))
  const curvature = (x: Float64Array) =>
    curvatureBound(hessian(potential, start.theta, x), network.units, network.mobility)
  return planRelaxation(surface, curvature, bath, start.from, seed, start.steps, network.coordinates)
}

/** What moves, and by whom. */
interface Moved {
  readonly potential: Potential
  readonly theta: Float64Array
  readonly bath: Bath
  readonly seed: number
  readonly backend: Backend
  readonly hooks: RelaxHooks
}

/** Takes all states [units, trajectories] through the stages, in place. */
async function relax(x: Float64Array, trajectories: number, { stages, dt }: Relaxation, of: Moved): Promise<void> {
  const { potential, theta, bath, seed, backend, hooks } = of
  const { network } = potential
  const arithmetic = arithmeticOn(backend, potential, bath)
  const surface = stillSurface(surfaceOf(potential, theta))
  const isOrdinary = network.coordinates === null && network.correlationTime === null
  const kick = Math.sqrt(2 * bath.mobility * bath.kT * dt)
  const farthest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const fits = isOrdinary && farthest * arithmetic.roundoff < coarsest * kick
  const parts = stages.flatMap((stage) =>
    Array.from({ length: Math.ceil(stage.steps / stepsATime) }, (_, n) => {
      const from = n * stepsATime
      return { ...stage, from: stage.from + from, steps: Math.min(stepsATime, stage.steps - from) }
    }),
  )
  const { keeper, signal } = hooks
  const found = keeper?.found ?? null
  if (found !== null) {
    if (!(found.parts <= parts.length && restore({ x: found.x }, { x })))
      throw keeper!.unfit('is the state of another relaxation')
  }
  for (let n = found?.parts ?? 0; n < parts.length; n++) {
    const part = parts[n]!
    if (!(fits && walks(arithmetic, theta, x, trajectories, part, bath, seed)))
      byReference(surface, potential, x, trajectories, part, bath, seed)
    hooks.onProgress?.({ phase: 'relax', done: n + 1, total: parts.length })
    await breathe()
    const stopped = signal?.aborted === true
    if (stopped || keeper?.isDue() === true) keeper?.keep({ parts: n + 1, x })
    if (stopped) throw new StoppedError()
  }
}

/** By kernels, all at once; false, and nothing is done, where there are none. */
function walks(
  { walk }: Arithmetic,
  theta: Float64Array,
  x: Float64Array,
  batch: number,
  stage: Stage,
  bath: Bath,
  seed: number,
): boolean {
  const by = { ...stage, scheme: malaWithin(null), bath, seed, stream: stream.relaxation, tether: null }
  return (walk?.(theta, { x, batch }, by, null) ?? null) !== null
}

function byReference(
  surface: Surface,
  potential: Potential,
  x: Float64Array,
  trajectories: number,
  stage: Stage,
  bath: Bath,
  seed: number,
): void {
  const { units } = surface
  const scheme = malaWithin(potential.network.coordinates)
  for (let first = 0; first < trajectories; first += together) {
    const batch = Math.min(together, trajectories - first)
    const part = new Float64Array(units * batch)
    for (let i = 0; i < units; i++)
      part.set(x.subarray(i * trajectories + first, i * trajectories + first + batch), i * batch)
    advance(scheme, surface, { x: part, batch }, stay(stage, bath, seed, 0, first, batch))
    for (let i = 0; i < units; i++) x.set(part.subarray(i * batch, (i + 1) * batch), i * trajectories + first)
  }
}

/** Angles go back into the period about 0. */
function wrap({ network: { coordinates, units } }: Potential, x: Float64Array, trajectories: number): void {
  if (coordinates === null) return
  for (let i = 0; i < units; i++) {
    const period = coordinates.period[i]!
    if (period > 0)
      for (let n = i * trajectories; n < (i + 1) * trajectories; n++) x[n]! -= period * Math.round(x[n]! / period)
  }
}

/** What halves are compared by: the energy, the mean over units, and each unit; all with their squares but the first. */
function* quantities(
  potential: Potential,
  theta: Float64Array,
  x: Float64Array,
  batch: number,
): Generator<readonly [string, Float64Array]> {
  const { visible } = potential.network
  const energy = new Float64Array(batch)
  forceAndEnergy(potential, theta, x, batch, null, energy)
  yield ['the energy', energy]
  const mean = new Float64Array(batch)
  for (let n = 0; n < visible * batch; n++) mean[n % batch]! += x[n]! / visible
  const rows = Array.from(
    { length: visible },
    (_, i) => [`x${visible > 1 ? `_${i}` : ''}`, x.subarray(i * batch, (i + 1) * batch)] as const,
  )
  for (const [name, values] of visible > 1 ? [['the mean of all units', mean] as const, ...rows] : rows) {
    yield [name, values]
    yield [`${name} squared`, values.map((value) => value * value)]
  }
}

/** The density e^(-U/kT)/Z, where Z is known. */
function lawOf(potential: Potential, theta: Float64Array, { kT }: Bath, logZ: number | null) {
  if (logZ === null || potential.network.units !== potential.network.visible) return null
  return ({ points, count, units }: { points: Float64Array; count: number; units: number }) => {
    const x = new Float64Array(points.length)
    for (let n = 0; n < points.length; n++) x[(n % units) * count + Math.floor(n / units)] = points[n]!
    const energy = new Float64Array(count)
    forceAndEnergy(potential, theta, x, count, null, energy)
    return energy.map((u) => -u / kT - logZ)
  }
}

/** What is to be said of a relaxation that ended in equilibrium; empty of others. */
export function relaxationNotes({ agreed, steps, z, bar }: RelaxationResults): string[] {
  if (!agreed) return []
  return [
    `relaxed by ${steps} steps of MALA from two places: both halves agree (largest |z| ${short(z)}, up to ${short(bar)} by chance). Wells that neither has come to are not seen`,
  ]
}

const short = (value: number) => String(Number(value.toPrecision(3)))

function refusal(
  { of, means, z, bar }: Agreement,
  { from, steps }: Extract<Start, { kind: 'relax' }>,
  dt: number,
): string {
  const place = (x: Float64Array) =>
    x.every((value) => value === x[0]) ? short(x[0]!) : `[${x.slice(0, 3).join(', ')}${x.length > 3 ? ', …' : ''}]`
  return (
    `no free energy is had from this start, which is no equilibrium: after ${steps} steps of MALA (of ${short(dt)}) the trajectories from ` +
    `${place(from[0])} and from ${place(from[1])} still differ, most in ${of}, ${short(means[0])} and ${short(means[1])} (|z| = ${short(z)}, ` +
    `${short(bar)} at most by chance). Local moves do not cross barriers. Raise initial.steps where barriers are a few kT; else begin with a ` +
    'landscape without them and let the protocol raise them, or start units that are not coupled in { kind: equilibrium }, which needs no moves.'
  )
}
