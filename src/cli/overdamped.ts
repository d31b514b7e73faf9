import yargs, { type Argv, type CommandModule } from 'yargs'
import { packageVersion } from '../backend/node/package-root.js'
import { exitCode, standardInput } from '../errors.js'
import { backendsCommand } from './backends.js'
import { benchCommand } from './bench.js'
import { completionCommand } from './completion.js'
import { errorsCommand } from './errors.js'
import { exportCommand } from './export.js'
import { freeEnergyCommand } from './free-energy.js'
import { gradientsCommand } from './gradients.js'
import { reportError } from './handlers/report-error.js'
import { listCommand } from './list.js'
import { mergeCommand } from './merge.js'
import { playCommand } from './play.js'
import { reportCommand } from './report.js'
import { runCommand } from './run.js'
import { sampleCommand } from './sample.js'
import { schemaCommand } from './schema.js'
import { sweepCommand } from './sweep.js'
import { toleranceCommand } from './tolerance.js'
import { requireTypes, requireWords, yargsError } from './usage.js'
import { validateCommand } from './validate.js'
import { verifyCommand } from './verify.js'
import { workerCommand } from './worker.js'

/** In the order in which help lists them. */
const commands = [
  runCommand,
  sampleCommand,
  gradientsCommand,
  sweepCommand,
  toleranceCommand,
  mergeCommand,
  workerCommand,
  freeEnergyCommand,
  reportCommand,
  playCommand,
  exportCommand,
  validateCommand,
  listCommand,
  schemaCommand,
  errorsCommand,
  backendsCommand,
  verifyCommand,
  benchCommand,
  completionCommand,
  // What it asks is put in other words before it is parsed.
  { command: 'help [command]', describe: 'the options of a command, with examples', handler: () => {} },
] as unknown as readonly CommandModule[]

/**
 * Does what a command line asks, and leaves the exit code in process.exitCode.
 *
 * @param args - the words behind the name of the program
 */
export async function overdamped(args: readonly string[]): Promise<void> {
  try {
    if (args[0] === '--complete') return await complete(args[1] ?? '')
    requireWords(args)
    await parser(inOptions(args)).parseAsync()
  } catch (error) {
    process.exitCode = reportError(error)
  }
}

/**
 * `help COMMAND` as `COMMAND --help`; and standard input by its other name, since the parser of words takes a bare `-` for an option without
 * one.
 */
function inOptions(args: readonly string[]): string[] {
  const [first, ...others] = args
  const [asked] = others
  const isKnown = commands.some((module) => formOf(module).split(' ')[0] === asked)
  if (first === 'help' && asked !== undefined && !asked.startsWith('-') && !isKnown)
    throw yargsError(`Unknown command: ${asked}`, [], commands.map(formOf), others)
  const words = first === 'help' ? [...others, '--help'] : args
  return words.map((arg) => (arg === '-' ? standardInput : arg))
}

/** Prints what the last word of a command line may become, for the scripts of `overdamped completion`. */
async function complete(line: string): Promise<void> {
  const { proposals } = await import('./handlers/complete.js')
  const known = commands.map((module) => {
    const [name = '', ...positions] = formOf(module).split(' ')
    const options = () => optionsOf(module)
    const shell = options().find(({ word }) => word === '--shell')?.choices
    return {
      ...{ name, about: String(module.describe), options },
      takesScenario: positions.some((word) => word.includes('scenario')),
      ...(name === 'help' ? { choices: [] } : shell === undefined ? {} : { choices: shell }),
    }
  })
  for (const { word, about } of proposals(line, known)) console.log(about === undefined ? word : `${word}\t${about}`)
}

/** The options of a command, with dashes. */
function optionsOf({ builder }: CommandModule) {
  const cli = yargs([])
  if (typeof builder === 'function') builder(cli)
  const { key, choices, boolean } = (cli as unknown as { getOptions(): YargsOptions }).getOptions()
  const about = usageOf(cli).getDescriptions()
  return Object.keys(key).map((name) => ({
    word: `--${name}`,
    about: String(about[name] ?? '').replace('__yargsString__:', ''),
    isSwitch: boolean.includes(name),
    ...(choices[name] === undefined ? {} : { choices: choices[name].map(String) }),
  }))
}

/** Every command with its options, and what is refused in which words. */
function parser(args: readonly string[]): Argv {
  const cli = yargs(args)
    .scriptName('overdamped')
    .usage('$0 COMMAND\n\nNetworks of nonlinear oscillators in a thermal bath that learn to generate.')
    .command(commands as CommandModule[])
    .demandCommand(1, 'expected a command, for example: overdamped run double-well --profile quick.')
    .strict()
    .version('version', 'the version of overdamped', packageVersion())
    .alias('version', 'v')
    .help('help', 'what is said here')
    .alias('help', 'h')
    .wrap(Math.min(110, process.stdout.columns || 80))
    .epilogue(
      `A scenario is a YAML file, the name of a built-in one (overdamped list), or - for standard input.\n\nExit codes: ${exitCode.done} done, ${exitCode.failed} failed, ${exitCode.usage} bad usage or scenario, ${exitCode.stopped} stopped by SIGTERM, ${exitCode.interrupted} by Ctrl-C: --resume continues from the last checkpoint.`,
    )
    .exitProcess(false)
    .check((argv, options) => requireTypes(argv, options, args))
    .fail((message, error?: Error) => {
      throw error === undefined || error.name === 'YError'
        ? yargsError(message ?? error?.message, Object.keys(usageOf(cli).getDescriptions()), commands.map(formOf), args)
        : error
    })
  const usage = usageOf(cli)
  // Nobody asks for it later, and it takes longer than most of what a short command does.
  usage.cacheHelpMessage = () => {}
  // Side by side with its words a command would be broken where no shell takes it: they stand above it, as a comment.
  const { example } = usage
  usage.example = (command, words) => {
    example(`# ${words}`, '')
    example(command, '')
  }
  return cli
}

/** A command with its words: `run <scenario>`. */
function formOf({ command }: CommandModule): string {
  return String(command)
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
  /** remembers an example for the help */
  example(command: string, words: string): void
}

/** Options as yargs has them. */
interface YargsOptions {
  readonly key: Readonly<Record<string, unknown>>
  readonly choices: Readonly<Record<string, readonly unknown[]>>
  readonly boolean: readonly string[]
}
