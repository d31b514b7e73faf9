import { hiddenBlock, type Network } from '../network/network.js'
import { defaultOnsite, onsiteTerms, pairTerms, stateTerms } from './built-in.js'
import { activity, type DrivingOptions, drivingTerm } from './driving-term.js'
import { formulaFeature } from './feature-maps.js'
import { fixedTerm } from './features.js'
import { type FormulaOptions, onsiteFromFormula, pairFromFormula } from './formula-term.js'
import { hiddenTerm } from './hidden-term.js'
import { labelCoupling } from './label.js'
import type { Term, TermOn } from './term.js'

/**
 * The potential U(x; θ) of a network: its terms, and where the parameters of each stand in the flat θ.
 *
 *     U = Σ_i [ k_i x_i²/2 + c_i x_i³/3 + a_i x_i⁴/4 - f_i x_i ] + Σ_(ij) [ J_ij x_i x_j + G_ij x_i² x_j² ]
 *         - Σ_il L_il x_i s_l - T Σ_h log 2cosh(u_h/T),   u_h = Σ_i V_ih x_i + b_h
 *
 * Linear in all parameters but those of hidden units.
 */
export interface Potential {
  /** whose units it acts on */
  readonly network: Network
  /** its summands */
  readonly terms: readonly Term[]
  /** the parameters by name: what files and scenarios call them, and where they stand in θ */
  readonly groups: readonly ParameterGroup[]
  /** offset of each term's parameters in θ; one more entry than terms, the last is `size` */
  readonly offsets: readonly number[]
  /** number of parameters */
  readonly size: number
  /** lowest allowed value of each parameter, [size]; -Infinity where there is none */
  readonly lowerBound: Float64Array
}

/** Parameters under one name: those of a term, or a part of them. */
export interface ParameterGroup {
  /** as in scenarios and in parameters.safetensors */
  readonly name: string
  /** as in the term they belong to */
  readonly support: Term['support']
  /** place of the first in θ */
  readonly offset: number
  /** number of parameters */
  readonly size: number
  /** driven, not learned (see Term.groups) */
  readonly given?: boolean
  /** the time, which the protocol fills in */
  readonly clock?: boolean
}

/** Builds a potential from terms; their parameters follow one another in the order given. Built-in terms: `createPotential`. */
export function potentialOf(network: Network, termsOn: readonly TermOn[]): Potential {
  const terms = termsOn.map((on) => on(network))
  const offsets = [0]
  for (const term of terms) offsets.push(offsets.at(-1)! + term.size)
  const size = offsets.at(-1)!
  const lowerBound = new Float64Array(size)
  terms.forEach((term, index) => {
    lowerBound.fill(term.lowerBound, offsets[index], offsets[index + 1])
  })
  const groups = terms.flatMap((term, index) => {
    let offset = offsets[index]!
    const parts: NonNullable<Term['groups']> = term.groups ?? [{ name: term.name, size: term.size }]
    return parts.map((part): ParameterGroup => {
      offset += part.size
      return { ...part, support: term.support, offset: offset - part.size }
    })
  })
  for (const { clock, offset } of groups) if (clock === true) lowerBound[offset] = -Infinity
  return { network, terms, groups, offsets, size, lowerBound }
}

/** Functions of the whole state, for one or two units: those of `stateTerms`, and a fixed energy that nothing learns. */
type FeatureOptions = {
  readonly [Name in keyof typeof stateTerms]?: Parameters<(typeof stateTerms)[Name]>[0] | undefined
} & { readonly base?: { readonly formula: string } | undefined }

/** The terms of a potential: built-in ones by name, others by formula, or the caller's own. */
export interface PotentialOptions {
  /** on each unit; `defaultOnsite` when absent */
  readonly onsite?: readonly (keyof typeof onsiteTerms | FormulaOptions | TermOn)[] | undefined
  /** on each pair of coupled units; none when absent */
  readonly pair?: readonly (keyof typeof pairTerms | FormulaOptions | TermOn)[] | undefined
  /** forces that have no potential, on each unit or on each pair of coupled units; none when absent */
  readonly force?: readonly DrivingOptions[] | undefined
  /** the force of active units, where the network has any: whether it is work that is done, or a part of the bath */
  readonly active?: { readonly counts?: NonNullable<Term['driving']> } | undefined
  /** terms that are linear in functions of the whole state */
  readonly features?: FeatureOptions | undefined
}

/**
 * A potential of built-in terms and formulas, and of what the network's label and hidden units do.
 *
 * @param kT - of the bath: what hidden units do to the visible ones depends on it. 1 when absent, as in defaultBath
 * @throws FormulaError for a formula that is refused; FormulasNotLoaded before `loadFormulas` (reading a scenario loads them)
 */
export function createPotential(
  network: Network,
  { onsite = defaultOnsite, pair = [], force = [], active, features = {} }: PotentialOptions = {},
  kT = 1,
): Potential {
  return potentialOf(network, [
    ...onsite.map(termIn(onsiteTerms, onsiteFromFormula)),
    ...pair.map(termIn(pairTerms, pairFromFormula)),
    ...force.map(drivingTerm),
    ...(active === undefined ? [] : [activity(active.counts ?? 'work')]),
    ...featureTerms(features, kT),
    ...(network.labelsPull ? [labelCoupling] : []),
    ...(hiddenBlock(network) === undefined ? [] : [hiddenTerm(kT)]),
  ])
}

