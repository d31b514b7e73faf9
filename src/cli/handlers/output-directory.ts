import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileError, isSystemError, makeDirectory, removeEmpty } from '../../experiment/files/folder.js'
import type { RunArguments } from './perform.js'

/**
 * Does work in `--out`, or in the first of runs/NAME, runs/NAME-2, … that is not there yet, which is made at once so that no
 * other process takes it too; with --resume in runs/NAME itself. What was made and is still empty at the end goes again.
 */
export async function inOutputDirectory<T>(
  { out, resume }: Pick<RunArguments, 'out' | 'resume'>,
  name: string,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const first = underRuns(name)
  if (out !== undefined) return work(out)
  if (resume) return work(first)
  const made = makeDirectory(dirname(first))
  let number = 1
  const directory = () => (number === 1 ? first : `${first}-${number}`)
  while (!reserved(directory())) number++
  try {
    return await work(directory())
  } finally {
    removeEmpty([...made, directory()])
  }
}

/** Of a name of a directory, with room for what is put behind it. */
const longestName = 200

/** The directory of a name in runs/, and nowhere else: names of profiles may hold anything. */
export function underRuns(name: string): string {
  return join('runs', name.replace(/[^\p{L}\p{N}_.+-]+/gu, '-').slice(0, longestName))
}

/** Makes a directory; false when there is one. */
function reserved(directory: string): boolean {
  try {
    mkdirSync(directory)
    return true
  } catch (cause) {
    if (isSystemError(cause) && cause.code === 'EEXIST') return false
    throw fileError(directory, cause)
  }
}
