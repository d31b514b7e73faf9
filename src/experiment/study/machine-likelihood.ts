import { logPseudoLikelihoods, negativeLogLikelihood } from '../../learning/evaluation/likelihood.js'
import type { States } from '../../physics/network/states.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import type { MachineParameters } from '../../physics/potential/machine-parameters.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { annealedPartition } from '../../physics/truth/annealed-partition.js'
import { isSummable, restrictedEquilibrium } from '../../physics/truth/restricted-boltzmann.js'

/** How log Z is annealed, and whether it is so even where it is known exactly. */
interface AnnealingSettings {
  readonly walkers: number
  readonly steps: number
  readonly always: boolean
}

/** The likelihood of a machine on given states. */
export interface MachineLikelihood {
  /** exact where a layer can be summed; else annealed, null without settings for that */
  readonly logPartition: Estimate | null
  /** by annealing, null where that was not asked for */
  readonly annealed: Estimate | null
  /** by name, as arms of a study have them */
  readonly figures: Readonly<Record<string, number>>
}

/**
 * Likelihood and pseudo-likelihood of the machine at θ, means over states of the visible units in nats.
 */
export function machineLikelihood(
  potential: Potential,
  bath: Bath,
  parameters: MachineParameters,
  theta: Float64Array,
  judged: States,
  annealing: AnnealingSettings | null,
  seed: number,
): MachineLikelihood {
  const machine = parameters.at(theta, bath.kT)
  const exact = isSummable(machine) ? { value: restrictedEquilibrium(machine).logPartition, standardError: 0 } : null
  const annealed =
    annealing === null || (exact !== null && !annealing.always)
      ? null
      : annealedPartition(potential, theta, bath, { ...annealing, seed })
  const logPartition = exact ?? annealed
  const likelihood = logPartition === null ? null : negativeLogLikelihood(machine, logPartition, judged)
  return {
    logPartition,
    annealed,
    figures: {
      ...(likelihood === null ? {} : { negativeLogLikelihood: likelihood.value }),
      ...(likelihood === null || exact !== null ? {} : { logPartitionStandardError: likelihood.standardError }),
      logPseudoLikelihood: meanOf(logPseudoLikelihoods(machine, judged)).value,
    },
  }
}
