import { type Engine, numberIn, taskOf } from './engine.js'

const [index, size] = ['AWS_BATCH_JOB_ARRAY_INDEX', 'AWS_BATCH_JOB_ARRAY_SIZE']

/** Array jobs of AWS Batch, which count from 0. Their definition is no file: it is made by the service's own command. */
export const awsBatch: Engine = {
  name: 'aws-batch',
  variables: [index, size],
  task(environment) {
    const at = numberIn(environment, index)
    if (at === undefined) return null
    const of = numberIn(environment, size)
    return taskOf(at, of ?? 0, `${index} is ${at} and ${size} ${of ?? 'not set'}`)
  },
}
