import { join } from 'node:path'
import ndarray from 'ndarray'
import type { PointSet } from '../data/points.js'
import { type Drive, driveNetwork } from '../dynamics/drive.js'
import { stableTimeStep } from '../dynamics/timestep.js'
import { StoppedError } from '../errors.js'
import { writeAtomic } from '../io/atomic.js'
import { encodeNpy } from '../io/npy.js'
import { encodeNpz } from '../io/npz.js'
import { constantProtocol } from '../protocol/protocol.js'
import { effectiveScenario } from '../scenario/load.js'
import type { Scenario } from '../scenario/schema.js'
import { boltzmannDensity } from './boltzmann.js'
import { runChecks } from './checks.js'
import { files, inspectDirectory, readJson, writeJson } from './directory.js'
import { type ObservedEnsemble, runEnsemble, startOf } from './ensemble.js'
import { denoised, generationDrive, networkScore } from './generate.js'
import type { Hooks } from './hooks.js'
import { gaussianStart } from './integrate.js'
import { type Manifest, type Provenance, scenarioHash, startManifest } from './manifest.js'
import { type Measurement, measure } from './measure.js'
import { createProblem, type Problem } from './problem.js'
import { meanWithError, type Results } from './results.js'
import { loadTrained, type Trained, trainInto } from './train-run.js'

/** Where and how a scenario runs. */
export interface RunOptions extends Hooks {
  /** the run directory; made when it does not exist */
  readonly directory: string
  /** continue an unfinished run there, return a finished one's results, start one where there is none */
  readonly resume?: boolean
  /** a finished run whose trained parameters are used in place of training */
  readonly parametersFrom?: string
  readonly provenance?: Partial<Provenance>
}

/**
 * Runs a scenario: train or take given parameters, simulate, measure, check; writes the run directory (all but
 * report.html, which viz/ makes from it).
 *
 * @returns the contents of results.json
 * @throws OverdampedError for anything a user can mend; StoppedError when `signal` stopped it, with a checkpoint written
 *
 * Cost: training O(slices·iterations·batch·edges), sampling O(steps·trajectories·edges).
 */
export async function run(scenario: Scenario, options: RunOptions): Promise<Results> {
  const { directory } = options
  const problem = createProblem(scenario)
  const found = inspectDirectory(directory, options.resume ?? false, scenarioHash(scenario))
  if (found === 'finished') return readJson(directory, files.results) as Results

  const provenance: Provenance = {
    version: 'unknown',
    profile: null,
    command: 'run() of the library',
    backendReason: 'the only backend of this version',
    parentRun: options.parametersFrom ?? null,
    ...options.provenance,
  }
  const data = problem.data === undefined ? null : { source: problem.data.source, hash: problem.data.hash }
  const manifest = startManifest(scenario, provenance, data)
  const finish = (exitReason: Manifest['exitReason']) =>
    writeJson(directory, files.manifest, { ...manifest, end: new Date().toISOString(), exitReason })
  writeJson(directory, files.manifest, manifest)
  writeAtomic(join(directory, files.scenario), effectiveScenario(scenario))
  try {
    const results = await perform(problem, options)
    writeJson(directory, files.results, results)
    finish('finished')
    return results
  } catch (error) {
    finish(error instanceof StoppedError ? 'stopped' : 'failed')
    throw error
  }
}

async function perform(problem: Problem, options: RunOptions): Promise<Results> {
  const { directory } = options
  const { scenario, data } = problem
  const clock = stopwatch()
  const trained =
    data === undefined
      ? null
      : options.parametersFrom === undefined
        ? await trainInto(directory, problem, data, options)
        : { knots: loadTrained(options.parametersFrom, problem), summary: undefined }
  const train = clock()
  const drive = driveOf(problem, trained)
  const observed = await runEnsemble(problem, drive, directory, options)
  const raw = observed.ensemble.final
  const clean = trained === null ? raw : cleaned(problem, trained.knots, raw)
  const sample = clock()
  options.onProgress?.({ phase: 'measure', done: 0, total: 1 })
  const measurement = data === undefined ? null : await measure(problem, data, clean, options)
  if (data !== undefined && measurement === null) throw new StoppedError(directory)
  const checks = runChecks({
    problem,
    ensemble: observed.ensemble,
    thermodynamics: observed.workAndHeat,
    dt: drive.dt,
    exactScore: measurement?.exactScore?.raw ?? null,
  })
  writeArrays(directory, problem, observed, clean, measurement)
  return {
    scenario: scenario.name,
    seed: scenario.seed,
    backend: 'reference',
    timings: { train, sample, total: train + sample + clock() },
    metrics: measurement?.metrics ?? {},
    checks,
    thermodynamics: thermodynamicMeans(problem, observed),
    ...(trained?.summary === undefined ? {} : { learning: trained.summary }),
  }
}

