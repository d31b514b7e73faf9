import { stream } from '../noise/streams.js'
import { fillUniformStates } from '../noise/uniform.js'
import type { DiscreteUnits } from '../potential/state-energies.js'
import type { Integrator } from './integrator.js'

/** One turn of redraws. */
export interface Turn {
  readonly kT: number
  /** [units, batch]; changed in place */
  readonly x: Float64Array
  readonly batch: number
  /** numbers in (0, 1), [units that are redrawn, batch], in the order of their rows */
  readonly uniform: Float64Array
  /** probability that a unit is tried at all */
  attempted(unit: number): number
  /** the energy over kT that each trajectory gives up is added to it, [batch]; null where nobody asks */
  readonly heat: Float64Array | null
}

/**
 * Redraws units in turn, class by class, each from its heat bath given all others as they are then,
 *
 *     s_i = a with probability ∝ e^(-U(a | others)/kT)
 *
 * so that e^(-U/kT) is left as it is and the heats of all flips add up to what U falls by. (Coupled units that are redrawn at once do
 * neither.)
 *
 * @returns a turn in the order of the classes, or the other way round
 *
 * Cost: the energies of every unit's states (see DiscreteUnits).
 * Source: Glauber, J. Math. Phys. 4, 294 (1963), for two states; Geman & Geman, IEEE Trans. Pattern Anal. Mach. Intell. 6, 721 (1984).
 */
export function redrawing({ classes, states, energies }: DiscreteUnits): (turn: Turn, backwards?: boolean) => void {
  const forth = classes.flatMap((members) => [...members])
  const back = forth.toReversed()
  const placeOf = new Map(forth.toSorted((a, b) => a - b).map((unit, n) => [unit, n]))
  const most = Math.max(...forth.map((unit) => states[unit]!.length))
  let room = new Float64Array(0)
  return (turn, backwards = false) => {
    const { x, batch } = turn
    if (room.length < most * batch) room = new Float64Array(most * batch)
    for (const unit of backwards ? back : forth) {
      const own = states[unit]!
      const energy = room.subarray(0, own.length * batch)
      energies(unit, x, batch, energy)
      redrawUnit(own, energy, unit * batch, placeOf.get(unit)! * batch, turn.attempted(unit), turn)
    }
  }
}

/** How many units a landscape redraws. */
export function redrawn({ classes }: DiscreteUnits): number {
  return classes.reduce((sum, { length }) => sum + length, 0)
}

/** Redraws the row of x that begins at `row`, with the random numbers from `from` on. */
function redrawUnit(
  states: readonly number[],
  energy: Float64Array,
  row: number,
  from: number,
  attempted: number,
  { kT, x, batch, uniform, heat }: Turn,
): void {
  for (let b = 0; b < batch; b++) {
    const number = uniform[from + b]!
    if (number >= attempted) continue
    // One number does for both draws: given an attempt, number/attempted is uniform too.
    const drawn = drawState(energy, b, batch, states.length, kT, number / attempted)
    if (heat !== null) {
      const before = states.indexOf(x[row + b]!)
      heat[b]! += (energy[before * batch + b]! - energy[drawn * batch + b]!) / kT
    }
    x[row + b] = states[drawn]!
  }
}

/** The state of trajectory b at a quantile of its law, from the last state down. */
function drawState(
  energy: Float64Array,
  b: number,
  batch: number,
  count: number,
  kT: number,
  quantile: number,
): number {
  if (count === 2) return quantile * (1 + Math.exp((energy[batch + b]! - energy[b]!) / kT)) < 1 ? 1 : 0
  let lowest = Infinity
  for (let a = 0; a < count; a++) lowest = Math.min(lowest, energy[a * batch + b]!)
  let total = 0
  for (let a = 0; a < count; a++) total += Math.exp((lowest - energy[a * batch + b]!) / kT)
  let left = quantile * total
  for (let a = count - 1; a > 0; a--) {
    left -= Math.exp((lowest - energy[a * batch + b]!) / kT)
    if (left < 0) return a
  }
  return 0
}

/**
 * A scheme with units of several states among those it moves. Each is tried with a probability in each half of a step, before the
 * scheme moves the others and after it, and the second half goes through the units the other way round,
 *
 *     1 - e^(-rate·dt/2),   then s_i = a with probability ∝ e^(-U(a | others)/kT)   (see redrawing)
 *
 * a symmetric splitting: what it is off by is of the order dt² (or the scheme's own), and nothing in equilibrium where the scheme is exact. The energy that a flip
 * gives up goes to the bath, as heat. Where nothing acts on a unit its mean relaxes as e^(-rate·t), exactly.
 * Source: Strang, SIAM J. Numer. Anal. 5, 506 (1968), for the splitting.
 *
 * Cost: two turns of redraws and, where the scheme needs it, one more force a step.
 */
export function withFlips(discrete: DiscreteUnits, { transition: _, ...integrator }: Integrator): Integrator {
  return {
    ...integrator,
    needs: { force: false, energy: false },
    start(input) {
      const { drive, batch, seed, first } = input
      const { force: needsForce, energy: needsEnergy } = integrator.needs ?? { force: true, energy: false }
      const isMoving = drive.mobility === undefined || drive.mobility.some((mobility) => mobility > 0)
      const move = integrator.start(input)
      const redraw = redrawing(discrete)
      const count = redrawn(discrete)
      const uniform = new Float64Array(2 * count * batch)
      const halves = [uniform.subarray(0, count * batch), uniform.subarray(count * batch)] as const
      const [force, energy] = [new Float64Array(drive.units * batch), new Float64Array(batch)]
      const [x, flipped] = [new Float64Array(drive.units * batch), new Float64Array(batch)]
      return (step, next) => {
        const { kT, dt, heat } = step
        // Step 0 of the stream drew the initial states.
        fillUniformStates({ seed, stream: stream.hidden, step: step.step + 1 }, 2 * count, first, batch, uniform)
        const turn = {
          ...{ kT, batch, heat: heat === undefined ? null : flipped.fill(0) },
          attempted: (unit: number) => -Math.expm1((-discrete.rate[unit]! * dt) / 2),
        }
        x.set(step.x)
        redraw({ ...turn, x, uniform: halves[0] })
        if (isMoving) {
          if (needsForce || needsEnergy)
            drive.evaluate(x, batch, needsForce ? force : null, needsEnergy ? energy : null)
          move({ ...step, x, force, energy }, next)
        } else {
          heat?.fill(0)
          next.set(x)
        }
        redraw({ ...turn, x: next, uniform: halves[1] }, true)
        heat?.forEach((own, b) => {
          heat[b] = own + flipped[b]!
        })
      }
    },
  }
}
