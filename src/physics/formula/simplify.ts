import { FormulaError } from './error.js'
import { type Expression, functionArity, number, operations } from './expression.js'

/**
 * An operation in its simplest form: constants are computed, sums with 0 and products with 0 and 1 disappear, constant
 * factors are gathered in front. Without that a derivative would be mostly zeros and ones, and nothing would tell that the
 * second derivative of x^2/2 is a constant.
 *
 * @param args - one or two, as the operation needs
 * @param column - where it starts in the formula, for errors
 * @throws FormulaError when a constant part is not a finite number
 */
export function operation(name: string, args: readonly Expression[], column: number): Expression {
  const [a, b] = args
  const { apply } = operations.get(name) ?? {}
  if (a === undefined || apply === undefined) throw new FormulaError(`"${name}" is no operation.`, column)
  if (a.kind === 'number' && (b === undefined || b.kind === 'number')) {
    const value = apply(a.value, b?.value ?? 0)
    if (!Number.isFinite(value))
      throw new FormulaError(`${inWords(name, a.value, b?.value)} is ${value}; expected a finite number.`, column)
    return number(value)
  }
  const simpler = b === undefined ? simplerUnary(name, a, column) : simplerBinary(name, a, b, column)
  return simpler ?? { kind: 'operation', name, args, column }
}

function inWords(name: string, a: number, b: number | undefined): string {
  if (b === undefined) return `${name}(${a})`
  return functionArity.has(name) ? `${name}(${a}, ${b})` : `${a} ${name} ${b}`
}

function isNumber(expression: Expression, value: number): boolean {
  return expression.kind === 'number' && expression.value === value
}

/** c and f of c·f or -f with a constant c; c = 1 where there is none. */
function factored(expression: Expression): { factor: number; rest: Expression } {
  if (expression.kind !== 'operation') return { factor: 1, rest: expression }
  const { name, args } = expression
  const [first, second] = args as [Expression, Expression]
  if (name === '*' && first.kind === 'number') return { factor: first.value, rest: second }
  return name === 'negate' ? { factor: -1, rest: first } : { factor: 1, rest: expression }
}

function scaled(factor: number, rest: Expression, column: number): Expression {
  return factor === -1 ? operation('negate', [rest], column) : operation('*', [number(factor), rest], column)
}

function simplerUnary(name: string, a: Expression, column: number): Expression | undefined {
  const { factor, rest } = factored(a)
  return name === 'negate' && factor !== 1 ? scaled(-factor, rest, column) : undefined
}

function simplerBinary(name: string, a: Expression, b: Expression, column: number): Expression | undefined {
  switch (name) {
    case '+':
      return isNumber(a, 0) ? b : isNumber(b, 0) ? a : undefined
    case '-':
      return isNumber(b, 0) ? a : isNumber(a, 0) ? operation('negate', [b], column) : undefined
    case '*':
      return product(a, b, column)
    case '/': {
      if (isNumber(b, 0)) throw new FormulaError('division by zero.', column)
      if (isNumber(a, 0) || isNumber(b, 1)) return a
      const { factor, rest } = factored(a)
      return factor !== 1 && b.kind === 'number' ? scaled(factor / b.value, rest, column) : undefined
    }
    case '^':
      return isNumber(b, 0) ? number(1) : isNumber(b, 1) ? a : undefined
    default:
      return undefined
  }
}

function product(a: Expression, b: Expression, column: number): Expression | undefined {
  if (isNumber(a, 0) || isNumber(b, 0)) return number(0)
  if (isNumber(a, 1)) return b
  if (isNumber(b, 1)) return a
  if (b.kind === 'number') return operation('*', [b, a], column)
  const right = factored(b)
  if (a.kind === 'number') {
    if (right.factor !== 1) return scaled(a.value * right.factor, right.rest, column)
    // c·(f/d) = (c/d)·f: what a derivative of x^n/n looks like.
    const [numerator, denominator] = b.kind === 'operation' && b.name === '/' ? b.args : []
    return denominator?.kind === 'number' ? scaled(a.value / denominator.value, numerator!, column) : undefined
  }
  const left = factored(a)
  if (left.factor === 1 && right.factor === 1) return undefined
  return scaled(left.factor * right.factor, operation('*', [left.rest, right.rest], column), column)
}
