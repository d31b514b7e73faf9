import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { decodeNpy } from '../src/experiment/files/npy.js'
import { parseYaml } from '../src/experiment/files/yaml.js'
import { flatten } from './flatten.js'
import type { IterationLoss, SliceLoss, Virial } from './learned-record.js'
import type { PointSet } from './point-set.js'
import { readLandscape } from './read-landscape.js'
import { readObjective } from './read-objective.js'
import { readEnsemble, readObservables } from './read-observed.js'
import { readParameters } from './read-parameters.js'
import { readResults } from './read-results.js'
import { scenarioFacts } from './read-scenario.js'
import { entry, finite, isRecord, shown } from './read-values.js'
import {
  firstOf,
  flat,
  parsed,
  pointSet,
  readArrays,
  readJson,
  readMetrics,
  readPoints,
  readRecorded,
  readText,
} from './run-files.js'
import type { CrooksHistogram, Extremes, RunRecord, Trajectories } from './run-record.js'
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
  if (samples && denoised && (samples.whole !== denoised.whole || samples.units !== denoised.units))
    throw unreadable(
      join(directory, 'samples-denoised.npy'),
      `shape [${denoised.whole}, ${denoised.units}] where samples.npy has [${samples.whole}, ${samples.units}]`,
    )
  const classes = () => {
    const path = join(directory, 'labels.npy')
    if (!existsSync(path)) return undefined
    const labels = decodeNpy(readRecorded(directory, 'labels.npy'), path)
    const { whole, count } = samples ?? {}
    if (labels.size !== whole) throw unreadable(path, `${labels.size} labels of ${whole} samples`)
    return flat(labels).subarray(0, count)
  }
  const { boltzmannX, boltzmannDensity, heldOutClass } = comparison
  const found = readResults(results)
  return {
    manifest,
    scenarioText,
    settings: flatten(parsedScenario),
    scenario: scenarioFacts(parsedScenario, manifest),
    backend: describeBackend(manifest.backend) ?? shown(results.backend ?? ''),
    seed: finite(manifest.seed) ?? finite(results.seed),
    ...found,
    notes: [...found.notes, ...(samples === undefined ? [] : notAll(samples))],
    objective: readObjective(directory, results.objective),
    observables: readObservables(directory, results.observables),
    ensemble: readEnsemble(directory),
    ...readLosses(directory),
    samples,
    denoised,
    classes: classes(),
    heldOutClasses: heldOutClass && flat(heldOutClass),
    heldOut: comparisonSet('heldOut'),
    control: comparisonSet('control'),
    exactScore: comparisonSet('exactScore'),
    conditions: readConditions(directory),
    boltzmann: boltzmannX && boltzmannDensity && { x: flat(boltzmannX), density: flat(boltzmannDensity) },
    energies: Object.fromEntries(
      Object.entries(readArrays(directory, 'thermodynamics.npz')).map(([name, array]) => [name, firstOf(array)]),
    ),
    crooks: readCrooks(directory),
    trajectories: readTrajectories(directory),
    landscape: readLandscape(directory),
    parameters: readParameters(directory, parsedScenario),
    virial: readVirial(directory),
    closest: extremes('closest'),
    farthest: extremes('farthest'),
  }
}

/** That a page is of the first samples, where it is. */
function notAll({ count, whole = count }: PointSet): string[] {
  return whole > count ? [`Pictures and figures of states are of the first ${count} of ${whole}.`] : []
}

/** What `overdamped free-energy --out` wrote: two directions of a protocol, and what their works give. */
export function readFreeEnergy(directory: string): Pick<RunRecord, 'freeEnergy' | 'crooks'> & {
  forward: string
  reverse: string
} {
  const found = readJson(directory, 'free-energy.json')
  const { freeEnergy } = readResults(found)
  return { freeEnergy, crooks: readCrooks(directory), forward: shown(found.forward), reverse: shown(found.reverse) }
}

/** What ran, on what, and why that: `wasm: float32, SIMD, 2 threads (auto: …)`. */
function describeBackend(backend: unknown): string | undefined {
  if (!isRecord(backend)) return undefined
  const { name, device, reason } = backend
  return `${[name, device].filter(Boolean).map(shown).join(': ')}${reason ? ` (${shown(reason)})` : ''}`
}

/** Each is a row of a table. */
const mostKnots = 10_000

/** A resumed run may write a knot twice; the later line counts. */
function readLosses(directory: string): { slices: SliceLoss[]; iterations: IterationLoss[] } {
  const slices = new Map<number, SliceLoss>()
  const iterations = new Map<string, IterationLoss>()
  readMetrics(directory, (row) => {
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
      iterations.set(`${slice}/${shown(row.iteration)}`, { slice, t, iteration: finite(row.iteration) ?? 0, loss })
  })
  if (slices.size > mostKnots)
    throw unreadable(join(directory, 'metrics.jsonl'), `has ${slices.size} knots, expected at most ${mostKnots}`)
  return { slices: [...slices.values()].sort((a, b) => a.t - b.t), iterations: [...iterations.values()] }
}

function readConditions(directory: string): RunRecord['conditions'] {
  const arrays = readArrays(directory, 'conditions.npz')
  if (Object.keys(arrays).length === 0) return undefined
  const set = (name: string) => arrays[name] && pointSet(arrays[name], join(directory, 'conditions.npz'), name)
  const sets = {
    original: set('original'),
    nearest: set('nearest'),
    noised: set('noised'),
    tweedie: set('tweedie'),
  }
  const shapes = Object.values(sets).flatMap((one) => (one ? [`[${one.count}, ${one.units}]`] : []))
  if (new Set(shapes).size > 1)
    throw unreadable(join(directory, 'conditions.npz'), `its sets have the shapes ${shapes.join(', ')}, expected one`)
  return { ...sets, known: arrays.known && flat(arrays.known) }
}

const mostTimes = 1_000_000

function readTrajectories(directory: string): Trajectories | undefined {
  const { time, x } = readArrays(directory, 'trajectories.npz')
  if (!time || !x) return undefined
  const where = join(directory, 'trajectories.npz')
  if (time.size > mostTimes) throw unreadable(where, `holds ${time.size} times, expected at most ${mostTimes}`)
  if (x.shape.length !== 3 || x.shape[1] !== time.shape[0])
    throw unreadable(where, `x has shape [${x.shape}], expected [trajectories, ${time.shape[0]}, units]`)
  return { time: Array.from(flat(time)), x: flat(x), count: x.shape[0] as number, units: x.shape[2] as number }
}

function readCrooks(directory: string): CrooksHistogram | undefined {
  const { work, forward, reverse, logRatio, logRatioError } = readArrays(directory, 'free-energy.npz')
  if (!work || !logRatio || !logRatioError) return undefined
  const present = [forward, reverse, logRatio, logRatioError].filter((array) => array !== undefined)
  if (present.some(({ size }) => size !== work.size))
    throw unreadable(
      join(directory, 'free-energy.npz'),
      `expected forward, reverse, logRatio and its error as long as work, ${work.size}`,
    )
  return {
    work: flat(work),
    forward: forward && flat(forward),
    reverse: reverse && flat(reverse),
    logRatio: flat(logRatio),
    logRatioError: flat(logRatioError),
  }
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
