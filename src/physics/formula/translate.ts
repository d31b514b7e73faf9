import { FormulaError } from './error.js'
import { type Expression, functionArity, number } from './expression.js'
import type { ParsedNode } from './mathjs.js'
import { operation } from './simplify.js'
import { constants, type Operand } from './tokens.js'

/** mathjs' names of the operators that a formula may hold, and ours. */
export const operatorNames: ReadonlyMap<string, string> = new Map([
  ['add', '+'],
  ['subtract', '-'],
  ['multiply', '*'],
  ['divide', '/'],
  ['pow', '^'],
  ['unaryMinus', 'negate'],
])

/** Functions that mathjs' derivatives hold beside those that a formula may call. */
const fromDerivatives = ['sec', 'sech']

/**
 * Translates mathjs' tree; whatever is not a finite number, a known name, a known operator or a known function is refused.
 * Only `type`, `value`, `name`, `fn`, `args` and `content` of a node are read, none of its methods is called.
 *
 * @param operands - the formula's numbers and names in the order of the text, which is that of the walk: they carry the
 *   columns. null for a derivative, which has no text
 * @throws FormulaError
 */
export function translate(
  root: ParsedNode,
  variables: readonly string[],
  operands: readonly Operand[] | null,
): Expression {
  let next = 0
  const column = () => operands?.[Math.min(next, operands.length - 1)]?.column ?? 1
  const refuse = (what: string, where: number): never => {
    throw new FormulaError(`${what} is not allowed in a formula.`, where)
  }
  const walk = (node: ParsedNode): Expression => {
    const start = column()
    const { type, args = [] } = node
    if (type === 'ParenthesisNode' && node.content !== undefined) return walk(node.content)
    if (type === 'ConstantNode') {
      next++
      const { value } = node
      if (typeof value !== 'number' || !Number.isFinite(value)) return refuse(`the value ${value}`, start)
      return number(value)
    }
    if (type === 'SymbolNode' && node.name !== undefined) {
      next++
      const index = variables.indexOf(node.name)
      if (index >= 0) return { kind: 'variable', index }
      return number(constants.get(node.name) ?? refuse(`the name "${node.name}"`, start))
    }
    if (type === 'OperatorNode' && typeof node.fn === 'string') {
      const [first, ...rest] = args.map(walk)
      if (node.fn === 'unaryPlus' && first !== undefined && rest.length === 0) return first
      const name = operatorNames.get(node.fn) ?? refuse(`the operator "${node.op}"`, start)
      if (first === undefined || (rest.length === 0) !== (name === 'negate'))
        return refuse(`"${node.op}" with ${args.length} values`, start)
      // mathjs' derivative gathers several factors in one product.
      return rest.length === 0
        ? operation(name, [first], start)
        : rest.reduce((left, right) => operation(name, [left, right], start), first)
    }
    if (type === 'FunctionNode' && typeof node.fn === 'object') {
      next++
      const name = node.fn.type === 'SymbolNode' ? (node.fn.name ?? '') : ''
      const arity = functionArity.get(name) ?? (operands === null && fromDerivatives.includes(name) ? 1 : undefined)
      if (arity !== args.length) return refuse(`the function "${name}" with ${args.length} arguments`, start)
      return operation(name, args.map(walk), start)
    }
    return refuse(`what mathjs calls ${type}`, start)
  }
  const expression = walk(root)
  // The columns are right only if the walk met every number and name of the text.
  if (operands !== null && next !== operands.length) return refuse('what mathjs read into this', column())
  return expression
}
