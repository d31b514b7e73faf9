import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { OverdampedError } from '../../errors.js'
import { writeAtomic } from '../files/atomic.js'
import type { MetricLine } from '../training/train.js'
import type { Manifest } from './manifest.js'

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

/** What was found where a run is to be written. */
export type DirectoryState = 'empty' | 'unfinished' | 'finished'

/**
 * Looks at a run directory before anything is written to it.
 *
 * @throws E_OUTPUT_NOT_EMPTY when it holds files and `resume` is false, or files that are no run;
 *   E_RUN_DIRECTORY when it holds the run of another scenario
 */
export function inspectDirectory(directory: string, resume: boolean, scenarioHash: string): DirectoryState {
  if (!existsSync(directory)) return 'empty'
  const entries = readdirSync(directory)
  if (entries.length === 0) return 'empty'
  if (!resume)
    throw new OverdampedError(
      'E_OUTPUT_NOT_EMPTY',
      'the directory is not empty. Name another with --out, or continue the run in it with --resume.',
      directory,
    )
  if (!entries.includes(files.manifest))
    throw new OverdampedError(
      'E_OUTPUT_NOT_EMPTY',
      `there is no ${files.manifest}, so this is no run to resume. Name another directory with --out.`,
      directory,
    )
  const manifest = readManifest(directory)
  if (manifest.scenario.hash !== scenarioHash)
    throw new OverdampedError(
      'E_RUN_DIRECTORY',
      `it holds a run of another scenario (${manifest.scenario.name}, or the same with other settings). Name another directory with --out, or repeat the settings it was started with: ${manifest.command}`,
      directory,
    )
  return manifest.exitReason === 'finished' ? 'finished' : 'unfinished'
}

/** Reads and checks manifest.json. @throws E_RUN_DIRECTORY when it is missing or damaged */
export function readManifest(directory: string): Manifest {
  const manifest = readJson(directory, files.manifest) as Partial<Manifest>
  if (typeof manifest?.scenario?.hash !== 'string' || typeof manifest.exitReason !== 'string')
    throw new OverdampedError(
      'E_RUN_DIRECTORY',
      'the manifest is incomplete; this is not a run directory of overdamped.',
      join(directory, files.manifest),
    )
  return manifest as Manifest
}

/** A JSON file of a run. @throws E_RUN_DIRECTORY when it is missing or not JSON, naming it */
export function readJson(directory: string, name: string): unknown {
  const text = new TextDecoder().decode(readBytes(directory, name))
  try {
    return JSON.parse(text)
  } catch {
    throw new OverdampedError(
      'E_RUN_DIRECTORY',
      'the file is damaged (not JSON). Restore it, or run again in another --out.',
      join(directory, name),
    )
  }
}

/** The bytes of a file of a run. @throws E_RUN_DIRECTORY when it is missing, naming it */
export function readBytes(directory: string, name: string): Uint8Array {
  const path = join(directory, name)
  if (!existsSync(path))
    throw new OverdampedError(
      'E_RUN_DIRECTORY',
      `the file is missing; expected a run directory, as "overdamped run" writes it.`,
      path,
    )
  return new Uint8Array(readFileSync(path))
}

/** Writes JSON with an end-of-line, atomically. */
export function writeJson(directory: string, name: string, value: unknown): void {
  writeAtomic(join(directory, name), `${JSON.stringify(value, null, 2)}\n`)
}

/** Appends a line to metrics.jsonl. */
export function appendMetrics(directory: string, line: MetricLine): void {
  mkdirSync(directory, { recursive: true })
  appendFileSync(join(directory, files.metrics), `${JSON.stringify(line)}\n`)
}

/**
 * The first `lines` lines of metrics.jsonl, those that the checkpoint knows of.
 *
 * @throws E_RUN_DIRECTORY when there are fewer, or one is not JSON
 */
export function readMetrics(directory: string, lines: number): MetricLine[] {
  const path = join(directory, files.metrics)
  const kept = lines > 0 && existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, lines) : []
  try {
    const parsed = kept.map((line) => JSON.parse(line) as MetricLine)
    if (parsed.length === lines) return parsed
  } catch {
    // Reported below, as a file with too few lines is.
  }
  throw new OverdampedError(
    'E_RUN_DIRECTORY',
    `expected ${lines} lines of JSON, as the checkpoint says; the file is damaged. Run again in another --out.`,
    path,
  )
}

/**
 * Cuts metrics.jsonl back to its first `lines` lines; a run killed after its checkpoint repeats the rest.
 *
 * @returns the lines kept
 * @throws E_RUN_DIRECTORY as `readMetrics` does, before anything is written
 */
export function truncateMetrics(directory: string, lines: number): MetricLine[] {
  const path = join(directory, files.metrics)
  const kept = readMetrics(directory, lines)
  if (lines === 0) rmSync(path, { force: true })
  else writeAtomic(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return kept
}
