import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { NdArray } from 'ndarray'
import { parse } from 'yaml'
import { OverdampedError } from '../src/errors.js'
import { decodeNpy } from '../src/io/npy.js'
import { decodeNpz } from '../src/io/npz.js'
import { entry, finite, isRecord, type JsonRecord, readResults, scenarioFacts } from './read-json.js'
import type { IterationLoss, PointSet, RunRecord, SliceLoss, Trajectories } from './run-record.js'

/**
 * Reads a run directory into plain objects, with nothing of the engine.
 * manifest.json, scenario.yaml and results.json are required; arrays and metrics.jsonl are read when they are there.
 * @param directory path of the run directory
 * @returns the record that renderReport shows
 * @throws OverdampedError E_RUN_DIRECTORY when a required file is missing, E_FORMAT when one cannot be read; both name it
 */
export function readRun(directory: string): RunRecord {
  const manifest = readJson(directory, 'manifest.json')
  const scenarioText = readText(directory, 'scenario.yaml')
  const results = readJson(directory, 'results.json')
  const scenario = scenarioFacts(
    parsed(directory, 'scenario.yaml', () => parse(scenarioText)),
    manifest,
  )
  const comparison = readArrays(directory, 'comparison.npz')
  const comparisonSet = (name: string) =>
    comparison[name] && pointSet(comparison[name], join(directory, 'comparison.npz'), name)
  const samples = readPoints(directory, 'samples.npy')
  const denoised = readPoints(directory, 'samples-denoised.npy')
  if (samples && denoised && (samples.count !== denoised.count || samples.units !== denoised.units))
    throw unreadable(
      join(directory, 'samples-denoised.npy'),
      `shape [${denoised.count}, ${denoised.units}] where samples.npy has [${samples.count}, ${samples.units}]`,
    )
  const { boltzmannX, boltzmannDensity } = comparison
  const backend = manifest.backend
  return {
    manifest,
    scenarioText,
    scenario,
    backend: isRecord(backend) ? String(backend.name ?? '') : String(results.backend ?? ''),
    seed: finite(manifest.seed) ?? finite(results.seed),
    ...readResults(results),
    ...readLosses(directory),
    samples,
    denoised,
    heldOut: comparisonSet('heldOut'),
    control: comparisonSet('control'),
    exactScore: comparisonSet('exactScore'),
    boltzmann: boltzmannX && boltzmannDensity && { x: flat(boltzmannX), density: flat(boltzmannDensity) },
    energies: Object.fromEntries(
      Object.entries(readArrays(directory, 'thermodynamics.npz')).map(([name, array]) => [name, flat(array)]),
    ),
    trajectories: readTrajectories(directory),
  }
}

function readText(directory: string, name: string): string {
  const path = join(directory, name)
  if (!existsSync(path))
    throw new OverdampedError(
      'E_RUN_DIRECTORY',
      existsSync(directory)
        ? `file not found. Expected ${basename(path)} of a finished run; run the scenario again, or with --resume if it was stopped`
        : 'no such run directory. Expected the directory that "overdamped run" printed',
      path,
    )
  return readFileSync(path, 'utf8')
}

function parsed<T>(directory: string, name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw unreadable(join(directory, name), error instanceof Error ? (error.message.split('\n')[0] as string) : '')
  }
}

function unreadable(where: string, why: string): OverdampedError {
  return new OverdampedError(
    'E_FORMAT',
    `${why}. The file is damaged or was cut short; run the scenario again, or copy the whole run directory again`,
    where,
  )
}

function readJson(directory: string, name: string): JsonRecord {
  const text = readText(directory, name)
  const value: unknown = parsed(directory, name, () => JSON.parse(text))
  if (!isRecord(value)) throw unreadable(join(directory, name), 'expected a JSON object')
  return value
}

/** A resumed run may write a knot twice; the later line counts. */
function readLosses(directory: string): { slices: SliceLoss[]; iterations: IterationLoss[] } {
  const slices = new Map<number, SliceLoss>()
  const iterations = new Map<string, IterationLoss>()
  if (!existsSync(join(directory, 'metrics.jsonl'))) return { slices: [], iterations: [] }
  const lines = readText(directory, 'metrics.jsonl').split('\n')
  lines.forEach((line, index) => {
    if (line.trim() === '') return
    const row: unknown = parsed(directory, `metrics.jsonl:${index + 1}`, () => JSON.parse(line))
    const [slice, t, loss] = [finite(entry(row, 'slice')), finite(entry(row, 't')), finite(entry(row, 'loss'))]
    if (!isRecord(row) || slice === undefined || t === undefined) return
    if (row.kind === 'slice')
      slices.set(slice, {
        slice,
        t,
        trainingLoss: finite(row.trainingLoss),
        heldOutLoss: finite(row.heldOutLoss),
        oracleLoss: finite(row.oracleLoss),
        oracleHeldOutLoss: finite(row.oracleHeldOutLoss),
      })
    else if (row.kind === 'iteration' && loss !== undefined)
      iterations.set(`${slice}/${row.iteration}`, { slice, t, iteration: finite(row.iteration) ?? 0, loss })
  })
  return { slices: [...slices.values()].sort((a, b) => a.t - b.t), iterations: [...iterations.values()] }
}

function readPoints(directory: string, name: string): PointSet | undefined {
  const path = join(directory, name)
  return existsSync(path) ? pointSet(decodeNpy(readFileSync(path), path), path, 'samples') : undefined
}

function readArrays(directory: string, name: string): Record<string, NdArray> {
  const path = join(directory, name)
  return existsSync(path) ? decodeNpz(readFileSync(path), path) : {}
}

function readTrajectories(directory: string): Trajectories | undefined {
  const { time, x } = readArrays(directory, 'trajectories.npz')
  if (!time || !x) return undefined
  const where = join(directory, 'trajectories.npz')
  if (x.shape.length !== 3 || x.shape[1] !== time.shape[0])
    throw unreadable(where, `x has shape [${x.shape}], expected [trajectories, ${time.shape[0]}, units]`)
  return { time: Array.from(flat(time)), x: flat(x), count: x.shape[0] as number, units: x.shape[2] as number }
}

function pointSet(array: NdArray, where: string, name: string): PointSet {
  if (array.shape.length !== 2) throw unreadable(where, `${name} has shape [${array.shape}], expected [count, units]`)
  return { points: flat(array), count: array.shape[0] as number, units: array.shape[1] as number }
}

/** Decoded arrays are C-contiguous; the offset is honoured in case they are views into the file. */
function flat(array: NdArray): ArrayLike<number> {
  const values = array.data as unknown as Float64Array
  return values.subarray(array.offset, array.offset + array.size)
}
