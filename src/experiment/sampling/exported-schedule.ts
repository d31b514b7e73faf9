import { lengthPower } from '../../physics/potential/dimensions.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import { ownUnits, type PhysicalScales, parameterUnit, systemUnits, unitName } from '../../physics/protocol/scales.js'
import { fastest, slewLimited } from '../../physics/protocol/slew.js'
import type { ScheduleTable } from '../files/schedule-file.js'
import type { Problem } from '../system/problem.js'
import { columnOf, scheduledGroups } from '../system/schedule-columns.js'

/** What a device can follow: by the name of a term, or of all (`all`); in the units of the scenario. */
export interface ScheduleLimits {
  /** fastest change of a parameter in unit time */
  readonly slew: Readonly<Record<string, number>>
  /** largest |θ| */
  readonly range: Readonly<Record<string, number>>
}

/** How the parameters of a term fare under the limits, in the units of the scenario. */
interface TermDeviation {
  readonly name: string
  /** max |dθ/dt| before the limits */
  readonly fastest: number
  /** largest |θ| before them */
  readonly largest: number
  /** largest |θ̂ - θ| over its parameters and all times */
  readonly most: number
  /** root of the mean square of θ̂ - θ, over its parameters and time */
  readonly rms: number
}

/** A schedule to be written, and what its limits changed. */
export interface ExportedSchedule {
  /** in the units of the device where there is one, else of the scenario */
  readonly table: ScheduleTable
  /** unit of each column, '' in those of the scenario */
  readonly units: readonly string[]
  /** simulated time, in units of the scenario */
  readonly duration: number
  readonly terms: readonly TermDeviation[]
}

/**
 * A protocol as a table: the parameters before its first step at time 0, and those that act in a step at its end, where a simulation
 * that follows the table reads them. Times are elapsed ones, whatever the noise time.
 *
 * @param device - whose SI units are asked for; null for those of the scenario
 */
export function exportSchedule(
  problem: Problem,
  protocol: Protocol,
  limits: ScheduleLimits,
  device: PhysicalScales | null,
): ExportedSchedule {
  const { noising, generation, bath } = problem
  const { potential } = generation
  const { t, theta } = tabulated(protocol, potential.size)
  const units = device === null ? ownUnits : systemUnits(noising, device)
  const columns: Column[] = [{ name: 't', unit: units.time, said: 's', values: t }]
  if (protocol.kT !== undefined) {
    const kT = Float64Array.from([problem.given?.kT?.(0) ?? bath.kT, ...protocol.kT])
    columns.push({ name: 'kT', unit: units.energy, said: 'J', values: kT })
  }
  const terms = scheduledGroups(potential).map((group) => {
    const power = lengthPower(potential, group)
    const unit = parameterUnit(units, power)
    const limit = (of: ScheduleLimits['slew']) => of[group.name] ?? of.all ?? Infinity
    const found = { name: group.name, fastest: 0, largest: 0, most: 0, rms: 0 }
    for (let n = 0; n < group.size; n++) {
      const asked = theta.map((row) => row[group.offset + n]!)
      const wanted = Float64Array.from(asked)
      const values = limited(t, wanted, limit(limits.slew), limit(limits.range))
      columns.push({ name: columnOf(group, n), unit, said: unitName(power), values })
      addDeviation(found, t, wanted, values)
    }
    return { ...found, rms: Math.sqrt(found.rms / group.size) }
  })
  const values = new Float64Array(t.length * columns.length)
  columns.forEach(({ values: own, unit }, column) => {
    own.forEach((value, row) => {
      values[row * columns.length + column] = value * unit
    })
  })
  return {
    table: { columns: columns.map(({ name }) => name), values, rows: t.length, device },
    units: columns.map(({ said }) => (device === null ? '' : said)),
    duration: t.at(-1)!,
    terms,
  }
}

/** Values in the units of the scenario, the unit that they are written in, and its name. */
interface Column {
  readonly name: string
  readonly unit: number
  readonly said: string
  readonly values: Float64Array
}

/** Elapsed times [steps + 1] and the parameters at them, [steps + 1][parameters]. */
function tabulated({ dt, parameters }: Protocol, size: number) {
  const t = new Float64Array(dt.length + 1)
  const acting = new Float64Array(size)
  parameters(-1, acting)
  const theta = [acting.slice()]
  dt.forEach((step, n) => {
    t[n + 1] = t[n]! + step
    parameters(n, acting)
    theta.push(acting.slice())
  })
  return { t, theta }
}

/** A parameter within its range, and no faster than its slew rate. */
function limited(t: Float64Array, theta: Float64Array, slew: number, range: number): Float64Array {
  const within = theta.map((value) => Math.max(-range, Math.min(range, value)))
  return slew === Infinity ? within : slewLimited(t, within, slew)
}

/** Adds one parameter of a term; the mean square is over time by trapezia, Σ (d_(n-1)² + d_n²)(t_n - t_(n-1))/2 over t_N. */
function addDeviation(
  found: { -readonly [Key in keyof TermDeviation]: TermDeviation[Key] },
  t: Float64Array,
  wanted: Float64Array,
  values: Float64Array,
): void {
  const squares = values.map((value, n) => (value - wanted[n]!) ** 2)
  found.fastest = Math.max(found.fastest, fastest(t, wanted))
  wanted.forEach((value, n) => {
    found.largest = Math.max(found.largest, Math.abs(value))
    found.most = Math.max(found.most, Math.sqrt(squares[n]!))
    if (n > 0) found.rms += ((squares[n - 1]! + squares[n]!) * (t[n]! - t[n - 1]!)) / (2 * t.at(-1)!)
  })
}
