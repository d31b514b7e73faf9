import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { NdArray } from 'ndarray'
import { OverdampedError } from '../src/errors.js'
import { requireRecorded, unsealed } from '../src/experiment/files/checksum.js'
import { decodeNpy } from '../src/experiment/files/npy.js'
import { decodeNpz } from '../src/experiment/files/npz.js'
import { parseYaml } from '../src/experiment/files/yaml.js'
import { flatten } from './flatten.js'
import type { IterationLoss, SliceLoss, Virial } from './learned-record.js'
import { entry, finite, isRecord, type JsonRecord, readResults, scenarioFacts } from './read-json.js'
import { readParameters } from './read-parameters.js'
import type {
  CrooksHistogram,
  DrawnDensity,
  DrawnImages,
  Extremes,
  ObjectiveCurve,
  PointSet,
  RunRecord,
  StudyCurve,
  Trajectories,
} from './run-record.js'
import { unreadable } from './unreadable.js'

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
  const parsedScenario: unknown = parsed(
    directory,
    'scenario.yaml',
    () => parseYaml(scenarioText, 'scenario.yaml').value,
  )
  const comparison = readArrays(directory, 'comparison.npz')
  const comparisonSet = (name: string) =>
    comparison[name] && pointSet(comparison[name], join(directory, 'comparison.npz'), name)
  const extremes = (which: 'closest' | 'farthest'): Extremes | undefined => {
    const [shown, real] = [comparisonSet(`${which}Samples`), comparisonSet(`${which}Real`)]
    const distance = comparison[`${which}Distance`]
    if (!shown || !real || shown.count === 0) return undefined
    if (shown.count !== real.count || shown.units !== real.units)
      throw unreadable(join(directory, 'comparison.npz'), `${which}Samples and ${which}Real differ in shape`)
    return { samples: shown, real, distance: distance ? Array.from(flat(distance)) : [] }
  }
  const samples = readPoints(directory, 'samples.npy')
  const denoised = readPoints(directory, 'samples-denoised.npy')
  if (samples && denoised && (samples.count !== denoised.count || samples.units !== denoised.units))
    throw unreadable(
      join(directory, 'samples-denoised.npy'),
      `shape [${denoised.count}, ${denoised.units}] where samples.npy has [${samples.count}, ${samples.units}]`,
    )
  const classes = (count: number | undefined) => {
    const path = join(directory, 'labels.npy')
    if (!existsSync(path)) return undefined
    const labels = decodeNpy(readRecorded(directory, 'labels.npy'), path)
    if (labels.size !== count) throw unreadable(path, `${labels.size} labels of ${count} samples`)
    return flat(labels)
  }
  const { boltzmannX, boltzmannDensity, heldOutClass } = comparison
  const { arms, ...figures } = readResults(results)
  return {
    manifest,
    scenarioText,
    settings: flatten(parsedScenario),
    scenario: scenarioFacts(parsedScenario, manifest),
    backend: describeBackend(manifest.backend) ?? String(results.backend ?? ''),
    seed: finite(manifest.seed) ?? finite(results.seed),
    ...figures,
    objective: arms && {
      ...arms,
      curves: readCurves(directory),
      densities: readDensities(directory),
      drawn: readDrawn(directory),
      images: readImages(directory),
    },
    ...readLosses(directory),
    samples,
    denoised,
    classes: classes(samples?.count),
    heldOutClasses: heldOutClass && flat(heldOutClass),
    heldOut: comparisonSet('heldOut'),
    control: comparisonSet('control'),
    exactScore: comparisonSet('exactScore'),
    conditions: readConditions(directory),
    boltzmann: boltzmannX && boltzmannDensity && { x: flat(boltzmannX), density: flat(boltzmannDensity) },
    energies: Object.fromEntries(
      Object.entries(readArrays(directory, 'thermodynamics.npz')).map(([name, array]) => [name, flat(array)]),
    ),
    crooks: readCrooks(directory),
    trajectories: readTrajectories(directory),
    parameters: readParameters(directory, parsedScenario),
    virial: readVirial(directory),
    closest: extremes('closest'),
    farthest: extremes('farthest'),
  }
}

