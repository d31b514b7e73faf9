import type { CommandModule } from 'yargs'
import { topicNames } from '../experiment/verify/topic-names.js'
import type { VerifyArguments } from './handlers/verify.js'
import { runOptions } from './options.js'

/** `overdamped verify` */
export const verifyCommand: CommandModule<object, VerifyArguments> = {
  command: 'verify',
  describe: 'compare simulations and learning rules with what is exactly known; negative controls must be rejected',
  builder: (yargs) =>
    yargs
      .option('seed', { type: 'number', default: 1, requiresArg: true, describe: 'seed of every random number' })
      .option('backend', {
        choices: ['auto', 'reference', 'wasm', 'native'] as const,
        default: 'auto' as const,
        requiresArg: true,
        describe: 'what computes the dynamics and the gradients',
      })
      .option('threads', { type: 'number', requiresArg: true, describe: 'worker threads [one for each core]' })
      .option('thorough', { type: 'boolean', default: false, describe: 'ten times as many trajectories' })
      .option('only', {
        type: 'string',
        array: true,
        nargs: 1,
        describe: `a topic; repeatable: ${topicNames.join(', ')} [all]`,
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'directory for verify.json and report.html, and for checkpoints on the way [none]',
      })
      .option('resume', runOptions.resume)
      .option('max-time', runOptions['max-time'])
      .option('checkpoint-interval', runOptions['checkpoint-interval'])
      .option('json', { type: 'boolean', default: false, describe: 'print the checks as JSON in place of a table' })
      .option('quiet', { type: 'boolean', default: false, describe: 'no progress on stderr' })
      .example('$0 verify --seed 2', 'the same truths with other random numbers')
      .example('$0 verify --only escape --thorough', 'mean first-passage times to a per cent')
      .example('$0 verify --thorough --out runs/verify --resume', 'goes on where it was stopped'),
  handler: async (args) => (await import('./handlers/verify.js')).handle(args),
}
