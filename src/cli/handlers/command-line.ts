import { join } from 'node:path'
import { inWords } from '../../experiment/files/shell.js'
import { files } from '../../experiment/record/directory.js'
import { isStandardInput, type LoadOptions } from '../../experiment/scenario/load.js'

/**
 * The command that repeats a run; where it was written to does not matter, but for a scenario from standard input: that is gone, and what
 * the run has written of it is all there is.
 *
 * @param directory - of the run
 */
export function commandLine(
  { scenario, profile, set = [], seed }: LoadOptions & { scenario: string },
  directory: string,
): string {
  if (isStandardInput(scenario)) return inWords(['npx', 'overdamped', 'run', join(directory, files.scenario)])
  const words = ['npx', 'overdamped', 'run', scenario]
  if (profile !== undefined) words.push('--profile', profile)
  if (seed !== undefined) words.push('--seed', String(seed))
  for (const setting of set) words.push('--set', setting)
  return inWords(words)
}
