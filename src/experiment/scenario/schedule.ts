import { z } from 'zod'
import { FormulaError } from '../../physics/formula/error.js'
import { parseFormula } from '../../physics/formula/parse.js'
import { filePath, positive } from './parts.js'

/** Names that a schedule may use: the time, and the unit's place on the lattice (row: its index where there is none). */
export const scheduleVariables = ['t', 'row', 'column'] as const

/** A formula in t, row and column. */
export const timeFormula = z
  .string()
  .superRefine((text, context) => {
    try {
      parseFormula(text, scheduleVariables)
    } catch (error) {
      if (!(error instanceof FormulaError)) throw error
      context.addIssue({ code: 'custom', message: error.text })
    }
  })
  .describe('a formula in the time t, for a unit also its row and column, for example sin(2*pi*(t - column/12))')

const table = z
  .strictObject({
    file: filePath.describe('.csv, .npy or .safetensors; relative to the current directory'),
    column: z.int().min(1).default(1).describe('column of the values, counted from 0; column 0 holds the times'),
    header: z.boolean().optional().describe('whether the first line of a .csv names its columns'),
  })
  .describe(
    'a table of times and values, with straight lines between them; or, of one column, a value for each unit (or edge)',
  )

/** A number, a formula in t, or a table of times and values: what one parameter, or the temperature, follows. */
export const scheduleEntry = z.union([z.number(), timeFormula, table])

/** The values of a term's parameters in a plain simulation: for all alike, or one for each unit or edge; may depend on t. */
export const scheduleSchema = z
  .union([z.number(), timeFormula, table, z.array(scheduleEntry)])
  .describe('a number, a formula in t, a table, or a list of them with one entry for each unit (or edge)')

/** A value that may depend on time. */
export type ScheduleValue = z.output<typeof scheduleEntry>

/** Where the steps of a simulation that follows a file come from. */
const scheduleSteps = ['chosen', 'file'] as const

/** A file with many parameters at times, as `overdamped export` writes it. */
export const scheduleFile = z
  .strictObject({
    file: filePath.describe('.csv or .json: a column t, and one for each parameter, such as stiffness[0]'),
    device: z
      .strictObject({
        kT: positive.describe('in joules'),
        mobility: positive.describe('in m/(N s)'),
        stiffness: positive.describe('of the trap noising.stiffness, in N/m'),
      })
      .optional()
      .describe(
        "the device whose SI units the file is in; what a .json says itself, or the scenario's own, when absent",
      ),
    steps: z
      .enum(scheduleSteps)
      .default('chosen')
      .describe('chosen: as for other schedules; file: one from each of its times to the next'),
  })
  .describe('parameters over time from one file, with straight lines between its times')

/** The same, read. */
export type ScheduleFile = z.output<typeof scheduleFile>
