import type { Backend, Demand } from '../../backend/backend.js'
import { together } from '../../backend/hooks.js'
import { openBackend } from '../../backend/node/open.js'
import { noiseWidth } from '../../physics/protocol/noising.js'
import { requireApplicable } from '../checks/applicable.js'
import { runChecks } from '../checks/checks.js'
import { ruleAgreement } from '../checks/rule-agreement.js'
import { callingThread } from '../executor/executor.js'
import { mnistPackage } from '../files/mnist.js'
import { stepsInWords } from '../files/steps.js'
import { tableInWords } from '../files/table.js'
import { besideData, besideOwnClass, componentsOf, readLabels } from '../measurement/beside-data.js'
import { measureBill } from '../measurement/bill.js'
import { currentWarnings, measureCurrents } from '../measurement/currents.js'
import { firstPassageResults } from '../measurement/first-passage.js'
import { measureFreeEnergy } from '../measurement/free-energy.js'
import { observableFigures, observableWarnings } from '../measurement/observables.js'
import {
  identities,
  measureSpeedLimit,
  measureTimeAverages,
  thermodynamicMeans,
} from '../measurement/thermodynamics.js'
import { hasJobs, keptIn, requireWholeJobs } from '../record/kept-jobs.js'
import { type Manifest, scenarioHash } from '../record/manifest.js'
import { isByHand } from '../record/parameters-from.js'
import { type RunOptions, recorded } from '../record/recorded.js'
import {
  backendToResume,
  inRunDirectory,
  requireSameData,
  requireSameInputs,
  type Unfinished,
} from '../record/resume.js'
import { requireWholeStates, type Stages } from '../record/stages.js'
import { onDevice } from '../sampling/device.js'
import { energyScale } from '../sampling/energy-scale.js'
import type { ObservedEnsemble } from '../sampling/ensemble.js'
import { generationOf } from '../sampling/generate.js'
import { relaxationNotes, relaxed } from '../sampling/relax.js'
import { simulationProtocol, stepWarnings } from '../sampling/simulation.js'
import { type ChosenProtocol, stepsOf, stepsWarnings } from '../sampling/steps.js'
import { withAbsolutePaths } from '../scenario/paths.js'
import { inPlace } from '../scenario/places.js'
import type { Scenario } from '../scenario/schema.js'
import { createProblem, type LearningData, type Problem } from '../system/problem.js'
import { learnsImperfectly } from '../training/task.js'
import { loadTrained, trainInto } from '../training/train-run.js'
import { dataWarnings } from '../training/warnings.js'
import { writeArrays } from './arrays.js'
import { draw } from './draw.js'
import { runObjective } from './objective-run.js'
import { present, type RelaxationsOfRun, type Results, resultsOf } from './results.js'

/**
 * Runs a scenario: train or take given parameters, simulate, measure, check; writes the run directory (all but
 * report.html, which viz/ makes from it). `await run(await loadScenario('my.yaml'), { directory: 'runs/my' })`
 *
 * @returns the contents of results.json
 * @throws OverdampedError for anything a user can mend; StoppedError when `signal` stopped it, with a checkpoint written
 *
 * Cost: training O(slices·iterations·batch·edges), sampling O(steps·trajectories·edges).
 */
export async function run(scenario: Scenario, options: RunOptions): Promise<Results> {
  try {
    return await inDirectory(scenario, options)
  } catch (error) {
    throw inPlace(scenario, error)
  }
}

async function inDirectory(scenario: Scenario, options: RunOptions): Promise<Results> {
  if (scenario.objective !== undefined) return runObjective(scenario, options)
  const { directory } = options
  const problem = createProblem(scenario)
  requireApplicable(problem)
  const resume = options.resume ?? false
  return inRunDirectory(directory, resume, scenario, (found) => begin(problem, scenario, found, options), options)
}

