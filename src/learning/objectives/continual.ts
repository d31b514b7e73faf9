import type { PointSet, States } from '../../physics/network/states.js'
import { meanOf } from '../../physics/observe/estimate.js'
import type { Landscape } from './landscape.js'

/**
 * Continual learning by self-replay: tasks come one after another and nothing of them is kept but the model. At a boundary between two
 * tasks a copy θ' of the model is frozen; what is learned from next are draws of the copy's own law beside the new data,
 *
 *     (k·replay + new)/(k + 1),   k tasks before,
 *
 * so that every task has the same share. The rule is that of the objective that learns from them: replay adds no factor to it.
 *
 * Source: the replay of Gaussian mixture replay (GMR), Pfülb, Gepperth & Bagus, 2104.09240 (2021), for any energy: a reconstruction
 * from its abstract.
 */
export type Replay = (count: number, task: number) => PointSet | null

/**
 * What task number `task` (from 0) is learned from.
 *
 * @param fresh - data of the task, [count, units]
 * @param replay - so many states in place of all earlier tasks; null replays nothing
 * @returns [(task + 1)·count, units], the replay first
 */
export function withReplay(fresh: PointSet, task: number, replay: Replay): PointSet {
  const old = task === 0 ? null : replay(task * fresh.count, task)
  return old === null ? fresh : joined([old, fresh])
}

/** Tables of the same units, one below another. */
export function joined(sets: readonly PointSet[]): PointSet {
  const { units } = sets[0]!
  const count = sets.reduce((sum, set) => sum + set.count, 0)
  const points = new Float64Array(count * units)
  let first = 0
  for (const set of sets) {
    points.set(set.points, first)
    first += set.points.length
  }
  return { points, count, units }
}

/** z above which a batch belongs to a task that the copy has not learned: of its own states no batch in a billion has it. */
export const boundary = 6

/**
 * Tells a batch of B states that a frozen copy of the model does not know from one of its own law,
 *
 *     z = (⟨U⟩_batch - ⟨U⟩_own)/(sd_own/√B)
 *
 * which is standard normal for draws of that law, but for the skewness of U, of order 1/√B. No normaliser is needed. A batch of one of several tasks that
 * the copy has learned is no draw of its whole law: z is then off by √B times the difference of the tasks' entropies over sd_own.
 *
 * @param own - draws of e^(-U(x; θ')/kT)/Z, many more than a batch has
 * @returns z of states [units, batch]
 */
export function boundaryDetector(landscape: Landscape, theta: Float64Array, own: States): (batch: States) => number {
  const frozen = theta.slice()
  const energies = ({ x, batch }: States) => {
    const energy = new Float64Array(batch)
    landscape.evaluate(frozen, x, batch, null, energy)
    return energy
  }
  const known = meanOf(energies(own))
  const deviation = known.standardError * Math.sqrt(own.batch)
  return (batch) => (meanOf(energies(batch)).value - known.value) / (deviation / Math.sqrt(batch.batch))
}
