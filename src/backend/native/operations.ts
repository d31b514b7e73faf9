import { type Expression, isRough, number, operations } from '../../physics/formula/expression.js'
import type { Formula } from '../../physics/formula/parse.js'
import type { Block } from '../../physics/network/blocks.js'
import { edgesFromPairs } from '../../physics/network/edges.js'
import { allPairs } from '../../physics/network/geometry.js'
import { type Network, networkOf } from '../../physics/network/network.js'
import { generalPairTerm } from '../../physics/potential/general-pair.js'
import { onsiteTerm, stiffness } from '../../physics/potential/onsite.js'
import { type Potential, potentialOf } from '../../physics/potential/potential.js'
import { networkWith } from './small-systems.js'

/** A potential of a trial, and its parameters. */
export interface Landscape {
  readonly potential: Potential
  readonly theta: Float64Array
}

const apply = (name: string, ...args: Expression[]): Expression => ({ kind: 'operation', name, args, column: 1 })

/** Every operation of formulas, of a number t between ¼ and ¾, where all have values: also with a number before it, and after. */
function everyOperation(t: Expression): Expression {
  const smooth = [...operations].filter(([name]) => !isRough(name))
  const each = smooth.flatMap(([name, { arity }]) =>
    arity === 1
      ? [apply(name, t)]
      : [apply(name, t, apply('sin', t)), apply(name, number(1.3), t), apply(name, t, number(1.7))],
  )
  return each.reduce((sum, one) => apply('+', apply('*', number(0.9), sum), one))
}

const none = () => {}
/** The functions of a pair term that kernels alone look at. */
const unseen = { value: none, slopeX: none, slopeY: none, curvatureXX: none, curvatureXY: none, curvatureYY: none }

/** Terms on units and on pairs that go through every operation; its slopes are none: kernels alone look at it, and no parser need be loaded. */
export function everyOperationTerm(network: Network): Landscape {
  const [x, y] = [0, 1].map((index): Expression => ({ kind: 'variable', index })) as [Expression, Expression]
  const between = (of: Expression) => apply('+', number(0.5), apply('*', number(0.25), apply('sin', of)))
  const partials = (variables: readonly string[], of: Expression) => {
    const formula: Formula = { text: '', variables, expression: everyOperation(between(of)) }
    return { value: formula, slopes: variables.map(() => formula), curvatures: [] }
  }
  const potential = potentialOf(network, [
    stiffness,
    onsiteTerm({ name: 'on units', formula: partials(['x'], x) }, { value: none, slope: none, curvature: none }),
    generalPairTerm({ name: 'on pairs', formula: partials(['x', 'y'], apply('-', x, y)) }, unseen),
  ])
  return { potential, theta: Float64Array.from({ length: potential.size }, (_, a) => 0.5 + 0.01 * (a % 7)) }
}

/**
 * Units that move in ways of their own: at two temperatures and mobilities, between walls, under a curl whose work counts, each pushed by
 * an active one.
 */
export function drivenSystem(units = 5): Landscape {
  const [x, y] = [0, 1].map((index): Expression => ({ kind: 'variable', index })) as [Expression, Expression]
  const partials = (...slopes: Expression[]) => {
    const of = (expression: Expression): Formula => ({ text: '', variables: ['x', 'y'], expression })
    return { value: of(number(0)), slopes: slopes.map(of), curvatures: [] }
  }
  const blocks = Array.from({ length: units }, (_, n): Block => {
    const own = n % 2 === 0 ? { walls: [-0.6, 0.8] as const } : { temperature: 2.5 }
    return { role: 'visible', units: 1, states: null, change: { kind: 'langevin', mobility: 1 + n / 4 }, ...own }
  })
  const active: Block = { role: 'active', units, states: null, change: { kind: 'ornstein-uhlenbeck', time: 0.4 } }
  const edges = edgesFromPairs(2 * units, allPairs(units))
  const pushed = edgesFromPairs(
    2 * units,
    Array.from({ length: units }, (_, n): [number, number] => [n, units + n]),
  )
  const network = networkOf([...blocks, active], { ...networkWith(units, 'none', 0), edges })
  const curl = partials(apply('negate', y), x)
  const potential = potentialOf(network, [
    stiffness,
    generalPairTerm({ name: 'curl', driving: 'work', formula: curl }, unseen),
    generalPairTerm(
      { name: 'activity', driving: 'bath', formula: partials(apply('negate', y), number(0)) },
      unseen,
      () => pushed,
    ),
  ])
  return { potential, theta: Float64Array.from({ length: potential.size }, (_, a) => 0.5 + 0.1 * (a % 4)) }
}
