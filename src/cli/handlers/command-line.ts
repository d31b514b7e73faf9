import type { LoadOptions } from '../../experiment/scenario/load.js'

/** The command that repeats the run; where it was written to does not matter. */
export function commandLine({ scenario, profile, set = [], seed }: LoadOptions & { scenario: string }): string {
  const words = ['npx', 'overdamped', 'run', scenario]
  if (profile !== undefined) words.push('--profile', profile)
  if (seed !== undefined) words.push('--seed', String(seed))
  for (const setting of set) words.push('--set', setting)
  return words.map((word) => (/^[\w./=:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}
