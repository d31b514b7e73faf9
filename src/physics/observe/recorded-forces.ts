import { driveNetwork } from '../dynamics/drive.js'
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
): Float32Array {
  const { units } = potential.network
  const drive = driveNetwork(potential, protocol)
  const states = new Float64Array(units * recorded)
  const force = new Float64Array(units * recorded)
  const out = new Float32Array(x.length)
  for (let frame = 0; frame < frames; frame++) {
    drive.jump(step[frame]!)
    const at = (n: number, i: number) => (n * frames + frame) * units + i
    for (let n = 0; n < recorded; n++) for (let i = 0; i < units; i++) states[i * recorded + n] = x[at(n, i)]!
    drive.evaluate(states, recorded, force, null)
    for (let n = 0; n < recorded; n++) for (let i = 0; i < units; i++) out[at(n, i)] = force[i * recorded + n]!
  }
  return out
}