/** What ran, on what, and why that: `wasm: float32, SIMD, 2 threads (auto: …)`. */
function describeBackend(backend: unknown): string | undefined {
  if (!isRecord(backend)) return undefined
  const { name, device, reason } = backend
  return `${[name, device].filter(Boolean).join(': ')}${reason ? ` (${reason})` : ''}`
}

function readText(directory: string, name: string): string {
  const path = join(directory, name)
  const expected = 'Expected the directory that "overdamped run" printed'
  const kind = statSync(directory, { throwIfNoEntry: false })
  if (kind?.isDirectory() !== true)
    throw new OverdampedError(
      'E_RUN_DIRECTORY',
      `${kind === undefined ? 'no such run directory' : 'is a file'}. ${expected}`,
      directory,
    )
  if (!existsSync(path))
    throw new OverdampedError(
      'E_RUN_DIRECTORY',
      `file not found. Expected ${basename(path)} of a finished run; run the scenario again, or with --resume if it was stopped`,
      path,
    )
  return new TextDecoder().decode(readRecorded(directory, name))
}

/** The bytes of a file, which are those that the run wrote. */
function readRecorded(directory: string, name: string): Uint8Array {
  return requireRecorded(directory, name, new Uint8Array(readFileSync(join(directory, name))))
}

function parsed<T>(directory: string, name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw unreadable(join(directory, name), error instanceof Error ? (error.message.split('\n')[0] as string) : '')
  }
}

