import type { CommandModule } from 'yargs'
import { exitCode } from '../errors.js'
import { requireRunnable } from '../experiment/run/run.js'
import { effectiveScenario, type LoadOptions, loadScenario } from '../experiment/scenario/load.js'
import { inOutputDirectory, type RunArguments, runOptions, scenarioOptions, withOptions } from './options.js'
import { performRun } from './perform.js'

interface Arguments extends RunArguments {
  scenario: string
  profile: string | undefined
  set: string[]
  'dry-run': boolean
}

/** `overdamped run SCENARIO` */
export const runCommand: CommandModule<object, Arguments> = {
  command: 'run <scenario>',
  describe: 'run a scenario file: train, simulate, measure, report',
  builder: (yargs) =>
    withOptions(
      withOptions(
        yargs.positional('scenario', {
          type: 'string',
          demandOption: true,
          describe: 'a scenario file (YAML or JSON)',
        }),
        scenarioOptions,
      ),
      runOptions,
    )
      .option('dry-run', {
        type: 'boolean',
        default: false,
        describe: 'print the effective scenario and its size, run nothing',
      })
      .example('$0 run scenarios/mnist-01.yaml --profile quick', 'train on MNIST 0/1 in under two minutes')
      .example('$0 run my.yaml --set bath.kT=0.5 --set seed=7', 'change two keys')
      .example('$0 run my.yaml --out runs/a --resume', 'continue after an interruption'),
  handler: async (args) => {
    const { profile, set, seed } = args
    const scenario = await loadScenario(args.scenario, { profile, set, seed })
    if (args['dry-run']) {
      console.error(requireRunnable(scenario))
      console.log(effectiveScenario(scenario).trimEnd())
      process.exitCode = exitCode.done
      return
    }
    const name = profile === undefined ? scenario.name : `${scenario.name}-${profile}`
    const provenance = { profile: profile ?? null, command: commandLine(args), parentRun: null }
    process.exitCode = await inOutputDirectory(args, name, (out) => performRun(scenario, out, args, provenance))
  },
}

/** The command that repeats the run; where it was written to does not matter. */
export function commandLine({ scenario, profile, set = [], seed }: LoadOptions & { scenario: string }): string {
  const words = ['npx', 'overdamped', 'run', scenario]
  if (profile !== undefined) words.push('--profile', profile)
  if (seed !== undefined) words.push('--seed', String(seed))
  for (const setting of set) words.push('--set', setting)
  return words.map((word) => (/^[\w./=:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}
