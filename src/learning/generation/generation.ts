import { invalidValue } from '../../errors.js'
import { generatingHidden, type HiddenOptions, hiddenMoves } from '../../physics/network/hidden-kind.js'
import { withHiddenStates, withTwins } from '../../physics/network/hidden-states.js'
import { hiddenBlock } from '../../physics/network/network.js'
import { wellCurvature } from '../../physics/potential/double-well.js'
import {
  createPotential,
  groupSlice,
  type Potential,
  type PotentialOptions,
} from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import type { AtSpeed } from '../../physics/protocol/clock.js'

/** The network whose trajectories are run. Its visible units are those of the learned one. */
export interface Generation {
  readonly potential: Potential
  /** its parameters, from learned ones */
  readonly parameters: (learned: Float64Array) => Float64Array
  /** longest time step that resolves hidden units in wells of their own, flips, or active forces; absent where there are none */
  readonly longestStep?: number
  /** where it is driven by a clock, what acts at a speed, in place of `parameters` */
  readonly atSpeed?: AtSpeed
}

/** What a network that generates is made of, beside the learned one. */
export interface GenerationParts {
  /** as they are described; absent without any */
  readonly hidden?: HiddenOptions | undefined
  /** the terms of the learned potential */
  readonly terms: PotentialOptions
  /** that the network is in */
  readonly bath: Bath
  /** k0 of the noising trap */
  readonly stiffness: number
}

/** Longest step over the relaxation time at the bottom of a hidden unit's well. */
const stepFraction = 0.05

/**
 * What generates: the learned network itself, or one whose hidden units move on their own (kinds explicit and glauber), or one
 * for the reverse drive made from one that was learned for the quasi-static drive.
 *
 * @param twins - whether it is the last of these (see reverseParameters)
 * @throws E_INVALID_VALUE for such a network without the term stiffness
 */
export function createGeneration(
  learned: Potential,
  { hidden, terms, bath, stiffness }: GenerationParts,
  twins = false,
): Generation {
  const moves = hidden !== undefined && hiddenMoves(hidden)
  if (!moves && !twins) return { potential: learned, parameters: (theta) => theta, ...resolving(learned) }
  if (twins && !learned.groups.some(({ name }) => name === 'stiffness'))
    throw invalidValue(
      'a network learned quasi-statically is driven in reverse with less stiffness; add stiffness, or use sampling.drive: quasi-static.',
      'potential.onsite',
    )

  const followers = twins ? withTwins(learned.network) : learned.network
  const network = moves ? withHiddenStates(followers, generatingHidden(hidden, [bath.mobility, stiffness])) : followers
  const potential = createPotential(network, terms, bath.kT)
  const units = hiddenBlock(network)
  return {
    potential,
    parameters: twins ? (theta) => reverseParameters(learned, potential, stiffness, theta) : (theta) => theta,
    ...(units?.change.kind === 'langevin' && units.barrier !== undefined
      ? {
          longestStep:
            stepFraction / (units.change.mobility * bath.mobility * bath.kT * wellCurvature(units.barrier, 1)),
        }
      : {}),
  }
}

/** Attempts to redraw a unit in a step of a plain simulation, at most: the splitting of flips and motion is then off by little. */
const attemptsInStep = 0.1

/** The longest step for units with states. */
function resolving({ network }: Potential): Pick<Generation, 'longestStep'> {
  const rates = network.blocks.flatMap(({ change }) => (change.kind === 'flips' ? [change.rate] : []))
  return rates.length === 0 ? {} : { longestStep: attemptsInStep / Math.max(...rates) }
}

/**
 * Parameters for the reverse drive from those learned for the quasi-static one. The force must be k0 x + 2F: the parameters of
 * visible units and of their couplings double, k becomes 2k - k0, and every hidden unit gets a twin with its own V and b. (Twice
 * V and b would be another response; two units with the same exert twice the force.)
 *
 * @param learned - the potential they were learned in; `reverse`: the same with twins (see withTwins)
 * @param k0 - stiffness of the noising trap
 */
export function reverseParameters(
  learned: Potential,
  reverse: Potential,
  k0: number,
  theta: Float64Array,
): Float64Array {
  const out = new Float64Array(reverse.size)
  learned.groups.forEach((group, index) => {
    const values = groupSlice(group, theta)
    const place = groupSlice(reverse.groups[index]!, out)
    if (group.support === 'hidden') {
      place.set(values)
      // Of what belongs to each unit its twin has the same.
      if (place.length > values.length) place.set(values, values.length)
    } else for (let a = 0; a < values.length; a++) place[a] = 2 * values[a]! - (group.name === 'stiffness' ? k0 : 0)
  })
  return out
}
