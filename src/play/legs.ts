import type { Backend } from '../backend/backend.js'
import { framesOn } from '../backend/frames.js'
import { invalidValue } from '../errors.js'
import { completing } from '../learning/generation/complete.js'
import { createWorkAndHeat } from '../physics/dynamics/work-and-heat.js'
import { hiddenBlock } from '../physics/network/network.js'
import { columnsOf, type PointSet, rowsOf } from '../physics/network/states.js'
import { derivedSeed } from '../physics/noise/derived-seed.js'
import { stream } from '../physics/noise/streams.js'
import { clampUnits } from '../physics/potential/clamped-units.js'
import type { Bath } from '../physics/protocol/bath.js'
import { fromStep, type PlayNetwork } from './network.js'
import { energies, type Present } from './present.js'

/** A simulation under way, which moves an ensemble on until a hand is laid on it. */
export interface Leg {
  /** goes on to a step of the protocol, or as near to it as it can stop */
  reach(step: number): Promise<void>
  end(): Promise<void>
}

/** The next simulation of an ensemble, over the rest of the protocol. */
export function legOf(network: PlayNetwork, backend: Backend, now: Present): Leg {
  return now.known === null ? freeLeg(network, backend, now) : knownLeg(network, backend, now, now.known)
}

/** A seed of its own after each intervention; before any that of the run. */
function seedOf({ seed, interventions }: Present): number {
  return interventions === 0 ? seed : derivedSeed(seed, stream.stretches, interventions)
}

function bathAt({ record }: PlayNetwork, { kT }: Present): Bath {
  return { ...record.bath, kT: kT * record.bath.kT }
}

/** What was exchanged before, to which the heat and the work of a leg are added. */
function account(now: Present, bath: Bath) {
  const [work, heat, produced] = [now.work.slice(), now.heat.slice(), now.produced.slice()]
  return (ofLeg: { readonly work: Float64Array; readonly heat: Float64Array }) => {
    for (let n = 0; n < work.length; n++) {
      now.work[n] = work[n]! + ofLeg.work[n]!
      now.heat[n] = heat[n]! + ofLeg.heat[n]!
      now.produced[n] = produced[n]! + ofLeg.heat[n]! / bath.kT
    }
  }
}

/** All units move. */
function freeLeg(network: PlayNetwork, backend: Backend, now: Present): Leg {
  const { x, step: begun, potential } = now
  const { protocol, record } = network
  const bath = bathAt(network, now)
  const add = account(now, bath)
  const frames = framesOn(backend, {
    ...{ potential, bath, integrator: record.integrator, seed: seedOf(now), trajectories: x.count },
    protocol: fromStep(protocol, begun),
    start: statesOf(x),
    workAndHeat: createWorkAndHeat(x.count),
  })
  return {
    async reach(step) {
      while (now.step < step) {
        const { done, value } = await frames.next()
        if (done === true) break
        now.x = value
        now.step = begun + value.step
        add({ work: value.work!, heat: value.heat! })
      }
      now.done = now.step === protocol.dt.length
    },
    async end() {
      await frames.return()
    },
  }
}

/** The rows of a table as starts of its trajectories. */
function statesOf(table: PointSet) {
  const { x: all, batch: count } = columnsOf(table)
  return (x: Float64Array, first: number, batch: number) => {
    for (let i = 0; i < table.units; i++) x.set(all.subarray(i * count + first, i * count + first + batch), i * batch)
  }
}

/** Some pixels are known, the others follow: from one renewal of the known ones to the next (see completing). */
function knownLeg(network: PlayNetwork, backend: Backend, now: Present, known: Float32Array): Leg {
  const { protocol, noising } = network
  const bath = bathAt(network, now)
  const add = account(now, bath)
  const before = energies(network, now)
  const states = columnsOf(now.x)
  const exchange = createWorkAndHeat(now.x.count)
  const steps = knotSteps(network)
  const knot = steps.findIndex((at) => at >= now.step)
  const from = { knot, sweep: 0, stretch: 0, ...(steps[knot] === now.step ? {} : { t: protocol.clock[now.step]! }) }
  const task = completionOf(network, now.potential, bath, known, now.x.count, seedOf(now), now.classes)
  const moments = completing(task, states, exchange, backend, from)
  const take = (at: number, done: boolean) => {
    now.x = rowsOf(states)
    now.step = at
    now.done = done
    // Whoever holds and renews units does work too: all that the heat does not account for, and what rounding left.
    const change = energies(network, now).map((energy, n) => energy - before[n]!)
    add({ heat: exchange.heat, work: change.map((energy, n) => energy + exchange.heat[n]! + exchange.work[n]!) })
  }
  return {
    async reach(step) {
      for (;;) {
        const { done, value } = await moments.next()
        if (done === true) return take(protocol.dt.length, true)
        take(steps[value.knot]!, false)
        if (value.knot + 1 === noising.knots.length || steps[value.knot + 1]! > step) return
      }
    },
    async end() {
      await moments.return()
    },
  }
}

/** The step of the protocol that each knot is reached with, [K + 1]. */
function knotSteps({ noising, protocol }: PlayNetwork): number[] {
  return noising.knots.map((t) => protocol.clock.findIndex((at) => at <= t * (1 + 1e-9)))
}

/**
 * A completion of known pixels, [visible], or a row of them for each trajectory, by the network that generates.
 *
 * @throws E_INVALID_VALUE where nothing or all is known, or the network can't hold some of its units (see clampUnits)
 */
export function completionOf(
  { record, noising, generating, classes: count }: PlayNetwork,
  whole: Present['potential'],
  bath: Bath,
  known: Float32Array,
  trajectories: number,
  seed: number,
  of: Int32Array,
) {
  const { visible } = whole.network
  if (hiddenBlock(whole.network)?.first != null)
    throw invalidValue('pixels are held where hidden units follow at once; these move by themselves.', 'known')
  const held = Array.from(known.subarray(0, visible), (value) => !Number.isNaN(value))
  return {
    ...{ whole, noising, bath, held, seed, knots: generating, batch: trajectories, ...record.generation },
    clamped: clampUnits(whole, record.potential, bath.kT, held),
    ...{ drive: record.drive, integrator: record.integrator, measuresEnergies: true, ...record.completion },
    known: {
      points: Float64Array.from({ length: trajectories * visible }, (_, n) => known[n % known.length]!),
      ...{ count: trajectories, units: visible },
    },
    classes: of.length === 0 ? null : { count, of, biases: null },
  }
}
