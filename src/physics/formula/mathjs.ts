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

let loaded: Mathjs | undefined

/**
 * Loads mathjs, once: formulas can be read after it. It takes half a second, and most scenarios have no formula; a bundler
 * makes a chunk of its own of it.
 */
export async function loadFormulas(): Promise<void> {
  loaded ??= (await import('./mathjs-number.js')).library as unknown as Mathjs
}

/** A program's mistake: a formula was to be read before `loadFormulas`. */
export class FormulasNotLoaded extends Error {
  /** tells it from other errors */
  override name = 'FormulasNotLoaded'
  constructor() {
    super('formulas are read with mathjs, which is not there yet: await loadFormulas()')
  }
}

/** mathjs itself. @throws FormulasNotLoaded before `loadFormulas` */
export function mathjs(): Mathjs {
  if (loaded === undefined) throw new FormulasNotLoaded()
  return loaded
}
