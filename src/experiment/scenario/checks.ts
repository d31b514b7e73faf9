import { z } from 'zod'
import { FormulaError } from '../../physics/formula/error.js'
import { parseFormula } from '../../physics/formula/parse.js'
import { compileScalar } from '../../physics/formula/scalar.js'
import { namesIn } from './parts.js'

/** Exact truths a run can be compared with; each says where it applies. */
export const checkMeanings = {
  'first-law': 'ΔU = W - Q on every trajectory',
  'heat-integral': 'Q = Σ½(F+F′)·dx',
  'gaussian-moments': 'mean and variance of every unit',
  autocorrelation: 'covariance of first and last positions',
  'boltzmann-moments': '⟨x²⟩, ⟨x⁴⟩ by quadrature',
  'quartic-moments': '⟨x²⟩, ⟨x⁴⟩ by gamma functions',
  'stationary-covariance': 'all covariances in the steady state',
  'steady-state': 'covariances, heat and work of a linear system out of equilibrium',
  'fokker-planck': 'mean and variance on the way, by the Fokker–Planck equation',
  washboard: 'drift and effective diffusion of periodic units',
  'work-mean': '⟨W⟩',
  'free-energy': 'Jarzynski, and Bennett with bothWays',
  'mean-first-passage': 'by quadrature',
  'reverse-noising': 'heat and entropy production of generating Gaussian data',
  'exact-score': 'modes generated with the exact score',
  'contrast-bias': "contrastive divergence's O(h) bias",
  'mixture-modes': 'weights of the modes, and of what lies between them',
  enumeration: 'mean energy and statistics by a sum over all states',
  'ising-energy': "Kaufman's exact sum",
} as const
const checkNames = namesIn(checkMeanings)

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
