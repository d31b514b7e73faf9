import { invalidValue } from '../../errors.js'
import { type BandVariances, observeBandVariances } from '../../learning/evaluation/band-variances.js'
import type { PrincipalBands } from '../../learning/evaluation/principal-bands.js'
import { amongFirst, type Span } from '../../physics/dynamics/span.js'
import { createWorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { evenRows } from '../../physics/network/states.js'
import { isPlane } from '../../physics/network/unit-states.js'
import { observeEnsemble } from '../../physics/observe/ensemble-curves.js'
import { observeFirstPassage } from '../../physics/observe/first-passage.js'
import { type KnotStates, observeKnots } from '../../physics/observe/knots.js'
import { observeFormulas } from '../../physics/observe/observables.js'
import { recordedTimes, thinnedTimes } from '../../physics/observe/recorded-steps.js'
import { fewestFrames } from '../../physics/observe/time-averages.js'
import { observeTrajectories } from '../../physics/observe/trajectories.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { Scenario } from '../scenario/schema.js'
import { statesAtKnot } from '../system/clock.js'
import type { Problem } from '../system/problem.js'
import { pointStart } from '../system/start.js'
import { hiddenHeatOf } from './hidden-heat.js'
import { curveTimes, observablesOf, timesOf } from './observables.js'

/** Whether work and heat are measured. */
export function measuresEnergies({ observe }: Pick<Scenario, 'observe'>): boolean {
  return observe.includes('work') || observe.includes('heat') || observe.includes('entropy-production')
}

/** Multiply-adds that the variances at all knots may take, half a second, and the fewest trajectories that tell something. */
const bandProducts = 1e9

const fewestInBands = 200

/** Looks at the variances along components at the knots of generation; null without components, or for a single trajectory. */
function bandVariancesOf(
  { noising }: Problem,
  { clock }: Protocol,
  components: PrincipalBands | null,
  span: Span,
): BandVariances | null {
  if (components === null || span.of < 2) return null
  const affordable = Math.floor(bandProducts / (noising.knots.length * components.units ** 2))
  return observeBandVariances(components, noising, clock, amongFirst(span, Math.max(fewestInBands, affordable)))
}

/** States at the knots of generation, of which the bill is made (see measureBill); null without a trained network, or entropy production. */
function knotStatesOf(
  problem: Problem,
  { clock }: Protocol,
  components: PrincipalBands | null,
  span: Span,
): KnotStates | null {
  const { scenario, noising, generation } = problem
  if (components === null || !scenario.observe.includes('entropy-production')) return null
  const { trajectories } = amongFirst(span, statesAtKnot(problem))
  return observeKnots(noising.knots, clock, generation.potential.network.units, trajectories)
}

/** Trajectories of a cloud, and frames of its film, at most about. */
const [mostInCloud, mostCloudFrames] = [200, 40]

/** Units whose mean and variance are followed, at most. */
const mostFollowed = 16

/**
 * What is filled along the way of a span of the scenario's trajectories, as far as `observe` names it, and what of it is not known.
 *
 * @param components - of the data that a learned network was trained on
 * @throws E_INVALID_VALUE for an autocorrelation of too few frames
 */
export function observersOf(problem: Problem, protocol: Protocol, components: PrincipalBands | null, span: Span) {
  const { scenario, generation, given } = problem
  const { record, observe, firstPassage: watched } = scenario
  const { network } = generation.potential
  const times = timesOf(problem, protocol)
  const first = (most: number, steps: Int32Array) =>
    observeTrajectories(amongFirst(span, most).trajectories, network.units, steps)
  const trajectories =
    observe.includes('trajectories') && record.trajectories > 0 ? first(record.trajectories, times.step) : null
  if (observe.includes('autocorrelation') && trajectories !== null && trajectories.frames < fewestFrames)
    throw invalidValue(
      `autocorrelation needs trajectories of ${fewestFrames} frames; these have ${trajectories.frames}. Lower protocol.dt.`,
      'observe',
    )
  const cloud =
    trajectories !== null && isPlane(network)
      ? first(mostInCloud, thinnedTimes(recordedTimes(protocol), mostCloudFrames).step)
      : null
  const observables = observablesOf(problem, times)
  const followed = Int32Array.from(evenRows(network.visible, mostFollowed))
  const workAndHeat = measuresEnergies(scenario) ? createWorkAndHeat(span.trajectories, network) : null
  const { hiddenHeat, notes } =
    workAndHeat === null ? { hiddenHeat: null, notes: [] } : hiddenHeatOf(problem, protocol, span)
  const observers = {
    trajectories,
    formulas: observables.length === 0 ? null : observeFormulas(observables, times, span),
    curves: given === undefined ? null : observeEnsemble(curveTimes(problem, protocol), followed, span),
    firstPassage:
      watched === undefined
        ? null
        : observeFirstPassage(span, watched.unit, watched.to, pointStart(scenario, watched.unit)),
    bandVariances: bandVariancesOf(problem, protocol, components, span),
    hiddenHeat,
    cloud,
    knotStates: knotStatesOf(problem, protocol, components, span),
  }
  return { workAndHeat, observers, notes }
}
