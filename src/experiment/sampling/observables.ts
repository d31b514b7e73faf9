import { invalidValue } from '../../errors.js'
import { parseFormula } from '../../physics/formula/parse.js'
import type { Network } from '../../physics/network/network.js'
import type { Elements } from '../../physics/observe/element-values.js'
import type { Observable } from '../../physics/observe/observables.js'
import { evenFrames, type RecordedTimes, recordedTimes, thinnedTimes } from '../../physics/observe/recorded-steps.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import { mostRecorded } from '../scenario/keys.js'
import { isOfPairs, type ObservableKeys, ownObservables, variablesFor } from '../scenario/observables.js'
import type { Problem } from '../system/problem.js'
import { simulationProtocol } from './simulation.js'

/** The times at which a run is looked at. @throws E_INVALID_VALUE where there are too many */
export function timesOf({ scenario: { record } }: Problem, protocol: Protocol): RecordedTimes {
  const times = recordedTimes(protocol, record)
  if (times.time.length <= mostRecorded + 1) return times
  throw invalidValue(
    `the run has ${protocol.dt.length} steps, and ${record.every} leaves ${times.time.length} recorded times; expected at most ` +
      `${mostRecorded}. Give ${Math.ceil(((record.every ?? 1) * times.time.length) / mostRecorded)} or more, or record.frames.`,
    'record.every',
  )
}

/** Times of curves that nobody asked for: looking at all of a large ensemble takes longer than to move it by a step. */
const mostOfCurves = 100

/** The times of the ensemble's curves: those that were asked for, else fewer than are recorded. */
export function curveTimes(problem: Problem, protocol: Protocol): RecordedTimes {
  const { frames, every } = problem.scenario.record
  const times = timesOf(problem, protocol)
  return frames === undefined && every === undefined ? thinnedTimes(times, mostOfCurves) : times
}

/** The elements of an observable: what it names, or all there are. @throws E_INVALID_VALUE for pairs where none are coupled */
function elementsOf(own: ObservableKeys, { visible, edges }: Network, where: string): Elements {
  const { of } = own
  if (!isOfPairs(own))
    return { x: Int32Array.from(Array.isArray(of) ? (of as number[]) : Array(visible).keys()), y: null }
  const listed = Array.isArray(of) ? (of as [number, number][]) : coupledPairs(edges, visible)
  if (listed.length === 0)
    throw invalidValue(
      'no visible units are coupled, and the formula is of pairs; name them, for example of: [[0, 1]].',
      `${where}.of`,
    )
  return { x: Int32Array.from(listed, ([x]) => x), y: Int32Array.from(listed, ([, y]) => y) }
}

/** The pairs of visible units that are coupled, in the order of their couplings. */
function coupledPairs({ from, to }: Network['edges'], visible: number): [number, number][] {
  return Array.from(from, (x, edge): [number, number] => [x, to[edge]!]).filter(([x, y]) => x < visible && y < visible)
}

/** How far a lag may lie from a multiple of the time between frames, relative to itself. */
const lagTolerance = 0.05

/**
 * The observables of a scenario that have formulas, for the times at which the run is looked at.
 *
 * @throws E_INVALID_VALUE for an average that begins after all of them, or a lag that is not near a multiple of their spacing
 */
export function observablesOf({ scenario, potential }: Problem, times: RecordedTimes): Observable[] {
  const { network } = potential
  const found = ownObservables(scenario.observe)
  return found.map(({ own, place }) => {
    const where = `observe.${place}`
    const from = firstFrame(own, scenario.protocol?.duration ?? null, times, where)
    const partner = found.findIndex((other) => other.own.name === own.with)
    return {
      name: own.name,
      formula: parseFormula(own.formula, variablesFor(own)),
      elements: elementsOf(own, network, where),
      columns: network.lattice?.[1] ?? 1,
      reduce: own.reduce,
      from,
      lags: (own.lags ?? []).map((lag, index) => lagInFrames(lag, times, from, `${where}.lags.${index}`)),
      partner: partner < 0 || own.with === own.name ? null : partner,
      histogram: own.histogram ?? null,
    }
  })
}

/**
 * Makes sure, before anything runs, that all observables of a scenario can be measured.
 *
 * @throws as observablesOf does
 */
export function requireObservable(problem: Problem): void {
  const found = ownObservables(problem.scenario.observe)
  for (const { own, place } of found) elementsOf(own, problem.potential.network, `observe.${place}`)
  if (found.length > 0 && problem.given !== undefined)
    observablesOf(problem, timesOf(problem, simulationProtocol(problem)))
}

/** The first frame that counts: half-way through a simulation, the last one of generation, whose time runs down. */
function firstFrame({ from }: ObservableKeys, duration: number | null, { time }: RecordedTimes, where: string): number {
  const begins = from ?? (duration === null ? time.at(-1)! : duration / 2)
  const slack = 1e-9 * Math.abs(time[0]! - time.at(-1)!)
  const frame = time.findIndex((t) => (duration === null ? t <= begins + slack : t >= begins - slack))
  if (frame >= 0) return frame
  throw invalidValue(`no time is recorded from ${begins} on; the last is ${time.at(-1)}.`, `${where}.from`)
}

function lagInFrames(lag: number, times: RecordedTimes, from: number, where: string): number {
  const { spacing, frames } = evenFrames(times)
  const nearest = Math.round(lag / spacing)
  const longest = frames - 1 - from
  const said = (frame: number) => Number((frame * spacing).toPrecision(6))
  if (longest < 0 || nearest > longest)
    throw invalidValue(
      `the average begins at t = ${said(from)}, and the recorded times after it span ${said(Math.max(0, longest))}; got ${lag}. Record more times (record.frames), or let it begin sooner (from).`,
      where,
    )
  if (Math.abs(nearest * spacing - lag) <= lagTolerance * lag) return nearest
  const [below, above] = [Math.floor(lag / spacing), Math.ceil(lag / spacing)].map(said)
  throw invalidValue(
    `recorded times are ${Number(spacing.toPrecision(6))} apart, and a lag is a multiple of that: ${below} or ${above}, got ${lag}. ` +
      'Record more times (record.frames), or give protocol.dt and record.every.',
    where,
  )
}
