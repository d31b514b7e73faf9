import { type Network, networkOf } from './network.js'

/**
 * The same network in an active bath: an Ornstein–Uhlenbeck process of its own beside each visible unit, in rows after all others.
 *
 * @param time - correlation time, the same for all
 */
export function withActiveUnits(network: Network, time: number): Network {
  const change = { kind: 'ornstein-uhlenbeck', time } as const
  return networkOf([...network.blocks, { role: 'active', units: network.visible, states: null, change }], network)
}
