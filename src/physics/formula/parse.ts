import { FormulaError } from './error.js'
import type { Expression } from './expression.js'
import { mathjs, type ParsedNode } from './mathjs.js'
import { readTokens } from './tokens.js'
import { translate } from './translate.js'

/** A formula that was read and found harmless. */
export interface Formula {
  readonly text: string
  /** names of its variables; values are given in this order */
  readonly variables: readonly string[]
  readonly expression: Expression
}

/**
 * Reads a formula such as `x^4/4 - cos(2*pi*x)`.
 *
 * It may hold finite numbers, the given variables, pi, e, parentheses, + - * / ^ and the functions sin, cos, tan, asin,
 * acos, atan, sinh, cosh, tanh, exp, log (natural), sqrt, abs, sign, min and max (of two). A product is written with *,
 * ^ binds from the right and before a sign (-x^2 is -(x^2)).
 *
 * Three gates in a row: `readTokens` reads the text, mathjs parses it, and `translate` takes mathjs' tree over node by
 * node. Nothing is evaluated or compiled by mathjs, and no text ever becomes JavaScript.
 *
 * + - * /, whole powers and sqrt have the same bits everywhere; the other functions are those of the JavaScript engine.
 *
 * @param text - at most 1,000 characters
 * @param variables - the names it may use, for example ['x'] or ['x', 'y']
 * @throws FormulaError with the column of what is wrong, what was expected and how to mend it; FormulasNotLoaded before `loadFormulas`
 */
export function parseFormula(text: string, variables: readonly string[]): Formula {
  const operands = readTokens(text, variables)
  return { text, variables, expression: translate(parsed(text), variables, operands) }
}

/** mathjs refuses nothing that `readTokens` lets through as far as we know, but it has the last word. */
function parsed(text: string): ParsedNode {
  const library = mathjs()
  try {
    return library.parse(text)
  } catch (error) {
    const column = /\(char (\d+)\)/.exec(String(error))?.[1]
    throw new FormulaError('mathjs does not understand this; write it more simply.', Number(column ?? 1))
  }
}
