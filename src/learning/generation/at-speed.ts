import { invalidValue } from '../../errors.js'
import { hiddenMoves, learnedHidden } from '../../physics/network/hidden-kind.js'
import { withHiddenStates } from '../../physics/network/hidden-states.js'
import { hiddenBlock } from '../../physics/network/network.js'
import {
  createPotential,
  groupSlice,
  type Potential,
  type PotentialOptions,
} from '../../physics/potential/potential.js'
import type { AtSpeed } from '../../physics/protocol/clock.js'
import { type DriveKind, type Noising, scoreScale } from '../../physics/protocol/noising.js'
import type { GenerationParts } from './generation.js'

/** A network that generates by any clock. */
export interface AnySpeed {
  /** the learned potential, its hidden units in a bath of their own */
  readonly potential: Potential
  /** its parameters */
  readonly atSpeed: AtSpeed
}

/**
 * A learned network, driven at any speed c of the clock. With F = trap·x + scale·∇log p as it was learned (see scoreScale), the force
 * kT ∇log p + c (k0 x + kT ∇log p) is
 *
 *     α (F - trap·x) + c k0 x,   α = (1 + c) kT/scale
 *
 * The parameters of visible units and of their couplings are multiplied by α, and k becomes α(k + trap) - c k0. Hidden units answer by
 * A = -T log 2cosh(u/T), or by their well, which is in proportion to T: αA is that of units with α times V, b and T. Their bath is
 * therefore as warm as the clock says, and has to be their own.
 *
 * @throws E_INVALID_VALUE for a network that can't be driven so
 */
export function anySpeed(
  learned: Potential,
  drive: DriveKind,
  noising: Noising,
  { hidden, terms, bath }: Omit<GenerationParts, 'stiffness'>,
): AnySpeed {
  requireScaling(learned, hidden !== undefined && hiddenMoves(hidden), terms)
  const { network } = learned
  const shares = hiddenBlock(network) !== undefined && hiddenBlock(network)?.bath !== 'own'
  const potential = shares
    ? createPotential(withHiddenStates(network, { ...learnedHidden(hidden!), bath: 'own' }), terms, bath.kT)
    : learned
  const { trap, scale } = scoreScale(noising, drive)
  return {
    potential,
    atSpeed(theta, c, out) {
      const factor = ((1 + c) * noising.bath.kT) / scale
      for (const group of potential.groups) {
        const own = learned.groups.find(({ name }) => name === group.name)
        const values = own === undefined ? null : groupSlice(own, theta)
        const place = groupSlice(group, out)
        for (let a = 0; a < place.length; a++) place[a] = factor * (values?.[a] ?? bath.kT)
        if (group.name === 'stiffness')
          for (let a = 0; a < place.length; a++) place[a]! += factor * trap - c * noising.stiffness
      }
    },
  }
}

/** @throws E_INVALID_VALUE for a potential whose force is not in proportion to parameters */
function requireScaling({ groups, terms }: Potential, moves: boolean, { features }: PotentialOptions): void {
  const refused = (why: string, path: string) =>
    invalidValue(`a clock drives the network at other speeds: ${why}`, path)
  if (moves)
    throw refused(
      'hidden units must follow at once; use bistable or quartic, or leave sampling.clock out.',
      'network.hidden.kind',
    )
  if (!groups.some(({ name }) => name === 'stiffness'))
    throw refused('add stiffness, or leave sampling.clock out.', 'potential.onsite')
  const fixed =
    features?.base === undefined ? terms.find(({ linear, support }) => support !== 'hidden' && !linear)?.name : 'base'
  if (fixed !== undefined)
    throw refused(`"${fixed}" is not in proportion to its parameters; leave it or sampling.clock out.`, 'potential')
}
