import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OverdampedError } from '../../errors.js'
import { writeAtomic } from '../files/atomic.js'
import { requireRecorded, sealedJson, sha256, unsealed } from '../files/checksum.js'
import { readRunFile } from '../files/run-file.js'

/** Names of the files of a run directory. */
export const files = {
  manifest: 'manifest.json',
  scenario: 'scenario.yaml',
  metrics: 'metrics.jsonl',
  parameters: 'parameters.safetensors',
  checkpoint: 'checkpoint.safetensors',
  samples: 'samples.npy',
  denoised: 'samples-denoised.npy',
  labels: 'labels.npy',
  trajectories: 'trajectories.npz',
  landscape: 'landscape.npz',
  thermodynamics: 'thermodynamics.npz',
  freeEnergy: 'free-energy.npz',
  observables: 'observables.npz',
  ensemble: 'ensemble.npz',
  firstPassage: 'first-passage.npy',
  moments: 'moments.npz',
  autocorrelation: 'autocorrelation.npz',
  comparison: 'comparison.npz',
  conditions: 'conditions.npz',
  virial: 'virial.npz',
  objective: 'objective.npz',
  curves: 'curves.npz',
  results: 'results.json',
} as const

/** Folder of an unfinished run, in which its jobs keep their states and outputs. */
export const jobsFolder = 'jobs'

/** Whether a file of a run directory is one that a run writes. */
export function isOfRun(name: string): boolean {
  return Object.values<string>(files).includes(name) || /^checkpoint.*\.safetensors$|^(report|play)\.html$/.test(name)
}

/** What a user can do about a run directory, or a file of one, that can't be taken as it is. */
export function runDirectoryError(where: string, text: string): OverdampedError {
  return new OverdampedError('E_RUN_DIRECTORY', text, where)
}

/** A JSON file of a run. @throws as `readBytes`, and E_FORMAT when it is not JSON or not as it was written, naming it */
export function readJson(directory: string, name: string): unknown {
  return unsealed(new TextDecoder().decode(readBytes(directory, name)), join(directory, name))
}

/**
 * The bytes of a file of a run.
 *
 * @throws E_RUN_DIRECTORY when it is missing, E_FORMAT when it is not as the run wrote it, naming it
 */
export function readBytes(directory: string, name: string): Uint8Array {
  const path = join(directory, name)
  if (!existsSync(path))
    throw runDirectoryError(path, `the file is missing; expected a run directory, as "overdamped run" writes it.`)
  const bytes = readRunFile(directory, name)
  return name === files.manifest ? bytes : requireRecorded(directory, name, bytes)
}

/** Checksums of the files of a run by their names: of all but the manifest, which will hold them, and checkpoints, which do. */
export function checksums(directory: string): Record<string, string> {
  const names = Object.values(files).filter((name) => name !== files.manifest && !name.startsWith('checkpoint'))
  const paths = names.map((name) => [name, join(directory, name)] as const).filter(([, path]) => existsSync(path))
  return Object.fromEntries(paths.map(([name, path]) => [name, sha256(readFileSync(path))]))
}

/** Writes JSON with a checksum of itself, atomically. */
export function writeSealed(directory: string, name: string, value: object): void {
  writeAtomic(join(directory, name), sealedJson(value))
}

/** Writes JSON with an end-of-line, atomically. */
export function writeJson(directory: string, name: string, value: unknown): void {
  writeAtomic(join(directory, name), `${JSON.stringify(value, null, 2)}\n`)
}