/** Runs in a directory that this process owns; `found` is what is there. */
async function begin(problem: Problem, asked: Scenario, found: Unfinished, options: RunOptions): Promise<Results> {
  const { directory } = options
  const { scenario } = problem
  // Damage to the run that this one continues, or draws from, shows before anything is written.
  const parent = parentOf(options)
  // A mixture is drawn anew with the seed of these samples.
  if (parent !== null && problem.data?.source !== 'gaussian-mixture')
    requireSameData(parent, problem.data?.hash, 'train anew on those there are')
  if (parent === null && found === 'unfinished') requireSameData(directory, problem.data?.hash)
  if (options.parametersFrom !== undefined) {
    loadTrained(options.parametersFrom, problem)
    if (isByHand(options.parametersFrom)) options.onNote?.(`parameters given by hand: ${options.parametersFrom}`)
  }
  if (found === 'unfinished') {
    requireSameInputs(directory, scenario, options.parametersFrom)
    requireWholeStates(directory, scenarioHash(withAbsolutePaths(scenario)))
    requireWholeJobs(directory)
  }

  const data = problem.data === undefined ? null : recordOf(problem.data)
  const { rule } = scenario.learning ?? { rule: null }
  const { integrator } = scenario.sampling
  const { threads, onNote } = options
  const { backend, ...among } =
    found === 'unfinished' ? backendToResume(directory, options.backend) : { backend: options.backend }
  const chosen = await openBackend(
    { threads, backend },
    [
      {
        potential: problem.potential,
        rule: rule === 'least-squares' ? null : rule,
        integrator,
        imperfect: rule !== 'least-squares' && options.parametersFrom === undefined && learnsImperfectly(problem),
        ...dataOf(problem),
      },
      { potential: problem.generation.potential, rule: null, integrator },
    ],
    { onNote, ...among },
  )
  onNote?.(`backend ${chosen.backend.name}: ${chosen.backend.device} (${chosen.reason})`)
  if (problem.data?.source === 'array') options.onNote?.(`data: ${tableInWords(problem.data.table)}`)
  const kept = keepingJobs(options)
  return recorded(scenario, data, chosen, options, (stages) => perform(problem, chosen.backend, stages, kept), asked)
}

/** Jobs of a run keep what they put out in its directory; and where any is kept, none is computed again. */
function keepingJobs(options: RunOptions): RunOptions {
  const { directory, backend, checkpointInterval: interval } = options
  const executor = options.executor ?? (hasJobs(directory) ? callingThread : undefined)
  if (executor === undefined || typeof backend === 'object') return options
  return { ...options, executor: keptIn(executor, directory, interval) }
}

/** The run that samples are drawn from; null where it learns itself, or its parameters are given in a file and it is of no run. */
function parentOf({ parametersFrom, provenance }: RunOptions): string | null {
  if (parametersFrom === undefined) return null
  return isByHand(parametersFrom) ? (provenance?.parentRun ?? null) : parametersFrom
}

/** The data, and the largest coordinate among them in widths of the least noise. */
function dataOf({ data, noising }: Problem): Pick<Demand, 'reach' | 'data'> {
  if (data === undefined) return {}
  const { train } = data
  const width = noiseWidth(noising, noising.knots.at(-1)!)
  return { reach: train.points.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / width, data: { train, width } }
}

/** What the manifest says of data. */
function recordOf(data: LearningData): Manifest['data'] {
  const { source, hash } = data
  const read = source === 'mnist' ? { package: mnistPackage } : data.source === 'array' ? data.table : {}
  return { source, hash, ...read }
}

