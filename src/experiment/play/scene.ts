import { invalidValue, type OverdampedError } from '../../errors.js'
import { trainedDrive } from '../../learning/rules/rules.js'
import { hiddenMoves } from '../../physics/network/hidden-kind.js'
import type { Origin } from '../../play/record.js'
import { textOf } from '../../play/scenes/numbers.js'
import type {
  ContrastRecord,
  LearningRecord,
  ProtocolRecord,
  SceneRecord,
  SceneSystem,
  SimulationRecord,
} from '../../play/scenes/record.js'
import { simulationProtocol } from '../sampling/simulation.js'
import { bathOf, unitBathsOf } from '../scenario/bath.js'
import type { Scenario } from '../scenario/schema.js'
import { createProblem, type Problem } from '../system/problem.js'
import type { Start } from '../system/start.js'
import { termsOf } from '../system/terms.js'

/** Trajectories that a page moves: of a single unit, and of networks. */
const most = { alone: 1000, networks: 64, walkers: 4000 } as const
/** Numbers of a protocol that a page carries: some 16 MB of text. */
const mostNumbers = 1_500_000

/** What there are scenes of, in words. */
const scenes =
  'Scenes are of plain simulations (protocol) without hidden, label or active units; of gaussian-mixture data in two units that a rule learns; and of ' +
  'objective.kind contrastive-divergence or jarzynski on two wells (potential.features.wells) in one unit. A trained network is played from the directory of its run'

/**
 * The record of a scenario that nothing has run: a plain simulation, learning in the plane, or wells whose weights are learned.
 *
 * @throws E_INVALID_VALUE where there is no scene of it, naming the key that decides it; and what `createProblem` does
 */
export function sceneOf(scenario: Scenario, origin: Origin): SceneRecord {
  const { objective, protocol, data, network, bath } = scenario
  if (objective !== undefined) return contrastOf(scenario, systemOf(scenario, origin))
  if (protocol === undefined && data?.source !== 'gaussian-mixture')
    throw noScene(`what learns from ${data?.source ?? 'nothing'} takes longer than a page can wait`, 'data.source')
  if (network.hidden !== undefined && (protocol !== undefined || hiddenMoves(network.hidden)))
    throw noScene('hidden units that move have no place in a scene', 'network.hidden')
  if (network.label !== undefined) throw noScene('label units have nothing to say in a scene', 'network.label')
  if (bath.active !== undefined) throw noScene('active units have no place in a scene', 'bath.active')
  const system = systemOf(scenario, origin)
  return protocol === undefined ? learningOf(scenario, system) : simulationOf(scenario, system)
}

function noScene(why: string, where: string): OverdampedError {
  return invalidValue(`${why}. ${scenes}.`, where)
}

function systemOf(scenario: Scenario, origin: Origin): SceneSystem {
  const { network, bath, seed } = scenario
  const { title, about, command, version } = origin
  return {
    ...{ title, about, command, version, seed },
    network: { ...network, baths: unitBathsOf(bath) },
    potential: termsOf(scenario),
    bath: bathOf(bath),
  }
}

function simulationOf(scenario: Scenario, system: SceneSystem): SimulationRecord {
  const problem = createProblem(scenario)
  const { units } = problem.potential.network
  const { sampling, firstPassage } = scenario
  return {
    ...system,
    kind: 'simulation',
    start: startOf(problem.given!.start),
    protocol: protocolOf(problem),
    integrator: sampling.integrator,
    trajectories: Math.min(sampling.trajectories, units === 1 ? most.alone : most.networks),
    passage: firstPassage ?? null,
  }
}

function startOf(start: Start): SimulationRecord['start'] {
  if (start.kind === 'independent') return start
  if (start.kind === 'uncoupled' || start.kind === 'correlated') return { kind: 'equilibrium' }
  throw noScene('a start that is relaxed or summed over beforehand is not known to a page', 'initial.kind')
}

