import { FormulaError } from './error.js'
import { type Expression, isRough, sizeOf } from './expression.js'
import { limits } from './limits.js'
import { mathjs, type ParsedNode } from './mathjs.js'
import type { Formula } from './parse.js'
import { operatorNames, translate } from './translate.js'

/** Our operators in mathjs' words. */
const mathjsNames = new Map([...operatorNames].map(([theirs, ours]) => [ours, theirs]))

/**
 * The partial derivative of a formula by one of its variables, taken symbolically by mathjs and simplified.
 *
 * @param variable - one of the formula's variables
 * @throws FormulaError for abs, sign, min and max, which have corners or jumps; for a derivative that is nowhere finite; and
 *   for one of more than 4,000 nodes
 */
export function differentiate(formula: Formula, variable: string): Formula {
  refuseRough(formula.expression)
  const expression = derived(formula, variable)
  const size = sizeOf(expression)
  if (size > limits.derivative)
    throw new FormulaError(
      `its derivative has ${size} parts, expected at most ${limits.derivative}; write it more simply.`,
      1,
    )
  return { text: `∂/∂${variable} of ${formula.text}`, variables: formula.variables, expression }
}

function derived({ expression, variables }: Formula, variable: string): Expression {
  const library = mathjs()
  try {
    const tree = library.derivative(nodeOf(expression, variables), variable, { simplify: false })
    return translate(tree, variables, null)
  } catch (error) {
    // For example (-2)^x, whose derivative holds log(-2).
    const reason = error instanceof FormulaError ? error.reason : 'mathjs finds none; write it more simply.'
    throw new FormulaError(`there is no derivative by ${variable}: ${reason}`, 1)
  }
}

/**
 * Whether all second derivatives are constants, or functions of the time alone, so that the force is linear. Decided by simplification, not by values: a
 * formula that only amounts to a quadratic one, such as x^4/x^2, is not recognised.
 */
export function isQuadratic(second: readonly Formula[]): boolean {
  return second.every(({ expression, variables }) => isPlaceless(expression, variables))
}

function isPlaceless(expression: Expression, variables: readonly string[]): boolean {
  if (expression.kind === 'operation') return expression.args.every((arg) => isPlaceless(arg, variables))
  return expression.kind === 'number' || variables[expression.index] === 't'
}

function refuseRough(expression: Expression): void {
  if (expression.kind !== 'operation') return
  if (isRough(expression.name))
    throw new FormulaError(
      `${expression.name} has a corner or a jump, where there is no force; use a smooth function (for abs(x): sqrt(x^2 + 0.01)).`,
      expression.column,
    )
  expression.args.forEach(refuseRough)
}

function nodeOf(expression: Expression, variables: readonly string[]): ParsedNode {
  const { ConstantNode, SymbolNode, OperatorNode, FunctionNode } = mathjs()
  if (expression.kind === 'number') return new ConstantNode(expression.value)
  if (expression.kind === 'variable') return new SymbolNode(variables[expression.index]!)
  const { name, args } = expression
  const nodes = args.map((arg) => nodeOf(arg, variables))
  const operator = mathjsNames.get(name)
  return operator === undefined
    ? new FunctionNode(name, nodes)
    : new OperatorNode(name === 'negate' ? '-' : name, operator, nodes)
}
