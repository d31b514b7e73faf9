import { z } from 'zod'
import { FormulaError } from '../../physics/formula/error.js'
import { parseFormula } from '../../physics/formula/parse.js'
import { compileScalar } from '../../physics/formula/scalar.js'

const wall = z.number().nullable()

/** Walls of continuous units. */
export const wallsSchema = z
  .tuple([wall, wall])
  .describe(
    '[lower, upper]: walls that reflect, null for none on a side; where a step would end beyond one it is mirrored',
  )

/** A number above 0, or a formula without variables. */
export const periodSchema = z
  .union([z.number(), z.string()])
  .transform((period, context) => {
    const refuse = (message: string) => {
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
    const value = typeof period === 'number' ? period : constant(period)
    if (typeof value === 'string') return refuse(value)
    return value > 0 && Number.isFinite(value) ? value : refuse(`expected more than 0, got ${value}`)
  })
  .describe(
    'of an angle: what it repeats after, a number or a formula without variables, for example 2*pi; states are not wrapped',
  )

/** The value of a formula without variables, or what is wrong with it. */
function constant(text: string): number | string {
  try {
    return compileScalar(parseFormula(text, []))()
  } catch (error) {
    if (error instanceof FormulaError) return error.text
    throw error
  }
}
