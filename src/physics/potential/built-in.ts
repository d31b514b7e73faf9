import { createNetwork } from '../network/network.js'
import { fourierFeatures, polynomialFeatures, radialFeatures } from './feature-maps.js'
import { featureTerm } from './features.js'
import { bias, cubic, quartic, stiffness } from './onsite.js'
import { bilinear, pairQuartic } from './pair.js'
import { pairTable } from './pair-table.js'
import { stateBias } from './state-bias.js'
import { stateForce } from './state-force.js'
import type { Term, TermOn } from './term.js'
import { wellsTerm } from './wells.js'

/** Terms of one unit by name, in the order in which they are usually written. */
export const onsiteTerms = { stiffness, cubic, quartic, bias, 'state-bias': stateBias } as const satisfies Record<
  string,
  TermOn
>

/** Terms of a pair of units by name. */
export const pairTerms = {
  bilinear,
  quartic: pairQuartic,
  'pair-table': pairTable,
  'state-force': stateForce,
} as const satisfies Record<string, TermOn>

/** Functions of the whole state by the name of their parameters, in the order that these have in θ. */
export const stateTerms = {
  wells: wellsTerm,
  radial: ({ centres, width }: { readonly centres: readonly (readonly number[])[]; readonly width: number }) =>
    featureTerm({ name: 'radial', degree: null }, radialFeatures(centres, width)),
  polynomial: ({ degree }: { readonly degree: number }) =>
    featureTerm({ name: 'polynomial' }, polynomialFeatures(degree)),
  fourier: ({ order, period }: { readonly order: number; readonly period: number }) =>
    featureTerm({ name: 'fourier', degree: null }, fourierFeatures(order, period)),
} as const satisfies Record<string, (options: never, kT: number) => TermOn>

/** The terms of a potential where none are named. */
export const defaultOnsite = ['stiffness', 'bias'] as const satisfies readonly (keyof typeof onsiteTerms)[]

const smallest = createNetwork({ visible: { units: 1 }, hidden: { units: 1 } })

/** A term on a network of one visible and one hidden unit: what it is like, and what its parameters are called. */
export function exampleOf(term: TermOn): Term {
  return term(smallest)
}

/** Names of a term's parameters. */
export function parameterNames(term: TermOn): string[] {
  const example = exampleOf(term)
  return (example.groups ?? [example]).map(({ name }) => name)
}
