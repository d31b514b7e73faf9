import { z } from 'zod'
import { FormulaError } from '../../physics/formula/error.js'
import { forceFormulas, onsiteFormulas, pairFormulas } from '../../physics/formula/partials.js'
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
import { inWords, namesIn } from './parts.js'

/** Most terms on units, and on edges: a file of thousands of formulas would take minutes to read. */
const mostTerms = 32

const termName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'expected a lower-case letter, then lower-case letters, digits and "-"')
  .describe('the name of its parameters')

/** A term from a formula; the formula itself is read when the rest is known to be right. */
function formulaTerm(variables: string, example: string) {
  return z
    .strictObject({
      name: termName,
      formula: z
        .string()
        .describe(`φ in ${variables}, in a plain simulation also in the time t, for example ${example}`),
      min: z.number().optional().describe('lowest parameter; 0 where a negative one would let trajectories run away'),
    })
    .describe(`a term from a formula: U = Σ θ φ, one parameter θ for each ${variables === 'x' ? 'unit' : 'edge'}`)
}

const onsiteMeanings = {
  stiffness: 'x²/2',
  cubic: 'x³/3',
  quartic: 'x⁴/4',
  bias: '-x',
  'state-bias': 'an energy for each state of a unit with states',
} as const satisfies Record<keyof typeof onsiteTerms, string>
const pairMeanings = {
  bilinear: 'x·y',
  quartic: 'x²·y²',
  'pair-table': 'an energy for each pair of states',
  'state-force': 'a force on a continuous unit for each state of the other',
} as const satisfies Record<keyof typeof pairTerms, string>

const onsite = z.union([z.enum(namesIn(onsiteTerms)), formulaTerm('x', 'x^6/6')])
const pair = z.union([z.enum(namesIn(pairTerms)), formulaTerm('x and y', '(x-y)^2/2')])

/** A formula, or the number that it is. */
const forceFormula = z.union([z.string(), z.number().transform(String)])

/** A force without a potential, on each unit or on the two ends of each coupling. */
const force = z
  .strictObject({
    name: termName,
    formula: forceFormula.optional().describe('on each unit: the force in x, for example 1 or sin(x)'),
    x: forceFormula
      .optional()
      .describe('on each coupling: the force on its first unit, in x and y of both, for example y'),
    y: forceFormula.optional().describe('... and the force on its second unit, for example -x'),
  })
  .transform(({ name, formula, x, y }, context) => {
    const refuse = (message: string) => {
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
    if (formula !== undefined && (x !== undefined || y !== undefined))
      return refuse('expected either formula, on each unit, or x and y, on the two ends of each coupling')
    if (formula !== undefined) return { name, formula }
    if (x !== undefined && y !== undefined) return { name, x, y }
    if (x === undefined && y === undefined)
      return refuse('expected formula, the force on each unit, or x and y, those on the two ends of each coupling')
    const [missing, unit] = x === undefined ? ['x', 'first'] : ['y', 'second']
    return refuse(`expected x and y; for no force on the ${unit} unit give ${missing}: 0`)
  })
  .describe(
    'a force without a potential, one parameter θ for each unit or coupling: θ·formula on each unit, or θ·x and θ·y on the ends of each coupling',
  )

/** The section `potential`: built-in terms by name, others by formula. */
export const potentialSchema = z
  .strictObject({
    onsite: z
      .array(onsite)
      .max(mostTerms)
      .default([...defaultOnsite])
      .describe(`energies of single units, built-in by name or by a formula. ${inWords(onsiteMeanings)}`),
    pair: z
      .array(pair)
      .max(mostTerms)
      .default([])
      .describe(`energies of coupled units, built-in by name or by a formula. ${inWords(pairMeanings)}`),
    force: z.array(force).max(mostTerms).optional().describe('forces that no energy gives: shear, circulation, motors'),
    features: featuresSchema.optional(),
  })
  // Runs only where the lists are right so far: formulas beyond the limit are never read.
  .superRefine((potential, context) => {
    const say = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (potential.onsite.includes('cubic') && !potential.onsite.includes('quartic'))
      say(['onsite'], 'cubic alone is unbounded below and trajectories run away; add quartic')
    const taken = new Set<string>()
    for (const key of ['onsite', 'pair', 'force'] as const)
      potential[key]?.forEach((entry, index) => {
        const name = typeof entry === 'string' ? builtIn(key as 'onsite' | 'pair', entry).name : entry.name
        const where = typeof entry === 'string' ? [key, index] : [key, index, 'name']
        if (typeof entry !== 'string' && reserved.has(name))
          say(where, `"${name}" is a built-in term; choose another name`)
        else if (fileNames.has(name))
          say(where, `"${name}" is what else stands in parameters.safetensors; choose another name`)
        else if (taken.has(name)) say(where, `the term "${name}" stands twice; remove or rename one`)
        taken.add(name)
        // One that was refused by itself comes here all the same, without what it lacks.
        if (typeof entry === 'string' || !isWritten(entry)) return
        for (const [part, message] of refusalsOf(key, entry)) say([key, index, part], message)
      })
  })

/** Whether a term has its formula, or a force both of its. */
function isWritten(entry: { readonly formula?: unknown; readonly x?: unknown; readonly y?: unknown }): boolean {
  return typeof entry.formula === 'string' || (typeof entry.x === 'string' && typeof entry.y === 'string')
}

/** What is wrong with the formulas of a term or a force, by their keys. */
function refusalsOf(
  key: 'onsite' | 'pair' | 'force',
  entry: { readonly formula: string } | { readonly x: string; readonly y: string },
): [string, string][] {
  if ('formula' in entry) {
    const read =
      key === 'force' ? (text: string) => forceFormulas([text]) : key === 'onsite' ? onsiteFormulas : pairFormulas
    return refusalIn('formula', () => read(entry.formula))
  }
  // Each by itself, so that it is known whose column it is.
  return [
    ...refusalIn('x', () => forceFormulas([entry.x, '0'])),
    ...refusalIn('y', () => forceFormulas(['0', entry.y])),
  ]
}

function refusalIn(key: string, read: () => unknown): [string, string][] {
  try {
    read()
    return []
  } catch (error) {
    if (error instanceof FormulaError) return [[key, error.text]]
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
  'activity',
  ...parameterNames(labelCoupling),
  ...Object.keys(stateTerms),
])
