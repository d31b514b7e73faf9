import { gaussianStart } from '../../physics/dynamics/ensemble.js'
import { integrators } from '../../physics/dynamics/integrators.js'
import { withOwnStart } from '../../physics/dynamics/own-start.js'
import { createNetwork } from '../../physics/network/network.js'
import { rowsOf } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { observeFirstPassage } from '../../physics/observe/first-passage.js'
import { createPotential, type Potential } from '../../physics/potential/potential.js'
import { equilibriumOf } from './equilibrium.js'
import type { Scene, SceneBegin, SimulationFrame, Trap } from './messages.js'
import { createMotion, type Motion } from './motion.js'
import { draggedFreeEnergy, exactPassage, landscapeNow, lawOf, passageNow } from './one-unit.js'
import { protocolOf, type SceneProtocol } from './protocol.js'
import type { SimulationRecord } from './record.js'
import { between, noTrap, setTrap, withTrap } from './trap.js'

/** What is simulated. */
interface System {
  readonly record: SimulationRecord
  readonly potential: Potential
  readonly protocol: SceneProtocol
  /** a single unit, which a trap can hold */
  readonly isSingle: boolean
}

/** A simulation under way. */
interface Course {
  readonly motion: Motion
  readonly theta: Float64Array
  /** temperature over the record's, from now on */
  heating: number
  /** whether it was another before, and whether a trap was moved */
  wasHeated: boolean
  isDragged: boolean
  /** ln Z of the landscape in whose equilibrium it began; null where it began elsewhere, or that is not known */
  readonly firstLogPartition: number | null
  /** exact mean first-passage time; null where nobody knows it, it began elsewhere than at rest in a point */
  readonly exactPassage: number | null
  readonly passages: ReturnType<typeof observeFirstPassage> | null
  trap: Trap
  clock: number
}

/**
 * A plain simulation that a hand may take part in. Without one its trajectories, work and heat are those of the scenario's run on the
 * reference backend, to the bit; a trap does its work in the jumps of the landscape, step by step, and another temperature does none.
 *
 * @throws FormulasNotLoaded before `loadFormulas` for a potential with formulas
 */
export function simulationScene(record: SimulationRecord): Scene {
  const { bath, passage } = record
  const network = createNetwork(record.network)
  const isSingle = network.units === 1
  const given = createPotential(network, record.potential, bath.kT)
  const protocol = protocolOf(record.protocol, bath.kT)
  const system: System = { record, potential: isSingle ? withTrap(given) : given, protocol, isSingle }
  let course = begin(system, { seed: record.seed })
  return {
    opened: {
      kind: 'simulation',
      units: network.units,
      lattice: network.lattice,
      trajectories: record.trajectories,
      steps: protocol.isAtRest ? null : protocol.steps,
      duration: protocol.isAtRest ? null : protocol.duration,
      passage: passage?.to ?? null,
    },
    begin(ask) {
      course = begin(system, ask)
      return frameOf(system, course)
    },
    advance({ steps, trap = course.trap }) {
      const from = course.trap
      const most = Math.min(steps, protocol.steps - course.motion.steps)
      for (let n = 1; n <= most; n++) take(system, course, between(from, trap, n / steps))
      return frameOf(system, course)
    },
    set({ kT = course.heating }) {
      course.wasHeated ||= kT !== course.heating
      course.heating = kT
      return frameOf(system, course)
    },
  }
}

