import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import ndarray from 'ndarray'
import type { Demand } from '../../backend/backend.js'
import { type BackendName, openBackend, requireThreads } from '../../backend/node/open.js'
import { energySizes } from '../../backend/rounding.js'
import { OverdampedError } from '../../errors.js'
import { defaultIntegrator } from '../../physics/dynamics/integrators.js'
import { type PointSet, rowsOf, type States, sliceStates, thinned } from '../../physics/network/states.js'
import { hasStates } from '../../physics/network/unit-states.js'
import type { Executor } from '../executor/executor.js'
import { openExecutor } from '../executor/open.js'
import { threadsOfEach } from '../executor/share.js'
import { writeAtomic } from '../files/atomic.js'
import { compact } from '../files/dtype.js'
import { encodeNpy } from '../files/npy.js'
import { encodeNpz } from '../files/npz.js'
import { files, runDirectoryError } from '../record/directory.js'
import { identityOf } from '../record/inputs.js'
import { keptIn, requireWholeJobs } from '../record/kept-jobs.js'
import { writeMetrics } from '../record/metrics.js'
import { type RunOptions, recorded } from '../record/recorded.js'
import { backendToResume, inRunDirectory, requireSameData, type Unfinished } from '../record/resume.js'
import type { Scenario } from '../scenario/schema.js'
import { dataColumns } from '../study/columns.js'
import { drawData, hashOf, type StudyProblem } from '../study/problem.js'
import { repeatStudy, type Study } from '../study/repeat.js'
import { prepareStudy, takesBackend } from '../study/studies.js'
import { mostShown } from './arrays.js'
import { present, type Results, resultsOf } from './results.js'

/**
 * Runs a scenario with an objective: its study, then the same run directory as other runs (without trajectories and
 * parameters, with objective.npz for the densities). An unfinished run goes on: repetitions and arms that are done are not run again, and
 * what takes long within an arm goes on where it was kept.
 *
 * @throws E_BACKEND when a backend is asked for that can't compute it; StoppedError when `signal` stopped it
 */
export async function runObjective(scenario: Scenario, options: RunOptions): Promise<Results> {
  const { directory, resume = false, backend, parametersFrom } = options
  const problem = prepareStudy(scenario)
  if (typeof backend === 'object')
    throw new OverdampedError(
      'E_BACKEND',
      `an objective opens a backend for each of its seeds; "${backend.name}" is one that is open already. Name one, or leave it away.`,
      'objective',
    )
  if (parametersFrom !== undefined)
    throw runDirectoryError(
      parametersFrom,
      'it is the run of an objective, which draws its samples itself. Run the scenario again with more samples.',
    )
  return inRunDirectory(directory, resume, scenario, (found) => beginStudy(problem, found, options), options)
}

/** On the executor that is given, or on as many threads as there are seeds for. */
async function beginStudy(problem: StudyProblem, found: Unfinished, options: RunOptions): Promise<Results> {
  const { threads = availableParallelism(), executor: given } = options
  const executor = given ?? openExecutor(Math.min(threads, problem.seeds.length))
  try {
    return await studyOn(executor, problem, found, options)
  } finally {
    if (given === undefined) await executor.close()
  }
}

async function studyOn(
  executor: Executor,
  problem: StudyProblem,
  found: Unfinished,
  options: RunOptions,
): Promise<Results> {
  const { directory, checkpointInterval: interval, onProgress } = options
  const { scenario, seeds } = problem
  const states = scenario.data === undefined ? null : drawData(problem, seeds[0]!)
  const data = states === null ? null : { source: scenario.data!.source, hash: hashOf(states) }
  // Damage to what it goes on from shows before anything is written.
  if (found === 'unfinished') {
    requireSameData(directory, data?.hash)
    requireWholeJobs(directory)
  }
  const { chosen, on } = await choose(problem, states, found, executor, options)
  options.onNote?.(`backend ${on.backend}: ${chosen.backend.device} (${chosen.reason})`)
  const begun = performance.now()
  return recorded(scenario, data, chosen, options, async () => {
    const kept = keptIn(executor, directory, interval)
    const told = (share: number) => onProgress?.({ phase: 'train', done: share, total: 1 })
    const { study, lines } = await repeatStudy(
      problem,
      kept,
      { ...on, of: identityOf(scenario, data?.hash) },
      told,
      options,
    )
    writeMetrics(directory, lines)
    for (const warning of study.warnings) options.onNote?.(`warning: ${warning}`)
    writeStudyArrays(directory, problem, study)
    const total = (performance.now() - begun) / 1000
    const { arms, metrics, checks, thermodynamics, warnings } = study
    const objective = { kind: scenario.objective!.kind, arms, ...present({ columns: dataColumns(problem) }) }
    const findings = { metrics, checks, thermodynamics, identities: [], objective, warnings }
    return resultsOf(scenario, on.backend, { train: total, sample: 0, total }, findings)
  })
}

