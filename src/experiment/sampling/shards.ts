import type { Backend, Simulation } from '../../backend/backend.js'
import { type Hooks, refuseImprecise } from '../../backend/hooks.js'
import type { BackendName } from '../../backend/names.js'
import type { SimulationState } from '../../backend/resume.js'
import type { PrincipalBands } from '../../learning/evaluation/principal-bands.js'
import { createEnsemble, type Ensemble } from '../../physics/dynamics/ensemble.js'
import { type Collector, joinInto } from '../../physics/dynamics/join.js'
import { allJoined } from '../../physics/dynamics/observer.js'
import { type Span, shardsOf } from '../../physics/dynamics/span.js'
import { memoryOfExchange } from '../../physics/dynamics/work-and-heat.js'
import { type Protocol, type StepTimes, timedProtocol } from '../../physics/protocol/protocol.js'
import type { Executor, JobInput, JobKind } from '../executor/executor.js'
import { openForJob, threadsOfEach } from '../executor/share.js'
import { openStages, unkept } from '../record/stages.js'
import { withAbsolutePaths } from '../scenario/paths.js'
import type { Problem } from '../system/problem.js'
import { problemOfJob } from '../system/problem-of-job.js'
import { generationOf } from './generate.js'
import { observersOf } from './observers.js'
import { ensembleSimulation } from './trajectories.js'

/** How trajectories are driven, as plain data: by learned parameters, [K + 1][parameters], or by a scenario's schedules in these steps. */
type Driven = { readonly knots: readonly Float64Array[] } | { readonly times: StepTimes }

/** A shard of an ensemble, what computes it, and of which run its states are, where it keeps any. */
interface ShardInput extends JobInput {
  readonly span: Span
  readonly driven: Driven
  /** of the data that a learned network was trained on */
  readonly components: PrincipalBands | null
  readonly backend: BackendName
  /** it ends where the digits of its backend do not suffice */
  readonly endsImprecise: boolean
}

/** What was collected of a shard, in the order of `collectorsOf`; nothing of one that ended for want of digits. */
interface ShardOutput {
  readonly collected: readonly Omit<Collector, 'joins'>[]
  /** what was said of its precision */
  readonly told: readonly string[]
}

/** Trajectories [first, first + trajectories) of a scenario's ensemble. */
export const trajectories: JobKind<ShardInput, ShardOutput> = {
  name: 'trajectories',
  writes: 'states',
  async run(input, { onProgress, onNote, signal }) {
    const { scenario, seed, span, driven, components, endsImprecise, directory, of = '', interval } = input
    const problem = await problemOfJob(scenario, seed)
    const protocol = protocolOf(problem, driven)
    const { workAndHeat, observers } = observersOf(problem, protocol, components, span)
    const { simulation } = ensembleSimulation(problem, protocol, span)
    const measured = { ...simulation, workAndHeat, observers: present(observers) }
    const stages = directory === undefined ? unkept : openStages(directory, { of, interval, onNote })
    const told: string[] = []
    const ends = new Error('its digits do not suffice')
    const { backend } = await openForJob(input.backend, input.threads)
    try {
      const ensemble = await backend.simulate(measured, {
        signal,
        onProgress: (progress) => onProgress(progress.done / progress.total, progress),
        keeper: stages.keeper<SimulationState>('sample'),
        onImprecise(why) {
          told.push(why)
          if (endsImprecise) throw ends
        },
      })
      const collected = collectorsOf(measured, ensemble)
      return { told, collected: collected.map(({ trajectories, memory }) => ({ trajectories, memory: memory! })) }
    } catch (error) {
      if (error !== ends) throw error
      return { told, collected: [] }
    } finally {
      await backend.close()
    }
  },
}

function protocolOf(problem: Problem, driven: Driven): Protocol {
  if ('knots' in driven) return generationOf(problem, driven.knots)
  const { theta, scheduled, kT } = problem.given!
  return timedProtocol(theta, scheduled, driven.times, kT ?? undefined)
}

