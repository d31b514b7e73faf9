import { driveNetwork } from '../dynamics/drive.js'
import { columnsOf, keepRows } from '../network/states.js'
import type { Potential } from '../potential/potential.js'
import type { Protocol } from '../protocol/protocol.js'
import type { RecordedTrajectories } from './trajectories.js'

/**
 * Forces at the recorded states, each in the landscape of the step that led there (at the start: the one before the first).
 *
 * @returns [recorded, frames, units]
 *
 * Cost: O(recorded·frames·edges).
 */
export function recordedForces(
  potential: Potential,
  protocol: Protocol,
  { x, recorded, frames, step }: RecordedTrajectories,
): Float64Array {
  const { units } = potential.network
  const drive = driveNetwork(potential, protocol)
  const force = new Float64Array(units * recorded)
  const out = new Float64Array(x.length)
  const count = recorded * frames
  for (let frame = 0; frame < frames; frame++) {
    drive.jump(step[frame]!)
    drive.evaluate(columnsOf({ points: x, count, units }, frame, frames).x, recorded, force, null)
    keepRows({ x: force, batch: recorded }, { points: out, count, units }, frame, frames)
  }
  return out
}
