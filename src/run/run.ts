import { join } from 'node:path'
import { type Backend, type BackendName, roundoff } from '../backend/backend.js'
import { type BackendRequest, openBackend } from '../backend/choose.js'
import type { Hooks } from '../backend/hooks.js'
import type { PointSet } from '../data/points.js'
import { gaussianStart } from '../dynamics/ensemble.js'
import { stableTimeStep } from '../dynamics/timestep.js'
import { OverdampedError, StoppedError } from '../errors.js'
import { writeAtomic } from '../io/atomic.js'
import { type Protocol, scheduledAt, scheduledProtocol } from '../protocol/protocol.js'
import { effectiveScenario } from '../scenario/load.js'
import type { Scenario } from '../scenario/schema.js'
import { writeArrays } from './arrays.js'
import { requireApplicableChecks } from './check-needs.js'
import { runChecks } from './checks.js'
import { files, inspectDirectory, readJson, readManifest, writeJson } from './directory.js'
import { type ObservedEnsemble, runEnsemble, startOf } from './ensemble.js'
import { denoised, generationOf, networkScore } from './generate.js'
import { type Manifest, type Provenance, scenarioHash, startManifest } from './manifest.js'
import { measure } from './measure.js'
import { createProblem, type Problem } from './problem.js'
import { type Identity, meanWithError, type Results } from './results.js'
import { checkResumable, loadTrained, trainInto } from './train-run.js'

/** Where and how a scenario runs. */
export interface RunOptions extends Hooks, BackendRequest {
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
  requireApplicableChecks(problem)
  const found = inspectDirectory(directory, options.resume ?? false, scenarioHash(scenario))
  if (found === 'finished') return readJson(directory, files.results) as Results
  // Damage to the run that this one continues, or draws from, shows before anything is written.
  if (options.parametersFrom !== undefined) loadTrained(options.parametersFrom, problem)
  else if (found === 'unfinished') {
    checkData(directory, problem)
    checkResumable(directory, problem)
  }

  const provenance: Provenance = {
    version: 'unknown',
    profile: null,
    command: 'run() of the library',
    parentRun: options.parametersFrom ?? null,
    ...options.provenance,
  }
  const data = problem.data === undefined ? null : { source: problem.data.source, hash: problem.data.hash }
  const { rule } = scenario.learning ?? { rule: null }
  const chosen = await openBackend(
    { threads: options.threads, backend: found === 'unfinished' ? sameBackend(options) : options.backend },
    {
      potential: problem.potential,
      rule: rule === 'least-squares' ? null : rule,
      integrator: scenario.sampling.integrator,
    },
  )
  options.onNote?.(`backend ${chosen.backend.name}: ${chosen.backend.device} (${chosen.reason})`)
  const manifest = startManifest(scenario, provenance, data, chosen)
  const finish = (exitReason: Manifest['exitReason']) =>
    writeJson(directory, files.manifest, { ...manifest, end: new Date().toISOString(), exitReason })
  try {
    writeJson(directory, files.manifest, manifest)
    writeAtomic(join(directory, files.scenario), effectiveScenario(scenario))
    const results = await perform(problem, chosen.backend, options)
    writeJson(directory, files.results, results)
    finish('finished')
    return results
  } catch (error) {
    finish(error instanceof StoppedError ? 'stopped' : 'failed')
    throw error
  } finally {
    await chosen.backend.close()
  }
}

/** A run goes on where it began: on another backend it would end in other bits. */
function sameBackend({ directory, backend = 'auto' }: RunOptions): BackendName {
  const { name } = readManifest(directory).backend
  if (backend === 'auto' || backend === name) return name
  throw new OverdampedError(
    'E_RUN_DIRECTORY',
    `it was started on ${name}. Leave --backend ${backend} away, or name another directory with --out.`,
    directory,
  )
}

/** Files named by path may have changed since the run began. @throws E_RUN_DIRECTORY when its data did */
function checkData(directory: string, { data }: Problem): void {
  if (readManifest(directory).data?.hash === data?.hash) return
  throw new OverdampedError(
    'E_RUN_DIRECTORY',
    'its data are not those it was started with. Restore the data files, or name another directory with --out.',
    directory,
  )
}

async function perform(problem: Problem, backend: Backend, options: RunOptions): Promise<Results> {
  const { directory } = options
  const { scenario, data } = problem
  const clock = stopwatch()
  const trained =
    data === undefined
      ? null
      : options.parametersFrom === undefined
        ? await trainInto(directory, problem, data, backend, options)
        : { knots: loadTrained(options.parametersFrom, problem), summary: undefined }
  const train = clock()
  const protocol = trained === null ? simulationProtocol(problem) : generationOf(problem, trained.knots)
  const observed = await runEnsemble(problem, protocol, backend, directory, options)
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
    protocol,
    roundoff: roundoff[backend.name],
    exactScore: measurement?.exactScore?.raw ?? null,
  })
  writeArrays(directory, problem, { observed, clean, measurement, knots: trained?.knots ?? null })
  return {
    scenario: scenario.name,
    seed: scenario.seed,
    backend: backend.name,
    timings: { train, sample, total: train + sample + clock() },
    metrics: measurement?.metrics ?? {},
    checks,
    thermodynamics: thermodynamicMeans(problem, observed),
    identities: identities(problem, observed),
    ...(trained?.summary === undefined ? {} : { learning: trained.summary }),
  }
}

/** The protocol of a plain simulation; without a given dt, one that resolves the stiffest landscape on its way. */
function simulationProtocol(problem: Problem): Protocol {
  const { scenario, potential, bath, given } = problem
  if (given === undefined || scenario.protocol === undefined) throw new Error('a plain simulation has a protocol')
  const { theta, scheduled } = given
  const { duration, dt } = scenario.protocol
  const start = startOf(problem)
  const { units } = potential.network
  const states = new Float64Array(units * Math.min(64, scenario.sampling.trajectories))
  gaussianStart(scenario.seed, start.mean, start.variance)(states, 0, states.length / units)
  const times = scheduled.length === 0 ? [0] : Array.from({ length: 21 }, (_, n) => (duration * n) / 20)
  const steps = () => times.map((t) => stableTimeStep(potential, scheduledAt(theta, scheduled, t), bath, states))
  return scheduledProtocol(theta, scheduled, duration, dt ?? Math.min(...steps()))
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

/** Entropy production below which e^-ΔS is averaged by its bulk and not by events too rare to be seen, in units of k_B. */
const mostEntropy = 3

/** Relations that hold exactly: the first law, and the integral fluctuation theorem where its mean can be measured. */
function identities({ bath }: Problem, { workAndHeat, entropyProduction }: ObservedEnsemble): Identity[] {
  if (workAndHeat === null) return []
  const { work, heat, energyChange } = workAndHeat
  const inKT = (energy: Float64Array) => meanWithError(energy.map((value) => value / bath.kT)).mean
  const found: Identity[] = [
    { name: '⟨W⟩ - ⟨Q⟩ = ⟨ΔU⟩', value: inKT(work) - inKT(heat), standardError: null, truth: inKT(energyChange) },
  ]
  if (entropyProduction !== null && meanWithError(entropyProduction).mean < mostEntropy) {
    const { mean, standardError } = meanWithError(entropyProduction.map((value) => Math.exp(-value)))
    found.push({ name: '⟨e^(-ΔS)⟩ = 1, up to O(dt)', value: mean, standardError, truth: 1 })
  }
  return found
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
