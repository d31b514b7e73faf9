import { arithmeticOn, type Backend } from '../../backend/backend.js'
import type { Hooks, Keeper } from '../../backend/hooks.js'
import { restore } from '../../backend/resume.js'
import { simulationOf } from '../../backend/simulation.js'
import { invalidValue, StoppedError } from '../../errors.js'
import { classAt, classEvidence, classProbabilities } from '../../learning/evaluation/free-labels.js'
import { gaussianStart, type InitialStates } from '../../physics/dynamics/ensemble.js'
import type { Integrator } from '../../physics/dynamics/integrator.js'
import type { IntegratorName } from '../../physics/dynamics/integrators.js'
import type { Memory } from '../../physics/dynamics/observer.js'
import { createWorkAndHeat, type WorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { clampedTo } from '../../physics/network/labels.js'
import { keepRows, type PointSet, rowsOf, type States } from '../../physics/network/states.js'
import { derivedSeed } from '../../physics/noise/derived-seed.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { fillUniformStates } from '../../physics/noise/uniform.js'
import type { ClampedUnits } from '../../physics/potential/clamped-units.js'
import { forceAndEnergy, groupSlice, type Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { type GenerationOptions, generationProtocol } from '../../physics/protocol/generation-protocol.js'
import { type DriveKind, type Noising, noiseWidth, scoreScale, signal } from '../../physics/protocol/noising.js'
import { constantProtocol, fromTime, type Protocol } from '../../physics/protocol/protocol.js'

/** Length of a corrector's step in relaxation times of the stiffest direction, whose stiffness is scale/s². */
const correctorStep = 0.5

/** How much is done at each knot where nothing is said. */
export const defaultCompletion = { sweeps: 4, steps: 1 } as const

/** Classes of the trajectories' label units. */
export interface CompletionClasses {
  /** how many classes there are */
  readonly count: number
  /** class that each trajectory begins with, [trajectories]; overwritten as labels flip */
  readonly of: Int32Array
  /** b_c at each knot (see labelBiases), [K + 1][classes]; null where the classes stay as they are */
  readonly biases: readonly Float64Array[] | null
}

/** What is completed, and how. */
export interface Completion extends GenerationOptions {
  /** what generates, all units of it */
  readonly whole: Potential
  readonly clamped: ClampedUnits
  /** parameters of the whole at the knots, [K + 1][parameters] */
  readonly knots: readonly Float64Array[]
  readonly noising: Noising
  readonly bath: Bath
  readonly drive: DriveKind
  readonly integrator: IntegratorName | Integrator
  readonly seed: number
  readonly batch: number
  /** clean values of the known units; what stands in the others is not read: [trajectories, visible] */
  readonly known: PointSet
  readonly held: readonly boolean[]
  readonly classes: CompletionClasses | null
  /** renewals of the known units' noise at each knot, and steps at rest after each; with no steps units are plainly clamped */
  readonly sweeps: number
  readonly steps: number
  readonly measuresEnergies: boolean
}

/** First and last states of the whole network, [trajectories, units], and what was exchanged on the way. */
export interface Completed {
  readonly initial: PointSet
  readonly final: PointSet
  readonly workAndHeat: WorkAndHeat | null
}

/** What a caller may pass into a completion. */
export interface CompletionHooks extends Hooks {
  readonly keeper?: Keeper<CompletionMoment & { readonly memory: Memory }> | undefined
}

/**
 * Generation given some of the units: draws from the law of the unknown units given the known ones at the noise of the moment, knot
 * by knot. At each knot t the known units are put at
 *
 *     x_k = m y + s ε,   ε ~ N(0, 1)
 *
 * a free label is redrawn from its heat bath, and the unknown units run at rest in the landscape whose equilibrium is p_t: under
 * scale·∇log p_t at the temperature kT' = scale (2kT for drive reverse), with the known ones clamped, so that their law tends to
 * p_t(x_u | x_k). That is done `sweeps` times with noise of its own; then the drive takes the unknown units to the next knot. Without the stay at rest (`steps` 0) it is not the
 * conditional law that comes out: driven units feel what known ones are, and not what these tell by how they got there.
 *
 * What is left at the last knot is the width σ = s/m of the noise that the known units are seen through:
 * conditions on y + σε in the place of y, a bias O(σ²) (docs/physics.md).
 * A step of noising and a step back, by which RePaint (Lugmayr et al., CVPR 2022) resamples, is one of this Langevin dynamics.
 *
 * Heat of the stays is that of half the landscape at kT (drive reverse), which moves in the same way; work is ΔU + Q.
 *
 * @throws StoppedError when the signal stopped it; E_DIVERGED; E_INVALID_VALUE where the reverse drive has no term stiffness
 *
 * Cost: (K + 1)·sweeps·steps corrector steps beside those of generation.
 */
export async function complete(task: Completion, backend: Backend, hooks: CompletionHooks = {}): Promise<Completed> {
  const { whole, knots, noising, bath, known, seed } = task
  const { count } = known
  const x: States = { x: new Float64Array(whole.network.units * count), batch: count }
  gaussianStart(seed, 0, bath.kT / noising.stiffness)(x.x.subarray(0, known.units * count), 0, count)
  const exchange = task.measuresEnergies ? createWorkAndHeat(count) : null
  // A stretch is run to its end: between two of them a state is small.
  const { keeper, signal, ...watching } = hooks
  const first: PointSet = { points: new Float64Array(x.x.length), count, units: whole.network.units }
  const memory: Memory = {
    ...{ x: x.x, first: first.points },
    ...(task.classes === null ? {} : { classes: task.classes.of }),
    ...(exchange === null ? {} : { heat: exchange.heat, heatIntegral: exchange.heatIntegral }),
  }
  const found = keeper?.found ?? null
  if (found !== null && !restore(found.memory, memory)) throw keeper!.unfit('is the state of another completion')
  const onward = completing(task, x, exchange, backend, found ?? { knot: 0, sweep: 0, stretch: 0 }, watching)
  for await (const { knot, sweep, stretch } of onward) {
    const stopped = signal?.aborted === true
    if (stopped || keeper?.isDue() === true) keeper?.keep({ knot, sweep, stretch, memory })
    if (stopped) throw new StoppedError()
    if (knot + sweep === 0) keepRows(x, first)
  }
  const final = rowsOf(x)
  if (exchange !== null) settle(exchange, whole, [knots[0]!, knots.at(-1)!], [first, final])
  return { initial: first, final, workAndHeat: exchange }
}

/** Where a completion stands: the known units are renewed, and its next stay at rest begins. */
export interface CompletionMoment {
  readonly knot: number
  /** of the renewals at this knot */
  readonly sweep: number
  /** stretches that were run */
  readonly stretch: number
}

/**
 * The same from any moment of it: moves `x` on, adds to `exchange` the heat and, as work, what rounding leaves of the first law along the
 * stretches, and yields at every renewal, which does nothing more when it is
 * done again.
 *
 * @param x - states of all units, [units, trajectories]
 * @param from - `t`: the noise time it begins at, between the knot and the one before, to which it is driven first; the knot's when absent
 */
export async function* completing(
  task: Completion,
  x: States,
  exchange: WorkAndHeat | null,
  backend: Backend,
  from: CompletionMoment & { readonly t?: number },
  hooks: Hooks = {},
): AsyncGenerator<CompletionMoment, void, void> {
  const { whole, knots, noising, bath, drive, steps, sweeps } = task
  const { move, stretch } = moverOf(task, x, exchange, backend, hooks, from.stretch)
  const { forceAndEnergy: evaluate } = arithmeticOn(backend, whole, bath)
  const { scale } = scoreScale(noising, drive)
  if (from.t !== undefined) {
    putKnown(task, from.t, knots.length * sweeps, x)
    await move(fromTime(slice(task, from.knot - 1), from.t), task.integrator, bath.kT)
  }
  for (let n = from.knot; n < knots.length; n++) {
    const [t, theta] = [noising.knots[n]!, knots[n]!]
    for (let sweep = n === from.knot ? from.sweep : 0; sweep < sweeps; sweep++) {
      const draw = n * sweeps + sweep
      putKnown(task, t, draw, x)
      if (task.classes !== null) putLabels(task, task.classes, n, draw, x, evaluate, theta, scale)
      yield { knot: n, sweep, stretch: stretch() }
      if (steps > 0) await move(atRest(task, theta, t), 'leimkuhler-matthews', restingAt(task))
    }
    if (n + 1 < knots.length) await move(slice(task, n), task.integrator, bath.kT)
  }
}

/** What runs the units that move through one stretch after another: the drive at kT, or a stay at rest at the temperature kT'. */
function moverOf(
  task: Completion,
  x: States,
  exchange: WorkAndHeat | null,
  backend: Backend,
  hooks: Hooks,
  run: number,
) {
  const { clamped, knots, bath, batch, seed, sweeps, steps } = task
  const trajectories = x.batch
  const stretches = knots.length - 1 + (steps > 0 ? knots.length * sweeps : 0)
  let stretch = run
  const move = async (protocol: Protocol, integrator: Completion['integrator'], temperature: number): Promise<void> => {
    const at = stretch++
    const within: Hooks = {
      ...hooks,
      onProgress: ({ done, total }) =>
        hooks.onProgress?.({
          phase: 'sample',
          done: (at + done / total) * trajectories,
          total: stretches * trajectories,
        }),
    }
    const measured = exchange === null ? null : createWorkAndHeat(trajectories)
    const simulation = simulationOf({
      ...{ potential: clamped.potential, protocol, bath, integrator, workAndHeat: measured },
      ...{ trajectories, batch, seed: derivedSeed(seed, stream.stretches, at), start: startFrom(x, clamped.order) },
    })
    const { final } = await backend.simulate(simulation, within)
    takeMoved(final, clamped, x)
    if (measured !== null && exchange !== null) addExchange(measured, bath.kT / temperature, exchange)
  }
  return { move, stretch: () => stretch }
}

/** x = m y + s ε of the known units. */
function putKnown({ known, held, noising, seed }: Completion, t: number, draw: number, { x, batch }: States): void {
  const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
  const epsilon = new Float64Array(known.units * batch)
  fillNormals(seed, stream.givenNoise, draw, known.units, 0, batch, epsilon)
  for (let i = 0; i < known.units; i++)
    if (held[i])
      for (let b = 0; b < batch; b++)
        x[i * batch + b] = m * known.points[b * known.units + i]! + s * epsilon[i * batch + b]!
}

/** Label units at their class, which is redrawn first from the law of a free label at the present x. */
function putLabels(
  { whole: { network }, seed }: Completion,
  { count, of, biases }: CompletionClasses,
  knot: number,
  draw: number,
  states: States,
  evaluate: ReturnType<typeof arithmeticOn>['forceAndEnergy'],
  theta: Float64Array,
  scale: number,
): void {
  const { x, batch } = states
  if (biases !== null) {
    const energies = (at: Float64Array, of: Float64Array, size: number, energy: Float64Array) =>
      evaluate(at, of, size, null, energy)
    const evidence = classEvidence(network, energies, theta, states, count, scale)
    const uniform = new Float64Array(batch)
    fillUniformStates({ seed, stream: stream.freeLabels, step: draw }, 1, 0, batch, uniform)
    const p = new Float64Array(count)
    for (let b = 0; b < batch; b++) {
      of[b] = classAt(classProbabilities(evidence, biases[knot]!, b, p), uniform[b]!)
    }
  }
  for (let b = 0; b < batch; b++) {
    const clampedStates = clampedTo(of[b]!, count)
    for (let l = 0; l < network.labels; l++) x[(network.visible + l) * batch + b] = clampedStates[l]!
  }
}

/** The temperature at rest: the scale of the drive, and as much more as the bath is warmer than that of the noising. */
function restingAt({ noising, bath, drive }: Completion): number {
  return scoreScale(noising, drive).scale * (bath.kT / noising.bath.kT)
}

/** The landscape scale·∇log p_t is the force of, at the temperature scale: its equilibrium is p_t. */
function atRest(task: Completion, theta: Float64Array, t: number): Protocol {
  const { whole, clamped, noising, bath, drive, steps } = task
  const { trap, scale } = scoreScale(noising, drive)
  const rest = theta.slice()
  const stiffness = whole.groups.find(({ name }) => name === 'stiffness')
  if (stiffness === undefined && trap !== 0)
    throw invalidValue('the landscape at rest has less of the trap; add stiffness.', 'potential.onsite')
  if (stiffness !== undefined) {
    const k = groupSlice(stiffness, rest)
    for (let i = 0; i < k.length; i++) k[i]! += trap
  }
  const dt = (correctorStep * noiseWidth(noising, t) ** 2) / (bath.mobility * scale)
  const protocol = constantProtocol(clamped.parameters(rest), steps * dt, dt)
  return { ...protocol, kT: protocol.dt.map(() => restingAt(task)) }
}

/** The drive from knot n to the next. */
function slice({ clamped, knots, noising, ...options }: Completion, n: number): Protocol {
  const ends = { ...noising, knots: noising.knots.slice(n, n + 2) }
  return generationProtocol(ends, knots.slice(n, n + 2).map(clamped.parameters), options)
}

function startFrom({ x, batch: all }: States, order: readonly number[]): InitialStates {
  return (to, first, batch) => {
    order.forEach((unit, row) => {
      to.set(x.subarray(unit * all + first, unit * all + first + batch), row * batch)
    })
  }
}

/** Copies the states of the units that moved back to their places. */
function takeMoved(final: PointSet, { potential, order }: ClampedUnits, { x, batch }: States): void {
  for (let row = 0; row < potential.network.visible; row++)
    for (let b = 0; b < batch; b++) x[order[row]! * batch + b] = final.points[b * final.units + row]!
}

/** Adds the heat of a stretch, and to the work what its first law leaves: rounding. */
function addExchange(measured: WorkAndHeat, share: number, { work, heat, heatIntegral }: WorkAndHeat): void {
  for (let b = 0; b < heat.length; b++) {
    work[b]! += share * (measured.work[b]! - measured.heat[b]! - measured.energyChange[b]!)
    heat[b]! += share * measured.heat[b]!
    heatIntegral[b]! += share * measured.heatIntegral[b]!
  }
}

/** ΔU of the whole between its first and last landscape, and the work by the first law: whoever holds and renews units does some too. */
function settle(
  { work, heat, energyChange }: WorkAndHeat,
  whole: Potential,
  landscapes: readonly Float64Array[],
  states: readonly PointSet[],
): void {
  const state = new Float64Array(whole.network.units)
  const energy = new Float64Array(1)
  for (let b = 0; b < work.length; b++) {
    states.forEach(({ points, units }, end) => {
      state.set(points.subarray(b * units, (b + 1) * units))
      forceAndEnergy(whole, landscapes[end]!, state, 1, null, energy)
      energyChange[b]! += end === 0 ? -energy[0]! : energy[0]!
    })
    work[b] = energyChange[b]! + heat[b]!
  }
}
