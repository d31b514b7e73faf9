import { didYouMean, listed, OverdampedError, quoted } from '../../errors.js'
import { lengthPower } from '../../physics/potential/dimensions.js'
import type { ParameterGroup, Potential } from '../../physics/potential/potential.js'
import type { Noising } from '../../physics/protocol/noising.js'
import type { StepTimes } from '../../physics/protocol/protocol.js'
import { ownUnits, parameterUnit, physicalScales, systemUnits } from '../../physics/protocol/scales.js'
import { loadSchedule } from '../files/schedule-file.js'
import type { Series } from '../files/series.js'
import type { ScheduleFile } from '../scenario/schedule.js'

/** What a file of a schedule drives, in the units of the scenario. */
export interface ScheduleRead {
  /** of each parameter that has a column, by its index in θ */
  readonly parameters: ReadonlyMap<number, Series>
  /** of the bath, where there is a column kT */
  readonly kT: Series | null
  /** the steps from each of its times to the next */
  readonly steps: StepTimes
}

/** The column of a parameter of a group: `stiffness[0]`. */
export function columnOf({ name }: ParameterGroup, index: number): string {
  return `${name}[${index}]`
}

/** The groups that a schedule has columns of: what holds parameters, but for the time itself in formulas, which runs anyway. */
export function scheduledGroups({ groups }: Potential): ParameterGroup[] {
  return groups.filter(({ clock, size }) => clock !== true && size > 0)
}

/**
 * Reads `protocol.schedule`. A column is called as `columnOf` says, or by the name of a term that is alike everywhere.
 *
 * @throws as `loadSchedule`; E_DATA naming the file for columns that there are no parameters of, or that stand twice
 */
export function readSchedule(given: ScheduleFile, potential: Potential, noising: Noising): ScheduleRead {
  const { file } = given
  const table = loadSchedule(file)
  const device = given.device ?? table.device
  if (
    given.device !== undefined &&
    table.device !== null &&
    physicalScales.some((name) => given.device![name] !== table.device![name])
  )
    throw fault('names another device than protocol.schedule.device. Remove the latter, or make them one.', file)
  const units = device === null ? ownUnits : systemUnits(noising, device)
  const { columns, rows, values } = table
  const column = (n: number, unit: number) =>
    Float64Array.from({ length: rows }, (_, row) => values[row * columns.length + n]! / unit)
  const t = column(0, units.time)
  const parameters = new Map<number, Series>()
  let kT: Series | null = null
  columns.forEach((name, n) => {
    if (n === 0) return
    if (columns.indexOf(name) !== n) throw fault(`the column ${quoted(name)} stands twice. Remove one.`, file)
    if (name === 'kT') {
      kT = { t, value: column(n, units.energy) }
      return
    }
    const { group, index } = parameterNamed(potential, name, file)
    const series = { t, value: column(n, parameterUnit(units, lengthPower(potential, group))) }
    const places = index === null ? Array.from({ length: group.size }, (_, place) => place) : [index]
    for (const place of places) {
      if (parameters.has(group.offset + place))
        throw fault(`the column ${quoted(name)} gives ${columnOf(group, place)} once more. Remove one.`, file)
      parameters.set(group.offset + place, series)
    }
  })
  return { parameters, kT, steps: { dt: t.subarray(1).map((time, n) => time - t[n]!), clock: t } }
}

const fault = (text: string, file: string) => new OverdampedError('E_DATA', text, file)

/** The parameter, or all of the group where `index` is null, that a column is of. */
function parameterNamed(
  potential: Potential,
  column: string,
  file: string,
): { group: ParameterGroup; index: number | null } {
  const [, name = '', number] = /^([^[\]]+)(?:\[(\d+)\])?$/.exec(column) ?? []
  const groups = scheduledGroups(potential)
  const group = groups.find((other) => other.name === name)
  if (group === undefined) {
    const names = ['kT', ...groups.map((other) => other.name)]
    throw fault(
      `the column ${quoted(column)} is of no parameter; the potential has ${listed(names)}.${didYouMean(name || column, names)}`,
      file,
    )
  }
  const index = number === undefined ? null : Number(number)
  if (index !== null && index >= group.size)
    throw fault(`there is no ${quoted(column)}: "${name}" has ${name}[0] to ${name}[${group.size - 1}].`, file)
  return { group, index }
}
