import { z } from 'zod'
import { FormulaError } from '../../physics/formula/error.js'
import { parseFormula } from '../../physics/formula/parse.js'
import { compileScalar } from '../../physics/formula/scalar.js'

/** Exact truths a run can be compared with; each says where it applies. */
const checkNames = [
  'first-law',
  'heat-integral',
  'gaussian-moments',
  'autocorrelation',
  'boltzmann-moments',
  'quartic-moments',
  'stationary-covariance',
  'steady-state',
  'fokker-planck',
  'washboard',
  'work-mean',
  'free-energy',
  'mean-first-passage',
  'reverse-noising',
  'exact-score',
  'contrast-bias',
  'mixture-modes',
  'enumeration',
  'ising-energy',
] as const

/** A truth that a scenario names. */
export type CheckName = (typeof checkNames)[number]

/** The value of a formula without variables. @throws FormulaError, also where it is not finite */
export function constantOf(value: number | string): number {
  return typeof value === 'number' ? value : compileScalar(parseFormula(value, []))()
}

const constantFormula = z.string().superRefine((text, context) => {
  try {
    constantOf(text)
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error
    context.addIssue({ code: 'custom', message: error.text })
  }
})

const observedCheck = z
  .strictObject({
    observable: z.string().describe('the name of an observable with a formula'),
    lag: z
      .number()
      .min(0)
      .optional()
      .describe('its correlation at this one of its lags, at 0 its variance over trajectories; its mean when absent'),
    expected: z
      .union([z.number(), constantFormula])
      .describe('a number, or a formula without variables, for example 1/sqrt(2)'),
    within: z
      .number()
      .min(0)
      .default(0)
      .describe('what it may be off by besides four standard errors, for example for the time step'),
  })
  .describe('an observable beside a number that you know')

/** An observable beside a number that the scenario gives. */
export type ObservedCheck = z.output<typeof observedCheck>

/** The key `checks`. */
export const checksSchema = z.array(z.union([z.enum(checkNames), observedCheck]))