function readJson(directory: string, name: string): JsonRecord {
  const text = readText(directory, name)
  const value = unsealed(text, join(directory, name))
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

/** The lines of all repetitions of an arm, averaged at each iteration. */
function readCurves(directory: string): ObjectiveCurve[] {
  const sums = new Map<string, { arm: string; figure: string; at: Map<number, number[]> }>()
  if (!existsSync(join(directory, 'metrics.jsonl'))) return []
  readText(directory, 'metrics.jsonl')
    .split('\n')
    .forEach((line, index) => {
      if (line.trim() === '') return
      const row: unknown = parsed(directory, `metrics.jsonl:${index + 1}`, () => JSON.parse(line))
      const [arm, iteration, figures] = [entry(row, 'arm'), finite(entry(row, 'iteration')), entry(row, 'figures')]
      if (typeof arm !== 'string' || iteration === undefined || !isRecord(figures)) return
      for (const [figure, value] of Object.entries(figures)) {
        const known = finite(value)
        if (known === undefined) continue
        const key = JSON.stringify([arm, figure])
        const curve = sums.get(key) ?? { arm, figure, at: new Map<number, number[]>() }
        sums.set(key, curve)
        curve.at.set(iteration, [...(curve.at.get(iteration) ?? []), known])
      }
    })
  return [...sums.values()].map(({ arm, figure, at }) => {
    const iterations = [...at.keys()].sort((a, b) => a - b)
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    return { arm, figure, iteration: iterations, value: iterations.map((n) => mean(at.get(n) as number[])) }
  })
}

function readDensities(directory: string): DrawnDensity[] {
  const arrays = readArrays(directory, 'objective.npz')
  return Object.keys(arrays)
    .filter((key) => key.endsWith('/density'))
    .map((key) => {
      const name = key.slice(0, -'/density'.length)
      const [density, x] = [arrays[key] as NdArray, arrays[`${name}/x`]]
      if (!x || density.shape.some((size) => size !== x.shape[0]))
        throw unreadable(
          join(directory, 'objective.npz'),
          `${key} has shape [${density.shape}], expected that of ${name}/x`,
        )
      return { name, units: density.shape.length === 2 ? 2 : 1, x: flat(x), density: flat(density) }
    })
}

/** Arrays CHART/NAME/x and CHART/NAME/y. */
function readDrawn(directory: string): StudyCurve[] {
  const arrays = readArrays(directory, 'curves.npz')
  return Object.keys(arrays)
    .filter((key) => key.endsWith('/y'))
    .map((key) => {
      const whole = key.slice(0, -'/y'.length)
      const [x, y] = [arrays[`${whole}/x`], arrays[key] as NdArray]
      if (!x || x.size !== y.size)
        throw unreadable(join(directory, 'curves.npz'), `${key} has ${y.size} numbers, expected as many as ${whole}/x`)
      const slash = whole.indexOf('/')
      return { chart: whole.slice(0, slash), name: whole.slice(slash + 1), x: flat(x), y: flat(y) }
    })
}

function readImages(directory: string): DrawnImages[] {
  const ending = '/images'
  return Object.entries(readArrays(directory, 'objective.npz'))
    .filter(([key]) => key.endsWith(ending))
    .map(([key, array]) => ({
      name: key.slice(0, -ending.length),
      images: pointSet(array, join(directory, 'objective.npz'), key),
    }))
}

function readPoints(directory: string, name: string): PointSet | undefined {
  const path = join(directory, name)
  return existsSync(path) ? pointSet(decodeNpy(readRecorded(directory, name), path), path, 'samples') : undefined
}

function readArrays(directory: string, name: string): Record<string, NdArray> {
  const path = join(directory, name)
  return existsSync(path) ? decodeNpz(readRecorded(directory, name), path) : {}
}

function readConditions(directory: string): RunRecord['conditions'] {
  const arrays = readArrays(directory, 'conditions.npz')
  if (Object.keys(arrays).length === 0) return undefined
  const set = (name: string) => arrays[name] && pointSet(arrays[name], join(directory, 'conditions.npz'), name)
  return {
    original: set('original'),
    known: arrays.known && flat(arrays.known),
    nearest: set('nearest'),
    noised: set('noised'),
    tweedie: set('tweedie'),
  }
}

function readTrajectories(directory: string): Trajectories | undefined {
  const { time, x } = readArrays(directory, 'trajectories.npz')
  if (!time || !x) return undefined
  const where = join(directory, 'trajectories.npz')
  if (x.shape.length !== 3 || x.shape[1] !== time.shape[0])
    throw unreadable(where, `x has shape [${x.shape}], expected [trajectories, ${time.shape[0]}, units]`)
  return { time: Array.from(flat(time)), x: flat(x), count: x.shape[0] as number, units: x.shape[2] as number }
}

function readCrooks(directory: string): CrooksHistogram | undefined {
  const { work, logRatio, logRatioError } = readArrays(directory, 'free-energy.npz')
  if (!work || !logRatio || !logRatioError) return undefined
  if (logRatio.size !== work.size || logRatioError.size !== work.size)
    throw unreadable(
      join(directory, 'free-energy.npz'),
      `expected logRatio and its error as long as work, ${work.size}`,
    )
  return { work: flat(work), logRatio: flat(logRatio), logRatioError: flat(logRatioError) }
}

function readVirial(directory: string): Virial | undefined {
  const { t, onsite, pair } = readArrays(directory, 'virial.npz')
  if (!t || !onsite) return undefined
  const where = join(directory, 'virial.npz')
  if (onsite.shape.length !== 2 || onsite.shape[0] !== t.shape[0] || (pair && pair.size !== t.size))
    throw unreadable(where, `onsite has shape [${onsite.shape}], expected [${t.shape[0]}, units] and pair as long as t`)
  const residuals = { onsite: flat(onsite), pair: pair ? Array.from(flat(pair)) : [] }
  return { t: Array.from(flat(t)), units: onsite.shape[1] as number, ...residuals }
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
