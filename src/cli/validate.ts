import type { CommandModule } from 'yargs'
import { exitCode, OverdampedError } from '../errors.js'
import { requireRunnable } from '../experiment/run/run.js'
import { loadScenario } from '../experiment/scenario/load.js'
import { scenarioOptions, withOptions } from './options.js'
import { reportError } from './perform.js'

interface Arguments {
  scenarios: string[]
  profile: string | undefined
  set: string[]
}

/** `overdamped validate SCENARIO…` */
export const validateCommand: CommandModule<object, Arguments> = {
  command: 'validate <scenarios..>',
  describe: 'check scenario files without running them',
  builder: (yargs) =>
    withOptions(
      yargs.positional('scenarios', { type: 'string', array: true, demandOption: true, describe: 'scenario files' }),
      scenarioOptions,
    ).example('$0 validate scenarios/*.yaml', 'one line for each'),
  handler: async ({ scenarios, profile, set }) => {
    for (const file of scenarios)
      try {
        requireRunnable(await loadScenario(file, { profile, set }))
        console.log(`${file}: valid`)
      } catch (error) {
        process.exitCode = Math.max(Number(process.exitCode ?? exitCode.done), reportError(inFile(file, error)))
      }
  },
}

/** The error with the file that it is of, where it names a key alone. */
function inFile(file: string, error: unknown): unknown {
  if (!(error instanceof OverdampedError) || error.where.startsWith(file)) return error
  return new OverdampedError(error.code, error.text, `${file} ${error.where}`.trim(), error.exitCode)
}
