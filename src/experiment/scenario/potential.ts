import { z } from 'zod'
import { FormulaError } from '../../physics/formula/error.js'
import { onsiteFormulas, pairFormulas } from '../../physics/formula/partials.js'
import {
  defaultOnsite,
  exampleOf,
  onsiteTerms,
  pairTerms,
  parameterNames,
  stateTerms,
} from '../../physics/potential/built-in.js'
import { bistable } from '../../physics/potential/hidden.js'
import { labelCoupling } from '../../physics/potential/label.js'
import type { Term, TermOn } from '../../physics/potential/term.js'
import { featuresSchema } from './features.js'
import { namesIn } from './parts.js'

/** Most terms on units, and on edges: a file of thousands of formulas would take minutes to read. */
const mostTerms = 32

/** A term from a formula; the formula itself is read when the rest is known to be right. */
function formulaTerm(variables: string, example: string) {
  return z
    .strictObject({
      name: z
        .string()
        .regex(/^[a-z][a-z0-9-]*$/, 'expected a lower-case letter, then lower-case letters, digits and "-"')
        .describe('the name of its parameters'),
      formula: z
        .string()
        .describe(`φ in ${variables}, in a plain simulation also in the time t, for example ${example}`),
      min: z.number().optional().describe('lowest parameter; 0 where a negative one would let trajectories run away'),
    })
    .describe(`a term from a formula: U = Σ θ φ, one parameter θ for each ${variables === 'x' ? 'unit' : 'edge'}`)
}

const onsite = z.union([z.enum(namesIn(onsiteTerms)), formulaTerm('x', 'x^6/6')])
const pair = z.union([z.enum(namesIn(pairTerms)), formulaTerm('x and y', '(x-y)^2/2')])

/** The section `potential`: built-in terms by name, others by formula. */
export const potentialSchema = z
  .strictObject({
    onsite: z
      .array(onsite)
      .max(mostTerms)
      .default([...defaultOnsite]),
    pair: z.array(pair).max(mostTerms).default([]),
    features: featuresSchema.optional(),
  })
  // Runs only where the lists are right so far: formulas beyond the limit are never read.
  .superRefine((potential, context) => {
    const say = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (potential.onsite.length === 0 && potential.features === undefined)
      say(['onsite'], 'there is no term; expected at least 1, or potential.features')
    if (potential.onsite.includes('cubic') && !potential.onsite.includes('quartic'))
      say(['onsite'], 'cubic alone is unbounded below and trajectories run away; add quartic')
    const taken = new Set<string>()
    for (const key of ['onsite', 'pair'] as const)
      potential[key].forEach((entry, index) => {
        const name = typeof entry === 'string' ? builtIn(key, entry).name : entry.name
        const where = typeof entry === 'string' ? [key, index] : [key, index, 'name']
        if (typeof entry !== 'string' && reserved.has(name))
          say(where, `"${name}" is a built-in term; choose another name`)
        else if (fileNames.has(name))
          say(where, `"${name}" is what else stands in parameters.safetensors; choose another name`)
        else if (taken.has(name)) say(where, `the term "${name}" stands twice; remove or rename one`)
        taken.add(name)
        if (typeof entry === 'string') return
        const refused = refusalOf(key, entry.formula)
        if (refused !== null) say([key, index, 'formula'], refused)
      })
  })

/** Why a formula can't be a term; null when it can. */
function refusalOf(key: 'onsite' | 'pair', formula: string): string | null {
  try {
    if (key === 'onsite') onsiteFormulas(formula)
    else pairFormulas(formula)
    return null
  } catch (error) {
    if (error instanceof FormulaError) return error.text
    throw error
  }
}

/** What a built-in term is like. */
function builtIn(key: 'onsite' | 'pair', name: string): Term {
  const table: Readonly<Record<string, TermOn>> = key === 'onsite' ? onsiteTerms : pairTerms
  return exampleOf(table[name]!)
}

/** Whether all terms are built-in ones whose force is linear in x. */
export function isHarmonic(potential: z.output<typeof potentialSchema>): boolean {
  return (['onsite', 'pair'] as const).every((key) =>
    potential[key].every((entry) => typeof entry === 'string' && builtIn(key, entry).harmonic),
  )
}

/** Tensors beside the parameters in their file. */
const fileNames: ReadonlySet<string> = new Set(['knots', 'edges', 'table-edges', 'hidden-edges'])

/** Names of the parameters on units, edges and hidden units, as protocols give them. */
export const givenNames: readonly string[] = [
  ...Object.values(onsiteTerms),
  ...Object.values(pairTerms),
  bistable(1),
].flatMap(parameterNames)

/** Names of parameters that a formula's may not have. */
const reserved: ReadonlySet<string> = new Set([
  ...givenNames,
  ...parameterNames(labelCoupling),
  ...Object.keys(stateTerms),
])
