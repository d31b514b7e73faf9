import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { OverdampedError } from '../../errors.js'
import { writeAtomic } from '../files/atomic.js'
import { damaged, sha256 } from '../files/checksum.js'
import { requireOwner } from '../files/guards.js'
import { decodePlainData, encodePlainData } from '../files/plain-data.js'
import { readRunFile } from '../files/run-file.js'

const format = 'overdamped-checkpoint'
const version = '3'
const noSum = '0'.repeat(64)

/** Names of the files of a state: the newest, and the one before it. */
export function stateFiles(stage: string): { readonly newest: string; readonly previous: string } {
  const ending = stage === '' ? '' : `-${stage}`
  return { newest: `checkpoint${ending}.safetensors`, previous: `checkpoint${ending}-previous.safetensors` }
}

/** Stages of runs, of their jobs and of verify; those of training have no name. */
const stateName =
  /^checkpoint(?:-(refine|relax|reverse-relax|(?:sample|reverse)(?:-float64)?|job|verify))?(?:-previous)?\.safetensors$/

/** The stage that a file holds a state of, '' that of training; null for any other file, which is nobody's to remove. */
export function stageOf(name: string): string | null {
  const found = stateName.exec(name)
  return found === null ? null : (found[1] ?? '')
}

/** Whether a file of a directory holds a state. */
export function isStateFile(name: string): boolean {
  return stageOf(name) !== null
}

/**
 * A state, or the output of a job, as bytes: plain data (see encodePlainData), whose metadata hold the SHA-256 of the whole file, computed
 * with zeros in its place.
 *
 * @param of - what it is of, so that no run goes on from that of another
 */
export function encodeState(state: unknown, of: string): Uint8Array {
  const file = encodePlainData(state, { format, version, sha256: noSum, of })
  file.set(new TextEncoder().encode(sha256(file)), sumPlace(file, noSum))
  return file
}

/** Where the digits of its checksum stand in a file: they come before anything of another's making. */
function sumPlace(file: Uint8Array, sum: string): number {
  const key = '"sha256":"'
  return Buffer.from(file.buffer, file.byteOffset, file.byteLength).indexOf(key + sum) + key.length
}

/**
 * Reads it back.
 *
 * @param of - what it must be of; anything when null
 * @throws E_FORMAT when it is damaged, of another version, or the state of something else
 */
export function decodeState(bytes: Uint8Array, of: string | null, source: string): unknown {
  const { value, metadata } = decodePlainData(bytes, source)
  const refuse = (text: string) =>
    new OverdampedError('E_FORMAT', `${text}. Start the run anew in another --out.`, source)
  if (metadata.format !== format || metadata.version !== version)
    throw refuse(`expected an overdamped checkpoint of version ${version}`)
  const blank = bytes.slice()
  blank.set(new TextEncoder().encode(noSum), sumPlace(bytes, metadata.sha256 ?? ''))
  if (sha256(blank) !== metadata.sha256) throw damaged(source, 'does not have the checksum that it holds')
  if (of !== null && metadata.of !== of) throw refuse('it is of another run')
  return value()
}

/** Writes a state; the one before it stays beside it. @throws E_FILE */
export function writeState(directory: string, stage: string, of: string, state: unknown): void {
  const { newest, previous } = stateFiles(stage)
  const path = join(directory, newest)
  const bytes = encodeState(state, of)
  requireOwner(path)
  if (existsSync(path)) renameSync(path, join(directory, previous))
  writeAtomic(path, bytes)
}

/** A state as it was found. */
export interface FoundState {
  readonly value: unknown
  /** why it is not the newest; null when it is */
  readonly fault: string | null
  /** the file that it was read from */
  readonly source: string
}

/**
 * The newest state of a stage that is whole; null where there is none.
 *
 * @throws E_FORMAT naming what is damaged, where both are
 */
export function readState(directory: string, stage: string, of: string | null): FoundState | null {
  const { newest, previous } = stateFiles(stage)
  const from = (name: string) => {
    const source = join(directory, name)
    return { source, value: decodeState(readRunFile(directory, name), of, source) }
  }
  const [hasNewest, hasPrevious] = [newest, previous].map((name) => existsSync(join(directory, name)))
  if (!hasNewest && !hasPrevious) return null
  try {
    if (hasNewest) return { ...from(newest), fault: null }
    throw new OverdampedError('E_RUN_DIRECTORY', 'the file is missing.', join(directory, newest))
  } catch (error) {
    if (!(error instanceof OverdampedError) || !hasPrevious) throw error
    return { ...from(previous), fault: `${error.message} Continuing from ${previous}, with the same result.` }
  }
}

/** Puts the state before it in the place of the newest, which is damaged or missing: the next must not take the place of the one that is whole. */
export function restorePrevious(directory: string, stage: string): void {
  const { newest, previous } = stateFiles(stage)
  renameSync(join(directory, previous), join(directory, newest))
}
