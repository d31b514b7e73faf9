import { type Backend, type BackendName, roundoff } from '../../backend/backend.js'
import { openBackend } from '../../backend/choose.js'
import { OverdampedError, StoppedError } from '../../errors.js'
import { firstUnits, type PointSet } from '../../physics/network/states.js'
import { requireApplicable } from '../checks/check-needs.js'
import { runChecks } from '../checks/checks.js'
import { labelError } from '../measurement/classify.js'
import { errorBudget } from '../measurement/error-budget.js'
import { firstPassageResults } from '../measurement/first-passage.js'
import { measureFreeEnergy } from '../measurement/free-energy.js'
import { measure } from '../measurement/measure.js'
import { dataOfClass } from '../measurement/one-class.js'
import {
  identities,
  measureSpeedLimit,
  measureTimeAverages,
  thermodynamicMeans,
} from '../measurement/thermodynamics.js'
import { files, inspectDirectory, readJson, readManifest } from '../record/directory.js'
import { scenarioHash } from '../record/manifest.js'
import { type ObservedEnsemble, runEnsemble } from '../sampling/ensemble.js'
import { denoised, generationOf, networkScore } from '../sampling/generate.js'
import { reversedProblem, simulationProtocol } from '../sampling/simulation.js'
import type { Scenario } from '../scenario/schema.js'
import { createProblem, type Problem } from '../system/problem.js'
import { ruleAgreement } from '../training/rule-agreement.js'
import { checkResumable, loadTrained, trainInto } from '../training/train-run.js'
import { writeArrays } from './arrays.js'
import { runObjective } from './objective-run.js'
import type { RunOptions } from './options.js'
import { recorded } from './recorded.js'
import type { Results } from './results.js'

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
  if (scenario.objective !== undefined) return runObjective(scenario, options)
  const { directory } = options
  const problem = createProblem(scenario)
  requireApplicable(problem)
  const found = inspectDirectory(directory, options.resume ?? false, scenarioHash(scenario))
  if (found === 'finished') return readJson(directory, files.results) as Results
  // Damage to the run that this one continues, or draws from, shows before anything is written.
  if (options.parametersFrom !== undefined) loadTrained(options.parametersFrom, problem)
  else if (found === 'unfinished') {
    checkData(directory, problem)
    checkResumable(directory, problem)
  }

  const data = problem.data === undefined ? null : { source: problem.data.source, hash: problem.data.hash }
  const { rule } = scenario.learning ?? { rule: null }
  const { integrator } = scenario.sampling
  const chosen = await openBackend(
    { threads: options.threads, backend: found === 'unfinished' ? sameBackend(options) : options.backend },
    [
      { potential: problem.potential, rule: rule === 'least-squares' ? null : rule, integrator },
      { potential: problem.generation.potential, rule: null, integrator },
    ],
  )
  options.onNote?.(`backend ${chosen.backend.name}: ${chosen.backend.device} (${chosen.reason})`)
  return recorded(scenario, data, chosen, options, () => perform(problem, chosen.backend, options))
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
  const agreement =
    data === undefined || options.parametersFrom !== undefined
      ? []
      : await ruleAgreement(directory, problem, data, options)
  const train = clock()
  const protocol = trained === null ? simulationProtocol(problem) : generationOf(problem, trained.knots)
  const observed = await runEnsemble(problem, protocol, backend, directory, options)
  const reverse = scenario.protocol?.bothWays === true ? reversedProblem(problem, protocol) : null
  const reverseWork =
    reverse === null
      ? null
      : (await runEnsemble(reverse, simulationProtocol(reverse), backend, directory, options)).workAndHeat!.work
  const raw = observed.ensemble.final
  const clean = trained === null ? raw : cleaned(problem, trained.knots, observed)
  const sample = clock()
  options.onProgress?.({ phase: 'measure', done: 0, total: 1 })
  const judged = besideOwnClass(problem)
  const measurement = judged.data === undefined ? null : await measure(judged, judged.data, clean, options)
  if (data !== undefined && measurement === null) throw new StoppedError(directory)
  const budget =
    judged.data?.source === 'gaussian-mixture' && scenario.observe.includes('error-budget')
      ? await errorBudget(judged, judged.data.mixture, measurement!.exactScore!.raw, raw, options)
      : null
  if (budget === null && scenario.observe.includes('error-budget')) throw new StoppedError(directory)
  const freeEnergy = measureFreeEnergy(problem, observed.workAndHeat?.work ?? null, reverseWork)
  const averages = measureTimeAverages(problem, observed)
  const speedLimit = measureSpeedLimit(problem, observed, protocol)
  const checks = runChecks({
    problem: judged,
    observed,
    freeEnergy,
    protocol,
    roundoff: roundoff[backend.name],
    exactScore: measurement?.exactScore?.raw ?? null,
    knots: trained?.knots ?? null,
    clean,
  })
  writeArrays(directory, problem, { observed, reverseWork, clean, measurement, knots: trained?.knots ?? null })
  return {
    scenario: scenario.name,
    seed: scenario.seed,
    backend: backend.name,
    timings: { train, sample, total: train + sample + clock() },
    metrics: {
      ...measurement?.metrics,
      ...(data?.classes === undefined ? {} : { labelError: labelError(problem, data, trained!.knots.at(-1)!) }),
    },
    checks: [...checks, ...agreement],
    thermodynamics: thermodynamicMeans(problem, observed, protocol),
    identities: identities(problem, observed),
    ...(freeEnergy === null ? {} : { freeEnergy }),
    ...(speedLimit === null ? {} : { speedLimit }),
    ...(observed.firstPassage === null ? {} : { firstPassage: firstPassageResults(problem, observed.firstPassage) }),
    ...(averages.length === 0 ? {} : { timeAverages: averages }),
    ...(trained?.summary === undefined ? {} : { learning: trained.summary }),
    ...(budget === null ? {} : { errorBudget: budget }),
  }
}

/** Samples that were clamped to a class stand beside the data of that class. */
function besideOwnClass(problem: Problem): Problem {
  const { data, scenario } = problem
  const { label } = scenario.sampling
  return data === undefined || label === undefined ? problem : { ...problem, data: dataOfClass(data, label) }
}

/** The samples after the last, noiseless step, where there is one. */
function cleaned(
  { scenario, potential, noising, drive }: Problem,
  knots: readonly Float64Array[],
  { ensemble, states }: ObservedEnsemble,
): PointSet {
  if (!scenario.sampling.denoise) return ensemble.final
  const { units, visible } = potential.network
  const score = networkScore(potential, noising, knots.at(-1)!, drive)
  return denoised(firstUnits(states.final, units), noising, score, visible)
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
