import type { Argv, InferredOptionTypes, Options } from 'yargs'
import { type BackendName, backendNames } from '../backend/names.js'
import { emittingEngines } from '../experiment/engines/names.js'

/** Options that every command which runs something takes. */
export const runOptions = {
  out: { type: 'string', describe: 'directory to write the run to [runs/NAME-PROFILE, numbered]', requiresArg: true },
  seed: { type: 'number', describe: 'seed of every random number', requiresArg: true },
  backend: {
    choices: ['auto', ...backendNames],
    default: 'auto' as 'auto' | BackendName,
    describe: 'what computes the dynamics (see: overdamped backends)',
    requiresArg: true,
  },
  threads: { type: 'number', describe: 'worker threads [one for each core]; never changes a bit', requiresArg: true },
  resume: {
    type: 'boolean',
    default: false,
    describe: 'continue an unfinished run in --out; leave a finished one alone',
  },
  'max-time': {
    type: 'string',
    describe: 'stop after so long, such as 90s, 30m or 2h, with a checkpoint and exit code 75 [never]',
    requiresArg: true,
  },
  'checkpoint-interval': {
    type: 'number',
    describe: 'seconds between two checkpoints, at least [10, longer where one takes more than 0.1 s]',
    requiresArg: true,
  },
  json: { type: 'boolean', default: false, describe: 'print results.json in place of the run directory' },
  quiet: { type: 'boolean', default: false, describe: 'no progress and no summary on stderr' },
} as const satisfies Record<string, Options>

/** Options of what carries out independent jobs: points of a sweep, repetitions of a study, slices. */
export const jobOptions = {
  jobs: {
    type: 'number',
    describe: 'independent jobs at a time, which share the threads; never changes a bit',
    requiresArg: true,
  },
  executor: {
    choices: ['threads', 'queue'] as const,
    describe:
      'what carries out these jobs: threads of this machine, or workers elsewhere (see: overdamped worker) [threads]',
    requiresArg: true,
  },
  redis: {
    type: 'string',
    describe: 'where the queue lies: redis://host:port, without a password [OVERDAMPED_REDIS, OVERDAMPED_REDIS_FILE]',
    requiresArg: true,
  },
} as const satisfies Record<string, Options>

/** Options of what array jobs on other machines can do in parts. */
export const emitOptions = {
  emit: {
    choices: emittingEngines,
    describe: 'run nothing: write the files of an array job and its merge to OUT-ENGINE',
    requiresArg: true,
  },
  shards: { type: 'number', describe: 'with --emit: parts of the array job [8, or fewer points]', requiresArg: true },
} as const satisfies Record<string, Options>

/** Options that change the scenario before it runs. */
export const scenarioOptions = {
  profile: {
    type: 'string',
    describe: 'a named set of changes from the scenario file, such as quick',
    requiresArg: true,
  },
  set: {
    type: 'string',
    array: true,
    nargs: 1,
    default: [] as string[],
    defaultDescription: 'none',
    describe: 'change one key: path=value (YAML); repeatable',
  },
} as const satisfies Record<string, Options>

/** Adds options to a command; a wrapper only to keep yargs' types narrow. */
export function withOptions<T, O extends Record<string, Options>>(
  yargs: Argv<T>,
  options: O,
): Argv<Omit<T, keyof O> & InferredOptionTypes<O>> {
  return yargs.options(options)
}
