import { divergenceLimit } from '../../physics/dynamics/divergence.js'
import type { Integrator } from '../../physics/dynamics/integrator.js'
import { schemeOf } from '../../physics/dynamics/integrators.js'
import { leimkuhlerMatthews } from '../../physics/dynamics/leimkuhler-matthews.js'
import { unitSteps } from '../../physics/dynamics/unit-steps.js'
import type { Network } from '../../physics/network/network.js'
import { keyOf } from '../../physics/noise/philox.js'
import { stream } from '../../physics/noise/streams.js'
import type { Bath } from '../../physics/protocol/bath.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { Simulation } from '../backend.js'
import { packBlock } from './blocks.js'
import { attemptBytes, flipScale, writeAttempts } from './flips.js'
import type { Arena, Views } from './memory.js'
import type { Pool } from './programs.js'
import type { System } from './system.js'

/** Bytes of parameter blocks that are written ahead: they should stay in a cache. */
const mostBlockBytes = 2 ** 22
/** Bytes of tables of what steps do to units, likewise. */
const mostTableBytes = 2 ** 20
/** Steps of a stretch, at most. */
const mostSteps = 4096

/** Bytes of the record of a stretch (Steps in kernels/advance.h). */
export const stepsBytes = 4 * 12

/** Writes the record of a stretch; arrays: addresses of each step's block, drift and kick. */
export function writeSteps(
  arena: Views,
  record: number,
  arrays: readonly [blocks: number, drift: number, kick: number],
  of: {
    first: number
    coloured: boolean
    stream: number
    seed: number
    limit: number
    attempts: number
    rates: number
    own: number
  },
): void {
  arena.i32(record, 8).set([of.first, ...arrays, of.coloured ? 1 : 0, of.stream, ...keyOf(of.seed)])
  arena.f32(record + 32, 1)[0] = of.limit
  arena.i32(record + 36, 3).set([of.attempts, of.rates, of.own])
}

/** How units with two states are redrawn by a scheme: which random numbers they take, and their rates; no rates in Gibbs sweeps. */
export function flipsBy({ flips }: System, scheme: Integrator) {
  if (flips === null) return { stream: stream.dynamics, rates: [] }
  return scheme.redraws === true ? { stream: stream.gibbs, rates: [] } : { stream: stream.hidden, rates: flips.rates }
}

/** Drift and kick of a step; Leimkuhler–Matthews, which is coloured, adds two kicks of half the width. */
export function stepLength({ mobility, kT }: Bath, dt: number, coloured: boolean): { drift: number; kick: number } {
  const variance = 2 * mobility * kT * dt
  return { drift: mobility * dt, kick: Math.sqrt(coloured ? variance / 4 : variance) }
}

/** The protocol as the kernels read it, a stretch of steps at a time. */
export interface Stretches {
  /** block of the landscape before the first step that is to be written */
  readonly initial: number
  /** record of the stretch that was written last (kernels/advance.h) */
  readonly record: number
  /** writes a stretch that begins with step `from`, at most `budget` steps and none beyond one after which `stop` holds */
  write(from: number, budget: number, stop: (step: number) => boolean): number
}

/** Takes room for a ring of tables of what steps do to each unit, [3][rows] each (see Steps.own in kernels/advance.h). */
function createUnitTables(arena: Arena, { rows, moving }: System, network: Network, bath: Bath, coloured: boolean) {
  const ring = Math.max(2, Math.min(mostSteps, Math.floor(mostTableBytes / (12 * rows))))
  const [tables, addresses] = [arena.take(12 * rows * ring), arena.take(4 * mostSteps)]
  arena.f32(tables, 3 * rows * ring).fill(0)
  const stepOf = unitSteps({ ...network, units: moving }, bath)
  let [present, dtNow, kTNow] = [0, Number.NaN, Number.NaN]
  return {
    /** of the tables of a stretch's steps, int32 */
    addresses,
    /** tables that a stretch may bring */
    most: ring - 1,
    /** the table of step number `step` of a stretch; whether it is a new one */
    write(step: number, dt: number, kT: number): boolean {
      const isNew = dt !== dtNow || kT !== kTNow
      if (isNew) {
        ;[present, dtNow, kTNow] = [(present + 1) % ring, dt, kT]
        const { drift, kick, decay } = stepOf(dt, kT)
        const table = arena.f32(tables + 12 * rows * present, 3 * rows)
        table.set(drift)
        table.set(coloured ? kick.map((width) => width / 2) : kick, rows)
        table.set(decay, 2 * rows)
      }
      arena.i32(addresses, mostSteps)[step] = tables + 12 * rows * present
      return isNew
    },
  }
}

