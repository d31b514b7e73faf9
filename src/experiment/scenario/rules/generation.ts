import type { Keys } from '../keys.js'
import type { Say } from '../parts.js'

/** Noising that has an end, samples that can be measured, and a reverse drive in its own time. */
export function sayGeneration({ data, learning, noising, sampling }: Keys, say: Say): void {
  if (data !== undefined && sampling.trajectories < 10)
    say(['sampling', 'trajectories'], `expected at least 10, to measure the samples; got ${sampling.trajectories}`)
  if (noising.tMin >= noising.duration)
    say(['noising', 'tMin'], `expected less than noising.duration (${noising.duration})`)
  if (learning !== undefined && sampling.drive === 'reverse' && sampling.slowdown !== 1)
    say(
      ['sampling', 'slowdown'],
      'the reverse drive runs the noising backwards in its own time, and at another speed it generates another law; use drive: quasi-static, or remove slowdown',
    )
}