/** A protocol's numbers at every step of the run. @throws E_INVALID_VALUE where these are too many */
function protocolOf(problem: Problem): ProtocolRecord {
  const { theta, scheduled, kT } = problem.given!
  const { dt, clock, ...protocol } = simulationProtocol(problem)
  const isEven = dt.every((h) => h === dt[0])
  const columns = new Map<string, Float64Array>()
  const moving = scheduled.map(({ parameter, value }) => {
    const column = clock.map(value)
    const text = textOf(column)
    if (!columns.has(text)) columns.set(text, column)
    return { parameter, column: [...columns.keys()].indexOf(text) }
  })
  const numbers = columns.size * clock.length + (isEven ? 0 : dt.length) + (kT === null ? 0 : dt.length)
  if (numbers > mostNumbers)
    throw invalidValue(
      `${dt.length} steps of ${columns.size} schedules are ${numbers} numbers, and a page carries ${mostNumbers}. Raise protocol.dt or shorten protocol.duration.`,
      'protocol',
    )
  return {
    theta: textOf(theta),
    steps: dt.length,
    dt: isEven ? dt[0]! : textOf(dt),
    moving,
    table: textOf(rowsOfColumns([...columns.values()], clock.length)),
    kT: protocol.kT === undefined ? null : textOf(protocol.kT),
  }
}

/** [times, columns] */
function rowsOfColumns(columns: readonly Float64Array[], times: number): Float64Array {
  const { length } = columns
  return Float64Array.from({ length: length * times }, (_, n) => columns[n % length]![Math.floor(n / length)]!)
}

function learningOf(scenario: Scenario, system: SceneSystem): LearningRecord {
  const { data, learning, sampling, noising } = scenario
  if (data?.source !== 'gaussian-mixture' || learning === undefined) throw new Error('it learns a mixture')
  if (data.means[0]!.length !== 2)
    throw noScene(`a landscape is drawn in the plane, and the data have ${data.means[0]!.length} units`, 'data.means')
  if (learning.centre === true)
    throw noScene('displacements from a mean have no landscape of their own', 'learning.centre')
  if (learning.refine !== undefined)
    throw noScene('passes over all knots at once have nothing to show', 'learning.refine')
  const drive = trainedDrive(learning.rule, sampling.drive)
  if (drive !== sampling.drive)
    throw noScene('what is learned quasi-statically and generates in reverse has two landscapes', 'sampling.drive')
  const { means, width, weights, samples } = data
  return {
    ...system,
    kind: 'learning',
    mixture: { means, width, weights },
    samples,
    noising,
    drive,
    // The oracle would solve each knot a second time, and nobody look at it.
    learning: { ...learning, oracle: false },
    generation: sampling,
  }
}

function contrastOf(scenario: Scenario, system: SceneSystem): ContrastRecord {
  const { objective, data, potential, network } = scenario
  if (objective?.kind !== 'contrastive-divergence' && objective?.kind !== 'jarzynski')
    throw noScene(`there is none of the objective ${objective!.kind}`, 'objective.kind')
  const wells = potential.features?.wells
  const isAlone = network.visible.units === 1 && potential.onsite.length === 0 && wells !== undefined
  if (!isAlone || data?.source !== 'gaussian-mixture')
    throw noScene('the laws of this model are not drawn on one line', 'potential.features')
  if (objective.optimizer.kind !== 'sgd') throw noScene('arms are compared by plain steps', 'objective.optimizer.kind')
  if (Object.keys(objective.start).length > 0 || objective.frozen.length > 0)
    throw noScene('the arms begin at equal weights and learn all of them', 'objective.start')
  if (objective.kind === 'contrastive-divergence' && objective.kernel !== 'langevin')
    throw noScene('chains are moved by langevin there', 'objective.kernel')
  const { means, width, weights, samples } = data
  const { iterations, optimizer, batch, walkers } = objective
  const isWeighted = objective.kind === 'jarzynski'
  return {
    ...system,
    kind: 'contrast',
    mixture: { means, width, weights },
    ...{ samples, iterations, batch },
    rate: optimizer.rate,
    step: isWeighted ? objective.step[0]! : objective.step,
    steps: isWeighted ? defaultChain.steps : objective.steps,
    walkers: Math.min(walkers, most.walkers),
    resampling: isWeighted ? objective.resampling : defaultChain.resampling,
  }
}

/** What the arms have that a scenario does not say, because it is of another. */
const defaultChain = { steps: 5, resampling: 0.5 } as const
