import { closest, distance } from 'fastest-levenshtein'

/** Stable codes of everything that can go wrong for a user; scripts may match on them. */
export type ErrorCode =
  | 'E_UNKNOWN_KEY'
  | 'E_INVALID_VALUE'
  | 'E_MISSING_KEY'
  | 'E_SYNTAX'
  | 'E_FILE'
  | 'E_USAGE'
  | 'E_OUTPUT_NOT_EMPTY'
  | 'E_RUN_DIRECTORY'
  | 'E_FORMAT'
  | 'E_DIVERGED'
  | 'E_PRECISION'
  | 'E_DATA'
  | 'E_BACKEND'

/** Process exit codes: 0 done, 1 failed, 2 bad usage or scenario, 75 stopped, 130 interrupted; --resume goes on. */
export const exitCode = { done: 0, failed: 1, usage: 2, stopped: 75, interrupted: 130 } as const

/**
 * An error a user can act on: where, what, what was expected and how to mend it, then the code in brackets.
 * The command line prints `message` alone, without a stack trace, and exits with `exitCode`.
 */
export class OverdampedError extends Error {
  override name = 'OverdampedError'
  constructor(
    readonly code: ErrorCode,
    readonly text: string,
    readonly where = '',
    readonly exitCode: number = 2,
  ) {
    // Names and values from a file may hold control characters, which a terminal would obey.
    super(`${where === '' ? '' : `${where}: `}${text} [${code}]`.replace(/[^\P{Cc}\n]/gu, '\ufffd'))
  }
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
  override name = 'StoppedError'
  /** @param kept - whether there is a checkpoint to continue from; else the run starts again */
  constructor(
    readonly directory: string | null = null,
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
