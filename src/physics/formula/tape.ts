import { type Expression, isRepeated } from './expression.js'
import type { Formula } from './parse.js'
import type { Partials } from './partials.js'

/** What a step reads: a register, or a number. */
export type Operand = { readonly register: number } | { readonly number: number }

/** An operation of a tape; `b` is null where it takes one operand. `=` copies: for results that no operation makes. */
export interface TapeStep {
  readonly name: string
  readonly a: Operand
  readonly b: Operand | null
  /** register of the result, which may be one that it reads */
  readonly to: number
}

/** Formulas as a list of operations on registers. The variables stand in the first registers, and nothing is written there. */
export interface Tape {
  readonly steps: readonly TapeStep[]
  readonly registers: number
  /** of each formula: its register when the tape has run, and the number of steps after which it stands there */
  readonly results: readonly { readonly register: number; readonly steps: number }[]
}

/** An operation before it has a register; operands are variables and nodes by their number, variables first. */
interface Node {
  readonly name: string
  readonly a: Value
  readonly b: Value | null
}
type Value = { readonly node: number } | { readonly number: number }

/**
 * Compiles formulas of the same variables to one tape, which gives the results in their order. What several of them have in common is
 * computed once: a formula and its derivatives share most. Whole powers are products of squares, x⁶ = x²·x⁴, in the order of
 * `compileScalar`; each result has its bits.
 *
 * Cost: O(nodes).
 */
export function compileTape(formulas: readonly Formula[]): Tape {
  const variables = formulas[0]!.variables.length
  const { nodes, numbered } = numbering(variables)
  const values: number[] = []
  const ends: number[] = []
  for (const { expression } of formulas) {
    const value = numbered(expression)
    // A lone number is an operation too, since results are registers.
    values.push('node' in value ? value.node : nodes.push({ name: '=', a: value, b: null }) - 1 + variables)
    ends.push(nodes.length)
  }
  const { registerOf, registers } = allocate(nodes, variables, values)
  const operandOf = (value: Value) => ('node' in value ? { register: registerOf(value.node) } : value)
  return {
    steps: nodes.map(({ name, a, b }, n) => ({
      name,
      a: operandOf(a),
      b: b === null ? null : operandOf(b),
      to: registerOf(n + variables),
    })),
    registers,
    results: values.map((value, n) => ({ register: registerOf(value), steps: ends[n]! })),
  }
}

/** The tape of a formula's slopes, then of itself: for the slopes alone one need not go through all of it. */
export function compilePartials({ value, slopes }: Pick<Partials, 'value' | 'slopes'>): Tape {
  return compileTape([...slopes, value])
}

/** Nodes that are the same operation of the same values are one. */
function numbering(variables: number) {
  const nodes: Node[] = []
  const known = new Map<string, number>()
  const keyOf = (value: Value | null) => (value === null ? '' : 'node' in value ? `${value.node}` : `#${value.number}`)
  const node = (name: string, a: Value, b: Value | null): Value => {
    const operands = [keyOf(a), keyOf(b)]
    if (name === '+' || name === '*') operands.sort()
    const key = [name, ...operands].join(' ')
    const number = known.get(key) ?? nodes.push({ name, a, b }) - 1 + variables
    known.set(key, number)
    return { node: number }
  }
  const wholePower = (base: Value, exponent: number): Value => {
    let result: Value | null = null
    let square = base
    for (let rest = Math.abs(exponent); rest > 0; ) {
      if (rest & 1) result = result === null ? square : node('*', result, square)
      rest >>= 1
      if (rest > 0) square = node('*', square, square)
    }
    return exponent < 0 ? node('/', { number: 1 }, result!) : result!
  }
  const numbered = (expression: Expression): Value => {
    if (expression.kind === 'number') return { number: expression.value }
    if (expression.kind === 'variable') return { node: expression.index }
    const { name, args } = expression
    const [a, b] = args.map(numbered)
    const exponent = name === '^' && b !== undefined && 'number' in b && isRepeated(b.number) ? b.number : null
    return exponent === null ? node(name, a!, b ?? null) : wholePower(a!, exponent)
  }
  return { nodes, numbered }
}

/** Gives each node a register, used again when its value was read last; variables and results keep theirs. */
function allocate(nodes: readonly Node[], variables: number, results: readonly number[]) {
  const lastRead = new Map<number, number>()
  const operandsOf = ({ a, b }: Node) =>
    [a, b].flatMap((value) => (value !== null && 'node' in value ? [value.node] : []))
  nodes.forEach((node, n) => {
    for (const operand of operandsOf(node)) lastRead.set(operand, n)
  })
  const kept = new Set(results)
  const registers = Array.from({ length: variables }, (_, n) => n)
  const free: number[] = []
  let count = variables
  nodes.forEach((node, n) => {
    for (const operand of new Set(operandsOf(node)))
      if (operand >= variables && lastRead.get(operand) === n && !kept.has(operand)) free.push(registers[operand]!)
    registers.push(free.pop() ?? count++)
  })
  return { registerOf: (value: number) => registers[value]!, registers: count }
}
