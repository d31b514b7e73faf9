import { type Expression, operations } from './expression.js'
import type { Formula } from './parse.js'

/**
 * A formula as a function of numbers, its variables in their order: for schedules in t.
 *
 * @returns may be infinite or NaN outside the formula's domain
 *
 * Cost of a call: one closure for each node; where whole rows are at hand `compileRows` is faster.
 */
export function compileScalar(formula: Formula): (...values: number[]) => number {
  const compiled = compile(formula.expression)
  return (...values) => compiled(values)
}

function compile(expression: Expression): (values: readonly number[]) => number {
  if (expression.kind === 'number') {
    const { value } = expression
    return () => value
  }
  if (expression.kind === 'variable') {
    const { index } = expression
    return (values) => values[index]!
  }
  const { apply } = operations.get(expression.name)!
  const [a, b] = expression.args.map(compile)
  return b === undefined ? (values) => apply(a!(values), 0) : (values) => apply(a!(values), b(values))
}
