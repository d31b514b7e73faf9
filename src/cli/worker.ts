import type { CommandModule } from 'yargs'
import type { WorkerArguments } from './handlers/worker.js'
import { jobOptions, runOptions, withOptions } from './options.js'

/** `overdamped worker` */
export const workerCommand: CommandModule<object, WorkerArguments> = {
  command: 'worker',
  describe: 'carry out jobs of a queue that runs and sweeps with --executor queue put there',
  builder: (yargs) =>
    withOptions(yargs, {
      redis: jobOptions.redis,
      jobs: { ...jobOptions.jobs, default: 1, describe: 'jobs at a time; never changes a bit' },
      threads: {
        ...runOptions.threads,
        describe: 'threads of each job [the cores divided by the jobs]; never changes a bit',
      },
      work: {
        type: 'string',
        default: 'runs/worker',
        describe: 'directory for what jobs keep until they are done; one that comes again goes on from there',
        requiresArg: true,
      },
      drain: {
        type: 'boolean',
        default: false,
        describe: 'end when no job has been in the queue for ten seconds, waiting or in hand',
      },
      'max-time': {
        ...runOptions['max-time'],
        describe: 'stop after so long; jobs are given back, exit code 75 [never]',
      },
      quiet: { ...runOptions.quiet, describe: 'nothing on stderr but errors' },
    })
      .example('$0 worker --redis redis://localhost:6379 --jobs 2', 'until Ctrl-C')
      .example('$0 worker --drain', 'address and password from OVERDAMPED_REDIS'),
  handler: async (args) => (await import('./handlers/worker.js')).handle(args),
}
