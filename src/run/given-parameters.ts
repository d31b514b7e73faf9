import { didYouMean, listed, OverdampedError } from '../errors.js'
import { FormulaError } from '../formula/error.js'
import { type Formula, parseFormula } from '../formula/parse.js'
import { compileScalar } from '../formula/scalar.js'
import { groupSlice, type ParameterGroup, type Potential } from '../potential/potential.js'
import { type Scheduled, scheduledAt } from '../protocol/protocol.js'
import { type ScheduleValue, scheduleVariables } from '../scenario/schedule.js'
import type { Scenario } from '../scenario/schema.js'

/** The parameters of a plain simulation: constants, and those that follow a schedule. */
export interface GivenParameters {
  /** values at t = 0, [parameters] */
  readonly theta: Float64Array
  readonly scheduled: readonly Scheduled[]
}

/** Times at which schedules are looked at before the run, for values that are not finite or below their bound. */
const probes = 200

/**
 * Reads `protocol.parameters`: every group of parameters of the potential by name.
 *
 * @throws E_UNKNOWN_KEY, E_MISSING_KEY or E_INVALID_VALUE with the path of the term
 */
export function givenParameters(
  potential: Potential,
  { parameters, duration }: NonNullable<Scenario['protocol']>,
): GivenParameters {
  const theta = new Float64Array(potential.size)
  const scheduled: Scheduled[] = []
  const names = potential.groups.map(({ name }) => name)
  for (const name of Object.keys(parameters))
    if (!names.includes(name))
      throw new OverdampedError(
        'E_UNKNOWN_KEY',
        `unknown term; the potential has ${listed(names)}.${didYouMean(name, names)}`,
        `protocol.parameters.${name}`,
      )
  potential.groups.forEach((group) => {
    const { name, size, support, offset } = group
    const where = `protocol.parameters.${name}`
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (value === undefined)
      throw new OverdampedError(
        'E_MISSING_KEY',
        `missing; expected a number, a formula in t, or a list of ${size}.`,
        where,
      )
    if (Array.isArray(value) && value.length !== size)
      throw new OverdampedError(
        'E_INVALID_VALUE',
        `expected one value or a list of ${size}, got ${value.length} entries.`,
        where,
      )
    const slice = groupSlice(group, theta)
    // One formula is compiled once, however many units follow it.
    const compiled = new Map<string, (...values: number[]) => number>()
    const columns = potential.network.lattice?.[1] ?? 1
    const put = (entry: ScheduleValue, n: number) => {
      if (typeof entry === 'number') {
        slice[n] = entry
        return
      }
      const schedule = compiled.get(entry) ?? compileScalar(readSchedule(entry, support, where))
      compiled.set(entry, schedule)
      const row = Math.floor(n / columns)
      const column = n % columns
      scheduled.push({ parameter: offset + n, value: (t) => schedule(t, row, column) })
    }
    for (let n = 0; n < size; n++) put(Array.isArray(value) ? value[n]! : value, n)
  })
  checkBounds(potential, theta, scheduled, duration)
  return { theta: scheduledAt(theta, scheduled, 0), scheduled }
}

/** Only a visible unit has a place: a coupling has two ends, a hidden unit is nowhere. Their schedules know the time. */
function readSchedule(text: string, support: ParameterGroup['support'], where: string): Formula {
  try {
    return parseFormula(text, support === 'unit' ? scheduleVariables : ['t'])
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error
    throw new OverdampedError('E_INVALID_VALUE', error.text, where)
  }
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
    const values = scheduledAt(theta, scheduled, t)
    for (const { name, offset, size } of potential.groups)
      for (let a = offset; a < offset + size; a++) {
        if (!(values[a]! < potential.lowerBound[a]!)) continue
        const when = times === 0 ? '' : ` at t = ${t}`
        throw new OverdampedError(
          'E_INVALID_VALUE',
          `expected at least ${potential.lowerBound[a]}, got ${values[a]}${when}: the potential would not be bounded below.`,
          `protocol.parameters.${name}`,
        )
      }
  }
}
