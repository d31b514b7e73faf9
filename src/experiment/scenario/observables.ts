import { z } from 'zod'
import { listed } from '../../errors.js'
import { FormulaError } from '../../physics/formula/error.js'
import { parseFormula } from '../../physics/formula/parse.js'
import { pairVariables, unitVariables } from '../../physics/observe/element-values.js'
import { count, namesIn } from './parts.js'

/** Quantities by name that a run can measure along its trajectories. */
export const observableMeanings = {
  work: 'on each trajectory; from equilibrium also the free energy',
  heat: 'to the bath',
  'entropy-production': 'heat over kT and the change of -ln p',
  virial: '⟨x·F⟩ in generation',
  trajectories: 'states on the way',
  energy: 'of the final states',
  moments: 'mean and covariance of the final states',
  'first-passage': 'when firstPassage.unit is at firstPassage.to',
  force: 'at the recorded states',
  autocorrelation: 'of the recorded trajectories',
  'error-budget': "the samples' errors by the integrator, the slices and the network",
} as const
export const observableNames = namesIn(observableMeanings)

/** Most observables of one's own in a scenario: a file of thousands of formulas would take minutes to read; lags of each, and bins. */
export const mostObservables = 64
const mostLags = 1000
const mostBins = 10_000

const unit = z.int().min(0)
const anyVariable = [...new Set<string>([...unitVariables, ...pairVariables])]

/** An observable of one's own: a formula on each unit or pair, and what is made of its values. */
const observableSchema = z
  .strictObject({
    name: z
      .string()
      .max(40)
      .regex(/^[a-z][a-z0-9-]*$/, 'expected a lower-case letter, then lower-case letters, digits and "-"')
      .describe('the name in results, files and checks'),
    formula: z
      .string()
      .describe(
        'in x, for pairs in x and y, and in the time t; of units also in their row and column; for example x^2',
      ),
    of: z
      .union([z.enum(['units', 'pairs']), z.array(unit).min(1), z.array(z.tuple([unit, unit])).min(1)])
      .optional()
      .describe('all units, all pairs that are coupled, or a list of units or pairs; pairs where the formula has a y'),
    reduce: z.enum(['mean', 'sum']).default('mean').describe('the mean or the sum over these'),
    from: z
      .number()
      .min(0)
      .optional()
      .describe('the average over time begins here; half-way by default, in generation at the end'),
    lags: z
      .array(z.number().min(0))
      .min(1)
      .max(mostLags)
      .optional()
      .describe('times between the two values of its correlation'),
    with: z
      .string()
      .optional()
      .describe('the observable that it is correlated with, at the later time; itself by default'),
    histogram: z
      .strictObject({
        bins: count.max(mostBins).default(50).describe('of equal width'),
        from: z.number().describe('lower end of the first bin'),
        to: z.number().describe('upper end of the last bin'),
      })
      .optional()
      .describe('of the values on single units or pairs, over the same times'),
  })
  .superRefine((observable, context) => {
    const say = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    const { of, lags, histogram } = observable
    if (Array.isArray(of))
      of.forEach((element, index) => {
        if (Array.isArray(element) && element[0] === element[1])
          say(['of', index], `a pair is of two units, got [${element}]`)
      })
    if (observable.with !== undefined && lags === undefined)
      say(['with'], 'a correlation is at lags; add them, for example lags: [0, 1]')
    if (histogram !== undefined && histogram.to <= histogram.from)
      say(['histogram', 'to'], `expected more than histogram.from (${histogram.from}), got ${histogram.to}`)
  })

/** What an observable of one's own is told. */
export type ObservableKeys = z.output<typeof observableSchema>

/** The key `observe`. */
export const observeSchema = z.array(z.union([z.enum(observableNames), observableSchema]))

/** The observables of one's own among all, with their places in the list. */
export function ownObservables(
  observe: readonly (string | ObservableKeys)[],
): { readonly own: ObservableKeys; readonly place: number }[] {
  return observe.flatMap((own, place) => (typeof own === 'string' ? [] : [{ own, place }]))
}

/** Whether an observable is of pairs. */
export function isOfPairs({ formula, of }: Pick<ObservableKeys, 'formula' | 'of'>): boolean {
  if (Array.isArray(of)) return Array.isArray(of[0])
  return of === undefined ? /\by\b/.test(formula) : of === 'pairs'
}

/** The variables that its formula may have. */
export function variablesFor(observable: Pick<ObservableKeys, 'formula' | 'of'>): readonly string[] {
  return isOfPairs(observable) ? pairVariables : unitVariables
}

/** Why its formula is none; null when it is. */
export function refusalOf(observable: Pick<ObservableKeys, 'formula' | 'of'>): string | null {
  const refused = refusedFormula(observable.formula, anyVariable)
  const variables = variablesFor(observable)
  if (refused !== null || refusedFormula(observable.formula, variables) === null) return refused
  const [here, other] = isOfPairs(observable) ? ['pairs', 'units'] : ['units', 'pairs']
  return `a formula of ${here} has ${listed(variables)}; expected no others, or of: ${other}`
}

function refusedFormula(formula: string, variables: readonly string[]): string | null {
  try {
    parseFormula(formula, variables)
    return null
  } catch (error) {
    if (error instanceof FormulaError) return error.text
    throw error
  }
}
