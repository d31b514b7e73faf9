import { derivedSeed } from '../physics/noise/derived-seed.js'
import { fillNormals } from '../physics/noise/gaussian.js'
import { stream } from '../physics/noise/streams.js'
import type { PlayNetwork } from './network.js'
import { energies, type Present } from './present.js'

/**
 * Back to an earlier step of the protocol: the bath noises the visible units in the trap k0 alone, exactly,
 *
 *     x' = e^(-μk0τ) x + √((kT/k0)(1 - e^(-2μk0τ))) ε,   τ = clock(to) - clock(step)
 *
 * The landscape goes to the trap and, at the end, to that of the step: both is work; what the trap's energy loses between is heat. Hidden
 * units with states of their own stay where they are.
 */
export function noise(network: PlayNetwork, now: Present, to: number): void {
  const { protocol, noising, learned, record } = network
  const { visible } = learned.network
  const { count, units } = now.x
  const before = energies(network, now)
  now.interventions++
  const relaxed = Math.exp(
    -noising.bath.mobility * noising.stiffness * (protocol.clock[to]! - protocol.clock[now.step]!),
  )
  const kT = now.kT * record.bath.kT
  const width = Math.sqrt((kT / noising.stiffness) * (1 - relaxed ** 2))
  const epsilon = new Float64Array(visible * count)
  fillNormals(
    derivedSeed(now.seed, stream.stretches, now.interventions),
    stream.noisingPath,
    0,
    visible,
    0,
    count,
    epsilon,
  )
  const points = now.x.points.slice()
  const trapped = new Float64Array(count)
  const lost = new Float64Array(count)
  for (let n = 0; n < count; n++)
    for (let i = 0; i < visible; i++) {
      const at = n * units + i
      const x = points[at]!
      points[at] = relaxed * x + width * epsilon[i * count + n]!
      trapped[n]! += (noising.stiffness * x ** 2) / 2
      lost[n]! += (noising.stiffness * (x ** 2 - points[at]! ** 2)) / 2
    }
  now.x = { points, count, units }
  now.step = to
  now.done = false
  for (const [n, after] of energies(network, now).entries()) {
    now.work[n]! += trapped[n]! - before[n]! + (after - (trapped[n]! - lost[n]!))
    now.heat[n]! += lost[n]!
    now.produced[n]! += lost[n]! / kT
  }
}