async function perform(planned: Problem, backend: Backend, stages: Stages, given: RunOptions): Promise<Results> {
  const warnings: string[] = []
  const warn = (text: string) => {
    warnings.push(text)
    given.onNote?.(`warning: ${text}`)
  }
  const options: RunOptions = { ...given, onImprecise: warn }
  const clock = stopwatch()
  const learned = await learn(planned, backend, stages, options, warn)
  const knots = learned && onDevice(planned, learned.knots)
  const train = clock()
  const { problem, relaxation } = await relaxed(planned, backend, { ...options, keeper: stages.keeper('relax') })
  const judged = besideOwnClass(problem)
  const components = componentsOf(judged)
  const protocol = stepped(problem, knots, options, warn)
  const drawn = await draw(problem, knots, protocol, components, backend, stages, options)
  const sample = clock()
  options.onProgress?.({ phase: 'measure', done: 0, total: 1 })
  const { observed, reverseWork } = drawn
  for (const text of [...observableWarnings(observed.observables), ...currentWarnings(problem, observed, protocol)])
    warn(text)
  const relaxations = present({ forward: relaxation, reverse: drawn.relaxation })
  const refused = refusedFreeEnergy(relaxations)
  if (refused !== null) warn(refused)
  const notes = [...(relaxation === null ? [] : relaxationNotes(relaxation)), ...observed.notes, ...unitNotes(problem)]
  // At once, since metrics of many digits go on in a thread of their own.
  const [{ measurement, restored, ...diagnosed }, labelError, energies] = await together([
    besideData(judged, knots, components, drawn, backend, options),
    readLabels(problem, knots, backend),
    observed.workAndHeat === null || problem.scenario.checks.length === 0
      ? Number.NaN
      : energyScale(problem, protocol, options),
  ])
  const freeEnergy =
    refused === null ? measureFreeEnergy(problem, observed.workAndHeat?.work ?? null, reverseWork) : null
  const exactScore = measurement?.exactScore?.raw ?? null
  const measured = {
    ...drawn,
    ...{ problem: judged, protocol, freeEnergy, exactScore, knots },
    roundoff: observed.roundoff,
    energyScale: energies,
  }
  writeArrays(options.directory, problem, { ...drawn, protocol, measurement, restored, knots, backend })
  const findings = {
    metrics: { ...measurement?.metrics, ...restored?.metrics, ...present({ labelError }) },
    checks: [...runChecks(measured), ...(learned?.agreement ?? [])],
    ...alongTheWay(problem, observed, protocol, knots),
    ...present({
      classShares: measurement?.classShares,
      freeEnergy,
      relaxation: relaxation && relaxations,
      learning: learned?.summary,
      ...diagnosed,
      notes: notes.length === 0 ? null : notes,
      warnings: warnings.length === 0 ? null : warnings,
    }),
  }
  return resultsOf(problem.scenario, observed.backend, { train, sample, total: train + sample + clock() }, findings)
}

/** What the trajectories tell by themselves. */
function alongTheWay(
  problem: Problem,
  observed: ObservedEnsemble,
  protocol: ChosenProtocol,
  knots: readonly Float64Array[] | null,
) {
  return {
    thermodynamics: thermodynamicMeans(problem, observed, protocol),
    identities: identities(problem, observed),
    steps: stepsOf(protocol),
    ...present({
      speedLimit: measureSpeedLimit(problem, observed, protocol),
      bill: measureBill(problem, observed, protocol, knots),
      firstPassage: observed.firstPassage && firstPassageResults(problem, observed.firstPassage),
      timeAverages: measureTimeAverages(problem, observed),
      currents: measureCurrents(problem, observed),
      observables: observed.observables.length === 0 ? null : observableFigures(observed.observables),
    }),
  }
}

/** Parameters of the knots, trained here or taken from another run, and what their training tells; null without data. */
async function learn(
  problem: Problem,
  backend: Backend,
  stages: Stages,
  options: RunOptions,
  warn: (text: string) => void,
) {
  const { data } = problem
  const { directory, parametersFrom } = options
  if (data === undefined) return null
  if (parametersFrom !== undefined) return { knots: loadTrained(parametersFrom, problem), summary: null, agreement: [] }
  for (const text of dataWarnings(problem, data)) warn(text)
  // A backend of the caller's own can't go to where jobs are carried out.
  const hooks = typeof options.backend === 'object' ? { ...options, executor: undefined } : options
  const trained = await trainInto(directory, problem, data, backend, stages, hooks)
  for (const text of trained.warnings) warn(text)
  return { ...trained, agreement: await ruleAgreement(problem, data, options) }
}

/** The protocol that is run, its steps told, and what they miss or why they are many. */
function stepped(
  problem: Problem,
  knots: readonly Float64Array[] | null,
  { onNote }: RunOptions,
  warn: (text: string) => void,
): ChosenProtocol {
  for (const text of stepWarnings(problem)) warn(text)
  const protocol = knots === null ? simulationProtocol(problem) : generationOf(problem, knots)
  onNote?.(stepsInWords(stepsOf(protocol)))
  for (const text of stepsWarnings(protocol)) warn(text)
  return protocol
}

/** Why no free energy is had, where a relaxation did not end in equilibrium. */
function refusedFreeEnergy({ forward, reverse }: RelaxationsOfRun): string | null {
  if (forward?.refused != null) return forward.refused
  return reverse?.refused == null ? null : `the reversed protocol: ${reverse.refused}`
}

/** In which units what is where, of data that were learned standardised. */
function unitNotes({ data }: Problem): string[] {
  if (data?.source !== 'array' || data.scaling === null) return []
  return [
    'the data were standardised: arrays of states are in their own units again, metrics and forces in deviations of each column',
  ]
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