/** The observers that are there. */
export function present<Observers extends Readonly<Record<string, object | null>>>(observers: Observers) {
  return Object.values(observers).filter((observer) => observer !== null) as NonNullable<Observers[keyof Observers]>[]
}

/** All that is filled along a simulation: states, work and heat, and what its observers show. */
function collectorsOf(
  { trajectories, workAndHeat, observers }: Pick<Simulation, 'trajectories' | 'workAndHeat' | 'observers'>,
  { initial, final }: Ensemble,
): Collector[] {
  const memory = {
    ...{ initial: initial.points, final: final.points },
    ...(workAndHeat === null ? {} : memoryOfExchange(workAndHeat)),
  }
  return [{ trajectories, memory, joins: allJoined('rows', memory) }, ...observers]
}

/** How an ensemble is divided: its shards are jobs of an executor. */
export interface Division extends Required<Pick<JobInput, 'of'>> {
  readonly executor: Executor
  /** of this machine, for all jobs that are in hand at once; all there are when absent */
  readonly threads: number | undefined
  readonly knots: readonly Float64Array[] | null
  readonly components: PrincipalBands | null
  /** which of a run's ensembles it is, from 0: the jobs of each have places of their own */
  readonly ensemble: number
}

/** Whether an ensemble has several shards. */
export function isLarge({ scenario }: Pick<Problem, 'scenario'>): boolean {
  return shardsOf(scenario.sampling.trajectories).length > 1
}

/** Why a large ensemble can't be divided, as half a sentence; null where it can. */
export function whyWhole({ given }: Problem, { name }: Backend, isBrought: boolean): string | null {
  if (isBrought) return `nothing opens "${name}" elsewhere`
  if (name === 'gpu') return 'there is one graphics card'
  return given?.start.kind === 'drawn' ? 'it starts from a relaxation, whose states are held here' : null
}

/**
 * Runs a simulation shard by shard, as jobs of an executor, with the bits of `Backend.simulate`.
 *
 * @param simulation - of the whole ensemble, with what is to be filled
 * @param attempt - number of the attempt, from 0
 * @throws StoppedError when the signal stopped it; E_DIVERGED as the integrator does
 */
export async function simulateInShards(
  { scenario }: Problem,
  simulation: Simulation,
  backend: Pick<Backend, 'name'>,
  { executor, threads, knots, components, of, ensemble: which }: Division,
  attempt: { readonly number: number; readonly endsImprecise: boolean },
  { onProgress, onNote, onImprecise = refuseImprecise, signal }: Hooks,
): Promise<Ensemble> {
  const { protocol, potential } = simulation
  const shards = shardsOf(simulation.trajectories)
  const ensemble = createEnsemble(simulation.trajectories, potential.network.units)
  const whole = collectorsOf(simulation, ensemble)
  const { dt, clock, even } = protocol
  const driven: Driven = knots === null ? { times: { dt, clock, ...(even === undefined ? {} : { even }) } } : { knots }
  const jobs = shards.map((span, n) => ({
    ...{ scenario: withAbsolutePaths(scenario), seed: scenario.seed, span, driven, components, of },
    index: n + shards.length * (2 * which + attempt.number),
    backend: backend.name as BackendName,
    endsImprecise: attempt.endsImprecise,
    threads: threadsOfEach(executor, threads, shards.length),
  }))
  const shares = new Float64Array(shards.length)
  await executor.map(trajectories, jobs, {
    signal,
    onNote: (_, line) => onNote?.(line),
    onProgress(place, share) {
      shares[place] = share * shards[place]!.trajectories
      onProgress?.({
        phase: 'sample',
        done: shares.reduce((sum, done) => sum + done, 0),
        total: simulation.trajectories,
      })
    },
    onResult(place, { collected, told }) {
      for (const why of told) onImprecise(why)
      collected.forEach((part, n) => {
        joinInto(whole[n]!, part, shards[place]!)
      })
    },
  })
  return ensemble
}
