import type { Protocol } from './protocol.js'

/**
 * A protocol by something that follows it no faster than it can, and knows nothing of what comes: each parameter goes towards where it
 * should be by at most slew·dt in a step, from where it should be before the first one. (The nearest schedule of that rate looks ahead:
 * slewLimited.)
 *
 * @param slew - largest |dθ/dt|, > 0
 * @param isDriven - 1 for each parameter that is driven, [parameters]; others are where they should be
 *
 * Cost: O(parameters) a step; steps out of turn begin anew from the first.
 */
export function following(protocol: Protocol, slew: number, isDriven: Uint8Array): Protocol {
  const [present, asked] = [new Float64Array(isDriven.length), new Float64Array(isDriven.length)]
  let at = -2
  const follow = () => {
    at++
    protocol.parameters(at, asked)
    const most = slew * protocol.dt[Math.max(0, at)]!
    for (let a = 0; a < asked.length; a++)
      if (at < 0 || isDriven[a] === 0) present[a] = asked[a]!
      else present[a]! += Math.max(-most, Math.min(most, asked[a]! - present[a]!))
  }
  return {
    ...protocol,
    parameters(step, out) {
      if (step < at) at = -2
      while (at < step) follow()
      out.set(present)
      return true
    },
  }
}
