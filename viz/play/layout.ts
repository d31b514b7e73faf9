import type { NetworkRecord } from '../../src/play/record.js'
import type { Arrangement } from '../arrangement.js'

/** How the visible units of a network are laid out: as they are described, or as square a block as holds them in order. */
export function layoutOf({ network: { visible, couplings } }: Pick<NetworkRecord, 'network'>): Arrangement {
  const { lattice, kind, ring, chain } = visible
  const range = couplings?.visible
  if (lattice) {
    const torus = range?.periodic === true
    return { shape: kind === 'triangular' ? 'triangular' : 'square', lattice, placed: true, torus }
  }
  if (ring !== undefined) return { shape: 'ring', lattice: [1, ring], placed: false, torus: false }
  if (chain !== undefined) return { shape: 'chain', lattice: [1, chain], placed: false, torus: false }
  const units = unitsOf({ network: { visible } })
  const columns = Math.ceil(Math.sqrt(units))
  return { shape: 'square', lattice: [Math.ceil(units / columns), columns], placed: false, torus: false }
}

/** Number of visible units. */
export function unitsOf({ network: { visible } }: Pick<NetworkRecord, 'network'>): number {
  const { lattice, ring, chain, units, blocks } = visible
  if (blocks) return blocks.reduce((sum, block) => sum + (block.units ?? 0), 0)
  return lattice ? lattice[0] * lattice[1] : (ring ?? chain ?? units ?? 0)
}
