import { type Backend, roundoff } from '../../backend/backend.js'
import { openBackend } from '../../backend/node/open.js'
import { firstUnits, type PointSet } from '../../physics/network/states.js'
import { requireApplicable } from '../checks/check-needs.js'
import { runChecks } from '../checks/checks.js'
import { ruleAgreement } from '../checks/rule-agreement.js'
import { errorBudget } from '../measurement/error-budget.js'
import { firstPassageResults } from '../measurement/first-passage.js'
import { measureFreeEnergy } from '../measurement/free-energy.js'
import { labelError } from '../measurement/label-error.js'
import { measure } from '../measurement/measure.js'
import { dataOfClass } from '../measurement/one-class.js'
import {
  identities,
  measureSpeedLimit,
  measureTimeAverages,
  thermodynamicMeans,
} from '../measurement/thermodynamics.js'
import { files, readJson } from '../record/directory.js'
import { recorded } from '../record/recorded.js'
import { backendToResume, inspectDirectory, requireSameData } from '../record/resume.js'
import { type ObservedEnsemble, runEnsemble } from '../sampling/ensemble.js'
import { denoised, generationOf, networkScore } from '../sampling/generate.js'
import { reversedSimulation, simulationProtocol, stepWarnings } from '../sampling/simulation.js'
import type { Scenario } from '../scenario/schema.js'
import { createProblem, type Problem } from '../system/problem.js'
import { checkResumable, loadTrained, trainInto } from '../training/train-run.js'
import { writeArrays } from './arrays.js'
import { runObjective } from './objective-run.js'
import type { RunOptions } from './options.js'
import { present, type Results, resultsOf } from './results.js'

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
  const found = inspectDirectory(directory, options.resume ?? false, scenario)
  if (found === 'finished') return readJson(directory, files.results) as Results
  // Damage to the run that this one continues, or draws from, shows before anything is written.
  if (options.parametersFrom !== undefined) loadTrained(options.parametersFrom, problem)
  else if (found === 'unfinished') {
    requireSameData(directory, problem.data?.hash)
    checkResumable(directory, problem)
  }

  const data = problem.data === undefined ? null : { source: problem.data.source, hash: problem.data.hash }
  const { rule } = scenario.learning ?? { rule: null }
  const { integrator } = scenario.sampling
  const chosen = await openBackend(
    {
      threads: options.threads,
      backend: found === 'unfinished' ? backendToResume(directory, options.backend) : options.backend,
    },
    [
      { potential: problem.potential, rule: rule === 'least-squares' ? null : rule, integrator },
      { potential: problem.generation.potential, rule: null, integrator },
    ],
  )
  options.onNote?.(`backend ${chosen.backend.name}: ${chosen.backend.device} (${chosen.reason})`)
  return recorded(scenario, data, chosen, options, () => perform(problem, chosen.backend, options))
}

async function perform(problem: Problem, backend: Backend, options: RunOptions): Promise<Results> {
  const clock = stopwatch()
  const learned = await learn(problem, backend, options)
  const knots = learned?.knots ?? null
  const train = clock()
  const warnings = stepWarnings(problem)
  for (const warning of warnings) options.onNote?.(`warning: ${warning}`)
  const drawn = await draw(problem, knots, backend, options)
  const sample = clock()
  options.onProgress?.({ phase: 'measure', done: 0, total: 1 })
  const judged = besideOwnClass(problem)
  const { measurement, budget } = await compare(judged, drawn, options)
  const { observed, protocol, reverseWork } = drawn
  const freeEnergy = measureFreeEnergy(problem, observed.workAndHeat?.work ?? null, reverseWork)
  const exactScore = measurement?.exactScore?.raw ?? null
  const measured = { ...drawn, problem: judged, freeEnergy, roundoff: roundoff[backend.name], exactScore, knots }
  writeArrays(options.directory, problem, { ...drawn, measurement, knots })
  const findings = {
    metrics: {
      ...measurement?.metrics,
      ...present({ labelError: problem.data?.classes && labelError(problem, problem.data, knots!.at(-1)!) }),
    },
    checks: [...runChecks(measured), ...(learned?.agreement ?? [])],
    thermodynamics: thermodynamicMeans(problem, observed, protocol),
    identities: identities(problem, observed),
    ...present({
      freeEnergy,
      speedLimit: measureSpeedLimit(problem, observed, protocol),
      firstPassage: observed.firstPassage && firstPassageResults(problem, observed.firstPassage),
      timeAverages: measureTimeAverages(problem, observed),
      learning: learned?.summary,
      errorBudget: budget,
      warnings: warnings.length === 0 ? null : warnings,
    }),
  }
  return resultsOf(problem.scenario, backend.name, { train, sample, total: train + sample + clock() }, findings)
}

/** Parameters of the knots, trained here or taken from another run, and what their training tells; null without data. */
async function learn(problem: Problem, backend: Backend, options: RunOptions) {
  const { data } = problem
  const { directory, parametersFrom } = options
  if (data === undefined) return null
  if (parametersFrom !== undefined) return { knots: loadTrained(parametersFrom, problem), summary: null, agreement: [] }
  const trained = await trainInto(directory, problem, data, backend, options)
  return { ...trained, agreement: await ruleAgreement(problem, data, options) }
}

/** Trajectories of a run, those of its reversed protocol where it asks for them, and the samples that they end in. */
async function draw(problem: Problem, knots: readonly Float64Array[] | null, backend: Backend, options: RunOptions) {
  const protocol = knots === null ? simulationProtocol(problem) : generationOf(problem, knots)
  const observed = await runEnsemble(problem, protocol, backend, options)
  const reverse = problem.scenario.protocol?.bothWays === true ? reversedSimulation(problem, protocol) : null
  const reverseWork =
    reverse === null ? null : (await runEnsemble(reverse.problem, reverse.protocol, backend, options)).workAndHeat!.work
  const clean = knots === null ? observed.ensemble.final : cleaned(problem, knots, observed)
  return { protocol, observed, reverseWork, clean }
}

/** The samples beside their data, where there are any: the metrics, and what the error of each is made of. */
async function compare(
  problem: Problem,
  { observed, clean }: { observed: ObservedEnsemble; clean: PointSet },
  options: RunOptions,
) {
  const { scenario, data } = problem
  if (data === undefined) return { measurement: null, budget: null }
  const measurement = await measure(problem, data, clean, options)
  if (data.source !== 'gaussian-mixture' || !scenario.observe.includes('error-budget'))
    return { measurement, budget: null }
  const exact = measurement.exactScore!.raw
  const budget = await errorBudget(problem, data.mixture, exact, observed.ensemble.final, options)
  return { measurement, budget }
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