/** Of the data, how many states tell how large energies are. */
const looked = 8

/**
 * The backend of all repetitions, each of which opens its own with a share of the threads. Kinds that ask none for what is much work are
 * left to the reference.
 *
 * @throws E_BACKEND for a named backend that can't compute them
 */
async function choose(
  problem: StudyProblem,
  states: States | null,
  found: Unfinished,
  executor: Executor,
  { directory, backend: wanted = 'auto', threads: given }: RunOptions,
) {
  const { backend: asked, ...among } = found === 'unfinished' ? backendToResume(directory, wanted) : { backend: wanted }
  const { potential, bath, start, seeds, settings, scenario } = problem
  const all = given ?? availableParallelism()
  requireThreads(all)
  const own = threadsOfEach(executor, all, seeds.length)
  const takes = takesBackend(problem)
  const missing = `${settings.kind} has no kernels`
  // Data of a part of the units have no energy; what has no kernels is not asked for one.
  const trained = scenario.learning !== undefined
  const isWhole = states !== null && states.x.length === potential.network.units * states.batch
  const few = !isWhole || !takes || trained ? null : sliceStates(states, 0, Math.min(looked, states.batch))
  const energies = few === null ? 0 : Math.hypot(...energySizes(potential, start, few)) / bath.kT
  const { rule = null } = scenario.learning ?? {}
  const demand: Demand = trained
    ? { potential, rule: rule === 'least-squares' ? null : rule, integrator: scenario.sampling.integrator }
    : { potential, rule: null, integrator: defaultIntegrator, objective: { energies } }
  if (!takes && asked !== 'auto' && asked !== 'reference')
    throw new OverdampedError('E_BACKEND', `${missing}. Use --backend auto or reference.`, `--backend ${String(asked)}`)
  const request = { backend: takes ? asked : 'reference', threads: own ?? all } as const
  const { backend, reason } = await openBackend(request, [demand], takes ? among : {})
  const device = `${backend.device} a seed`
  return {
    chosen: { backend: { ...backend, device }, reason: takes ? reason : missing },
    on: { backend: backend.name as BackendName, threads: own },
  }
}

/**
 * samples.npy; comparison.npz with held-out data beside samples of units with states; objective.npz with a grid and a density for each
 * that the report draws, and images; and curves.npz with its other curves.
 */
function writeStudyArrays(directory: string, problem: StudyProblem, study: Study): void {
  const { samples, densities, curves = [], images = [] } = study
  const table = ({ points, count, units }: PointSet) => ndarray(compact(points, units), [count, units])
  const { network } = problem.potential
  if (samples !== null) writeAtomic(join(directory, files.samples), encodeNpy(table(rowsOf(samples))))
  if (samples !== null && hasStates(network)) {
    const most = network.lattice === null ? mostShown.point : mostShown.image
    const heldOut = table(thinned(rowsOf(drawData(problem, problem.seeds[0]!, 1)), most))
    writeAtomic(join(directory, files.comparison), encodeNpz({ heldOut }))
  }
  if (curves.length > 0) {
    const arrays = curves.flatMap(({ chart, name, x, y }) => [
      [`${chart}/${name}/x`, ndarray(x, [x.length])] as const,
      [`${chart}/${name}/y`, ndarray(y, [y.length])] as const,
    ])
    writeAtomic(join(directory, files.curves), encodeNpz(Object.fromEntries(arrays)))
  }
  if (densities.length + images.length === 0) return
  const arrays = densities.flatMap(({ name, units, x, density }) => [
    [`${name}/x`, ndarray(x, [x.length])] as const,
    [`${name}/density`, ndarray(density, units === 1 ? [x.length] : [x.length, x.length])] as const,
  ])
  const sheets = images.map(
    ({ name, images: { points, count, units } }) =>
      [`${name}/images`, ndarray(compact(points, units), [count, units])] as const,
  )
  writeAtomic(join(directory, files.objective), encodeNpz(Object.fromEntries([...arrays, ...sheets])))
}
