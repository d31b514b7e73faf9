import { invalidValue, OverdampedError } from '../../errors.js'
import { type Bounds, compileBounds } from '../../physics/formula/bounds.js'
import { FormulaError } from '../../physics/formula/error.js'
import { exactly, negative } from '../../physics/formula/interval.js'
import { parseFormula } from '../../physics/formula/parse.js'
import { compileScalar } from '../../physics/formula/scalar.js'
import { groupSlice, type Potential } from '../../physics/potential/potential.js'
import { type Scheduled, scheduledAt, temperatureAt } from '../../physics/protocol/protocol.js'
import { loadList } from '../files/list.js'
import { interpolated, loadSeries, seriesBounds } from '../files/series.js'
import { bathOf } from '../scenario/bath.js'
import { type ScheduleValue, scheduleVariables } from '../scenario/schedule.js'
import type { Scenario } from '../scenario/schema.js'
import { entriesOf, groupNamed, requireBounds } from './named-values.js'
import { requirePeriodic } from './periodic.js'
import { equilibriumStart, relaxation, type Start, startOf } from './start.js'
import { withoutForces } from './without-forces.js'

/** What a plain simulation is given: its parameters, constant or scheduled, its temperature and its start. */
export interface GivenParameters {
  /** values at t = 0, [parameters] */
  readonly theta: Float64Array
  readonly scheduled: readonly Scheduled[]
  /** temperature at time t; null where it is the bath's throughout */
  readonly kT: ((t: number) => number) | null
  /** bounds of the temperature between two times, where it is scheduled */
  readonly kTBounds: Schedule['bounds'] | null
  readonly start: Start
}

/** Where the values stand. */
const section = 'protocol.parameters'
/** Times at which schedules are looked at before the run, for values that are not finite or below their bound. */
const probes = 200

/**
 * Reads `protocol` and `initial`: every group of parameters of the potential by name, and the temperature. A reversed
 * protocol runs its schedules backwards, θ(duration - t).
 *
 * @throws E_UNKNOWN_KEY, E_MISSING_KEY or E_INVALID_VALUE with the path of the term; E_FILE, E_FORMAT or E_DATA for a table
 *   that can't be read or does not cover the duration
 */
export function givenParameters(potential: Potential, scenario: Scenario): GivenParameters {
  const { protocol, initial, bath, network } = scenario
  if (protocol === undefined || initial === undefined) throw new Error('a plain simulation has a protocol and a start')
  const { duration, reversed } = protocol
  const ofHidden = network.hidden?.temperature
  const parameters: typeof protocol.parameters = {
    ...(ofHidden === undefined ? {} : { 'hidden-temperature': ofHidden }),
    ...protocol.parameters,
  }
  const theta = new Float64Array(potential.size)
  const scheduled: Scheduled[] = []
  const named = potential.groups.filter(({ clock }) => clock !== true)
  for (const name of Object.keys(parameters)) groupNamed(named, name, `${section}.${name}`)
  for (const { clock, offset } of potential.groups)
    if (clock === true) scheduled.push({ parameter: offset, ...at(time, [], reversed ? duration : null) })
  named.forEach((group) => {
    const { name, size, support, offset } = group
    const where = `${section}.${name}`
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (value === undefined && size === 0) return
    if (value === undefined)
      throw new OverdampedError(
        'E_MISSING_KEY',
        `missing; expected a number, a formula in t, or a list of ${size}.`,
        where,
      )
    const slice = groupSlice(group, theta)
    // One formula is compiled once, and one table read once, however many units follow it.
    const known = new Map<string, Schedule>()
    const placed = new Map<string, Schedule>()
    const columns = potential.network.lattice?.[1] ?? 1
    const put = (entry: ScheduleValue, n: number) => {
      if (typeof entry === 'number') {
        slice[n] = entry
        return
      }
      const key = JSON.stringify(entry)
      const schedule = known.get(key) ?? readSchedule(entry, support === 'unit', duration, where)
      known.set(key, schedule)
      const place = schedule.isPlaced ? [Math.floor(n / columns), n % columns] : []
      const here = placed.get(`${key} ${place}`) ?? at(schedule, place, reversed ? duration : null)
      placed.set(`${key} ${place}`, here)
      scheduled.push({ parameter: offset + n, value: here.value, bounds: here.bounds })
    }
    entriesOf<ScheduleValue>(fromFile(value, name), group, where).forEach(put)
  })
  checkBounds(potential, theta, scheduled, duration)
  const first = scheduledAt(theta, scheduled, 0)
  const heat = protocol.kT === undefined ? null : temperature(protocol.kT, duration, reversed)
  requirePeriodic(potential, (share) => scheduledAt(theta, scheduled, share * duration))
  const kT = heat?.value(0) ?? bathOf(bath).kT
  const start = startIn(scenario, potential, first, kT)
  return { theta: first, scheduled, kT: heat?.value ?? null, kTBounds: heat?.bounds ?? null, start }
}

