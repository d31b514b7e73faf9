import { invalidValue, OverdampedError } from '../../errors.js'
import { type Bounds, compileBounds } from '../../physics/formula/bounds.js'
import { FormulaError } from '../../physics/formula/error.js'
import { exactly, negative } from '../../physics/formula/interval.js'
import { parseFormula } from '../../physics/formula/parse.js'
import { compileScalar } from '../../physics/formula/scalar.js'
import { groupSlice, type ParameterGroup, type Potential } from '../../physics/potential/potential.js'
import type { Noising } from '../../physics/protocol/noising.js'
import { type Scheduled, type StepTimes, scheduledAt, temperatureAt } from '../../physics/protocol/protocol.js'
import { loadList } from '../files/list.js'
import { interpolated, loadSeries, type Series, seriesBounds } from '../files/series.js'
import { bathOf } from '../scenario/bath.js'
import { type ScheduleFile, type ScheduleValue, scheduleVariables } from '../scenario/schedule.js'
import type { Scenario } from '../scenario/schema.js'
import { entriesOf, groupNamed, requireBounds } from './named-values.js'
import { requirePeriodic } from './periodic.js'
import { columnOf, readSchedule as readScheduleFile, type ScheduleRead } from './schedule-columns.js'
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
  /** the steps to take, where they are those of a file */
  readonly steps: StepTimes | null
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
export function givenParameters(potential: Potential, noising: Noising, scenario: Scenario): GivenParameters {
  const { protocol, initial, bath, network } = scenario
  if (protocol === undefined || initial === undefined) throw new Error('a plain simulation has a protocol and a start')
  const { duration, reversed } = protocol
  const file = protocol.schedule === undefined ? null : scheduleIn(protocol.schedule, potential, noising, duration)
  const ofHidden = file?.names.has('hidden-temperature') ? undefined : network.hidden?.temperature
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
    if (requireOnce(file, group, value !== undefined, where) || (value === undefined && size === 0)) return
    if (value === undefined)
      throw new OverdampedError(
        'E_MISSING_KEY',
        `missing; expected a number, a formula in t, or a list of ${size}${file === null ? '' : ', or its columns in protocol.schedule'}.`,
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
  for (const [parameter, series] of file?.parameters ?? [])
    scheduled.push({ parameter, ...at(ofSeries(series), [], reversed ? duration : null) })
  checkBounds(potential, theta, scheduled, duration)
  const first = scheduledAt(theta, scheduled, 0)
  const heat = temperature(protocol, file, reversed ? duration : null)
  requirePeriodic(potential, (share) => scheduledAt(theta, scheduled, share * duration))
  const kT = heat?.value(0) ?? bathOf(bath).kT
  const start = startIn(scenario, potential, first, kT)
  const steps = protocol.schedule?.steps === 'file' ? file!.steps : null
  return { theta: first, scheduled, kT: heat?.value ?? null, kTBounds: heat?.bounds ?? null, start, steps }
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

/** The temperature over time, looked at beforehand as the parameters are; null where it is the bath's. */
function temperature(
  { kT: entry, duration }: NonNullable<Scenario['protocol']>,
  file: ScheduleRead | null,
  backwards: number | null,
): Schedule | null {
  const ofFile = file?.kT ?? null
  if (entry === undefined && ofFile === null) return null
  if (entry !== undefined && ofFile !== null) throw invalidValue(`${twice} Remove one of them.`, 'protocol.kT')
  const given =
    ofFile !== null
      ? ofSeries(ofFile)
      : typeof entry === 'number'
        ? constantSchedule(entry)
        : readSchedule(entry!, false, duration, 'protocol.kT')
  const kT = at(given, [], backwards)
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

/** Straight lines between the points of a series. */
function ofSeries(series: Series): Schedule {
  return { value: interpolated(series), bounds: seriesBounds(series) }
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
  requireCovered(series.t, file, duration, where)
  return ofSeries(series)
}

function requireCovered(t: Float64Array, file: string, duration: number, where: string): void {
  const [from, to] = [t[0]!, t.at(-1)!]
  if (from > timeTolerance * duration || to < duration * (1 - timeTolerance))
    throw new OverdampedError(
      'E_DATA',
      `${file} holds times from ${from} to ${to}; expected 0 to ${duration}, the protocol's duration.`,
      where,
    )
}

/** The file of `protocol.schedule`, which covers the protocol, and the names of the terms that it drives. */
function scheduleIn(given: ScheduleFile, potential: Potential, noising: Noising, duration: number) {
  const read = readScheduleFile(given, potential, noising)
  const { clock } = read.steps
  requireCovered(clock, given.file, duration, 'protocol.schedule')
  const ends = Math.max(Math.abs(clock[0]!), Math.abs(clock.at(-1)! - duration))
  if (given.steps === 'file' && ends > timeTolerance * duration)
    throw invalidValue(
      `its times are from ${clock[0]} to ${clock.at(-1)}; expected 0 to ${duration}, the protocol's duration, to be its steps.`,
      'protocol.schedule.steps',
    )
  const isDriven = ({ offset, size }: ParameterGroup) =>
    Array.from({ length: size }, (_, n) => offset + n).some((parameter) => read.parameters.has(parameter))
  return { ...read, file: given.file, names: new Set(potential.groups.filter(isDriven).map(({ name }) => name)) }
}

const twice = 'it stands in protocol.schedule too.'

/**
 * Whether a group is driven by the file, and then by nothing else.
 *
 * @throws E_DATA where only some of its parameters have columns, E_INVALID_VALUE where protocol.parameters gives it too
 */
function requireOnce(
  file: ReturnType<typeof scheduleIn> | null,
  group: ParameterGroup,
  isGiven: boolean,
  where: string,
): boolean {
  if (file === null || !file.names.has(group.name)) return false
  if (isGiven) throw invalidValue(`${twice} Remove one of them.`, where)
  for (let n = 0; n < group.size; n++)
    if (!file.parameters.has(group.offset + n))
      throw new OverdampedError(
        'E_DATA',
        `there is no column ${columnOf(group, n)}, and others of the term.`,
        file.file,
      )
  return true
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
