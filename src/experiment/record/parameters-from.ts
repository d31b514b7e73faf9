import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { sha256 } from '../files/checksum.js'
import { withRegularFile } from '../files/regular-file.js'
import { files, readBytes } from './directory.js'

/** Larger files hold no parameters: a million couplings at a hundred knots have 0.8 GB. */
const largest = 2 ** 31 - 1

/** What the manifest says of parameters that no run has learned. */
export interface ByHand {
  /** absolute */
  readonly path: string
  /** SHA-256 of the file */
  readonly hash: string
}

/** Whether trained parameters are to be taken from a file that somebody wrote, and not from the directory of a finished run. */
export function isByHand(source: string): boolean {
  if (source.endsWith('.safetensors')) return true
  try {
    return statSync(source).isFile()
  } catch {
    // Whoever reads the directory says what is wrong with it.
    return false
  }
}

/** The file of the parameters of a run, or the one that is given in its place. */
export function parametersFile(source: string): string {
  return isByHand(source) ? source : join(source, files.parameters)
}

/**
 * The bytes of trained parameters.
 *
 * @param source - the directory of a finished run, or a .safetensors file as one holds
 * @throws E_RUN_DIRECTORY or E_FILE when there are none, E_FORMAT when they are not as the run wrote them
 */
export function readParameters(source: string): Uint8Array {
  if (!isByHand(source)) return readBytes(source, files.parameters)
  const kind = { what: 'parameters file', largest, endings: /\.safetensors$/ }
  return withRegularFile(source, kind, ({ size, read }) => read(0, size))
}

/** What the manifest says of parameters given by hand; null of those of a run. */
export function byHand(source: string | undefined): ByHand | null {
  if (source === undefined || !isByHand(source)) return null
  return { path: resolve(source), hash: sha256(readParameters(source)) }
}
