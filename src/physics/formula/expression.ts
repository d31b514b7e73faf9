/**
 * A formula's own tree: numbers, variables and operations of a fixed table, nothing else. mathjs' trees are translated
 * into it and never evaluated, so a formula can do no more than what stands here.
 */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'variable'; readonly index: number }
  | Operation

/** An operation on one or two arguments; `column` is where it starts in the formula. */
interface Operation {
  readonly kind: 'operation'
  readonly name: string
  readonly args: readonly Expression[]
  readonly column: number
}

/** What an operation does to numbers; `b` is ignored where `arity` is 1. */
interface Arithmetic {
  readonly arity: 1 | 2
  readonly apply: (a: number, b: number) => number
}

const unary = (apply: (a: number) => number): Arithmetic => ({ arity: 1, apply })

/** Functions of a formula that have derivatives everywhere inside their domain. */
const smooth = (
  ['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'exp', 'log', 'sqrt'] as const
).map((name): [string, Arithmetic] => [name, unary(Math[name])])

/** Functions with corners or jumps: for schedules in t; a potential has no force there, so `differentiate` refuses them. */
const rough: readonly (readonly [string, Arithmetic])[] = [
  ['abs', unary(Math.abs)],
  ['sign', unary(Math.sign)],
  ['min', { arity: 2, apply: Math.min }],
  ['max', { arity: 2, apply: Math.max }],
]

/** Names that a formula may call, with their number of arguments. */
export const functionArity: ReadonlyMap<string, number> = new Map(
  [...smooth, ...rough].map(([name, { arity }]) => [name, arity]),
)

/** Whether an operation is one of those without a derivative. */
export function isRough(name: string): boolean {
  return rough.some(([other]) => other === name)
}

/** Every operation of a tree. `sec` and `sech` come only from derivatives of tan and tanh. */
export const operations: ReadonlyMap<string, Arithmetic> = new Map<string, Arithmetic>([
  ...smooth,
  ...rough,
  ['sec', unary((a) => 1 / Math.cos(a))],
  ['sech', unary((a) => 1 / Math.cosh(a))],
  ['negate', unary((a) => -a)],
  ['+', { arity: 2, apply: (a, b) => a + b }],
  ['-', { arity: 2, apply: (a, b) => a - b }],
  ['*', { arity: 2, apply: (a, b) => a * b }],
  ['/', { arity: 2, apply: (a, b) => a / b }],
  ['^', { arity: 2, apply: power }],
])

/** Whole exponents up to this are repeated multiplication, so that x^4 is (x·x)·(x·x) to the bit, for negative x too. */
const largestRepeated = 64

/** Whether a^exponent is computed by repeated multiplication. */
export function isRepeated(exponent: number): boolean {
  return Number.isInteger(exponent) && Math.abs(exponent) <= largestRepeated
}

function power(a: number, exponent: number): number {
  if (!isRepeated(exponent)) return a ** exponent
  let result = 1
  let square = a
  for (let rest = Math.abs(exponent); rest > 0; rest >>= 1) {
    if (rest & 1) result *= square
    square *= square
  }
  return exponent < 0 ? 1 / result : result
}

/** A number as an expression. */
export function number(value: number): Expression {
  return { kind: 'number', value }
}

/** Number of nodes of a tree. */
export function sizeOf(expression: Expression): number {
  return expression.kind === 'operation' ? expression.args.reduce((sum, arg) => sum + sizeOf(arg), 1) : 1
}