function driveOf(problem: Problem, trained: Pick<Trained, 'knots'> | null): Drive {
  const { scenario, potential, noising, bath, theta } = problem
  if (trained !== null) return generationDrive(potential, noising, trained.knots, scenario.sampling)
  if (theta === undefined || scenario.protocol === undefined) throw new Error('a plain simulation has a protocol')
  const { duration, dt } = scenario.protocol
  const start = startOf(problem)
  const states = new Float64Array(potential.network.units * Math.min(64, scenario.sampling.trajectories))
  gaussianStart(scenario.seed, start.mean, start.variance)(states, 0, states.length / potential.network.units)
  return driveNetwork(
    potential,
    constantProtocol(theta, duration, dt ?? stableTimeStep(potential, theta, bath, states)),
  )
}

function cleaned({ scenario, potential, noising }: Problem, knots: readonly Float64Array[], raw: PointSet): PointSet {
  const { denoise, drive } = scenario.sampling
  return denoise ? denoised(raw, noising, networkScore(potential, noising, knots.at(-1)!, drive)) : raw
}

function thermodynamicMeans(
  { scenario, bath }: Problem,
  { workAndHeat, entropyProduction }: ObservedEnsemble,
): Results['thermodynamics'] {
  const { observe } = scenario
  const inKT = (energy: Float64Array) => meanWithError(energy.map((value) => value / bath.kT))
  return {
    ...(workAndHeat !== null && observe.includes('work') ? { work: inKT(workAndHeat.work) } : {}),
    ...(workAndHeat !== null && observe.includes('heat') ? { heat: inKT(workAndHeat.heat) } : {}),
    ...(entropyProduction === null
      ? {}
      : { entropyProduction: { ...meanWithError(entropyProduction), boundary: 'gaussian' as const } }),
  }
}

/** Most points kept of each set that the report shows beside the samples. */
const mostShown = { image: 100, point: 2000 }

function writeArrays(
  directory: string,
  problem: Problem,
  observed: ObservedEnsemble,
  clean: PointSet,
  measurement: Measurement | null,
): void {
  const { scenario, bath, potential } = problem
  const write = (name: string, bytes: Uint8Array) => writeAtomic(join(directory, name), bytes)
  const table = ({ points, count, units }: PointSet) => ndarray(Float32Array.from(points), [count, units])
  const vector = (values: Float64Array) => ndarray(values, [values.length])
  write(files.samples, encodeNpy(table(observed.ensemble.final)))
  if (problem.data !== undefined && scenario.sampling.denoise) write(files.denoised, encodeNpy(table(clean)))

  const { trajectories, workAndHeat, entropyProduction } = observed
  if (trajectories !== null) {
    const { x, recorded, frames, time } = trajectories
    write(
      files.trajectories,
      encodeNpz({ time: vector(time), x: ndarray(x, [recorded, frames, potential.network.units]) }),
    )
  }
  if (workAndHeat !== null) {
    const inKT = (energy: Float64Array) => vector(energy.map((value) => value / bath.kT))
    write(
      files.thermodynamics,
      encodeNpz({
        work: inKT(workAndHeat.work),
        heat: inKT(workAndHeat.heat),
        ...(entropyProduction === null ? {} : { entropyProduction: vector(entropyProduction) }),
      }),
    )
  }
  if (measurement !== null) {
    const most = potential.network.lattice === null ? mostShown.point : mostShown.image
    const few = (set: PointSet) => table(thinned(set, most))
    const { heldOut, control, exactScore } = measurement
    write(
      files.comparison,
      encodeNpz({
        heldOut: few(heldOut),
        control: few(control),
        ...(exactScore === null ? {} : { exactScore: few(exactScore.clean) }),
      }),
    )
  } else if (problem.theta !== undefined && potential.network.units === 1) {
    const { x, density } = boltzmannDensity(potential, problem.theta, bath, 0)
    write(files.comparison, encodeNpz({ boltzmannX: vector(x), boltzmannDensity: vector(density) }))
  }
}

/** At most `most` rows, evenly spread over the set (held-out data is ordered by class). */
function thinned(set: PointSet, most: number): PointSet {
  const count = Math.min(most, set.count)
  const points = new Float64Array(count * set.units)
  for (let n = 0; n < count; n++) {
    const row = Math.floor((n * set.count) / count)
    points.set(set.points.subarray(row * set.units, (row + 1) * set.units), n * set.units)
  }
  return { points, count, units: set.units }
}

/** Seconds since the last call. */
function stopwatch(): () => number {
  let last = performance.now()
  return () => {
    const now = performance.now()
    const seconds = (now - last) / 1000
    last = now
    return seconds
  }
}
