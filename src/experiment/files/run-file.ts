import { lstatSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { OverdampedError } from '../../errors.js'
import { withRegularFile } from './regular-file.js'

/** The largest files of a run that are read, in bytes, by how their names end: whoever made the directory chose the sizes. */
const largest: readonly (readonly [RegExp, number])[] = [
  [/^manifest\.json$/, 2 ** 18],
  [/^scenario\.yaml$/, 2 ** 20],
  [/\.json$/, 2 ** 24],
  [/\.jsonl$/, 2 ** 28],
  // Those of large ensembles: a state has at most what Node reads of a file.
  [/^(checkpoint.*|output)\.safetensors$/, 2 ** 31 - 1],
  [/(?:)/, 2 ** 30],
]

/**
 * The bytes of a file in a directory that somebody else may have made: it is opened only if it is a file, since a pipe never ends, and
 * only if it lies there: a link in it that leads elsewhere would put the reader's own files into a report.
 *
 * @throws E_FILE when it is missing, empty, too large, no regular file, or leads out of the directory
 */
export function readRunFile(directory: string, name: string): Uint8Array {
  const path = join(directory, name)
  requireWithin(directory, path)
  const kind = { what: 'file of a run', largest: largest.find(([of]) => of.test(name))![1], endings: /(?!)/ }
  return withRegularFile(path, kind, ({ size, read }) => read(0, size))
}

/** @throws E_FILE for a link that leads out of the directory, which may be a link itself: its user named that */
function requireWithin(directory: string, path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return
  let target: string
  try {
    target = realpathSync(path)
  } catch {
    // It leads nowhere: whoever opens it says so.
    return
  }
  if (target.startsWith(`${realpathSync(directory)}${sep}`)) return
  throw new OverdampedError(
    'E_FILE',
    'is a symbolic link that leads out of the run directory, and is not followed. Put the file itself in its place.',
    path,
  )
}
