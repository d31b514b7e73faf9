import yargs, { type Argv } from 'yargs'
import { packageVersion } from '../backend/node/package-root.js'
import { exitCode, standardInput } from '../errors.js'
import { backendsCommand } from './backends.js'
import { benchCommand } from './bench.js'
import { errorsCommand } from './errors.js'
import { freeEnergyCommand } from './free-energy.js'
import { gradientsCommand } from './gradients.js'
import { reportError } from './handlers/report-error.js'
import { listCommand } from './list.js'
import { mergeCommand } from './merge.js'
import { reportCommand } from './report.js'
import { runCommand } from './run.js'
import { sampleCommand } from './sample.js'
import { schemaCommand } from './schema.js'
import { sweepCommand } from './sweep.js'
import { requireTypes, requireWords, yargsError } from './usage.js'
import { validateCommand } from './validate.js'
import { verifyCommand } from './verify.js'

/**
 * Does what a command line asks, and leaves the exit code in process.exitCode.
 *
 * @param args - the words behind the name of the program
 */
export async function overdamped(args: readonly string[]): Promise<void> {
  try {
    requireWords(args)
    await parser(withStandardInput(args)).parseAsync()
  } catch (error) {
    process.exitCode = reportError(error)
  }
}

/** The parser of words takes a bare `-` for an option without a name: standard input by its other name. */
function withStandardInput(args: readonly string[]): string[] {
  return args.map((arg) => (arg === '-' ? standardInput : arg))
}

/** Every command with its options, and what is refused in which words. */
function parser(args: readonly string[]): Argv {
  const cli = yargs(args)
    .scriptName('overdamped')
    .usage('$0 COMMAND\n\nNetworks of nonlinear oscillators in a thermal bath that learn to generate.')
    .command(runCommand)
    .command(sampleCommand)
    .command(gradientsCommand)
    .command(sweepCommand)
    .command(mergeCommand)
    .command(freeEnergyCommand)
    .command(reportCommand)
    .command(validateCommand)
    .command(listCommand)
    .command(schemaCommand)
    .command(errorsCommand)
    .command(backendsCommand)
    .command(verifyCommand)
    .command(benchCommand)
    .completion('completion', 'print a completion script for bash or zsh')
    .demandCommand(1, 'expected a command, for example: overdamped run scenarios/mnist-01.yaml --profile quick.')
    .recommendCommands()
    .strict()
    .version(packageVersion())
    .help()
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .epilogue(
      `Exit codes: ${exitCode.done} done, ${exitCode.failed} failed, ${exitCode.usage} bad usage or scenario, ${exitCode.stopped} stopped by SIGTERM, ${exitCode.interrupted} by Ctrl-C: --resume continues from the last checkpoint.`,
    )
    .exitProcess(false)
    .check((argv, options) => requireTypes(argv, options, args))
    .fail((message, error?: Error) => {
      throw error === undefined || error.name === 'YError'
        ? yargsError(message ?? error?.message, Object.keys(usageOf(cli).getDescriptions()), args)
        : error
    })
  // Nobody asks for it later, and it takes longer than most of what a short command does.
  usageOf(cli).cacheHelpMessage = () => {}
  return cli
}

/** What yargs knows of the command that it has come to; its types leave out where it keeps it. */
function usageOf(cli: Argv): Usage {
  const { getInternalMethods } = cli as unknown as { getInternalMethods(): { getUsageInstance(): Usage } }
  return getInternalMethods.call(cli).getUsageInstance()
}

interface Usage {
  /** of options, by their names */
  getDescriptions(): Record<string, unknown>
  /** lays out the help of a command that runs, for whoever asks for it later */
  cacheHelpMessage(): void
}
