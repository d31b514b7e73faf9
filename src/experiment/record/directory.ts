import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OverdampedError } from '../../errors.js'
import { writeAtomic } from '../files/atomic.js'

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
  thermodynamics: 'thermodynamics.npz',
  freeEnergy: 'free-energy.npz',
  firstPassage: 'first-passage.npy',
  moments: 'moments.npz',
  autocorrelation: 'autocorrelation.npz',
  comparison: 'comparison.npz',
  virial: 'virial.npz',
  objective: 'objective.npz',
  results: 'results.json',
} as const

/** What a user can do about a run directory, or a file of one, that can't be taken as it is. */
export function runDirectoryError(where: string, text: string): OverdampedError {
  return new OverdampedError('E_RUN_DIRECTORY', text, where)
}

/** A JSON file of a run. @throws E_RUN_DIRECTORY when it is missing or not JSON, naming it */
export function readJson(directory: string, name: string): unknown {
  const text = new TextDecoder().decode(readBytes(directory, name))
  try {
    return JSON.parse(text)
  } catch {
    throw runDirectoryError(
      join(directory, name),
      'the file is damaged (not JSON). Restore it, or run again in another --out.',
    )
  }
}

/** The bytes of a file of a run. @throws E_RUN_DIRECTORY when it is missing, naming it */
export function readBytes(directory: string, name: string): Uint8Array {
  const path = join(directory, name)
  if (!existsSync(path))
    throw runDirectoryError(path, `the file is missing; expected a run directory, as "overdamped run" writes it.`)
  return new Uint8Array(readFileSync(path))
}

/** Writes JSON with an end-of-line, atomically. */
export function writeJson(directory: string, name: string, value: unknown): void {
  writeAtomic(join(directory, name), `${JSON.stringify(value, null, 2)}\n`)
}
