import { type Expression, isRough, number, operations } from '../../physics/formula/expression.js'
import type { Formula } from '../../physics/formula/parse.js'
import type { Network } from '../../physics/network/network.js'
import { generalPairTerm } from '../../physics/potential/general-pair.js'
import { onsiteTerm, stiffness } from '../../physics/potential/onsite.js'
import { type Potential, potentialOf } from '../../physics/potential/potential.js'

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

/** Terms on units and on pairs that go through every operation; its slopes are none: kernels alone look at it, and no parser need be loaded. */
export function everyOperationTerm(network: Network): Landscape {
  const [x, y] = [0, 1].map((index): Expression => ({ kind: 'variable', index })) as [Expression, Expression]
  const between = (of: Expression) => apply('+', number(0.5), apply('*', number(0.25), apply('sin', of)))
  const partials = (variables: readonly string[], of: Expression) => {
    const formula: Formula = { text: '', variables, expression: everyOperation(between(of)) }
    return { value: formula, slopes: variables.map(() => formula), curvatures: [] }
  }
  const none = () => {}
  const pair = { value: none, slopeX: none, slopeY: none, curvatureXX: none, curvatureXY: none, curvatureYY: none }
  const potential = potentialOf(network, [
    stiffness,
    onsiteTerm({ name: 'on units', formula: partials(['x'], x) }, { value: none, slope: none, curvature: none }),
    generalPairTerm({ name: 'on pairs', formula: partials(['x', 'y'], apply('-', x, y)) }, pair),
  ])
  return { potential, theta: Float64Array.from({ length: potential.size }, (_, a) => 0.5 + 0.01 * (a % 7)) }
}
