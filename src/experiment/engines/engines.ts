import { usageError } from '../../errors.js'
import { awsBatch } from './aws-batch.js'
import type { ArrayTask, Engine, Environment } from './engine.js'
import { kubernetes } from './kubernetes.js'
import { slurm } from './slurm.js'

/** Every engine that is known. */
export const engines: readonly Engine[] = [slurm, kubernetes, awsBatch]

/**
 * Which task of an array job a process is, by what its engine has put into the environment.
 *
 * @throws E_USAGE where no engine has, more than one has, or one contradicts itself
 */
export function arrayTask(environment: Environment): ArrayTask {
  const found = engines.flatMap((engine) => {
    const task = engine.task(environment)
    return task === null ? [] : [{ engine, task }]
  })
  const [first, second] = found
  if (first === undefined)
    throw usageError(
      `this is no task of an array job: none of ${engines.map(({ name, variables }) => `${variables[0]} (${name})`).join(', ')} is set. Give the shard by hand: --shard i/n.`,
      '--shard auto',
    )
  if (second !== undefined)
    throw usageError(
      `${first.engine.name} and ${second.engine.name} both say which task this is. Give the shard by hand: --shard i/n.`,
      '--shard auto',
    )
  return first.task
}