/** Room for the present landscape and as many new ones as a stretch may bring. */
function takeRing(arena: Arena, blockBytes: number, steps: number): { ring: number; blocks: number } {
  const ring = Math.max(2, Math.min(steps + 1, mostSteps, Math.floor(mostBlockBytes / blockBytes)))
  const blocks = arena.take(ring * blockBytes)
  arena.f32(blocks, (ring * blockBytes) / 4).fill(0)
  return { ring, blocks }
}

/** Writes the parameters of the step before, whose landscape may stand still in the next; a protocol is asked how it begins all the same. */
function enter(protocol: Protocol, begun: number, theta: Float64Array): void {
  protocol.parameters(-1, theta)
  if (begun > 0) protocol.parameters(begun - 1, theta)
}

/**
 * Takes room for a ring of parameter blocks and the arrays of a stretch.
 *
 * @param begun - steps that were made before
 */
export function createStretches(
  arena: Arena,
  pool: Pool,
  system: System,
  { potential, protocol, bath, integrator, seed, limit = divergenceLimit }: Simulation,
  begun: number,
): Stretches {
  const [blockBytes, steps] = [system.blockBytes, protocol.dt.length]
  const coloured = schemeOf(integrator) === leimkuhlerMatthews
  const { stream: drawnFrom, rates } = flipsBy(system, schemeOf(integrator))
  const attempts = rates.length === 0 ? 0 : arena.take(attemptBytes * rates.length * mostSteps)
  const { ring, blocks } = takeRing(arena, blockBytes, steps)
  const [addresses, drift, kick] = [arena.take(4 * mostSteps), arena.take(4 * mostSteps), arena.take(4 * mostSteps)]
  const record = arena.take(stepsBytes)
  const tables = system.isUneven ? createUnitTables(arena, system, potential.network, bath, coloured) : null
  const thetaAddress = arena.take(8 * potential.size)
  const pack = (block: number) => packBlock(arena, pool, system, thetaAddress, potential.size, block)
  const theta = () => arena.f64(thetaAddress, potential.size)
  /** which block of the ring holds the present landscape */
  let present = 0
  enter(protocol, begun, theta())
  pack(blocks)
  return {
    initial: blocks,
    record,
    write(from, budget, stop) {
      const block = arena.i32(addresses, mostSteps)
      const [drifts, kicks] = [arena.f32(drift, mostSteps), arena.f32(kick, mostSteps)]
      let [written, renewed] = [0, 0]
      let to = from
      for (; to < steps && to - from < Math.min(budget, mostSteps); to++) {
        if (written === ring - 1 || renewed === tables?.most || (to > from && stop(to - 1))) break
        if (protocol.parameters(to, theta())) {
          present = (present + 1) % ring
          pack(blocks + present * blockBytes)
          written++
        }
        const kT = protocol.kT?.[to] ?? bath.kT
        const { drift, kick } = stepLength({ ...bath, kT }, protocol.dt[to]!, coloured)
        block[to - from] = blocks + present * blockBytes
        drifts[to - from] = system.flips === null ? drift : flipScale(kT)
        kicks[to - from] = kick
        if (tables?.write(to - from, protocol.dt[to]!, kT) === true) renewed++
        if (rates.length > 0)
          writeAttempts(arena, attempts + attemptBytes * rates.length * (to - from), rates, protocol.dt[to]!)
      }
      writeSteps(arena, record, [addresses, drift, kick], {
        first: from,
        coloured,
        stream: drawnFrom,
        seed,
        limit,
        attempts,
        rates: rates.length,
        own: tables?.addresses ?? 0,
      })
      return to
    },
  }
}
