import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import ndarray from 'ndarray'
import { nameOf } from '../../backend/backend.js'
import { openBackend } from '../../backend/node/open.js'
import { OverdampedError } from '../../errors.js'
import { rowsOf } from '../../physics/network/states.js'
import { openExecutor } from '../executor/open.js'
import { writeAtomic } from '../files/atomic.js'
import { compact } from '../files/dtype.js'
import { encodeNpy } from '../files/npy.js'
import { encodeNpz } from '../files/npz.js'
import { files, runDirectoryError } from '../record/directory.js'
import { writeMetrics } from '../record/metrics.js'
import { type RunOptions, recorded } from '../record/recorded.js'
import { inRunDirectory } from '../record/resume.js'
import type { Scenario } from '../scenario/schema.js'
import { dataHash, type StudyProblem } from '../study/problem.js'
import { repeatStudy, type Study } from '../study/repeat.js'
import { prepareStudy } from '../study/studies.js'
import { type Results, resultsOf } from './results.js'

/**
 * Runs a scenario with an objective: its study, then the same run directory as other runs (without trajectories and
 * parameters, with objective.npz for the densities). An unfinished run starts again: a study takes a minute or two.
 *
 * @throws E_BACKEND when a backend other than the reference is asked for; StoppedError when `signal` stopped it
 */
export async function runObjective(scenario: Scenario, options: RunOptions): Promise<Results> {
  const { directory, resume = false, backend = 'auto', parametersFrom } = options
  const problem = prepareStudy(scenario)
  if (backend !== 'auto' && backend !== 'reference')
    throw new OverdampedError(
      'E_BACKEND',
      `objectives run on the reference backend, got ${nameOf(backend)}. Leave --backend away.`,
      'objective',
    )
  if (parametersFrom !== undefined)
    throw runDirectoryError(
      parametersFrom,
      'it is the run of an objective, which draws its samples itself. Run the scenario again with more samples.',
    )
  return inRunDirectory(directory, resume, scenario, () => beginStudy(problem, options))
}

async function beginStudy(problem: StudyProblem, options: RunOptions): Promise<Results> {
  const { directory } = options
  const { scenario } = problem
  const { backend: reference } = await openBackend({ backend: 'reference', threads: options.threads }, [])
  const device = 'float64, 1 thread a seed'
  const chosen = { backend: { ...reference, device }, reason: 'objectives run on it' }
  const hash = dataHash(problem)
  const data = hash === null ? null : { source: scenario.data!.source, hash }
  const begun = performance.now()
  return recorded(scenario, data, chosen, options, async () => {
    const { study, lines } = await repeated(problem, options)
    writeMetrics(directory, lines)
    for (const warning of study.warnings) options.onNote?.(`warning: ${warning}`)
    writeStudyArrays(directory, study)
    const total = (performance.now() - begun) / 1000
    const { arms, metrics, checks, thermodynamics, warnings } = study
    const objective = { kind: scenario.objective!.kind, arms }
    const findings = { metrics, checks, thermodynamics, identities: [], objective, warnings }
    return resultsOf(scenario, 'reference', { train: total, sample: 0, total }, findings)
  })
}

/** The study at all its seeds, on the executor that is given, or on as many threads as there are seeds for. */
async function repeated(problem: StudyProblem, options: RunOptions) {
  const { executor: given, threads = availableParallelism(), onProgress, signal } = options
  const executor = given ?? openExecutor(Math.min(threads, problem.seeds.length))
  const told = (share: number) => onProgress?.({ phase: 'train', done: share, total: 1 })
  try {
    return await repeatStudy(problem, executor, told, signal)
  } finally {
    if (given === undefined) await executor.close()
  }
}

/** samples.npy, and objective.npz with a grid and a density for each that the report draws. */
function writeStudyArrays(directory: string, { samples, densities }: Study): void {
  if (samples !== null) {
    const { points, count, units } = rowsOf(samples)
    writeAtomic(join(directory, files.samples), encodeNpy(ndarray(compact(points, units), [count, units])))
  }
  if (densities.length === 0) return
  const arrays = densities.flatMap(({ name, units, x, density }) => [
    [`${name}/x`, ndarray(x, [x.length])] as const,
    [`${name}/density`, ndarray(density, units === 1 ? [x.length] : [x.length, x.length])] as const,
  ])
  writeAtomic(join(directory, files.objective), encodeNpz(Object.fromEntries(arrays)))
}