/** An ensemble at its start. */
function begin({ record, potential, protocol, isSingle }: System, ask: SceneBegin): Course {
  const { bath, start: given, passage } = record
  const { seed, trajectories = record.trajectories, trap = noTrap, equilibrium = false, kT: heating = 1 } = ask
  const theta = new Float64Array(potential.size)
  theta.set(protocol.first)
  if (isSingle) setTrap(trap, theta)
  const kT = heating * protocol.kT(0)
  const start =
    equilibrium || given.kind === 'equilibrium'
      ? equilibriumOf(potential, theta, kT, { seed, stream: stream.equilibrium, step: 0 })
      : gaussianStart(seed, given.mean, given.variance)
  const motion = createMotion({
    ...{ potential, bath, theta, seed, trajectories },
    integrator: integrators[record.integrator],
    start: withOwnStart(start, seed, potential.network),
  })
  const isLawful = isSingle && (equilibrium || given.kind === 'equilibrium')
  const from = equilibrium || given.kind === 'equilibrium' || given.variance > 0 ? null : given.mean
  const place = typeof from === 'number' ? from : (from?.[passage?.unit ?? 0] ?? null)
  const passages = passage === null ? null : observeFirstPassage(trajectories, passage.unit, passage.to, place)
  passages?.see({ index: -1, clock: 0, first: 0, batch: trajectories, x: motion.x })
  const isTimed = passage !== null && place !== null && isSingle && protocol.isAtRest && trap.stiffness === 0
  return {
    ...{ motion, theta, heating, trap, passages, wasHeated: protocol.heats, isDragged: false, clock: 0 },
    firstLogPartition: isLawful ? (lawOf(potential, theta, { ...bath, kT })?.logPartition ?? null) : null,
    exactPassage: isTimed ? exactPassage(potential, theta, { ...bath, kT }, protocol.dt(0), place, passage.to) : null,
  }
}

/** One step, the trap standing where it is to be at its end. */
function take({ record, protocol, isSingle }: System, course: Course, trap: Trap): void {
  const { motion, theta, passages, heating } = course
  const step = motion.steps
  const dt = protocol.dt(step)
  protocol.parameters(step, theta)
  if (isSingle) setTrap(trap, theta)
  course.isDragged ||= trap.stiffness !== course.trap.stiffness || trap.position !== course.trap.position
  course.trap = trap
  motion.step(theta, dt, heating * protocol.kT(step))
  course.clock += dt
  if (passages?.wants(step) === true && record.passage !== null)
    passages.see({ index: step, clock: course.clock, first: 0, batch: motion.batch, x: motion.x })
}

function frameOf({ record, potential, protocol, isSingle }: System, course: Course): SimulationFrame {
  const { motion, theta, heating, clock, passages } = course
  const { kT } = record.bath
  const inKT = (energy: Float64Array) => energy.map((value) => value / kT)
  const { first, last } = motion.energies()
  const [work, heat] = [inKT(motion.exchange.work), inKT(motion.exchange.heat)]
  const energyChange = inKT(last.map((u, b) => u - first[b]!))
  const bath = { ...record.bath, kT: heating * protocol.kT(Math.max(0, motion.steps - 1)) }
  const law = isSingle ? lawOf(potential, theta, bath) : null
  const untouched = course.wasHeated || course.isDragged || course.trap.stiffness !== 0 ? null : course.exactPassage
  return {
    kind: 'simulation',
    step: motion.steps,
    kT: bath.kT / kT,
    ...{ clock, work, heat, energyChange },
    x: Float32Array.from(rowsOf(motion).points),
    firstLaw: energyChange.reduce((most, du, b) => Math.max(most, Math.abs(du - work[b]! + heat[b]!)), 0),
    landscape: isSingle ? landscapeNow(potential, theta, law, motion, kT) : null,
    freeEnergy: freeEnergyOf(course, law, bath.kT, kT),
    passage: passages === null ? null : passageNow(passages.times, clock, untouched),
    done: motion.steps >= protocol.steps,
  }
}

/** Only from equilibrium, and at one temperature: else the average of the work is no free energy. */
function freeEnergyOf(
  { motion, firstLogPartition, wasHeated }: Course,
  law: { readonly logPartition: number } | null,
  kT: number,
  unit: number,
): SimulationFrame['freeEnergy'] {
  if (firstLogPartition === null || law === null || wasHeated || motion.steps === 0) return null
  const exact = firstLogPartition - law.logPartition
  const { value, standardError, ...rest } = draggedFreeEnergy(
    motion.exchange.work.map((w) => w / kT),
    exact,
  )
  const ratio = kT / unit
  return { ...rest, value: ratio * value, standardError: ratio * standardError, exact: ratio * exact }
}
