import { createRequire } from 'node:module'

/** What is read of mathjs' nodes: data only, none of their methods. */
export interface ParsedNode {
  readonly type: string
  /** of a constant */
  readonly value?: unknown
  /** of a symbol */
  readonly name?: string
  /** of parentheses */
  readonly content?: ParsedNode
  /** of an operator, as it is written */
  readonly op?: string
  /** the name of an operator, or what a function node calls */
  readonly fn?: string | ParsedNode
  /** of an operator or a function */
  readonly args?: readonly ParsedNode[]
}

/** What formulas need of mathjs: its parser, its derivative and the nodes they work on. */
interface Mathjs {
  parse(text: string): ParsedNode
  derivative(expression: ParsedNode, variable: string, options: { simplify: boolean }): ParsedNode
  readonly ConstantNode: new (value: number) => ParsedNode
  readonly SymbolNode: new (name: string) => ParsedNode
  readonly OperatorNode: new (op: string, fn: string, args: readonly ParsedNode[]) => ParsedNode
  readonly FunctionNode: new (name: string, args: readonly ParsedNode[]) => ParsedNode
}

let instance: Mathjs | undefined

/**
 * mathjs on plain numbers, with no more than its parser and its derivative. Loaded at the first formula: that takes half a
 * second, and most scenarios have none.
 */
export function mathjs(): Mathjs {
  if (instance === undefined) {
    const library = createRequire(import.meta.url)('mathjs/number') as typeof import('mathjs')
    const { create, parseDependencies, derivativeDependencies } = library
    instance = create({ ...parseDependencies, ...derivativeDependencies }) as unknown as Mathjs
  }
  return instance
}
