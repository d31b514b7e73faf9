import { StoppedError } from '../errors.js'
import { createEnsemble, type Ensemble } from '../physics/dynamics/ensemble.js'
import type { Measured } from '../physics/dynamics/evolve.js'
import { type Memory, memoriesOf } from '../physics/dynamics/observer.js'
import { memoryOfExchange } from '../physics/dynamics/work-and-heat.js'
import type { Hooks, Keeper } from './hooks.js'

/** Arrays by name. */
type Arrays = Readonly<Record<string, Float64Array | Float32Array | Int32Array>>

/** An ensemble between two steps, as plain data. */
export interface SimulationState {
  /** trajectories before this one are finished; those from it on that advance together have made `step` steps */
  readonly first: number
  /** time steps that are done */
  readonly step: number
  /** of the trajectories that advance together, in the backend's own layout; empty where none has made a step */
  readonly own: Arrays
  /** of all: first and last states, work and heat, and what observers have collected */
  readonly memory: Memory
  /** what was said of its precision */
  readonly told: readonly string[]
}

/** What a caller may pass into a simulation. */
export interface SimulationHooks extends Hooks {
  /** where it keeps how far it has come, and finds it; a simulation without one begins anew each time */
  readonly keeper?: Keeper<SimulationState> | undefined
  /** awaited between two steps: whoever looks at frames as they come holds the simulation until they have */
  readonly ready?: (() => Promise<void>) | undefined
}

/** How far a simulation has come, for a backend that runs it in parts of so many trajectories. */
export interface Resumed {
  /** its states, and what was measured of them */
  readonly ensemble: Ensemble
  /** the trajectory that goes on, or begins */
  readonly first: number
  /** where the part that begins with it goes on; null where it begins */
  readonly part: Pick<SimulationState, 'step' | 'own'> | null
  /**
   * To be awaited between two steps, when work, heat and observers are up to date: waits for whoever looks at frames, then keeps the
   * state where that is due, or when the signal has aborted.
   *
   * @param first - of the part under way
   * @param step - steps that it has made
   * @param own - what the backend goes on from, copied or not
   * @throws StoppedError when the signal has aborted
   */
  between(first: number, step: number, own: () => Arrays): Promise<void>
  /** the error for a part that is not of this simulation */
  unfit(): Error
}

/**
 * Where a simulation goes on: what was kept of it is put back into the arrays of work and heat and of its observers. Without a keeper, or
 * with an observer that has no memory, it begins, and nothing is kept.
 *
 * @throws E_FORMAT for the state of another simulation
 */
export function resumed(
  { units, trajectories, steps, ...measured }: Measured & { units: number; trajectories: number; steps: number },
  { keeper, signal, ready }: SimulationHooks,
): Resumed {
  const ensemble = createEnsemble(trajectories, units)
  const memory = memoryOf(measured, ensemble)
  const bytes = Object.values(memory ?? {}).reduce((sum, { byteLength }) => sum + byteLength, 0)
  const found = memory === null ? null : (keeper?.found ?? null)
  const unfit = () => keeper!.unfit('is the state of another simulation')
  if (found !== null && memory !== null) {
    const { first, step } = found
    const within = (value: number, most: number) => Number.isSafeInteger(value) && value >= 0 && value <= most
    if (!within(first, trajectories) || !within(step, steps) || !restore(found.memory, memory)) throw unfit()
  }
  return {
    ensemble,
    unfit,
    first: found?.first ?? 0,
    part: found === null || found.step === 0 ? null : found,
    async between(first, step, own) {
      await ready?.()
      const stopped = signal?.aborted === true
      if (keeper !== undefined && memory !== null && (stopped || keeper.isDue(bytes)))
        keeper.keep({ first, step, own: step === 0 ? {} : own(), memory, told: [] })
      if (stopped) throw new StoppedError()
    },
  }
}

/** All that is filled on the way; null where an observer does not show what it has. */
function memoryOf({ workAndHeat, observers }: Measured, { initial, final }: Ensemble): Memory | null {
  const parts: Record<string, { memory: Memory }> = {}
  for (const [n, { memory }] of observers.entries()) {
    if (memory === undefined) return null
    parts[`observer.${n}`] = { memory }
  }
  if (workAndHeat !== null) {
    parts.exchange = { memory: memoryOfExchange(workAndHeat) }
  }
  return { initial: initial.points, final: final.points, ...memoriesOf(parts) }
}

/** Writes saved arrays into those of the same names; false, and nothing is written, where they are not alike. */
export function restore(saved: Arrays, into: Arrays): boolean {
  if (typeof saved !== 'object' || saved === null) return false
  const names = Object.keys(into)
  const alike = (name: string) =>
    Object.hasOwn(saved, name) &&
    saved[name]?.constructor === into[name]!.constructor &&
    saved[name].length === into[name]!.length
  if (Object.keys(saved).length !== names.length || !names.every(alike)) return false
  for (const name of names) into[name]!.set(saved[name]!)
  return true
}
