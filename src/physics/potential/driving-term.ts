import { forceFormulas } from '../formula/partials.js'
import { type Edges, edgesFromPairs } from '../network/edges.js'
import type { Network } from '../network/network.js'
import { clocked } from './clocked.js'
import { pairFunction, unitFunction } from './formula-term.js'
import { generalPairTerm } from './general-pair.js'
import { onsiteTerm } from './onsite.js'
import type { Term, TermOn } from './term.js'

/** What all forces without a potential are described by. */
interface Named {
  readonly name: string
  /** whether its work is counted, or it is a part of the bath; `work` when absent (see Term.driving) */
  readonly counts?: NonNullable<Term['driving']> | undefined
}

/** A force without a potential on each unit, f in x. */
interface UnitForce extends Named {
  readonly formula: string
}

/** A force without a potential between the ends of each coupling, in x and y of its first and second unit. */
interface PairForce extends Named {
  /** the force on the first unit */
  readonly x: string
  /** ... and on the second */
  readonly y: string
}

/** How a force without a potential is described. */
export type DrivingOptions = UnitForce | PairForce

/**
 * A force that is no gradient, with a parameter θ for each unit or each coupling: f_i = θ_i f(x_i, t), for example
 * `{ name: 'tilt', formula: '1' }` along an angle, or f_i = θ f_x(x_i, x_j), f_j = θ f_y(x_i, x_j), for example
 * `{ name: 'curl', x: 'y', y: '-x' }`.
 *
 * @throws FormulaError with the column of what is wrong; FormulasNotLoaded before `loadFormulas`
 * Source: Sekimoto, Stochastic Energetics (2010), §4.1.2.
 */
export function drivingTerm(options: DrivingOptions): TermOn {
  const formula = forceFormulas('formula' in options ? [options.formula] : [options.x, options.y])
  const described = { name: options.name, driving: options.counts ?? 'work', formula } as const
  const term = clocked(formula, (clock) =>
    'formula' in options
      ? onsiteTerm(described, unitFunction(formula, clock))
      : generalPairTerm(described, pairFunction(formula, clock)),
  )
  return (network) => withoutStatistic(term(network))
}

/**
 * The force of an active bath, f_i = θ_i η_i on each visible unit, η_i the active unit of its own (see Change): θ is its standard
 * deviation. Without active units it has no parameters.
 *
 * @throws FormulasNotLoaded before `loadFormulas`
 * Source: Fodor et al., Phys. Rev. Lett. 117, 038103 (2016), eqs. 1–2.
 */
export function activity(counts: NonNullable<Term['driving']>): TermOn {
  const formula = forceFormulas(['y', '0'])
  const term = generalPairTerm(
    { name: 'activity', driving: counts, formula },
    pairFunction(formula, { t: 0 }),
    activeEdges,
  )
  return (network) => ({ ...term(network), support: 'unit' })
}

/** From each visible unit to the active unit that pushes it. */
function activeEdges({ blocks, units, visible }: Network): Edges {
  const first = blocks.find(({ role }) => role === 'active')?.first ?? null
  const pairs = first === null ? [] : Array.from({ length: visible }, (_, i): [number, number] => [i, first + i])
  return edgesFromPairs(units, pairs)
}

/** Nobody takes such a force for a term on single units: it has no φ to integrate over. */
function withoutStatistic({ alone: _, ...term }: Term): Term {
  return term
}