/** The start of trajectories in their first landscape. */
function startIn(scenario: Scenario, potential: Potential, theta: Float64Array, kT: number): Start {
  const equilibrium = () => {
    const alone = withoutForces(scenario, potential, theta)
    return equilibriumStart(alone.potential, alone.theta, kT)
  }
  return startOf(scenario.initial!, equilibrium, (keys) => relaxation(potential, theta, kT, keys))
}

/** A file of one column is the list that stands in it; other values are what they are. */
function fromFile(value: ScheduleValue | ScheduleValue[], name: string): ScheduleValue | ScheduleValue[] {
  if (typeof value !== 'object' || Array.isArray(value)) return value
  return loadList(value.file, name, value.header) ?? value
}

/** The temperature over time, looked at beforehand as the parameters are. */
function temperature(entry: ScheduleValue, duration: number, reversed: boolean): Schedule {
  const given =
    typeof entry === 'number' ? constantSchedule(entry) : readSchedule(entry, false, duration, 'protocol.kT')
  const kT = at(given, [], reversed ? duration : null)
  for (let probe = 0; probe <= probes; probe++) temperatureAt(kT.value, (duration * probe) / probes)
  return kT
}

/** A schedule with its bounds between two times; where `isPlaced`, both take row and column too. */
interface Schedule {
  readonly value: (t: number, ...place: number[]) => number
  readonly bounds: (from: number, to: number, ...place: number[]) => Bounds
  readonly isPlaced?: boolean
}

function constantSchedule(value: number): Schedule {
  return { value: () => value, bounds: () => ({ value: exactly(value), slope: exactly(0) }) }
}

/** The time itself, in terms that hold it. */
const time: Schedule = { value: (t) => t, bounds: (lo, hi) => ({ value: { lo, hi }, slope: exactly(1) }) }

/** A schedule at its place; backwards from `duration` where that is given. */
function at({ value, bounds }: Schedule, place: readonly number[], duration: number | null): Schedule {
  if (duration === null) return { value: (t) => value(t, ...place), bounds: (from, to) => bounds(from, to, ...place) }
  return {
    value: (t) => value(duration - t, ...place),
    bounds: (from, to) => {
      const forwards = bounds(duration - to, duration - from, ...place)
      return { value: forwards.value, slope: negative(forwards.slope) }
    },
  }
}

/** Only a visible unit has a place: a coupling has two ends, a hidden unit is nowhere. Their schedules know the time. */
function readSchedule(
  entry: Exclude<ScheduleValue, number>,
  placed: boolean,
  duration: number,
  where: string,
): Schedule {
  if (typeof entry !== 'string') return readTable(entry, duration, where)
  try {
    const formula = parseFormula(entry, placed ? scheduleVariables : ['t'])
    return { value: compileScalar(formula), bounds: compileBounds(formula), isPlaced: /\b(row|column)\b/.test(entry) }
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error
    throw invalidValue(error.text, where)
  }
}

/** Tables need not hit the ends of the protocol to the last digit. */
const timeTolerance = 1e-9

function readTable(
  { file, column, header }: Extract<ScheduleValue, object>,
  duration: number,
  where: string,
): Schedule {
  const series = loadSeries(file, column, header)
  const [from, to] = [series.t[0]!, series.t.at(-1)!]
  if (from > timeTolerance * duration || to < duration * (1 - timeTolerance))
    throw new OverdampedError(
      'E_DATA',
      `${file} holds times from ${from} to ${to}; expected 0 to ${duration}, the protocol's duration.`,
      where,
    )
  return { value: interpolated(series), bounds: seriesBounds(series) }
}

function checkBounds(
  potential: Potential,
  theta: Float64Array,
  scheduled: readonly Scheduled[],
  duration: number,
): void {
  const times = scheduled.length === 0 ? 0 : probes
  for (let probe = 0; probe <= times; probe++) {
    const t = times === 0 ? 0 : (duration * probe) / times
    requireBounds(potential, scheduledAt(theta, scheduled, t), section, times === 0 ? '' : ` at t = ${t}`)
  }
}