/** Makes the term that an entry names, describes or is. */
function termIn<Name extends string>(named: Readonly<Record<Name, TermOn>>, from: (formula: FormulaOptions) => TermOn) {
  return (entry: Name | FormulaOptions | TermOn): TermOn =>
    typeof entry === 'string' ? named[entry] : typeof entry === 'function' ? entry : from(entry)
}

/** Several networks of the same kind pulling on the same units: energies add, and the parameters of each follow one another. */
export function composedPotential(potential: Potential, networks: number): Potential {
  return potentialOf(
    potential.network,
    Array.from({ length: networks }, () => potential.terms.map((term) => () => term)).flat(),
  )
}

/** Functions of the whole state, the fixed energy first. */
function featureTerms({ base, ...features }: FeatureOptions, kT: number): TermOn[] {
  const named = Object.entries(stateTerms).flatMap(([name, term]) => {
    const options = features[name as keyof typeof stateTerms]
    return options === undefined ? [] : [term(options as never, kT)]
  })
  return [...(base === undefined ? [] : [fixedTerm('base', formulaFeature(base.formula))]), ...named]
}

/** The part of a flat per-parameter array that belongs to term number `index` (no copy: a view, or the array where a single term has all). */
export function termSlice(potential: Potential, index: number, theta: Float64Array): Float64Array {
  // Views are slow to make.
  const { size } = potential.terms[index]!
  const from = potential.offsets[index]!
  return theta.length === size ? theta : theta.subarray(from, from + size)
}

/** Visits the terms in their order, each with what takes its part of a flat per-parameter array (see termSlice). */
export function eachTerm(
  potential: Potential,
  visit: (term: Term, own: (array: Float64Array) => Float64Array) => void,
): void {
  potential.terms.forEach((term, index) => {
    visit(term, (array) => termSlice(potential, index, array))
  })
}

/** The part of a flat per-parameter array that belongs to a group (a view, not a copy). */
export function groupSlice({ offset, size }: ParameterGroup, theta: Float64Array): Float64Array {
  return theta.subarray(offset, offset + size)
}

/**
 * Force and energy of a batch of states (they overwrite; either may be null).
 *
 * @param theta - parameters, [size]
 * @param x - states, [units, batch]
 * @param force - F = -∂U/∂x, [units, batch]
 * @param energy - U, [batch]
 *
 * Cost: O(edges·batch) for each pair term and for hidden units; the energy adds little to the force.
 */
export function forceAndEnergy(
  potential: Potential,
  theta: Float64Array,
  x: Float64Array,
  batch: number,
  force: Float64Array | null,
  energy: Float64Array | null,
): void {
  force?.fill(0, 0, potential.network.units * batch)
  energy?.fill(0, 0, batch)
  // Not by eachTerm: its closures cost a small system a seventh of the time.
  potential.terms.forEach((term, index) => {
    term.addForceAndEnergy(termSlice(potential, index, theta), x, batch, force, energy)
  })
}

/** Whether there are forces that have no potential, of either kind or of one (see Term.driving). */
export function hasDriving({ terms }: Potential, kind?: NonNullable<Term['driving']>): boolean {
  return terms.some(({ driving, size }) => size > 0 && driving !== undefined && driving === (kind ?? driving))
}

/** The forces of one kind that have no potential, [units, batch] (it overwrites); see Term.driving. */
export function drivingForce(
  potential: Potential,
  theta: Float64Array,
  x: Float64Array,
  batch: number,
  force: Float64Array,
  kind: NonNullable<Term['driving']>,
): void {
  force.fill(0, 0, potential.network.units * batch)
  potential.terms.forEach((term, index) => {
    if (term.driving === kind) term.addForceAndEnergy(termSlice(potential, index, theta), x, batch, force, null)
  })
}

/** out_a = Σ_trajectories w φ_a(x), φ_a = ∂U/∂θ_a (it overwrites); weights w, [batch], 1 when absent. `out`: [size]. */
export function statistic(
  potential: Potential,
  theta: Float64Array,
  x: Float64Array,
  batch: number,
  out: Float64Array,
  weights: Float64Array | null = null,
): void {
  out.fill(0)
  eachTerm(potential, (term, own) => term.addStatistic(own(theta), x, batch, own(out), weights))
}

/** out_a = Σ_trajectories r·∇φ_a(x) (it overwrites): what force matching measures. `r`: [units, batch]; `out`: [size]. */
export function directional(
  potential: Potential,
  theta: Float64Array,
  x: Float64Array,
  r: Float64Array,
  batch: number,
  out: Float64Array,
): void {
  out.fill(0)
  eachTerm(potential, (term, own) => term.addDirectional(own(theta), x, r, batch, own(out)))
}

/** The Hessian ∂²U/∂x_i∂x_j at one state x [units], as [units, units] row-major. Cost: O(units² + edges). */
export function hessian(potential: Potential, theta: Float64Array, x: Float64Array): Float64Array {
  const out = new Float64Array(potential.network.units ** 2)
  eachTerm(potential, (term, own) => term.addHessian(own(theta), x, out))
  return out
}
