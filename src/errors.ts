import { closest, distance } from 'fastest-levenshtein'

/**
 * Stable codes of everything that can go wrong for a user; scripts may match on them. What each means and what mends it, in
 * one sentence each; a message says more of its own case. `npm run errors` writes docs/errors.md from here.
 */
export const errorCodes = {
  E_UNKNOWN_KEY: {
    meaning: 'A scenario has a key, or names a term, that there is none of.',
    remedy: 'Take the name that the message proposes; docs/scenarios.md lists every key.',
  },
  E_MISSING_KEY: {
    meaning: 'A scenario lacks a key that it needs.',
    remedy: 'Add the key with a value of the kind that the message names.',
  },
  E_INVALID_VALUE: {
    meaning: 'A value has the wrong type or range, or does not go together with others.',
    remedy: 'Change the value, or the other one that the message names.',
  },
  E_SYNTAX: {
    meaning: 'A scenario is not YAML in UTF-8, or no mapping of keys to values.',
    remedy: 'Mend the text at the line and column that stand before the message.',
  },
  E_USAGE: {
    meaning:
      'The command line asks for what cannot be: an unknown command or option, a value that is none, options that exclude each other.',
    remedy: 'Correct the option; `overdamped COMMAND --help` lists those there are.',
  },
  E_FILE: {
    meaning: 'A file or folder is missing, of another kind, too large, or cannot be read or written.',
    remedy: 'Check the path, its permissions and the space on the disk.',
  },
  E_FORMAT: {
    meaning: 'A file of arrays or of a run is damaged, truncated, or in a layout that is not read here.',
    remedy: 'Copy or write the file again; a run whose checkpoint is damaged starts anew in another --out.',
  },
  E_DATA: {
    meaning:
      'Data can be read but not used: too few rows, other columns or units than expected, a cell that is no finite number.',
    remedy: 'Mend the file at the row or column that the message names, or the data keys of the scenario.',
  },
  E_OUTPUT_NOT_EMPTY: {
    meaning: 'What would be written would stand among, or replace, files of others.',
    remedy: 'Name another place with --out; --resume continues a run in its own directory.',
  },
  E_RUN_DIRECTORY: {
    meaning: 'A directory holds no complete run, or another process is writing to it.',
    remedy: 'Name the directory of a finished run; wait for the other process, or remove its lock where it is gone.',
  },
  E_DIVERGED: {
    meaning: 'States or parameters ran away, so that no figure of the run can be trusted.',
    remedy: 'Take the time step that the message names, a lower learning rate, or a potential that confines.',
  },
  E_PRECISION: {
    meaning: 'Rounding in float32 would spoil what is computed, and the run cannot repeat itself in float64.',
    remedy: 'Use --backend reference, which computes in float64.',
  },
  E_BACKEND: {
    meaning: 'The named backend is not on this machine, cannot run what is asked, or failed at its work.',
    remedy: 'Use --backend auto; `overdamped backends` says what computes here, and why the others do not.',
  },
  E_QUEUE: {
    meaning: 'The queue of jobs cannot be used: a package or its Redis is missing, or a job was lost on its way.',
    remedy: 'Install or start what the message names, then give the same command again; docs/queue.md says how.',
  },
} as const satisfies Readonly<Record<`E_${string}`, { readonly meaning: string; readonly remedy: string }>>

/** Where a scenario may stand besides a file: `overdamped run -`. */
export const standardInput = '/dev/stdin'

/** A code of the table above. */
export type ErrorCode = keyof typeof errorCodes

/** Process exit codes: 0 done, 1 failed, 2 bad usage or scenario, 75 stopped, 130 interrupted; --resume goes on. */
export const exitCode = { done: 0, failed: 1, usage: 2, stopped: 75, interrupted: 130 } as const

/** Characters of a place that a message shows: of a path that is longer, a file made up most. */
const longestPlace = 500

/**
 * An error a user can act on: where, what, what was expected and how to mend it, then the code in brackets.
 * The command line prints `message` alone, without a stack trace, and exits with `exitCode`.
 */
export class OverdampedError extends Error {
  /** tells it from other errors */
  override name = 'OverdampedError'
  /** where they are known, the lines of a scenario that the lines of `message` are about, each with a caret under the place */
  excerpts: readonly string[] = []
  constructor(
    /** stable: scripts may match on it */
    readonly code: ErrorCode,
    /** what is wrong, what was expected and how to mend it */
    readonly text: string,
    /** file, line and column, key or option; '' where there is none */
    readonly where = '',
    /** what the command line exits with */
    readonly exitCode: number = 2,
  ) {
    super(printable(`${where === '' ? '' : `${shortened(where, longestPlace)}: `}${text} [${code}]`))
  }
}

/**
 * One line that a terminal shows as it is. Names and values from a file may hold control characters, which it would obey, line
 * breaks, which would make a line of their own, and marks that turn the order of letters around.
 */
export function printable(message: string): string {
  return message.replace(/[\r\n]+/g, ' ').replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
}

/** Text from a file as messages show it: its beginning, where it is long. */
export function shortened(text: string, most = 60): string {
  return text.length > most ? `${text.slice(0, most)}…` : text
}

/** The same in quotes. */
export function quoted(text: string): string {
  return JSON.stringify(shortened(text))
}

/** A value that can't be: `text` says what was expected and how to mend it, `where` names the key, file or place. */
export function invalidValue(text: string, where = ''): OverdampedError {
  return new OverdampedError('E_INVALID_VALUE', text, where)
}

/** The command line asks for what can't be: `text` says what was expected and how to mend it, `where` names the option. */
export function usageError(text: string, where: string): OverdampedError {
  return new OverdampedError('E_USAGE', text, where)
}

/** Work was stopped through its AbortSignal; that of a run continues from the checkpoint in `directory`, where it has one. */
export class StoppedError extends Error {
  /** tells it from other errors */
  override name = 'StoppedError'
  constructor(
    /** of the run; null for work that has none */
    readonly directory: string | null = null,
    /** whether there is a checkpoint to continue from */
    readonly kept = true,
  ) {
    const again = kept ? 'continue' : 'there is no checkpoint, start again'
    super(directory === null ? 'stopped' : `stopped; ${again} with --resume --out ${directory}`)
  }
}

/** ` Did you mean "kT"?` when one of `candidates` is close to `given` (edit distance ≤ 2 or a third of its length), else ''. */
export function didYouMean(given: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return ''
  const same = candidates.find((candidate) => candidate.toLowerCase() === given.toLowerCase())
  const nearest = same ?? closest(given, candidates)
  const limit = Math.max(2, Math.ceil(given.length / 3))
  return same !== undefined || distance(given.toLowerCase(), nearest.toLowerCase()) <= limit
    ? ` Did you mean "${nearest}"?`
    : ''
}

/** `a, b or c`: how allowed values are listed in messages. */
export function listed(values: readonly (string | number)[]): string {
  const words = values.map(String)
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
