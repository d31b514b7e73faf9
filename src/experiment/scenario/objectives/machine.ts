import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { toldBlocks } from '../network.js'
import { count, positive, type Say } from '../parts.js'
import { annealing, type Surroundings } from './common.js'

/** Keys of kinds that a restricted Boltzmann machine learns by: how it starts and how it is judged. @param arms - that may have a bar */
export function machineKeys<const Arms extends readonly [string, ...string[]]>(arms: Arms) {
  return {
    scatter: positive.default(0.025).describe('standard deviation of the couplings of a machine at the start, in kT'),
    annealing,
    points: count
      .max(1000)
      .default(20)
      .describe('of each curve of a machine, at each of which the likelihood is measured'),
    bars: z
      .partialRecord(z.enum(arms), positive)
      .default({})
      .describe('largest mean negative log-likelihood of a machine that an arm may end with, in nats'),
  }
}

/** Whether units have states, as those of a machine. */
export function hasStates({ network }: Pick<Surroundings, 'network'>): boolean {
  return toldBlocks(network).some(({ states }) => states !== null)
}

const absent = z.object(machineKeys(['any'])).parse({})

/** What a kind that machines and others learn by says of either. @param moves - the kernel or kernels, which a machine has one of */
export function sayMachine(
  objective: { readonly control: boolean } & { readonly [K in keyof typeof absent]?: unknown },
  scenario: Surroundings,
  [key, kernels]: readonly ['kernel' | 'kernels', string | readonly string[]],
  say: Say,
): void {
  if (!hasStates(scenario)) {
    for (const name of ['scatter', 'annealing', 'points', 'bars'] as const)
      if (!isDeepStrictEqual(objective[name], absent[name]))
        say(['objective', name], 'it is of a restricted Boltzmann machine, whose units have two states; remove it')
    return
  }
  if (String(kernels) !== 'gibbs')
    say(['objective', key], `units with states are redrawn; expected ${key === 'kernel' ? 'gibbs' : '[gibbs]'}`)
  if (objective.control) say(['objective', 'control'], 'it is of wells that continuous units do not leave; remove it')
}
