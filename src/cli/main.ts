#!/usr/bin/env node
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { packageVersion } from '../backend/node/package-root.js'
import { didYouMean, exitCode, OverdampedError } from '../errors.js'
import { backendsCommand } from './backends.js'
import { benchCommand } from './bench.js'
import { gradientsCommand } from './gradients.js'
import { listCommand } from './list.js'
import { mergeCommand } from './merge.js'
import { runOptions, scenarioOptions } from './options.js'
import { reportError } from './perform.js'
import { reportCommand } from './report.js'
import { runCommand } from './run.js'
import { sampleCommand } from './sample.js'
import { schemaCommand } from './schema.js'
import { sweepCommand } from './sweep.js'
import { validateCommand } from './validate.js'
import { verifyCommand } from './verify.js'

const optionNames = [
  ...Object.keys(runOptions),
  ...Object.keys(scenarioOptions),
  'dry-run',
  'trajectories',
  't',
  'batch',
  'parameters',
  'over',
  'shard',
  'quick',
  'only',
  'repeats',
  'from',
  'markdown',
  'thorough',
  'help',
  'version',
]

/** yargs suggests commands; this adds the options. */
function usageError(message: string): OverdampedError {
  const unknown = /Unknown arguments?: (.*)/.exec(message)?.[1]?.split(', ')
  // yargs names an option twice, as written and in camel case.
  const names = unknown?.filter(
    (name, _, all) =>
      !all.some((other) => other !== name && other.replace(/-(\w)/g, (_m, c: string) => c.toUpperCase()) === name),
  )
  const text =
    names === undefined
      ? message
      : names.map((name) => `unknown option or argument "${name}".${didYouMean(name, optionNames)}`).join(' ')
  return new OverdampedError('E_USAGE', `${text} See --help.`, 'overdamped')
}

const cli = yargs(hideBin(process.argv))
  .scriptName('overdamped')
  .usage('$0 COMMAND\n\nNetworks of nonlinear oscillators in a thermal bath that learn to generate.')
  .command(runCommand)
  .command(sampleCommand)
  .command(gradientsCommand)
  .command(sweepCommand)
  .command(mergeCommand)
  .command(reportCommand)
  .command(validateCommand)
  .command(listCommand)
  .command(schemaCommand)
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
    `Exit codes: ${exitCode.done} done, ${exitCode.failed} failed, ${exitCode.usage} bad usage or scenario, ${exitCode.stopped} stopped with a checkpoint, ${exitCode.interrupted} interrupted with one.`,
  )
  .exitProcess(false)
  .fail((message, error) => {
    throw error ?? usageError(message)
  })

try {
  await cli.parseAsync()
} catch (error) {
  process.exitCode = reportError(error)
}
