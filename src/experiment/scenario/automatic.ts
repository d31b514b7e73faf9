import { ratesFor } from '../../learning/training/stages.js'
import { countOf } from '../../physics/network/described.js'
import { defaultGeneration, type GenerationOptions } from '../../physics/protocol/generation-protocol.js'
import { defaultNoising } from '../../physics/protocol/noising.js'
import type { Keys } from './keys.js'
import { unitsOf } from './network.js'

type Learning = NonNullable<Keys['learning']>

/** Keys with what they leave out; of data that are an array noising.duration and tMin are found with the data (see `noisingOf`). */
export type Completed = Omit<Keys, 'learning' | 'sampling'> & {
  learning?: (Omit<Learning, 'optimizer'> & { optimizer: Learning['optimizer'] & { rate: number } }) | undefined
  sampling: Keys['sampling'] & Required<Pick<GenerationOptions, 'interpolation'>>
}

/** Least squares takes no steps: what has stood in its files. */
const unused = 0.01

/**
 * Keys with those that are left out and depend on others.
 *
 * Where learning.optimizer.rate is absent: rate and hiddenRate are those of ratesFor, slices begin at their neighbour's parameters grown as
 * the noise recedes (learning.start: scaled), and hidden units generate with sampling.interpolation: alternate.
 */
export function completed(keys: Keys): Completed {
  const { learning, network } = keys
  const isFree = learning !== undefined && learning.rule !== 'least-squares' && learning.optimizer.rate === undefined
  const filled = {
    ...keys,
    noising: withTimes(keys),
    sampling: withInterpolation(keys.sampling, isFree && network.hidden !== undefined),
  }
  if (learning === undefined) return filled as typeof filled & { learning?: undefined }
  return { ...filled, learning: isFree ? withRates(learning, network) : asGiven(learning) }
}

/** The order of keys, here and below, is that of the schema, which files of before have. */
function withTimes({ noising, learning, data }: Keys): Keys['noising'] {
  if (learning !== undefined && data?.source === 'array') return noising
  const { stiffness, duration = defaultNoising.duration, tMin = defaultNoising.tMin, slices, spacing } = noising
  return { stiffness, duration, tMin, slices, spacing }
}

function withInterpolation(sampling: Keys['sampling'], alternates: boolean): Completed['sampling'] {
  const { trajectories, batch, integrator, drive, slowdown, interpolation, ...others } = sampling
  return {
    ...{ trajectories, batch, integrator, drive, slowdown },
    interpolation: interpolation ?? (alternates ? 'alternate' : defaultGeneration.interpolation),
    ...others,
  }
}

function asGiven(learning: Learning): NonNullable<Completed['learning']> {
  const { kind, rate = unused, ...others } = learning.optimizer
  return { ...learning, optimizer: { kind, rate, ...others } }
}

function withRates(learning: Learning, { hidden, ...network }: Keys['network']): NonNullable<Completed['learning']> {
  const { start = 'scaled', centre, oracle, ...before } = learning
  const { kind, rate: _, finalRate, hiddenRate, ...others } = learning.optimizer
  const found = ratesFor(unitsOf(network), hidden === undefined ? 0 : countOf(hidden))
  return {
    ...before,
    optimizer: {
      ...{ kind, rate: found.rate, finalRate },
      hiddenRate: hiddenRate ?? found.hiddenRate,
      ...others,
    },
    start,
    ...(centre === undefined ? {} : { centre }),
    oracle,
  }
}
