import { basename, dirname, join } from 'node:path'
import type { CommandModule } from 'yargs'
import { invalidValue, OverdampedError } from '../errors.js'
import { files, readBytes } from '../experiment/record/directory.js'
import { readManifest } from '../experiment/record/manifest.js'
import { loadScenario } from '../experiment/scenario/load.js'
import { type RunArguments, runOptions, withOptions } from './options.js'
import { performRun } from './perform.js'

interface Arguments extends RunArguments {
  run: string
  trajectories: number | undefined
  clamp: string | undefined
  set: string[] | undefined
}

/** `overdamped sample RUN` */
export const sampleCommand: CommandModule<object, Arguments> = {
  command: 'sample <run>',
  describe: 'draw more samples from a trained run, into a run directory of their own',
  builder: (yargs) =>
    withOptions(
      yargs.positional('run', { type: 'string', demandOption: true, describe: 'directory of a finished run' }),
      {
        ...runOptions,
        out: { ...runOptions.out, describe: 'directory to write to [RUN-samples-seedN]' },
        seed: { ...runOptions.seed, describe: "seed of the new samples [the run's + 1]" },
      },
    )
      .option('clamp', {
        type: 'string',
        describe: 'class that the label units are clamped to, as label=1 [drawn as in the data]',
        requiresArg: true,
      })
      .option('set', {
        type: 'string',
        array: true,
        describe: 'change how samples are drawn, for example sampling.interpolation=hold (repeatable)',
        requiresArg: true,
      })
      .option('trajectories', { type: 'number', describe: "how many samples [the run's]", requiresArg: true })
      .example('$0 sample runs/mnist-01 --clamp label=1', 'ones only')
      .example('$0 sample runs/mnist-01-quick --trajectories 5000', 'five thousand more digits'),
  handler: async (args) => {
    const manifest = readManifest(args.run)
    if (manifest.data === null || manifest.exitReason !== 'finished')
      throw new OverdampedError(
        'E_RUN_DIRECTORY',
        manifest.data === null
          ? 'a plain simulation has no trained network to sample from.'
          : 'the run is not finished; continue it with --resume first.',
        args.run,
      )
    const seed = args.seed ?? manifest.seed + 1
    const changes = (args.set ?? []).map(ofSampling)
    const set = [
      ...changes,
      ...(args.trajectories === undefined ? [] : [`sampling.trajectories=${args.trajectories}`]),
      ...(args.clamp === undefined ? [] : [`sampling.${clamped(args.clamp)}`]),
    ]
    // It was read by nobody since the run wrote it.
    readBytes(args.run, files.scenario)
    const scenario = await loadScenario(join(args.run, files.scenario), { seed, set })
    const out = args.out ?? join(dirname(args.run), `${basename(args.run)}-samples-seed${seed}`)
    process.exitCode = await performRun(scenario, out, args, {
      profile: manifest.scenario.profile,
      command: [
        'npx overdamped sample',
        args.run,
        `--seed ${seed}`,
        ...(args.trajectories === undefined ? [] : [`--trajectories ${args.trajectories}`]),
        ...changes.map((change) => `--set ${change}`),
        ...(args.clamp === undefined ? [] : [`--clamp ${args.clamp}`]),
      ].join(' '),
      parentRun: args.run,
    })
  },
}

/** A change that a trained network can follow. @throws E_INVALID_VALUE for one of what was learned */
function ofSampling(change: string): string {
  if (/^(sampling|observe|checks)\b(?!\.drive)/.test(change)) return change
  throw invalidValue(
    'the network is trained; only sampling (but for its drive), observe and checks can change. Run the scenario again for the rest.',
    `--set ${change}`,
  )
}

/** What is clamped. @throws E_INVALID_VALUE for anything but label=CLASS */
function clamped(text: string): string {
  if (/^label=\d+$/.test(text)) return text
  throw invalidValue('expected label=CLASS, for example --clamp label=1.', `--clamp ${text}`)
}
